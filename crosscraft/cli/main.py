"""Run a command, and report errors as an exit status and one line, without a traceback."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

import click

from crosscraft.cli.commands import cli
from crosscraft.errors import CrosscraftError
from crosscraft.system import files, program, storage_errors
from crosscraft.text import safe_lines

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line. An expected failure prints one line, and its exit status is not 0."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    files.keep_from_others()
    for number in _ENDING:
        if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):  # nohup
            signal.signal(number, _interrupted)
    try:
        status = cli.main(standalone_mode=False) or 0
    except BaseException as error:
        status = _status(KeyboardInterrupt() if _is_ending() else error)
    _flush()
    sys.stderr.flush()
    # py-rattler's threads can crash the interpreter in a regular shutdown.
    os._exit(status)


def _status(error: BaseException) -> int:
    """Print the message of `error`, and return the exit status. Raise unexpected errors again."""
    match error:
        case CrosscraftError():
            _flush()
            status = program.fail("crosscraft", error)
        case click.exceptions.Exit():
            status = error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            status = 2
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "crosscraft"
            message = " ".join(error.format_message().split())
            end = "" if message.endswith((".", "?")) else "."
            status = _fail(f"{message}{end} See `{command} --help`.", 2)
        case KeyboardInterrupt() | click.Abort():
            status = _fail(_ENDED, 130)
        case SystemExit():
            status = int(error.code or 0)
        case BrokenPipeError():
            status = 141
        case OSError() if explained := storage_errors.explain(error):
            _flush()
            status = program.fail("crosscraft", explained)
        case _:
            raise error
    return status


def _flush() -> None:
    """Flush stdout, and ignore a reader that is gone (`crosscraft … | head`)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(text: str, status: int) -> int:
    _flush()
    print(f"crosscraft: {safe_lines(text)}", file=sys.stderr)
    return status


_ENDED = "interrupted. No partial result was kept. Run the command again to continue."
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _is_ending() -> bool:
    """Whether an interrupt has arrived. An import or rmtree can replace it by another error."""
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, so that children end and partial files are removed. Ignore further
    signals, which would interrupt that."""
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)
    # An interrupt can leave a coroutine that has not started. That warning would be noise.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    # What is half made now, such as an event loop, may fail when it is removed.
    sys.unraisablehook = lambda _: None
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
