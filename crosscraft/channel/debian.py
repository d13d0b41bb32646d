"""Rootless apt: resolve and download Debian packages without touching the system.

apt reads the machine's signed sources, keeps its lists and caches in a folder of ours, and
verifies every signature and checksum. Set-up needs this module before anything is installed, so it
imports the standard library alone.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import ChannelError, CrosscraftError, DownloadError
from crosscraft.system import files, processes, storage_errors

__all__ = ["Apt", "DebFile", "require_apt", "upstream_version"]

SUITE_SUFFIXES = ("", "-security", "-updates")
"""The parts of a Debian release that are used together."""


@dataclass(frozen=True, slots=True)
class DebFile:
    """A Debian package in the machine's sources."""

    name: str
    """The binary package."""
    arch: str
    """dpkg's name of the architecture."""
    version: str
    """Its full Debian version."""
    source: str
    """Its source package."""
    file: str
    """The file name after the download."""
    size: int
    """In bytes."""
    sha256: str
    """In hexadecimal, from the signed list."""


def upstream_version(version: str) -> str:
    """Return the upstream part of a Debian version, as a conda version.

    The epoch, the Debian revision and repacking suffixes are removed (deb-version(7)):
    ``1:7.2+dfsg-7+deb12u18`` and ``7.2.dfsg-1`` become ``7.2``. Debian marks the return to an older
    release with ``+really`` (Developer's Reference): ``4.8+really4.7.5-1`` becomes ``4.7.5``.
    """
    without_epoch = version.split(":", 1)[-1]
    upstream = without_epoch.rsplit("-", 1)[0].split("+really", 1)[-1]
    return re.split(r"[+~]|\.dfsg", upstream, maxsplit=1)[0]


def require_apt(suite: str, os_release: Path = Path("/etc/os-release")) -> None:
    """Check that this machine can download packages of the Debian release `suite`.

    :raises ChannelError: if the machine has another release, or no apt.
    """
    other = (
        "Use another channel: `make setup CHANNEL=conda-forge`, or the URL or path of any "
        "channel with the same packages."
    )
    facts = dict(
        line.split("=", 1)
        for line in (os_release.read_text() if os_release.exists() else "").splitlines()
        if "=" in line
    )
    if facts.get("VERSION_CODENAME", "").strip('"') != suite:
        name = facts.get("PRETTY_NAME", "not a known distribution").strip('"')
        raise ChannelError(
            f"the local channel is made of Debian {suite!r} packages, and this machine is {name}",
            looked=str(os_release),
            remedy=other,
        )
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise ChannelError(f"this machine has no {tool}", looked="PATH", remedy=other)


class Apt:
    """apt with its state in a folder of our own.

    :param state: the folder. It is created if it is missing.
    :param suite: the Debian release to take packages from, by its code name.
    :param architectures: dpkg's names of the architectures wanted.
    :param held: descriptors of locks that apt holds too, also if we are killed.
    """

    def __init__(
        self, state: Path, suite: str, architectures: Iterable[str], held: Sequence[int] = ()
    ) -> None:
        self.state = state
        self.suite = suite
        self.held = tuple(held)
        self.architectures = tuple(dict.fromkeys(architectures))
        self._complaints: list[str] = []
        for folder in ("lists/partial", "cache/archives/partial"):
            (state / folder).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        # The machine's sources may name other releases and vendors too.
        (state / "preferences").write_text(
            "\n".join(
                f"Package: *\nPin: release o=Debian, n={suite}{suffix}\nPin-Priority: 990\n"
                for suffix in SUITE_SUFFIXES
            )
        )
        # Skip the machine's own hooks. Desktops have many.
        (state / "apt.conf").write_text(
            "#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n"
            "#clear APT::Update::Pre-Invoke;\n"
        )

    def update(self, on_line: Callable[[str], object] = lambda line: None) -> None:
        """Fetch the package lists. A source that does not answer is only an error if
        :meth:`resolve` misses a package later."""
        done = self._run(self._argv("apt-get", "update"), on_line=on_line)
        self._complaints = [line for line in done.lines if line.startswith(("W:", "E:", "Err:"))]

    def resolve(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], DebFile]:
        """Return the package in the sources for each (package, architecture).

        The architecture may be ``all``. Dependencies are ignored.

        :raises DownloadError: if the sources could not be reached.
        :raises ChannelError: if a package is missing for its architecture.
        """
        names = list(dict.fromkeys(wanted))
        shown = self._run(
            self._argv("apt-cache", "show", "--no-all-versions", *(_spec(name) for name in names))
        )
        found: dict[tuple[str, str], DebFile] = {}
        for stanza in _stanzas(shown.lines):
            if "Filename" not in stanza:
                continue
            name, version, arch = stanza["Package"], stanza["Version"], stanza["Architecture"]
            deb = DebFile(
                name=name,
                arch=arch,
                version=version,
                source=stanza.get("Source", name).split(" ")[0],
                # apt escapes the colon of an epoch in the file name.
                file=f"{name}_{version.replace(':', '%3a')}_{arch}.deb",
                size=int(stanza["Size"]),
                sha256=stanza["SHA256"],
            )
            found.setdefault((deb.name, deb.arch), deb)
        missing = [name for name in names if name not in found]
        if missing:
            raise self._missing(missing)
        return found

    def download(
        self,
        debs: Sequence[DebFile],
        folder: Path,
        on_bytes: Callable[[int], object] = lambda count: None,
    ) -> None:
        """Download `debs` into `folder`, except complete files that are there already.

        :param on_bytes: called with the number of downloaded bytes, at each line of apt's output.
        :raises DownloadError: if apt cannot fetch a file, or its checksum is not the signed one.
        """
        folder.mkdir(parents=True, exist_ok=True)
        absent = [deb for deb in debs if not _whole(folder / deb.file, deb)]
        if not absent:
            on_bytes(sum(deb.size for deb in debs))
            return
        for deb in absent:
            # apt resumes a short file, and does not check a file of the right size.
            path = folder / deb.file
            if path.exists() and path.stat().st_size >= deb.size:
                path.unlink()
        argv = self._argv(
            "apt-get", "download", *(f"{_spec((d.name, d.arch))}={d.version}" for d in absent)
        )

        def arrived(line: str = "") -> None:
            on_bytes(sum(_size(folder / deb.file) for deb in debs))

        done = self._run(argv, cwd=folder, on_line=arrived)
        arrived()
        bad = [deb for deb in debs if not _whole(folder / deb.file, deb)]
        if done.status != 0 or bad:
            complaints = [line for line in done.lines if line.startswith(("E:", "W:", "Err:"))]
            raise _download_error(bad, complaints or done.lines[-3:])

    def _argv(self, program: str, *arguments: str) -> list[str]:
        options = {
            "Dir::State::lists": self.state / "lists",
            "Dir::State::status": self.state / "status",
            "Dir::Cache": self.state / "cache",
            "Dir::Etc::preferences": self.state / "preferences",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Debug::NoLocking": "1",
            "APT::Sandbox::User": "root",
            "APT::Get::List-Cleanup": "false",
            # Stricter than the machine's settings may be.
            "Acquire::AllowInsecureRepositories": "false",
            "APT::Get::AllowUnauthenticated": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "20",
            "Acquire::https::Timeout": "20",
        }
        flags = [f"-o{name}={value}" for name, value in options.items()]
        flags += [f"-oAPT::Architectures::={arch}" for arch in self.architectures if arch != "all"]
        return [program, f"-c={self.state / 'apt.conf'}", *flags, *arguments]

    def _run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        on_line: Callable[[str], object] = lambda line: None,
    ) -> processes.Completed:
        # apt needs the proxies and the user's APT_CONFIG.
        env = processes.clean_environment({"LC_ALL": "C.UTF-8"}, network=True)
        return processes.run(
            argv, cwd=cwd, env=env, on_line=on_line, check=False, pass_fds=self.held
        )

    def _missing(self, missing: Sequence[tuple[str, str]]) -> CrosscraftError:
        shown = ", ".join(f"{name}:{arch}" for name, arch in missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        full = storage_errors.explain_words(
            "\n".join(self._complaints),
            "the lists of the Debian mirror could not be stored",
            str(self.state),
        )
        if full:
            return full
        if self._complaints and not any((self.state / "lists").glob("*_Packages*")):
            return DownloadError(
                "the machine's Debian mirror could not be reached",
                looked="the sources that apt is set up with",
                remedy="Check the network (`apt-get update` shows the same) and run this again. "
                "It resumes where it stopped.",
                detail=self._complaints[-4:],
            )
        arches = {arch for _, arch in missing}
        listed = {path.name for path in (self.state / "lists").glob("*_Packages*")}
        bare = [a for a in arches if not any(f"binary-{a}_" in name for name in listed)]
        if bare:
            return ChannelError(
                f"the Debian mirror has no packages for {', '.join(sorted(bare))} "
                f"(wanted: {shown}{more})",
                looked="the sources that apt is set up with",
                remedy="Point apt at a full mirror, without a list of architectures, and run this "
                "again. Or use another channel with `make setup CHANNEL=conda-forge`.",
                detail=self._complaints[-4:],
            )
        return ChannelError(
            f"the Debian mirror does not have {shown}{more}",
            looked=f"the sources that apt is set up with, Debian {self.suite!r}",
            remedy=f"Make sure that apt's sources name {self.suite!r} with its -security and "
            "-updates parts, and run this again.",
            detail=self._complaints[-4:],
        )


def _spec(name: tuple[str, str]) -> str:
    """Return apt's name of a package for an architecture. ``all`` has no suffix."""
    package, arch = name
    return package if arch == "all" else f"{package}:{arch}"


def _stanzas(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the paragraphs of a control file, by deb822(5), without continuation lines."""
    stanza: dict[str, str] = {}
    for line in (*lines, ""):
        if not line:
            if stanza:
                yield stanza
            stanza = {}
        elif not line.startswith((" ", "N:", "W:", "E:")) and ": " in line:
            name, value = line.split(": ", 1)
            stanza[name] = value


def _whole(path: Path, deb: DebFile) -> bool:
    right_size = path.is_file() and path.stat().st_size == deb.size
    return right_size and files.sha256(path) == deb.sha256


def _size(path: Path) -> int:
    """Return the bytes of a file, which apt may rename or remove at any time."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _download_error(bad: Sequence[DebFile], said: Sequence[str]) -> DownloadError:
    text = "\n".join(said)
    names = ", ".join(deb.file for deb in bad[:3]) or "a package"
    if "Hash Sum mismatch" in text or "unexpected size" in text.lower():
        return DownloadError(
            f"the Debian mirror sent a file that is not what its signed list promises: {names}",
            remedy="Nothing of it was used. Try again later, or use another mirror.",
            detail=said[-6:],
        )
    if "No space left" in text:
        return DownloadError(
            f"the disk is full: {names} could not be stored",
            remedy="Free some space (making the channel needs 1 GB) and run this "
            "again. It resumes where it stopped.",
            detail=said[-2:],
        )
    return DownloadError(
        f"{names} could not be downloaded",
        looked="the sources that apt is set up with",
        remedy="Check the network and run this again. It resumes where it stopped.",
        detail=said[-6:],
    )
