"""Repair: a project with a trap of the catalogue, which the check builds where it fails.

What the trap is stays a secret until the repair passes, or all help was shown.
"""

from __future__ import annotations

import hashlib
import shlex
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from crosscraft.building.check import catalogue, entries, reproductions
from crosscraft.building.check.model import Reproduction, Trap
from crosscraft.channel import local, select
from crosscraft.lessons.evidence import planted, reference
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.planted import Seen
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import LEFT_OUT, Work, copy_project
from crosscraft.lessons.exercises.model import Check, Exercise, HandsIn, Kind, Wrong

__all__ = [
    "FOLDER", "bug", "check", "exercise", "files_of", "known", "named", "needs", "plantable",
    "reproduction_of", "untouched",
]  # fmt: skip

FOLDER = "planted"
"""The folder of the learner's project that gets the projects with a trap."""

_LESSON = 9
"""The lesson that hunts bugs."""
_MINUTES = 6
"""The minutes for a trap that the learner chooses."""


More = Callable[[Work, Packages], None]
"""A function that looks at the packages for both platforms, and may raise `NotYet`."""


def check(trap: Trap, more: More | None = None) -> Check:
    """Return a check that builds a copy of the project, and looks for the trap everywhere.

    :param more: looks at what only this exercise asks for.
    """
    reproduction = reproduction_of(trap)

    def repaired(work: Work) -> Verdict:
        project = copy_project(work.path, work.scratch / "project")
        seen = planted.see(work, project, reproduction)
        _works(seen, reproduction)
        built = ", ".join(f"{path.parent.name}/{path.name}" for path in seen.packages.files)
        work.see(f"built for {reproduction.platform}: {built or 'nothing'}")
        _trap_is_gone(trap, project, seen)
        reference.compare(work, trap, project, seen)
        if more:
            more(work, seen.packages)
        return passed(f"You've repaired it. {named(trap)}")

    return repaired


def named(trap: Trap) -> str:
    """Return the sentence that reveals a trap."""
    return f"This is the trap {trap.name}: see {entries.page(trap)}."


def reproduction_of(trap: Trap) -> Reproduction:
    """Return how a plantable trap is planted."""
    assert trap.reproduction is not None
    return trap.reproduction


def _works(seen: Seen, reproduction: Reproduction) -> None:
    """:raises NotYet: if the build or the command fails, or prints what shows the trap."""
    platform = reproduction.platform
    if seen.failure:
        raise NotYet(
            f"It doesn't work for {platform} yet. The line above is the first that tells why.",
            [seen.failure],
        )
    effect = seen.effect(reproduction)
    if effect:
        raise NotYet(
            f"Nothing fails, but it isn't right for {platform} yet: look at the line above.",
            [effect],
        )


def _trap_is_gone(trap: Trap, project: Path, seen: Seen) -> None:
    """:raises NotYet: if the trap is still found."""
    for finding in planted.findings(trap, project, seen):
        file = finding.file.removeprefix(f"{project}/")
        raise NotYet(
            "It builds and nothing fails, but the cause is still there.",
            [f"{file}{f', line {finding.line}' if finding.line else ''}: {finding.happens}"],
        )


@cache
def plantable() -> dict[str, Trap]:
    """Return the traps that can be planted, by a name that doesn't spoil them."""
    seen = (t for t in catalogue.traps() if t.reproduction and t.reproduction.shown != "project")
    return {f"bug-{hashlib.sha256(t.name.encode()).hexdigest()[:4]}": t for t in seen}


def needs(trap: Trap) -> tuple[str, ...]:
    """Return the packages that the channel has to have for a trap, and lacks."""
    wanted = set(reproduction_of(trap).needs)
    if not wanted or not select.is_local(select.choose()):
        return ()
    return tuple(sorted(wanted - {one.name for one in local.listing(local.find())}))


def known(name: str) -> Exercise | None:
    """Return the exercise to repair the trap called `name`, or ``bug-…``, if it can be planted."""
    names = {trap.name: alias for alias, trap in plantable().items()}
    alias = names.get(name, name)
    return exercise(alias, plantable()[alias]) if alias in plantable() else None


def exercise(name: str, trap: Trap) -> Exercise:
    """Return the exercise to repair a planted trap."""
    return bug(
        name,
        trap,
        minutes=_MINUTES,
        title=f"repair {name}",
        hint=_hint(reproduction_of(trap)),
        part=_part(trap),
        solution=_solution(trap),
        right=(),
        wrong=(),
    )


def bug(
    name: str,
    trap: Trap,
    *,
    minutes: int,
    title: str,
    hint: str,
    part: str,
    solution: Mapping[str, str],
    right: tuple[Mapping[str, str], ...],
    wrong: tuple[Wrong, ...],
    more: More | None = None,
) -> Exercise:
    """Return the exercise to repair a planted trap, with help and known answers of its own."""
    return Exercise(
        name=name,
        lesson=_LESSON,
        minutes=minutes,
        title=title,
        kind=Kind.REPAIR,
        hands_in=HandsIn.FOLDER,
        path=f"{FOLDER}/{name}",
        trap=trap.name,
        hint=hint,
        part=part,
        solution=solution,
        check=check(trap, more),
        right=right,
        wrong=wrong,
    )


def files_of(trap: Trap) -> dict[str, str]:
    """Return the text of each file that is new in a planted project, by its path."""
    return {edit.file: edit.new for edit in reproduction_of(trap).edits if not edit.old}


def _hint(reproduction: Reproduction) -> str:
    build = f"`crosscraft build -v --target-platform {reproduction.platform}`"
    if reproduction.command:
        command = f"`crosscraft {shlex.join(reproduction.command)}`"
        return f"In its folder, run {build}, and then {command}. Compare what it prints and should."
    if reproduction.shown == "package":
        return f"Nothing fails. Look into the package that {build} makes, and at what it claims."
    return f"Run {build} in its folder, and read the log up to the first line that is wrong."


def _part(trap: Trap) -> str:
    happens = trap.happens.format_map(_Words())
    return f"{happens[0].upper()}{happens[1:]}."


class _Words(dict[str, str]):
    """The fields of a trap's sentence, as words."""

    def __missing__(self, key: str) -> str:
        return key.replace("_", " ")


def _solution(trap: Trap) -> dict[str, str]:
    """Return the files that the fix changes."""
    with tempfile.TemporaryDirectory() as folder:
        project = reproductions.plant(reproduction_of(trap), Path(folder))
        files = [path for path in project.rglob("*") if path.is_file()]
        before = {path: path.read_bytes() for path in files}
        reproductions.repair(trap, project)
        after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
        changed = (path for path in after if after[path] != before.get(path))
        return {str(path.relative_to(project)): path.read_text() for path in changed}


def untouched(trap: Trap, project: Path) -> bool:
    """Whether a project is as it was planted, apart from what tools have made in it."""
    with tempfile.TemporaryDirectory() as folder:
        return _files(project) == _files(reproductions.plant(reproduction_of(trap), Path(folder)))


def _files(project: Path) -> dict[Path, bytes]:
    """Return the files of a project by their paths, without what tools have made."""
    every = {path.relative_to(project): path for path in project.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in every.items()
        if not set(name.parts) & set(LEFT_OUT)
    }
