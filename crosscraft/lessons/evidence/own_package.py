"""The extension's package that the learner has built: found, inspected and installed alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from crosscraft.channel import output
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import packages
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform

__all__ = ["inspect", "installed", "newest"]


def newest(folder: Path) -> Path | None:
    """Return the newest package of the extension in a folder, if there is one."""
    every = (path for path in folder.glob("cpp_math-[0-9]*.conda") if path.is_file())
    return max(every, key=lambda path: path.stat().st_mtime, default=None)


def inspect(work: Work, package: Path, platform: Platform, doubted: str) -> None:
    """Look at what a package claims, and at the ELF header of its extension.

    :param doubted: what to say if the two differ.
    :raises NotYet: if it is unreadable, for another platform, without an extension, or doubted.
    """
    try:
        facts = conda_file.read(package)
        work.see(f"read {package.parent.name}/{package.name}: subdir {facts.subdir}")
        if facts.subdir != platform.subdir:
            raise NotYet(
                f"That package is for {facts.subdir}. Another folder doesn't change what's in it."
            )
        packages.see_code(work, package)
        doubts = packages.doubts(package)
    except CrosscraftError as error:
        raise NotYet(f"{package.name} can't be read. Build it again.", [error.what]) from None
    if doubts:
        raise NotYet(doubted, [f"inspect: {doubts[0]}"])


def installed(work: Work, package: Path, platform: Platform) -> Runner:
    """Install a copy of a package from a channel that has no other.

    :raises Refused: if it cannot be installed.
    """
    channel = work.scratch / "channel"
    copy = channel / platform.subdir / package.name
    copy.parent.mkdir(parents=True)
    shutil.copyfile(package, copy)
    output.publish([copy], channel, work.console)
    return packages.installed(work, Packages(channel), ["cpp_math"], platform)
