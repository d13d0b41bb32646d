"""Debian's Chromium, made without root in the user's cache: one browser for everybody.

    python -m tests.support.browser.chromium

It is the package ``chromium-headless-shell``: Debian's Chromium without windows. It and what it
depends on come through apt with state in a folder of ours, are unpacked and not installed, and
so touch nothing of the machine. ``CROSSCRAFT_CHROMIUM`` names another executable in its place.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from crosscraft.channel.catalog import SUITE
from crosscraft.channel.debian import Apt, DebFile, require_apt
from crosscraft.errors import CommandError
from crosscraft.platforms import native
from crosscraft.system import files, locks, processes, program
from crosscraft.system.console import Console
from crosscraft.text import megabytes

__all__ = ["find", "make"]

VARIABLE = "CROSSCRAFT_CHROMIUM"

WANTED = ("chromium-headless-shell", "fonts-dejavu-core")

PROVIDED = ("libc6", "x11-utils", "xdg-utils", "debconf")
"""What is not fetched. The C library goes with the machine's own loader; the others are for
desktops, and would bring a graphics stack of 70 MB."""

START = """\
#!/bin/sh
# Start this browser with the libraries and fonts beside it.
here=$(dirname "$(readlink -f "$0")")
lib=$here/usr/lib/{triplet}
export LD_LIBRARY_PATH="$lib:$here/lib/{triplet}:$lib/nss:$lib/pulseaudio"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/usr/lib/chromium/chromium-headless-shell" "$@"
"""

FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
{aliases}</fontconfig>
"""
"""One family for each generic name, so that a page looks the same on every machine."""

FAMILIES = {"sans-serif": "DejaVu Sans", "serif": "DejaVu Serif", "monospace": "DejaVu Sans Mono"}


def find() -> Path:
    """Return the executable.

    :raises CommandError: if it has not been made on this machine.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else _folder() / "chromium"
    if not path.is_file():
        raise CommandError(
            "there is no Chromium for the browser tests",
            looked=str(path),
            remedy="Run `make test-browser`, which makes one, or name yours with "
            f"{VARIABLE}=/path/of/chromium.",
        )
    return path


def make(console: Console) -> Path:
    """Make it, unless it is there, and return the executable. It is unpacked aside and renamed.

    :raises ChannelError: if this machine's apt does not have it.
    :raises DownloadError: if a package could not be fetched, or is not what it should be.
    :raises CommandError: if it does not start.
    """
    folder = _folder()
    if os.environ.get(VARIABLE) or (folder / "chromium").is_file():
        return find()
    aside = folder.with_name(f".partial-{folder.name}")
    with locks.lock(str(folder), console.say) as lock:
        if (folder / "chromium").is_file():
            return find()
        require_apt(SUITE)
        shutil.rmtree(aside / "root", ignore_errors=True)
        debs = _fetch(aside, lock, console)
        console.step("unpacking them")
        for deb in debs:
            package = str(aside / "downloads" / deb.file)
            processes.run(["dpkg-deb", "--extract", package, str(aside / "root")])
        _write_start(aside / "root")
        _try(aside / "root" / "chromium")
        os.rename(aside / "root", folder)
        shutil.rmtree(aside, ignore_errors=True)
    return find()


def _folder() -> Path:
    """Where it is, named for what decides what is in it."""
    recipe = repr((WANTED, PROVIDED, START, FONTS, FAMILIES, SUITE, native().subdir))
    return files.cache("browsers") / hashlib.sha256(recipe.encode()).hexdigest()[:12]


class AptWithDependencies(Apt):
    """apt that follows dependencies too: a browser has many."""

    def with_dependencies(
        self, names: Sequence[str], provided: Iterable[str] = ()
    ) -> list[tuple[str, str]]:
        """Return `names` and all they depend on as (package, architecture), by apt's own
        resolver; what is only recommended is left out.

        :param provided: packages that count as installed, whatever is asked of them.
        :raises DownloadError: if the sources could not be reached.
        :raises ChannelError: if they do not have a package, or what it depends on.
        """
        own = self.architectures[0]
        # The fields that apt asks for, by deb-control(5).
        (self.state / "status").write_text(
            "".join(
                f"Package: {name}\nStatus: install ok installed\nArchitecture: {own}\n"
                "Multi-Arch: same\nVersion: 9999\nMaintainer: none\nDescription: none\n\n"
                for name in provided
            )
        )
        flags = ["--simulate", "--no-install-recommends"]
        said = self._run(self._argv("apt-get", *flags, "install", *names))
        found = re.findall(r"(?m)^Inst ([^ :]+)\S* .*\[(\w+)\]\)", "\n".join(said.lines))
        if said.status != 0 or not found:
            raise self._missing([(name, own) for name in names])
        return found


def _fetch(aside: Path, lock: int, console: Console) -> Sequence[DebFile]:
    console.step("reading the lists of the machine's Debian mirror")
    apt = AptWithDependencies(aside / "apt", SUITE, [native().debian_arch], [lock])
    apt.update()
    debs = list(apt.resolve(apt.with_dependencies(WANTED, PROVIDED)).values())
    total = sum(deb.size for deb in debs)
    console.step(f"downloading Debian's Chromium: {len(debs)} packages, {megabytes(total)}")
    apt.download(debs, aside / "downloads", lambda n: console.progress(n / 1e6, total / 1e6, "MB"))
    return debs


def _write_start(root: Path) -> None:
    aliases = "".join(
        f"  <alias><family>{generic}</family><prefer><family>{family}</family></prefer></alias>\n"
        for generic, family in FAMILIES.items()
    )
    (root / "fonts.conf").write_text(FONTS.format(aliases=aliases))
    start = root / "chromium"
    start.write_text(START.format(triplet=native().triplet))
    start.chmod(start.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _try(chromium: Path) -> None:
    done = subprocess.run(
        [str(chromium), "--no-sandbox", "--dump-dom", "data:text/html,<p>It starts.</p>"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "It starts." not in done.stdout:
        raise CommandError(
            "the Chromium that was made does not start",
            looked=str(chromium),
            remedy=f"Fix what it reports, or name another one with {VARIABLE}=/path/of/chromium.",
            detail=done.stderr.splitlines()[-5:],
        )


def main() -> int:
    """Make it, and return the exit status."""

    def work() -> None:
        with Console() as console:
            make(console)

    return program.exit_status("chromium", work)


if __name__ == "__main__":
    sys.exit(main())
