"""The instructor's guide: its plans add up, and what it quotes is what the room sees."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import nbformat
import pytest

from crosscraft.lessons import series
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Kind
from crosscraft.paths import ROOT
from crosscraft.setup import doctor

GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
HOUR = (ROOT / "docs" / "teaching-hour.md").read_text(encoding="utf-8")
BY_LESSON = (ROOT / "docs" / "teaching-lessons.md").read_text(encoding="utf-8")
LESSONS = {one.number: one for one in series.lessons()}
OVERRUN = 1.5
"""How much longer exercises take than their minutes say."""
SLACK = 0.1
"""The least part of a plan, without its breaks, that has no plan."""
LONGEST = 110
"""The most minutes without a break."""
BREAKS = ("break", "lunch")

_ROW = re.compile(r"\| (\d+):(\d\d) \| (\d+) \| ([^|]+?) \| ([^|]*?) ?\|")


@dataclass(frozen=True)
class Row:
    """A row of a plan."""

    start: int
    """Minutes after the begin of the day."""
    minutes: int
    what: str
    """The number of a lesson, or another word."""
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A plan of the guide."""

    name: str
    minutes: int
    """The minutes that its heading says."""
    rows: tuple[Row, ...]


def plans() -> Iterator[Plan]:
    """The plans of the guide."""
    for name, minutes, text in re.findall(
        r"^### ([^\n]+), (\d+) minutes\n(.*?)(?=^##)", GUIDE, re.M | re.S
    ):
        rows = (
            Row(60 * int(h) + int(m), int(takes), what, tuple(re.findall(r"`([a-z-]+)`", names)))
            for h, m, takes, what, names in _ROW.findall(text)
        )
        yield Plan(name, int(minutes), tuple(rows))


PLANS = tuple(plans())


def test_there_are_an_hour_half_a_day_and_a_day() -> None:
    names = {plan.name: plan.minutes for plan in PLANS}
    assert names == {"An hour": 60, "Half a day": 210, "A day": 420}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
class TestThePlan:
    def test_has_no_gaps_and_ends_when_it_says(self, plan: Plan) -> None:
        assert plan.rows[0].start == 0
        assert all(one.start + one.minutes == two.start for one, two in pairwise(plan.rows))
        assert plan.rows[-1].start + plan.rows[-1].minutes == plan.minutes

    def test_has_time_for_what_it_names(self, plan: Plan) -> None:
        taught = [row for row in plan.rows if row.what in LESSONS]
        assert len(taught) >= 2
        for row in taught:
            lesson = LESSONS[row.what]
            exercises = [judge.find(name) for name in row.exercises]
            assert {one.lesson for one in exercises} <= {int(lesson.number)}
            working = OVERRUN * sum(one.minutes for one in exercises)
            assert row.minutes >= lesson.reading + lesson.machine + working, row

    def test_has_slack(self, plan: Plan) -> None:
        working = sum(row.minutes for row in plan.rows if row.what not in BREAKS)
        slack = sum(row.minutes for row in plan.rows if row.what == "slack")
        assert slack >= SLACK * working

    def test_has_breaks(self, plan: Plan) -> None:
        ends = [row.start for row in plan.rows if row.what in BREAKS]
        begins = [row.start + row.minutes for row in plan.rows if row.what in BREAKS]
        between = zip([0, *begins], [*ends, plan.minutes], strict=True)
        assert max(end - begin for begin, end in between) <= LONGEST

    def test_has_something_to_write(self, plan: Plan) -> None:
        names = [name for row in plan.rows for name in row.exercises]
        assert any(judge.find(name).kind is Kind.WRITE for name in names)

    def test_its_exercises_are_in_the_page_by_lesson(self, plan: Plan) -> None:
        pages = BY_LESSON + HOUR
        missing = [n for row in plan.rows for n in row.exercises if f"| `{n}` |" not in pages]
        assert not missing


def test_all_lessons_take_as_long_as_the_guide_says() -> None:
    minutes = sum(one.reading + one.machine + OVERRUN * one.exercises for one in LESSONS.values())
    assert math.floor(minutes / 60) == 11
    assert "take eleven hours" in GUIDE


def cells(number: str) -> Iterator[tuple[str, str]]:
    """The source and the printed output of each code cell of a lesson."""
    notebook = nbformat.read(series.NOTEBOOKS / LESSONS[number].file, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield (
                cell.source,
                "".join(
                    str(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
                    for output in cell.outputs
                ),
            )


SHOWN = [*cells("00"), *cells("03")]


def blocks(*languages: str) -> list[str]:
    """The fenced blocks of the hour in some languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", HOUR, re.M | re.S)
    return [text for language, text in found if language in languages]


@pytest.mark.parametrize("code", blocks("python", "bash"))
def test_the_hour_runs_what_its_lessons_run(code: str) -> None:
    assert any(code.strip() in source for source, _ in SHOWN)


@pytest.mark.parametrize("text", blocks("text"))
def test_the_hour_shows_what_its_lessons_print(text: str) -> None:
    lines = [line.strip() for line in text.splitlines()]
    printed = [{line.strip() for line in output.splitlines()} for _, output in SHOWN]
    assert lines
    assert any(set(lines) <= one for one in printed), text


def test_the_table_of_the_hour_quotes_cells_and_outputs() -> None:
    everything = "\n".join(f"{source}\n{output}" for source, output in SHOWN)
    rows = HOUR[HOUR.index("## 0:32") :].split("## 0:52")[0]
    quoted = re.findall(r"`([^`]+)`", rows)
    assert len(quoted) > 15
    assert not [text for text in quoted if text not in everything]


@pytest.mark.parametrize("number", LESSONS)
def test_each_lesson_has_questions_for_the_room(number: str) -> None:
    section = re.search(rf"^## {number} (.+?)$(.*?)(?=^## |\Z)", BY_LESSON, re.M | re.S)
    assert section is not None
    assert section[1] == LESSONS[number].title
    assert section[2].count("?") >= 2


def test_the_exercises_of_the_page_by_lesson_are_those_of_the_lesson() -> None:
    for number, text in re.findall(r"^## (\d\d) .+?$(.*?)(?=^## |\Z)", BY_LESSON, re.M | re.S):
        for name in re.findall(r"^\| `([a-z-]+)` \|", text, re.M):
            assert judge.find(name).lesson == int(number)


def test_the_mail_shows_what_doctor_prints() -> None:
    mail = re.search(r"^```text\nSubject.*?^```", GUIDE, re.M | re.S)
    assert mail is not None
    shown = re.search(r"crosscraft \S+: .*?: ready", " ".join(mail[0].split()))
    assert shown is not None
    assert _form(shown[0]) == _form(doctor.summary(missing=0))
    assert "Everything is there." in mail[0]


def _form(line: str) -> list[str]:
    """The words of doctor's last line, without numbers and without the channel."""
    words = re.sub(r"channel [^:]+", "", line).split()
    return [word for word in words if not any(letter.isdigit() for letter in word)]
