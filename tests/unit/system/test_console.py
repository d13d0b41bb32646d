"""Steps and progress, for a pipe, a terminal and a lesson."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from crosscraft.system import progress
from crosscraft.system.console import LESSON_VARIABLE, Console
from crosscraft.system.progress import KERNEL_VARIABLE
from tests.support.drawn_pages import drawn


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
    monkeypatch.delenv(KERNEL_VARIABLE, raising=False)
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
            said.progress(clock[0] * 10, 100, "MB")
    assert stream.getvalue() == "downloading\n    35 of 100 MB\n    70 of 100 MB\n"


def test_lesson_is_the_same_each_time(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LESSON_VARIABLE, "1")
    stream = io.StringIO()
    with Console(stream) as said:
        said.step("downloading")
        clock[0] = 100
        said.progress(50, 100)
    assert stream.getvalue() == "downloading\n"


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TextIO, TextIO]]:
    """Both ends of a pipe that this process reads, as a kernel does: to read and to write."""
    monkeypatch.setenv(LESSON_VARIABLE, "1")
    monkeypatch.setenv(KERNEL_VARIABLE, str(os.getpid()))
    reading, writing = os.pipe()
    with open(reading, newline="") as read, open(writing, "w") as write:
        yield read, write


def test_a_cell_is_told_how_far_it_is_and_keeps_none_of_it(
    clock: list[float], cell: tuple[TextIO, TextIO]
) -> None:
    read, write = cell
    seen = []
    with Console(write) as said:
        said.step("downloading")
        for clock[0] in (1, 1.01, 2):
            said.progress(clock[0] * 10, 100, "MB")
            seen.append(os.read(read.fileno(), 4096).decode() if clock[0] != 1.01 else "")
        said.step("x")
        said.progress(3, 4)  # a moment later: it would not be seen
        clock[0] = 3
        said.progress(4, 4)
    write.close()
    seen.append(read.read())
    assert seen[0] == "downloading\n    10 of 100 MB\r"
    assert drawn("".join(seen[:3])) == "downloading\n    20 of 100 MB"
    assert "    4 of 4\r" in seen[3]
    assert drawn("".join(seen)) == "downloading\nx\n"


def test_what_others_print_replaces_how_far_it_is(
    clock: list[float], cell: tuple[TextIO, TextIO]
) -> None:
    read, write = cell
    clock[0] = 1
    with Console(write) as said:
        said.progress(1, 2)
        write.write("Process was interrupted.\n")
    write.close()
    assert drawn(read.read()) == "Process was interrupted.\n"


def test_how_far_a_step_is_goes_with_it(clock: list[float], cell: tuple[TextIO, TextIO]) -> None:
    read, write = cell
    clock[0] = 1
    with Console(write) as said:
        said.progress(2, 2)
        said.quiet_step("indexing")
        seen = os.read(read.fileno(), 4096).decode()
        assert "    2 of 2\r" in seen
        assert drawn(seen) == ""


def test_a_file_and_another_command_are_not_told_how_far_it_is(
    clock: list[float], cell: tuple[TextIO, TextIO], tmp_path: Path
) -> None:
    def display() -> progress.Display:
        return progress.display_for(cell[1], steps_alone=False)

    clock[0] = 1
    with open(tmp_path / "log", "w") as file, Console(file) as said:
        said.progress(1, 2)
    other = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(other, stdin=subprocess.PIPE, text=True) as command:
        assert command.stdin is not None
        assert isinstance(display(), progress.CellLine)
        os.environ[KERNEL_VARIABLE] = str(command.pid)
        assert isinstance(display(), progress.Lines)
    assert (tmp_path / "log").read_text() == ""
    assert isinstance(display(), progress.Lines), "the kernel has ended"


def test_terminal_keeps_titles_and_clears_the_bar() -> None:
    stream = Terminal()
    with Console(stream) as said:
        said.step("first [one]")
        said.progress(1, 2, "MB")
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
