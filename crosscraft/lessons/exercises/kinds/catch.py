"""Catch a bug: the learner's test passes with the right module, and fails with each wrong one.

The wrong modules are compiled from edits of the right source, and the test runs with each of them.
A test that passes with all of them is no test, whatever it looks like.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.lessons.evidence import extension, runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Check, changed
from crosscraft.platforms import Platform, lookup, native
from crosscraft.text import printable

__all__ = ["Bug", "check"]

_HOLLOW = "def __getattr__(name):\n    return lambda *given, **named: None\n"
"""A module whose every function takes anything and returns nothing."""

_RUN = "import runpy; runpy.run_path({!r}, run_name='__main__')"
"""Runs a script, with modules from elsewhere."""

_LONGEST = 200
"""Characters of a failure that are shown."""


@dataclass(frozen=True, slots=True)
class Bug:
    """A wrong module, made from the right one."""

    name: str
    """What is wrong with it, in a few words. The learner sees it once the test catches it."""
    edits: tuple[tuple[str, str], ...]
    """Texts of the right source, and what stands in their place."""
    slips: str
    """What to say if the test passes with it: the effect, and no test that would show it."""


def check(source: str, bugs: Sequence[Bug], right: str, module: str = "cpp_math") -> Check:
    """Return a check for a test, which is a Python script that fails if the module is wrong.

    :param source: the C++ source of the right module.
    :param right: the message if the test catches every bug.
    """

    def judge(work: Work) -> Verdict:
        good = _compiled(work, source, native(), module)
        _passes_with_right(work, native(), good)
        hollow = _hollow(work, module)
        if _failure(work, native(), hollow) is None:
            raise NotYet(
                "Your test passes even with a module whose functions return nothing, so it "
                "compares nothing. `assert` stops Python if something isn't true. If yours are "
                "in a function, does anything call it?"
            )
        slipped = []
        for number, bug in enumerate(bugs, start=1):
            wrong = _compiled(work, changed(source, *bug.edits), native(), module)
            caught = _failure(work, native(), wrong) is not None
            slipped += [] if caught else [bug.slips]
            result = f"caught, because {bug.name}" if caught else "your test passes"
            work.see(f"wrong module {number}: {result}")
        if slipped:
            raise NotYet(slipped[0])
        again = _failure(work, native(), good)
        if again is not None:
            raise NotYet(
                "Your test passed with the right module once, and now it fails. Does an earlier "
                "run leave something behind?",
                [f"{native().subdir}, the right module again: {again}"],
            )
        arm = lookup("linux-aarch64")
        _passes_with_right(work, arm, _compiled(work, source, arm, module))
        if _failure(work, arm, hollow) is None:
            raise NotYet(
                "On Arm your test passes even with a module whose functions return nothing, so it "
                "compares nothing there. Does it ask which machine it's on?"
            )
        return passed(right)

    return judge


def _compiled(work: Work, source: str, platform: Platform, module: str) -> Path:
    """Return the folder of a module that is compiled from `source`."""
    file = work.scratch / "math.cpp"
    file.write_text(source, encoding="utf-8")
    return extension.compile_file(work, file, platform, module).path.parent


def _hollow(work: Work, module: str) -> Path:
    folder = work.scratch / "hollow"
    folder.mkdir()
    (folder / f"{module}.py").write_text(_HOLLOW, encoding="utf-8")
    return folder


def _passes_with_right(work: Work, platform: Platform, module: Path) -> None:
    failure = _failure(work, platform, module)
    if failure is not None:
        work.see(f"{platform.subdir}, the right module: {failure}")
        raise NotYet(
            "Your test fails with the right module, so it would stop every release. Look at the "
            "line above."
            if platform == native()
            else "Your test passes on this machine, and fails with the right module for Arm. What "
            "does it know about this machine?"
        )
    work.see(f"{platform.subdir}, the right module: passes")


def _failure(work: Work, platform: Platform, module: Path) -> str | None:
    """Return how the test fails with the module in a folder, or None if it passes."""
    # A folder of its own each time, so that no run sees what an earlier one has left.
    test = Path(tempfile.mkdtemp(prefix="test-", dir=work.scratch)) / work.path.name
    shutil.copyfile(work.path, test)
    try:
        runner.of(platform).python(_RUN.format(test.name), test.parent, module)
    except Refused as refused:
        # The last frame in the test's own file. The line below it in the traceback is its text.
        places = [
            (match[1], below.strip())
            for line, below in zip(refused.lines, [*refused.lines[1:], ""], strict=True)
            if (match := re.match(rf' *File "{re.escape(test.name)}", line (\d+)', line))
        ]
        where = f"line {places[-1][0]}, `{places[-1][1]}`: " if places else ""
        return printable(f"{where}{refused.lines[0]}")[:_LONGEST]
    return None
