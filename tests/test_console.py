"""Steps and progress, for a pipe, a terminal and a lesson."""

from __future__ import annotations

import io

import pytest

from crosscraft.system import progress
from crosscraft.system.console import LESSON_VARIABLE, Console
from crosscraft.text import megabytes, table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Flushed(io.StringIO):
    """Remembers what had been written whenever it was flushed."""

    seen: tuple[str, ...] = ()

    def flush(self) -> None:
        self.seen += (self.getvalue(),)


@pytest.fixture(autouse=True)
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LESSON_VARIABLE, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in seconds, as its only element."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_pipe_gets_lines_as_they_happen() -> None:
    stream = Flushed()
    with Console(stream) as said:
        said.step("first")
        assert stream.seen[-1] == "first\n"
        said.say("[markup] is left :alone:")
        assert stream.seen[-1] == "first\n[markup] is left :alone:\n"


def test_pipe_is_told_now_and_then(clock: list[float]) -> None:
    stream = io.StringIO()
    with Console(stream) as said:
        said.step("downloading")
        for clock[0] in (1, 2, 3.5, 4, 5, 7):
            said.within(clock[0] * 10, 100, "MB")
    assert stream.getvalue() == "downloading\n    35 of 100 MB\n    70 of 100 MB\n"


def test_lesson_is_the_same_each_time(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LESSON_VARIABLE, "1")
    stream = io.StringIO()
    with Console(stream) as said:
        said.step("downloading")
        clock[0] = 100
        said.within(50, 100)
    assert stream.getvalue() == "downloading\n"


def test_terminal_keeps_titles_and_clears_the_bar() -> None:
    stream = Terminal()
    with Console(stream) as said:
        said.step("first [one]")
        said.within(1, 2, "MB")
        said.step("second")
        said.say("done " + "x" * 200)
    text = stream.getvalue()
    assert "first [one]\n" in text
    assert "done " + "x" * 200 in text
    assert "\x1b[?25l" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor was left hidden"


def test_terminal_is_restored_after_an_error() -> None:
    stream = Terminal()
    with pytest.raises(ZeroDivisionError), Console(stream) as said:
        said.step("first")
        raise ZeroDivisionError
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_dumb_terminal_is_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    with Console(stream) as said:
        said.step("first")
    assert stream.getvalue() == "first\n"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "1 kB"),
        (1499, "1 kB"),
        (97_000, "97 kB"),
        (999_400, "999 kB"),
        (1_000_000, "1.0 MB"),
        (3_272_386, "3.3 MB"),
        (207_000_000, "207.0 MB"),
    ],
)
def test_megabytes(size: int, text: str) -> None:
    assert megabytes(size) == text


def test_table() -> None:
    rows = [("cmake", "30.0 MB", "x"), ("jq", "1 kB", "")]
    assert table(rows, ("package", "size", "note"), right=(1,)).splitlines() == [
        "package      size  note",
        "cmake     30.0 MB  x",
        "jq           1 kB",
    ]
    assert table([], ("a", "b")) == "a  b"
