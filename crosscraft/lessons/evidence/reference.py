"""Compare a repaired project with the catalogue's own repair, so that nothing was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.check import reproductions
from crosscraft.building.check.model import Reproduction, Trap
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import packages, planted
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.planted import Seen
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, lookup, native

__all__ = ["compare"]

_PLACES = re.compile(r"/[^\s'\"]*/|\b0x[0-9a-f]+")
"""Folders and addresses, which are others in each environment."""


def compare(work: Work, trap: Trap, project: Path, seen: Seen) -> None:
    """Compare the learner's project and its packages with the repaired project.

    :raises NotYet: if a package, a file of one or a test is missing, if what is built prints
        something else, or if the project no longer works for this machine.
    """
    assert trap.reproduction is not None
    platform = lookup(trap.reproduction.platform)
    theirs = reproductions.plant(trap.reproduction, work.scratch / "reference")
    reproductions.repair(trap, theirs)
    lost = [
        *_lost_outputs(project, theirs, platform),
        *_lost_outputs(project, theirs, native()),
    ]
    if not lost:
        expected = planted.see(work, theirs, trap.reproduction)
        lost = [*_lost_files(seen.packages, expected.packages)]
    if lost:
        raise NotYet("That removes more than the bug. Bring back what is missing.", lost[:1])
    if trap.reproduction.command[:1] == ("run",):
        _prints_the_same(seen.said, expected.said)
    if platform is not native():
        _still_works_here(work, trap.reproduction, project, theirs)


def _prints_the_same(said: str, expected: str) -> None:
    if _PLACES.sub("", said) != _PLACES.sub("", expected):
        raise NotYet(
            "It works, and it does something else than it was written for.",
            [f"it prints: {said}", f"it should print: {expected}"],
        )


def _lost_outputs(project: Path, theirs: Path, platform: Platform) -> Iterator[str]:
    """Yield the packages and tests that the learner's recipe lacks."""
    own, expected = (
        {output.name: len(output.tests) for output in rendered.outputs}
        for rendered in (
            recipes.render(recipes.find_recipe(one), native(), platform)
            for one in (project, theirs)
        )
    )
    for name, tests in expected.items():
        if name not in own:
            yield f"missing: the package {name} for {platform.subdir}"
        elif own[name] < tests:
            yield f"missing: a test of {name}"


def _lost_files(own: Packages, theirs: Packages) -> Iterator[str]:
    """Yield what the learner's packages lack. What follows the first dot of a name may differ."""
    for path in theirs.files:
        expected = conda_file.read(path)
        mine = own.of(expected.name, path.parent.name)
        if mine is None:
            yield f"missing: the package {expected.name} for {path.parent.name}"
            continue
        kept = _kinds(conda_file.read(mine))
        lost = {file: kind for file, kind in _kinds(expected).items() if kept.get(file) != kind}
        yield from (f"missing in {mine.name}: {file}, {kind}" for file, kind in lost.items())


def _kinds(package: CondaFile) -> dict[str, str]:
    """Return whether each file of a package is machine code, by the start of its name."""
    starts = {file: conda_file.open_member(package.path, file)[:4] for file in package.files}
    return {
        Path(file).name.partition(".")[0]: "machine code" if start == b"\x7fELF" else "a file"
        for file, start in starts.items()
    }


def _still_works_here(work: Work, reproduction: Reproduction, project: Path, theirs: Path) -> None:
    """:raises NotYet: if the repair only works for one platform, and the catalogue's for both."""
    here = replace(reproduction, platform=native().subdir, command=_for_here(reproduction))
    wrong = _wrong_here(work, here, project)
    if wrong and not _wrong_here(work, here, theirs):
        raise NotYet(
            f"It's right for the other platform now, but wrong for {native().subdir}.", [wrong]
        )


def _for_here(reproduction: Reproduction) -> tuple[str, ...]:
    """Return the command for this machine, or none if it's about the other platform's files."""
    if reproduction.command[:1] != ("run",):
        return ()
    other, here = reproduction.platform, native().subdir
    return tuple(here if word == other else word for word in reproduction.command)


def _wrong_here(work: Work, here: Reproduction, project: Path) -> str:
    """Return what is wrong with a project that is built for this machine, or an empty text."""
    seen = planted.see(work, project, here)
    if seen.failure:
        return seen.failure
    files = (path for path in seen.packages.files if path.parent.name == here.platform)
    return next((doubt for path in files for doubt in packages.doubts(path)), "")
