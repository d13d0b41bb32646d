"""The record of the exercises: what it keeps, older versions, damage, and two at once."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from crosscraft.lessons import record
from crosscraft.lessons.evidence.verdict import Verdict, not_attempted, not_yet, passed

pytestmark = pytest.mark.usefixtures("own_workspace")

WRONG = not_yet("The third argument has no name.", ["read math.cpp"])
RIGHT = passed("Both processors return 5.")


def check(*verdicts: Verdict, answer: object = "an answer") -> record.Entry:
    for verdict in verdicts:
        record.record("own-function", answer, verdict)
    return record.entries()["own-function"]


def written(text: str) -> Path:
    record.path().parent.mkdir(parents=True, exist_ok=True)
    record.path().write_text(text, encoding="utf-8")
    return record.path()


def test_a_try_is_counted_and_its_verdict_kept() -> None:
    entry = check(WRONG, WRONG)
    assert entry.tries == 2
    assert entry.last == "Not yet. The third argument has no name."
    assert entry.wrong == (entry.last,)
    assert entry.first_tried and entry.last_tried and not entry.passed


def test_the_placeholder_is_no_try() -> None:
    record.record("own-function", ..., not_attempted())
    assert record.entries() == {}


def test_what_was_passed_stays_passed() -> None:
    entry = check(RIGHT, WRONG)
    assert entry.passed
    assert entry.tries == 2
    assert entry.last.startswith("Not yet")
    assert len(entry.wrong) == 1


def test_the_list_of_wrong_verdicts_ends() -> None:
    entry = check(*(not_yet(f"Reason {i}.") for i in range(20)))
    assert entry.tries == 20
    assert entry.wrong[0] == "Not yet. Reason 0."
    assert len(entry.wrong) < 10
    assert entry.last == "Not yet. Reason 19."


def test_help_keeps_its_furthest_step() -> None:
    for step in (1, 3, 2):
        record.helped("own-function", step)
    entry = record.entries()["own-function"]
    assert (entry.helped, entry.tries) == (3, 0)


def test_a_file_has_passed_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "math.cpp"
    file.write_text("// right\n")
    check(RIGHT, answer=file)
    assert record.has_passed("own-function", file)
    file.write_text("// edited\n")
    assert not record.has_passed("own-function", file)


@pytest.mark.parametrize(
    ("stored", "tries", "passed_on"),
    [
        ({"passed": {"own-function": "2026-09-01"}}, 0, "2026-09-01"),
        ({"exercises": {"own-function": {"passed": "2026-09-01"}}}, 0, "2026-09-01"),
        ({"exercises": {"own-function": {"tries": 3, "of_a_newer_version": [1]}}}, 3, ""),
    ],
    ids=["dates", "few-facts", "more-facts"],
)
def test_a_record_of_another_version_is_taken_over(
    stored: object, tries: int, passed_on: str
) -> None:
    written(json.dumps(stored))
    entry = record.entries()["own-function"]
    assert (entry.tries, entry.passed) == (tries, passed_on)
    assert check(RIGHT).tries == tries + 1


@pytest.mark.parametrize(
    "text",
    [
        '{"exercises": {"own-fun',
        "[]",
        "7",
        '{"exercises": {"own-function": 7}}',
        '{"exercises": {"own-function": {"tries": "3"}}}',
        '{"exercises": {"own-function": {"wrong": [7]}}}',
        "[" * 100_000,
        '"\\ud800"',
    ],
)
def test_a_damaged_record_is_kept_beside_the_new_one(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(text)
    assert record.entries() == {}
    (kept,) = path.parent.glob("progress-damaged-*.json")
    assert kept.read_text(encoding="utf-8") == text
    assert kept.name in capsys.readouterr().out
    assert check(RIGHT).tries == 1


def _try_often(number: int) -> None:
    for i in range(15):
        record.record("own-function", "an answer", not_yet(f"From {number}, {i}."))
        record.helped(f"exercise-{number}", 1)


def test_two_processes_lose_nothing() -> None:
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_try_often, args=(number,)) for number in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    found = record.entries()
    assert found["own-function"].tries == 30
    assert {"exercise-0", "exercise-1"} <= set(found)
