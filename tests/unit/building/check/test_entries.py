"""The line that names a trap, and the path of its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.building.check import catalogue, entries
from crosscraft.building.check.model import Finding
from crosscraft.paths import ROOT
from crosscraft.system.progress import LESSON_VARIABLE

NAME = "interpreter-of-the-target"
TRAP = catalogue.find(NAME)
PAGE = f"docs/errors/{NAME}.md"
MESSAGE = TRAP.symptoms[0].example


@pytest.fixture(autouse=True)
def no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LESSON_VARIABLE, raising=False)


def test_a_known_message_is_named_in_a_line() -> None:
    line = entries.named(f"-- Found\n{MESSAGE}\n-- Configuring incomplete")
    assert line.startswith(f"trap: {NAME}: ")
    assert TRAP.cure in line
    assert line.endswith(f"{PAGE}.")
    assert "\n" not in line
    assert "{" not in line


def test_another_message_is_not() -> None:
    assert entries.named("CMake Error: something else") == ""
    assert entries.named("") == ""


def test_a_name_that_was_printed_is_not_repeated() -> None:
    line = entries.named(MESSAGE)
    assert entries.named(f"{MESSAGE}\n  {line}") == ""


def test_what_the_user_sees_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = {"whole": ["first", "second"], "seen": ["second"], "": []}

    def in_log(log: str, shown: str) -> Iterator[Finding]:
        for happens in logs[log]:
            yield Finding(TRAP, shown, 1, happens, "Cure.")

    monkeypatch.setattr(entries, "in_log", in_log)
    assert ": second. Cure." in entries.named("whole", "seen")
    assert ": first. Cure." in entries.named("whole")


@pytest.mark.parametrize(
    ("here", "shown"),
    [("", PAGE), ("examples/setuptools-c", f"../../{PAGE}"), ("docs/errors", f"{NAME}.md")],
)
def test_the_path_can_be_opened_within_the_clone(
    monkeypatch: pytest.MonkeyPatch, here: str, shown: str
) -> None:
    monkeypatch.chdir(ROOT / here)
    assert entries.page(TRAP) == shown
    assert Path(shown).is_file()


def test_the_path_can_be_opened_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert entries.page(TRAP) == str(ROOT / PAGE)


def test_a_lesson_stores_no_path_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(LESSON_VARIABLE, "2")
    assert entries.page(TRAP) == PAGE
