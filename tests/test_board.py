"""One display for several platforms: rows in a pipe, in order in a lesson, bars on a terminal."""

from __future__ import annotations

import io

import pytest

from crosscraft.building.board import Board
from crosscraft.system.console import LESSON_VARIABLE

NAMES = ("linux-64", "linux-aarch64", "linux-s390x")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def work(stream: io.StringIO, verbose: bool = False) -> str:
    """Three platforms, told of crosswise; the last is over first."""
    with Board(NAMES, stream) as board:
        rows = {name: board.row(name, verbose) for name in NAMES}
        for name in reversed(NAMES):
            rows[name].step("  cpp_math: configuring")
            rows[name].say("    -- Configuring done")
            rows[name].within(1, 12)
        for name in (NAMES[2], NAMES[0], NAMES[1]):
            rows[name].step("  cpp_math: building")
            board.end(name, "built")
    return stream.getvalue()


def test_in_a_pipe_lines_come_as_they_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LESSON_VARIABLE, raising=False)
    assert work(io.StringIO()).splitlines() == [
        "  linux-s390x    cpp_math: configuring",
        "  linux-aarch64  cpp_math: configuring",
        "  linux-64       cpp_math: configuring",
        "  linux-s390x    cpp_math: building",
        "  linux-s390x    built",
        "  linux-64       cpp_math: building",
        "  linux-64       built",
        "  linux-aarch64  cpp_math: building",
        "  linux-aarch64  built",
    ]


def test_in_a_lesson_one_platform_comes_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LESSON_VARIABLE, "8")
    assert work(io.StringIO()).splitlines() == [
        f"  {name:13}  {text}"
        for name in NAMES
        for text in ("cpp_math: configuring", "cpp_math: building", "built")
    ]


def test_in_a_lesson_the_first_is_told_of_as_it_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LESSON_VARIABLE, "8")
    stream = io.StringIO()
    with Board(NAMES, stream) as board:
        board.row(NAMES[1]).step("later")
        assert stream.getvalue() == ""
        board.row(NAMES[0]).step("now")
        assert stream.getvalue() == "  linux-64       now\n"
        board.end(NAMES[0], "failed")
        assert stream.getvalue().splitlines()[1:] == [
            "  linux-64       failed",
            "  linux-aarch64  later",
        ]
        board.row(NAMES[1]).step("more")
        assert stream.getvalue().endswith("  linux-aarch64  more\n")


def test_the_log_is_shown_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LESSON_VARIABLE, raising=False)
    assert "  linux-64         -- Configuring done\n" in work(io.StringIO(), verbose=True)


def test_on_a_terminal_each_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LESSON_VARIABLE, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    said = work(Terminal())
    for name in NAMES:
        assert name in said
    assert "━" in said
    assert said.count("built\n") == 3
