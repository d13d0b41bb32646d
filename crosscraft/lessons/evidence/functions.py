"""Call a function of the learner's Python file, in a process of its own and with a time limit.

    python -m crosscraft.lessons.evidence.functions SECONDS FILE FUNCTION RESULTS ARGUMENT…

calls it once with each argument, and appends a line of JSON to the file RESULTS for each call.
"""

from __future__ import annotations

import json
import runpy
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.system import processes

__all__ = ["Call", "call"]

_LONGEST = 200
"""Characters of a value that are kept."""


@dataclass(frozen=True, slots=True)
class Call:
    """What came of one call."""

    value: str = ""
    """What the function returned, as Python writes it."""
    type: str = ""
    """The type of what it returned."""
    error: str = ""
    """The exception instead of a value, with the line of the file that raised it."""


def call(work: Work, name: str, arguments: Sequence[str], seconds: int = 10) -> tuple[Call, ...]:
    """Call the function `name` of the file that was handed in, with one argument at a time.

    :param seconds: the time limit for all calls together.
    :return: a result for each argument. After a call that did not end, there are no more.
    :raises Refused: if the file cannot be run, or has no such function.
    """
    results = work.scratch / "results.jsonl"
    results.touch()
    argv = [sys.executable, "-m", __name__, str(seconds), str(work.path), name, str(results)]
    env = processes.clean_environment({"PYTHONDONTWRITEBYTECODE": "1"})
    done = processes.run([*argv, *arguments], cwd=work.scratch, env=env, check=False)
    lines = results.read_text(encoding="utf-8").splitlines()
    if not lines:
        raise Refused("Python", [f"{work.path.name}: {_end(done.status)}", *done.lines])
    first, *calls = (Call(**json.loads(line)) for line in lines)
    if first.error:
        raise Refused("Python", [first.error])
    if len(calls) < len(arguments):
        calls.append(Call(error=_end(done.status)))
    return tuple(calls)


def _end(status: int) -> str:
    """Return how a process ended that didn't call the function with all arguments."""
    if status == -signal.SIGALRM:
        return "it took too long, so it was ended"
    return f"it ended the whole process, with the status {status}"


def _main(seconds: str, file: str, name: str, results: str, *arguments: str) -> None:
    """Run the file, and then call its function. The first line is about the file itself."""
    signal.alarm(int(seconds))  # the process ends with the signal, whatever the function does
    found: list[Callable[[str], object]] = []
    with Path(results).open("a", encoding="utf-8") as kept:

        def keep(one: Call) -> None:
            kept.write(f"{json.dumps(asdict(one))}\n")
            kept.flush()

        keep(_called(lambda _: found.append(_function(file, name)), "", file))
        for argument in arguments if found else ():
            keep(_called(found[0], argument, file))


def _function(file: str, name: str) -> Callable[[str], object]:
    function = runpy.run_path(file).get(name)
    if not callable(function):
        raise NameError(f"there is no function {name} in {Path(file).name}")
    return function  # type: ignore[no-any-return]


def _called(function: Callable[[str], object], argument: str, file: str) -> Call:
    try:
        value = function(argument)
        return Call(repr(value)[:_LONGEST], type(value).__name__)
    except BaseException as error:  # also SystemExit: the file is the learner's
        said = f"{type(error).__name__}: {getattr(error, 'msg', error)}"[:_LONGEST]
        numbers = [at.lineno for at in traceback.extract_tb(error.__traceback__)
                   if at.filename == file]  # fmt: skip
        number = error.lineno if isinstance(error, SyntaxError) else (numbers or [None])[-1]
        return Call(error=f"{said} ({Path(file).name}, line {number})" if number else said)


if __name__ == "__main__":
    _main(*sys.argv[1:])
