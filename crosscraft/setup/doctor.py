"""Check this machine for everything that the series needs, with a remedy for each gap."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.channel.catalog import by_set_up
from crosscraft.environments import solver
from crosscraft.errors import CrosscraftError
from crosscraft.lessons import workspace
from crosscraft.paths import __version__
from crosscraft.platforms import native
from crosscraft.redact import redacted
from crosscraft.system import files, machine, settings
from crosscraft.text import safe_lines, table

__all__ = ["CHECKS", "Finding", "report", "summary"]

_DISK = 2
"""The free disk space that the series needs, in gigabytes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    """What was checked. The text is the same on every machine."""
    detail: str
    """What was found, such as a version or a path."""
    remedy: str = ""
    """What to do if it is missing, or empty if it is present."""

    @property
    def ok(self) -> bool:
        """Whether the check passed."""
        return not self.remedy


def report(verbose: bool = False) -> int:
    """Print all findings, and return the exit status, which is 0 if nothing is missing."""
    findings = [check() for check in CHECKS]
    rows = []
    for finding in findings:
        detail = safe_lines(finding.detail) if verbose or not finding.ok else ""
        rows.append(("ok" if finding.ok else "missing", finding.subject, detail))
    print(table(rows, ("", "this machine has", "found" if verbose else "")))
    for finding in findings:
        if not finding.ok:
            print(f"\n{finding.subject}: {safe_lines(finding.remedy)}")
    missing = sum(not finding.ok for finding in findings)
    print()
    print("Everything is there." if not missing else f"{missing} of {len(findings)} are missing.")
    print(summary(missing))
    return 0 if not missing else 1


def summary(missing: int) -> str:
    """Return one line about this machine, for a learner to send to an instructor.

    It has no name of the user or the machine, no path and no address.

    :param missing: how many checks have failed.
    """
    libc, version = platform.libc_ver()
    facts = (
        _known(lambda: native().subdir, "unknown platform"),
        f"{libc} {version}".strip() or "unknown C library",
        f"Python {platform.python_version()}",
        "1 core" if machine.cores() == 1 else f"{machine.cores()} cores",
        f"{machine.memory() / 1e9:.0f} GB of memory",
        _known(lambda: f"{_free() / 1e9:.0f} GB free", "unknown disk"),
        _known(_channel_for_all, "no channel"),
    )
    result = "ready" if not missing else f"not ready, {missing} missing"
    return f"crosscraft {__version__}: {', '.join(facts)}: {result}"


def _known(fact: Callable[[], str], otherwise: str) -> str:
    try:
        return fact()
    except (CrosscraftError, OSError):
        return otherwise


def _channel_for_all() -> str:
    """Return the channel without its address: the local channel has a fingerprint."""
    channel = select.choose()
    if select.is_local(channel) and channel.folder:
        return f"channel local {channel.folder.resolve().name}"
    return "channel conda-forge" if channel.name == "conda-forge" else "another channel"


def _free() -> int:
    """Return the free space on the disk of the cache, in bytes."""
    return shutil.disk_usage(files.cache()).free


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= (3, 11):
        return Finding("Python 3.11 or later", version)
    return Finding("Python 3.11 or later", version, "Run `make setup PYTHON=python3.11`.")


def _machine() -> Finding:
    subject = "a machine that we can build on"
    try:
        return Finding(subject, native().subdir)
    except CrosscraftError as error:
        return Finding(subject, error.what, error.remedy)


def _channel() -> Finding:
    subject = "the channel that set-up recorded"
    try:
        channel = select.choose()
    except CrosscraftError as error:
        return Finding(subject, error.what, error.remedy)
    return Finding(subject, channel.name)


def _compilers() -> Finding:
    targets = [row.subdir for row in by_set_up()]
    return _in_channel([f"gxx_{name}" for name in targets], f"compilers for {', '.join(targets)}")


def _emulators() -> Finding:
    others = [row for row in by_set_up() if row is not native()]
    names = ", ".join(row.processor for row in others)
    return _in_channel([row.emulator_package for row in others], f"an emulator for {names}")


def _engines() -> Finding:
    named = ", ".join(f"{engine.name} {engine.version()}" for engine in available.found())
    return Finding("an engine that builds recipes", named)


def _in_channel(specs: list[str], subject: str) -> Finding:
    try:
        missing = solver.missing_packages(specs, native(), [select.choose()])
    except Exception as error:
        channel = redacted(settings.channel())
        return Finding(subject, str(error), f"Fix the channel ({channel}) first.")
    if missing:
        remedy = "Run `make setup`, which makes a channel with them."
        return Finding(subject, f"no {', '.join(missing)}", remedy)
    return Finding(subject, f"in {redacted(settings.channel())}")


def _disk() -> Finding:
    subject = f"{_DISK} GB of free disk space"
    try:
        free = _free() / 1e9
    except CrosscraftError as error:
        return Finding(subject, error.what, error.remedy)
    if free >= _DISK:
        return Finding(subject, f"{free:.0f} GB")
    return Finding(subject, f"{free:.1f} GB", f"Free some space on the disk of {files.cache()}.")


def _workspace() -> Finding:
    subject = "a workspace that can be written"
    folder = workspace.root()
    try:
        files.check_owned(folder, "the workspace", "CROSSCRAFT_WORKSPACE")
        files.check_writable(folder, "the workspace")
    except CrosscraftError as error:
        return Finding(subject, error.what, "Name another folder with CROSSCRAFT_WORKSPACE=DIR.")
    return Finding(subject, str(folder))


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _machine,
    _channel,
    _compilers,
    _emulators,
    _engines,
    _disk,
    _workspace,
)
"""All checks, in order."""
