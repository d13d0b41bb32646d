"""Debian's Chromium without windows, for the browser tests.

    python -m tests.support.browser.chromium

``CROSSCRAFT_CHROMIUM`` names another executable in its place.
"""

from __future__ import annotations

import sys

from tests.support.browser.debian_browser import DebianBrowser

__all__ = ["CHROMIUM"]

START = """\
#!/bin/sh
# Start this browser with the libraries and fonts beside it.
here=$(dirname "$(readlink -f "$0")")
lib=$here/usr/lib/{triplet}
export LD_LIBRARY_PATH="$lib:$here/lib/{triplet}:$lib/nss:$lib/pulseaudio"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/usr/lib/chromium/chromium-headless-shell" "$@"
"""

CHROMIUM = DebianBrowser(
    name="Chromium",
    command="chromium",
    wanted=("chromium-headless-shell", "fonts-dejavu-core"),
    # The C library goes with the machine's own loader. The others are for desktops, and would bring
    # a graphics stack of 70 MB.
    provided=("libc6", "x11-utils", "xdg-utils", "debconf"),
    start=START,
    trial=("--no-sandbox", "--dump-dom", "data:text/html,<p>It starts.</p>"),
    prints="It starts.",
)


if __name__ == "__main__":
    sys.exit(CHROMIUM.main())
