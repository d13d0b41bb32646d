"""Run a command, and end as a program should: a status, one line for an error, no traceback."""

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
from crosscraft.system import files
from crosscraft.text import safe_lines

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line; every expected failure is one line and a status that is not 0."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who called us: nobody hears what is said
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
    # py-rattler's threads can crash an interpreter that ends in the ordinary way.
    os._exit(status)


def _status(error: BaseException) -> int:
    """Say what `error` means, and return the exit status; what nobody expected is raised."""
    match error:
        case CrosscraftError():
            for line in error.detail:
                print(f"  {line}", file=sys.stderr)
            status = _fail(str(error), error.exit_status)
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
        case OSError() if explained := files.explain(error):
            status = _fail(str(explained), explained.exit_status)
        case _:
            raise error
    return status


def _flush() -> None:
    """Say what is left to say, unless nobody reads it any more (`crosscraft … | head`)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(text: str, status: int) -> int:
    _flush()
    print(f"crosscraft: {safe_lines(text)}", file=sys.stderr)
    return status


_ENDED = "interrupted. Nothing half-made was kept; run it again to go on."
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _is_ending() -> bool:
    """Whether an interrupt has come. An import, or rmtree, can make another error of it."""
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Begin to end: children first, then what is half-made. A second Ctrl-C would cut that
    short, so it is not heard."""
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)
    # A coroutine that was made and not begun is no news to whoever interrupts.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
