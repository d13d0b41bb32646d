"""How programs end: a status, and one line in place of a traceback."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from crosscraft.errors import StorageError
from crosscraft.system import program


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (StorageError("no", remedy="Do it."), 1, "x: no. Do it."),
        (KeyboardInterrupt(), 130, "x: interrupted. No partial result was kept."),
        (OSError(errno.ENOSPC, "", "a"), 1, "x: a could not be written: the disk is full."),
        (OSError("odd"), 1, "x: odd. Fix that and run the command again."),
    ],
)
def test_an_error_is_a_line(
    error: BaseException, status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.exit_status("x", raising(error)) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(message)


def test_details_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    error = StorageError("no", remedy="Do it.", detail=["a line of pip"])
    assert program.exit_status("x", raising(error)) == 1
    assert capsys.readouterr().err == "  a line of pip\nx: no. Do it.\n"


def test_nothing_is_printed_when_all_goes_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.exit_status("x", lambda: None) == 0
    assert capsys.readouterr() == ("", "")
