"""Compare a repaired project with the catalogue's own repair, so that nothing was left out."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from crosscraft.building.check import catalogue, reproductions
from crosscraft.building.check.model import Reproduction, Trap
from crosscraft.building.recipe import find_recipe
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.lessons.evidence import packages, planted, recipes
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.planted import Seen
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system.console import Console

__all__ = ["compare"]

_PLACES = re.compile(r"/[^\s'\"]*/|\b0x[0-9a-f]+")
"""Folders and addresses, which are others in each environment."""


@dataclass(frozen=True, slots=True)
class _Built:
    """What matters of a package that was built."""

    name: str
    """Its name."""
    file: str
    """Its file name."""
    subdir: str
    """Its folder in the channel."""
    files: Mapping[str, str]
    """What kind of file each one is, by its folder and the start of its name. The rest of the
    name may differ."""
    functions: Mapping[str, frozenset[str]]
    """The functions that each shared library exports, without those of C++."""
    doubts: tuple[str, ...]
    """What `crosscraft inspect --verify` has against it."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What a project does that is built for this machine."""

    wrong: str
    """What is wrong with it, or an empty text."""
    said: str
    """The last line that the command printed."""


def compare(work: Work, trap: Trap, project: Path, seen: Seen) -> None:
    """Compare the learner's project and its packages with the repaired project.

    :raises NotYet: if a package, a file of one, a function or a test is missing, if what is built
        is for another processor or prints something else, or if the project no longer works for
        this machine.
    """
    assert trap.reproduction is not None
    reproduction, platform = trap.reproduction, lookup(trap.reproduction.platform)
    work.step("comparing it with a repaired project")
    lost = list(_lost_outputs(trap, _outputs(work, project), platform.subdir))
    own = _facts(seen.packages)
    if not lost:
        moved = list(_moved_files(own, _expected(trap.name)))
        if moved:
            raise NotYet("The bug is gone, and a file is in another folder than before.", moved[:1])
        lost = list(_lost_files(own, _expected(trap.name)))
    if lost:
        raise NotYet("That removes more than the bug. Bring back what is missing.", lost[:1])
    doubted = any(one.doubts for one in _expected(trap.name))
    doubts = [] if doubted else [doubt for one in own for doubt in one.doubts]
    if doubts:
        raise NotYet(
            f"The bug is gone, and a package for {platform.subdir} isn't right.", doubts[:1]
        )
    if reproduction.command[:1] == ("run",):
        _prints_the_same(seen.said, _expected_line(trap.name), platform)
    if platform is not native():
        _still_works_here(work, trap, project)


def _prints_the_same(said: str, expected: str, platform: Platform) -> None:
    if _PLACES.sub("", said) != _PLACES.sub("", expected):
        raise NotYet(
            f"It works, and for {platform.subdir} it does something else than it was written for.",
            [f"{platform.subdir}: it prints: {said}", f"it should print: {expected}"],
        )


_Tests = Mapping[tuple[str, str], tuple[str, ...]]
"""The tests of each output, by its platform and name."""


def _outputs(work: Work, project: Path) -> _Tests:
    """Return the tests of each output of a recipe, as JSON."""
    rendered = recipes.render(work, find_recipe(project))
    return {
        (subdir, output.name): tuple(json.dumps(test, sort_keys=True) for test in output.tests)
        for subdir, facts in rendered.items()
        for output in facts.outputs
    }


def _lost_outputs(trap: Trap, own: _Tests, first: str) -> Iterator[str]:
    """Yield the packages and tests that the learner's recipe lacks, those for `first` first."""
    expected = _expected_outputs(trap.name)
    for subdir, name in sorted(expected, key=lambda one: one[0] != first):
        if (subdir, name) not in own:
            yield f"missing: the package {name} for {subdir}"
        elif not set(expected[subdir, name]) <= set(own[subdir, name]):
            yield f"missing or changed: a test of {name}"


def _moved_files(own: list[_Built], expected: list[_Built]) -> Iterator[str]:
    """Yield the files that the learner's packages have in another folder."""
    pairs = ((mine, theirs) for mine in own for theirs in expected if mine.name == theirs.name)
    for mine, theirs in pairs:
        for file in sorted(theirs.files.keys() - mine.files.keys()):
            for other in sorted(mine.files.keys() - theirs.files.keys()):
                if Path(other).name == Path(file).name:
                    yield f"{mine.file}: {other}, and not {file}"


def _lost_files(own: list[_Built], expected: list[_Built]) -> Iterator[str]:
    """Yield what the learner's packages lack."""
    by_name = {(one.name, one.subdir): one for one in own}
    for theirs in expected:
        mine = by_name.get((theirs.name, theirs.subdir))
        if mine is None:
            yield f"missing: the package {theirs.name} for {theirs.subdir}"
            continue
        for file, kind in theirs.files.items():
            if mine.files.get(file) != kind:
                yield f"missing in {mine.file}: {file}, {kind}"
            for function in sorted(theirs.functions[file] - mine.functions.get(file, frozenset())):
                yield f"missing in {mine.file}: the function {function} of {file}"


def _facts(made: Packages) -> list[_Built]:
    """Return what matters of each package."""
    facts = []
    for path in made.files:
        package = conda_file.read(path)
        contents = {
            str(Path(file).with_name(Path(file).name.partition(".")[0])): conda_file.open_member(
                path, file
            )
            for file in package.files
        }
        facts.append(
            _Built(
                package.name,
                path.name,
                path.parent.name,
                {name: _kind(data) for name, data in contents.items()},
                {name: _functions(data) for name, data in contents.items()},
                tuple(packages.doubts(path)),
            )
        )
    return facts


def _kind(data: bytes) -> str:
    return "machine code" if data[:4] == b"\x7fELF" else "a file"


def _functions(data: bytes) -> frozenset[str]:
    """Return the functions that a library exports. A compiler exports others of C++ as it likes."""
    try:
        exported = elf.read(data).exported
    except CrosscraftError:
        return frozenset()
    return frozenset(
        one.name for one in exported if one.type == "STT_FUNC" and not one.name.startswith("_")
    )


def _still_works_here(work: Work, trap: Trap, project: Path) -> None:
    """:raises NotYet: if the repair only works for one platform, and the catalogue's for both."""
    mine = _here(work, trap, project)
    if not mine.wrong and not mine.said:
        return  # the catalogue's repair need not be built
    expected = _expected_here(trap.name)
    if expected.wrong:
        return
    if mine.wrong:
        raise NotYet(
            f"It's right for the other platform now, but wrong for {native().subdir}.",
            [mine.wrong],
        )
    _prints_the_same(mine.said, expected.said, native())


def _here(work: Work, trap: Trap, project: Path) -> _Here:
    """See what a project does that is built for this machine."""
    assert trap.reproduction is not None
    here = native().subdir
    command = _for_here(trap.reproduction)
    seen = planted.see(work, project, replace(trap.reproduction, platform=here, command=command))
    if seen.failure:
        return _Here(seen.failure, "")
    files = (path for path in seen.packages.files if path.parent.name == here)
    doubt = next((doubt for path in files for doubt in packages.doubts(path)), "")
    return _Here(doubt, seen.said)


def _for_here(reproduction: Reproduction) -> tuple[str, ...]:
    """Return the command for this machine, or none if it's about the other platform's files."""
    if reproduction.command[:1] != ("run",):
        return ()
    other, here = reproduction.platform, native().subdir
    return tuple(here if word == other else word for word in reproduction.command)


# What the repaired project does. No answer changes it, so it's seen once a process.


@cache
def _expected_outputs(trap: str) -> _Tests:
    with works.begin(..., Console(io.StringIO())) as work:
        return _outputs(work, _repaired(work, catalogue.find(trap)))


def _expected(trap: str) -> list[_Built]:
    return _expected_packages(trap)[0]


def _expected_line(trap: str) -> str:
    return _expected_packages(trap)[1]


@cache
def _expected_packages(trap: str) -> tuple[list[_Built], str]:
    """Return the packages, and the last line that the command printed."""
    found = catalogue.find(trap)
    assert found.reproduction is not None
    with works.begin(..., Console(io.StringIO())) as work:
        seen = planted.see(work, _repaired(work, found), found.reproduction)
        return _facts(seen.packages), seen.said


@cache
def _expected_here(trap: str) -> _Here:
    found = catalogue.find(trap)
    with works.begin(..., Console(io.StringIO())) as work:
        return _here(work, found, _repaired(work, found))


def _repaired(work: Work, trap: Trap) -> Path:
    assert trap.reproduction is not None
    project = reproductions.plant(trap.reproduction, work.scratch / "reference")
    reproductions.repair(trap, project)
    return project
