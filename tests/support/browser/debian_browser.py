"""A browser of Debian's, made without root in the user's cache: one for everybody.

Its packages and what they depend on come through apt with state in a folder of ours, are unpacked
and not installed, and so touch nothing of the machine.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel.catalog import SUITE
from crosscraft.channel.debian import Apt, DebFile, require_apt
from crosscraft.errors import CommandError
from crosscraft.platforms import native
from crosscraft.system import files, locks, processes, program
from crosscraft.system.console import Console
from crosscraft.text import megabytes

__all__ = ["AptWithDependencies", "DebianBrowser"]

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


@dataclass(frozen=True, slots=True)
class DebianBrowser:
    """A browser, and how to start it from the folder that it is unpacked into."""

    name: str
    """What people call it."""
    command: str
    """The name of its executable in our cache, and in the name of a variable."""
    wanted: tuple[str, ...]
    """Its packages."""
    provided: tuple[str, ...]
    """What is not fetched: parts of the machine's own, or of desktops."""
    start: str
    """The script that starts it, with ``{triplet}``."""
    trial: tuple[str, ...]
    """Arguments that make it print something and end."""
    prints: str
    """What it prints then."""

    @property
    def variable(self) -> str:
        """The variable that names another executable in its place."""
        return f"CROSSCRAFT_{self.command.upper()}"

    def find(self) -> Path:
        """Return the executable.

        :raises CommandError: if it has not been made on this machine.
        """
        named = os.environ.get(self.variable)
        path = Path(named) if named else self._folder() / self.command
        if not path.is_file():
            raise CommandError(
                f"there is no {self.name} for the browser tests",
                looked=str(path),
                remedy="Run `make test-browser`, which makes one, or name yours with "
                f"{self.variable}=/path/of/{self.command}.",
            )
        return path

    def make(self, console: Console) -> Path:
        """Make it, unless it is there, and return the executable. It is unpacked aside and renamed.

        :raises ChannelError: if this machine's apt does not have it.
        :raises DownloadError: if a package could not be fetched, or is not what it should be.
        :raises CommandError: if it does not start.
        """
        folder = self._folder()
        if os.environ.get(self.variable) or (folder / self.command).is_file():
            return self.find()
        aside = folder.with_name(f".partial-{folder.name}")
        with locks.lock(str(folder), console.say) as lock:
            if (folder / self.command).is_file():
                return self.find()
            require_apt(SUITE)
            shutil.rmtree(aside / "root", ignore_errors=True)
            debs = self._fetch(aside, lock, console)
            console.step("unpacking them")
            for deb in debs:
                package = str(aside / "downloads" / deb.file)
                processes.run(["dpkg-deb", "--extract", package, str(aside / "root")])
            self._write_start(aside / "root")
            self._try(aside / "root" / self.command)
            os.rename(aside / "root", folder)
            shutil.rmtree(aside, ignore_errors=True)
        return self.find()

    def main(self) -> int:
        """Make it, and return the exit status."""

        def work() -> None:
            with Console() as console:
                self.make(console)

        return program.exit_status(self.command, work)

    def _folder(self) -> Path:
        """Where it is, named for what decides what is in it."""
        parts = (self.wanted, self.provided, self.start, FONTS, FAMILIES, SUITE, native().subdir)
        return files.cache("browsers") / hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def _fetch(self, aside: Path, lock: int, console: Console) -> Sequence[DebFile]:
        console.step("reading the lists of the machine's Debian mirror")
        apt = AptWithDependencies(aside / "apt", SUITE, [native().debian_arch], [lock])
        apt.update()
        debs = list(apt.resolve(apt.with_dependencies(self.wanted, self.provided)).values())
        total = sum(deb.size for deb in debs)
        size = megabytes(total)
        console.step(f"downloading Debian's {self.name}: {len(debs)} packages, {size}")
        apt.download(
            debs, aside / "downloads", lambda n: console.progress(n / 1e6, total / 1e6, "MB")
        )
        return debs

    def _write_start(self, root: Path) -> None:
        aliases = "".join(
            f"  <alias><family>{generic}</family><prefer><family>{family}</family></prefer>"
            "</alias>\n"
            for generic, family in FAMILIES.items()
        )
        (root / "fonts.conf").write_text(FONTS.format(aliases=aliases))
        start = root / self.command
        start.write_text(self.start.format(triplet=native().triplet))
        start.chmod(start.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    def _try(self, executable: Path) -> None:
        done = subprocess.run(
            [str(executable), *self.trial],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if self.prints not in done.stdout:
            raise CommandError(
                f"the {self.name} that was made does not start",
                looked=str(executable),
                remedy="Fix what it reports, or name another one with "
                f"{self.variable}=/path/of/{self.command}.",
                detail=done.stderr.splitlines()[-5:],
            )


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
