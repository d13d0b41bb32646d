"""Write a report to attach to a request for help: the installed versions, the checks of the
machine, and the log of the last failed build, without private data."""

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
"""The file name of a report if the user names none."""

HEAD = "Report of crosscraft doctor"
_NOTE = """\
Your home, user and machine names, tokens, addresses and passwords in URLs were removed by rules.
Rules miss things, so read it before you give it to anybody.
"""

_MOST = 2000
"""The maximum number of lines shown, from the end of a log."""


def write(name: str) -> int:
    """Write a report to the file `name`, print its path, and return the exit status.

    The write is atomic, and only the owner can read the file. An older report is replaced, with a
    message. Other files are never replaced.

    :raises StorageError: if another file exists there, or the report cannot be written.
    """
    path = Path(name or DEFAULT)
    older = _is_report(path)
    if path.is_symlink() or (path.exists() and not older):
        raise StorageError(
            f"there is another file at {str(path)!r}, which is not a report",
            remedy="Name a new file with `crosscraft doctor --report FILE`.",
        )
    if not path.parent.is_dir():
        raise StorageError(
            f"the report {str(path)!r} cannot be written: there is no such folder",
            remedy="Name a file in an existing folder.",
        )
    files.write(path, text(), mode=0o600)
    replaced = ", in place of an older one" if older else ""
    print(safe_lines(f"The report is {str(path)!r}{replaced}. Read it before you give it away."))
    return 0


def text() -> str:
    """Return the report."""
    parts = [f"{HEAD}, {time.strftime('%Y-%m-%d')}\n{_NOTE}"]
    for title, section in _SECTIONS.items():
        try:
            content = "\n".join(section())
        except Exception as error:  # a report must also work on a broken machine
            content = f"not available: {type(error).__name__}: {error}"
        # Versions look like addresses.
        scrubbed = scrub(content, addresses=title not in _WITH_VERSIONS)
        parts.append(f"== {title}\n{printable(scrubbed, keep=chr(10) + chr(9))}\n")
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
                expected = str(row.get("sha256", "none"))
                rows.append((index.parent.name, name, expected, _state(index, name, expected)))
    yield table(rows, ("subdir", "package", "sha256 in the index", "file"))


def _state(index: Path, name: str, expected: str) -> str:
    """Return whether the checksum of a package matches the index."""
    try:
        actual = files.sha256(index.parent / name)
    except OSError as error:
        return error.strerror or "unreadable"
    return "right" if actual == expected else f"differs: {actual}"


def _failure() -> Iterator[str]:
    log = _last_log()
    if log is None:
        yield "no build has failed"
        return
    yield f"{log}, of {time.strftime('%Y-%m-%d %H:%M', time.localtime(log.stat().st_mtime))}"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > _MOST:
        yield f"({len(lines) - _MOST} earlier lines are left out)"
    yield from lines[-_MOST:]


def _last_log() -> Path | None:
    """Return the newest log, recorded by the last build or found in the usual output folders."""
    logs = [
        *Path("output/logs").glob("*.log"),
        *(workspace.project() / "output" / "logs").glob("*.log"),
    ]
    try:
        recorded = (files.cache() / LAST_FAILURE).read_text(encoding="utf-8")
        logs.append(Path(recorded.rstrip("\n")))
    except (OSError, ValueError, CrosscraftError):
        pass
    existing = [log for log in logs if log.is_file() and log.suffix == ".log"]
    return max(existing, key=lambda log: log.stat().st_mtime, default=None)


_SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "machine": _machine,
    "checks": _checks,
    "settings": _settings,
    "disk space": _space,
    "Python packages": _dependencies,
    "channel": _channel,
    "the log of the last build that failed": _failure,
}
_WITH_VERSIONS = frozenset({"machine", "Python packages", "channel"})


def _is_report(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(HEAD)) == HEAD.encode()
    except OSError:
        return False
