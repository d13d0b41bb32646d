"""Compare a repaired project with the catalogue's own repair, so that nothing was left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.check import reproductions
from crosscraft.building.check.model import Trap
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import packages
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, lookup, native

__all__ = ["compare"]


def compare(work: Work, trap: Trap, project: Path, made: Packages) -> None:
    """Compare the learner's project and its packages with the repaired project.

    :raises NotYet: if a package, a file of one or a test is missing, or if the project no longer
        builds for this machine.
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
        lost = [*_lost_files(made, packages.build_project(work, theirs, [platform]))]
    if lost:
        raise NotYet("That removes more than the bug. Bring back what is missing.", lost[:1])
    if platform is not native():
        _still_builds_here(work, project, theirs)


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


def _still_builds_here(work: Work, project: Path, theirs: Path) -> None:
    """:raises NotYet: if the repair only works for one platform, and the catalogue's for both."""
    wrong = _wrong_here(work, project)
    if wrong and not _wrong_here(work, theirs):
        raise NotYet(
            f"It's right for the other platform now, but wrong for {native().subdir}.", [wrong]
        )


def _wrong_here(work: Work, project: Path) -> str:
    """Return what is wrong with a project that is built for this machine, or an empty text."""
    try:
        made = packages.build_project(work, project, [native()])
    except Refused as refused:
        return f"{refused.who}: {refused.lines[0]}"
    files = (path for path in made.files if path.parent.name == native().subdir)
    return next((doubt for path in files for doubt in packages.doubts(path)), "")
