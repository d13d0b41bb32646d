"""A report that somebody can attach when they ask for help: what is installed, what a check of
the machine finds, and the log of the build that failed last, with nothing private in it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from crosscraft.building.failures import LAST_FAILURE
from crosscraft.channel import select
from crosscraft.errors import CrosscraftError, StorageError
from crosscraft.lessons import workspace
from crosscraft.paths import __version__
from crosscraft.redact import redacted, scrub
from crosscraft.setup import doctor
from crosscraft.system import files, settings
from crosscraft.text import printable, safe_lines, table

__all__ = ["DEFAULT", "HEAD", "text", "write"]

DEFAULT = "crosscraft-report.txt"
"""Where a report goes if nobody says."""

HEAD = "Report of crosscraft doctor"
_NOTE = """\
Your home, user and machine names, tokens, addresses and passwords in URLs were taken out by
rules, and rules miss things: read it before you give it to anybody.
"""

_MOST = 2000
"""Lines of a log, the last ones."""


def write(name: str) -> int:
    """Write a report to the file `name`, say so, and return the exit status.

    It is written aside and renamed, for its owner alone. An older report is replaced, which is
    said; any other file stays.

    :raises StorageError: if another file is there, or it cannot be written.
    """
    path = Path(name or DEFAULT)
    older = _is_report(path)
    if path.is_symlink() or (path.exists() and not older):
        raise StorageError(
            f"there is another file at {str(path)!r}, which is not a report",
            remedy="Name a file that is not there with `crosscraft doctor --report FILE`.",
        )
    if not path.parent.is_dir():
        raise StorageError(
            f"the report {str(path)!r} cannot be written: there is no such folder",
            remedy="Name a file in a folder that is there.",
        )
    files.write(path, text(), mode=0o600)
    again = ", in place of an older one" if older else ""
    print(safe_lines(f"The report is {str(path)!r}{again}. Read it before you give it away."))
    return 0


def text() -> str:
    """Return the report."""
    parts = [f"{HEAD}, {time.strftime('%Y-%m-%d')}\n{_NOTE}"]
    for title, section in _SECTIONS.items():
        try:
            content = "\n".join(section())
        except Exception as error:  # the report is for when things are broken
            content = f"could not be found out: {type(error).__name__}: {error}"
        # Versions look like addresses.
        said = scrub(content, addresses=title not in _OF_VERSIONS)
        parts.append(f"== {title}\n{printable(said, keep=chr(10) + chr(9))}\n")
    return "\n".join(parts)


def _machine() -> Iterator[str]:
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "?")
    libc = " ".join(platform.libc_ver())
    yield f"crosscraft {__version__}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield f"{release}, {platform.system()} {platform.release()}, {platform.machine()}, {libc}"
    yield f"{os.cpu_count()} processors, umask {_umask():03o}"
    yield f"root: {'yes' if os.geteuid() == 0 else 'no'}"


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _dependencies() -> Iterator[str]:
    from importlib.metadata import distributions

    found = {(str(d.metadata["Name"] or "?").lower(), str(d.version)) for d in distributions()}
    yield from (f"{name} {version}" for name, version in sorted(found))


def _settings() -> Iterator[str]:
    yield f"channel: {redacted(settings.channel())}"
    for name in sorted(os.environ):
        if name.startswith("CROSSCRAFT_"):
            yield f"{name}={os.environ[name]}"
    yield f"cache: {files.cache()}"
    yield f"workspace: {workspace.root()}"


def _space() -> Iterator[str]:
    for what, folder in (
        ("cache", files.cache()),
        ("workspace", workspace.root()),
        ("temporary files", Path(tempfile.gettempdir())),
        ("environment", Path(sys.prefix)),
    ):
        usage = shutil.disk_usage(next(f for f in (folder, *folder.parents) if f.exists()))
        yield f"{what}: {usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free"


def _checks() -> Iterator[str]:
    for check in doctor.CHECKS:
        finding = check()
        yield f"{'ok' if finding.ok else 'missing'}: {finding.subject} ({finding.detail})"
        if finding.remedy:
            yield f"  {finding.remedy}"


def _channel() -> Iterator[str]:
    chosen = select.choose()
    yield f"{chosen.name} ({redacted(chosen.url)})"
    folder = chosen.folder
    if folder is None:
        return
    rows = []
    for index in sorted(folder.glob("*/repodata.json")):
        packages = json.loads(index.read_text(encoding="utf-8"))
        for kind in ("packages", "packages.conda"):
            for name, row in sorted(packages.get(kind, {}).items()):
                promised = str(row.get("sha256", "none"))
                rows.append((index.parent.name, name, promised, _state(index, name, promised)))
    yield table(rows, ("subdir", "package", "sha256", "is"))


def _state(index: Path, name: str, promised: str) -> str:
    """Whether a package is what its index promises."""
    try:
        actual = files.sha256(index.parent / name)
    except OSError as error:
        return error.strerror or "unreadable"
    return "right" if actual == promised else f"another: {actual}"


def _failure() -> Iterator[str]:
    log = _last_log()
    if log is None:
        yield "no build has failed"
        return
    yield f"{log}, of {time.strftime('%Y-%m-%d %H:%M', time.localtime(log.stat().st_mtime))}"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > _MOST:
        yield f"({len(lines) - _MOST} lines before these)"
    yield from lines[-_MOST:]


def _last_log() -> Path | None:
    """The newest log: the one that was recorded, or one below the usual output folders."""
    logs = [
        *Path("output/logs").glob("*.log"),
        *(workspace.project() / "output" / "logs").glob("*.log"),
    ]
    try:
        recorded = (files.cache() / LAST_FAILURE).read_text(encoding="utf-8")
        logs.append(Path(recorded.rstrip("\n")))
    except (OSError, ValueError, CrosscraftError):
        pass
    there = [log for log in logs if log.is_file() and log.suffix == ".log"]
    return max(there, key=lambda log: log.stat().st_mtime, default=None)


_SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "machine": _machine,
    "checks": _checks,
    "settings": _settings,
    "disk space": _space,
    "Python packages": _dependencies,
    "channel": _channel,
    "the log of the last build that failed": _failure,
}
_OF_VERSIONS = frozenset({"machine", "Python packages", "channel"})


def _is_report(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(HEAD)) == HEAD.encode()
    except OSError:
        return False
