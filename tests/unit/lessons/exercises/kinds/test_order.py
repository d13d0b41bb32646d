"""Steps are run in the learner's order, up to the first that fails."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from crosscraft.lessons.evidence.commands import Shell
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Result
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import order
from crosscraft.lessons.exercises.kinds.order import Step
from crosscraft.system.console import Console

STEPS = (
    Step("a", "cat made && echo done", "reads"),
    Step("b", "touch made", "makes"),
    Step("c", "echo error: no; false", "fails"),
    Step("d", "touch other", "makes another"),
)


def check(answer: object, folder: Path) -> list[str]:
    """Check an answer, and return the evidence."""
    work = Work(answer, folder, Console(io.StringIO()), -1)
    variables = {"PATH": os.environ["PATH"]}
    verdict = order.check(STEPS, lambda _: Shell(folder, variables, folder / "notes"), "a", "Good.")
    assert verdict(work).result is Result.PASSED
    return work.evidence


@pytest.mark.parametrize(
    "answer", [["b", "d", "a"], ("D", "b", " A "), "b, d, a", "dba", ["b", "a"]]
)
def test_every_order_that_works_is_right(answer: object, tmp_path: Path) -> None:
    assert check(answer, tmp_path)[-1] == "(a) reads: done"


@pytest.mark.parametrize(
    ("answer", "who", "line"),
    [(["a", "b"], "(a) reads", "No such file"), (["b", "c", "a"], "(c) fails", "error: no")],
)
def test_the_first_step_that_fails_is_shown(
    answer: object, who: str, line: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as caught:
        check(answer, tmp_path)
    assert caught.value.who == who
    assert line in caught.value.lines[0]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (["b", "d"], "still to come"),
        (["b", "x"], "none of the letters"),
        (["b", "b", "a"], "twice"),
        ([], "list of letters"),
        ({"a": 1}, "list of letters"),
        (7, "list of letters"),
    ],
)
def test_what_is_no_whole_answer(answer: object, text: str, tmp_path: Path) -> None:
    with pytest.raises(NotYet, match=text):
        check(answer, tmp_path)
