"""Find the liar: the check inspects each package then and there, and runs it.

Nothing is known about the packages before. If the learner exchanges them, the verdict follows.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.inspection.inspect import Inspection, inspect
from crosscraft.inspection.verdicts import Verdict as Found
from crosscraft.lessons import workspace
from crosscraft.lessons.evidence import parts, runner
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Check
from crosscraft.platforms import PLATFORMS, Platform, lookup
from crosscraft.system.console import Console

__all__ = ["HONEST", "Fact", "Judge", "check"]

Judge = Callable[[Inspection], Iterable[Found]]
"""Returns what inspect finds about one fact of a package."""

HONEST = "honest"
"""The word for a package whose facts are all true."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a package says, and that may be a lie."""

    word: str
    """The word for it in the answer."""
    judge: Judge
    """Finds out whether it is one."""
    missed: str
    """What to look at, for a learner who hasn't seen that it's a lie."""


def check(folder: str, letters: str, facts: Sequence[Fact], call: str, right: str) -> Check:
    """Return a check for an answer such as ``{"a": "honest", "b": "subdir"}``.

    :param folder: the folder of the project with a package for each letter, such as ``a.conda``.
    :param facts: the facts that may be lies.
    :param call: the Python code that each package is run with.
    :param right: the message if all packages are judged rightly.
    """

    def compare(work: Work) -> Verdict:
        given = _read(work.answer, letters, [HONEST, *(fact.word for fact in facts)])
        for letter, word in given.items():
            _compare(work, workspace.project() / folder / f"{letter}.conda", word, facts, call)
        return passed(right)

    return compare


def _compare(work: Work, package: Path, word: str, facts: Sequence[Fact], call: str) -> None:
    """Judge the learner's word about one package.

    :raises NotYet: if it isn't so. The evidence is about the learner's word, not the solution.
    """
    letter, found = package.stem, _inspected(work, package)
    judged = {fact.word: list(fact.judge(found)) for fact in facts}
    ran = _run(found, call)
    lies = [fact for fact in facts if _evidence(judged[fact.word], False)]
    work.see(f"{letter}: you said {word}. {ran}")
    if word == HONEST and lies:
        raise NotYet(f"{letter} isn't honest. {lies[0].missed}")
    if word != HONEST and word not in (fact.word for fact in lies):
        why = _evidence(judged[word], True) or ["there is nothing to say about it"]
        raise NotYet(
            f"The {word} of {letter} is true. What else does that package say, and is that so?",
            [f"inspect: {why[0]}"],
        )
    work.evidence.extend(f"   inspect: {_evidence(judged[fact.word], False)[0]}" for fact in lies)


def _inspected(work: Work, package: Path) -> Inspection:
    work.step(f"inspecting and running {package.name}")
    again = "Run the cell with `lesson.give` again."
    if not package.exists():
        raise NotYet(f"There is no {package.name} in the folder {package.parent.name}. {again}")
    try:
        found = inspect(package)
    except CrosscraftError as error:
        raise NotYet(f"{package.name} can't be read. Remove it. {again}", [error.what]) from None
    if found.package is None:
        raise NotYet(f"{package.name} is no package. Remove it. {again}")
    return found


def _evidence(found: Iterable[Found], holds: bool) -> list[str]:
    return [line for one in found if one.holds is holds for line in one.evidence]


def _run(found: Inspection, call: str) -> str:
    """Return what happens to the package's extensions on its platform, or on Arm for noarch."""
    assert found.package is not None
    platform = PLATFORMS.get(found.package.subdir, lookup("linux-aarch64"))
    code = {
        Path(path).name: data
        for path, data in parts.take_apart(found.path).files.items()
        if path.endswith(".so")
    }
    return f"Run for {platform.subdir}: {_said(tuple(sorted(code.items())), platform, call)}"


@functools.cache
def _said(files: tuple[tuple[str, bytes], ...], platform: Platform, call: str) -> str:
    """Return what Python says with extensions in its folder. The same ones run once in a process.

    :param files: their names and contents.
    """
    with works.begin(..., Console(io.StringIO())) as work:
        for name, data in files:
            (work.scratch / name).write_bytes(data)
        try:
            return runner.of(platform).python(call, work.scratch, work.scratch)
        except Refused as refused:
            return refused.lines[0].replace(f"{work.scratch}/", "")


def _read(answer: object, letters: str, words: Sequence[str]) -> dict[str, str]:
    """Return the word for each package.

    :raises NotYet: if one is missing, or is none of the words.
    """
    if not isinstance(answer, Mapping):
        form = ", ".join(f'"{letter}": "…"' for letter in letters)
        raise NotYet(f"The answer is a dictionary: `{{{form}}}`.")
    given = {str(key).strip().lower(): value for key, value in answer.items()}
    found = {}
    for letter in letters:
        if given.get(letter, ...) is ...:
            raise NotYet(f"{letter!r} is not in your answer yet.")
        found[letter] = str(given[letter]).strip().lower()
        if found[letter] not in words:
            raise NotYet(f"{letter!r} is one of {', '.join(words)}, not {found[letter][:40]!r}.")
    return found
