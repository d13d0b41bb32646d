"""Debian's Firefox, for the tests of the page that inspects files.

    python -m tests.support.browser.firefox

``CROSSCRAFT_FIREFOX`` names another executable in its place.
"""

from __future__ import annotations

import sys

from tests.support.browser.debian_browser import DebianBrowser

__all__ = ["FIREFOX"]

START = """\
#!/bin/sh
# Start this browser with the libraries and fonts beside it.
here=$(dirname "$(readlink -f "$0")")
lib=$here/usr/lib/{triplet}
export LD_LIBRARY_PATH="$lib:$here/lib/{triplet}:$lib/nss"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/usr/lib/firefox-esr/firefox-esr" "$@"
"""

FIREFOX = DebianBrowser(
    name="Firefox",
    command="firefox",
    wanted=("firefox-esr", "fonts-dejavu-core"),
    # The C library goes with the machine's own loader. The others are for desktops.
    provided=("libc6", "debconf", "procps", "debianutils", "adwaita-icon-theme"),
    start=START,
    trial=("--version",),
    prints="Firefox",
)


if __name__ == "__main__":
    sys.exit(FIREFOX.main())
