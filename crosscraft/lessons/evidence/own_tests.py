"""Whether a recipe's tests notice when a function of the learner's is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work

__all__ = ["requirements", "scripts", "unnoticed"]

_BROKEN = """
import os, sys

sys.path.remove(os.path.dirname(__file__))
del sys.modules["cpp_math"]
import cpp_math

class Wrong:
    def __eq__(self, other): return False
    def __bool__(self): return {truth}
    __hash__ = None

cpp_math.{name} = lambda *args, **names: Wrong()
"""
"""A module that is found before the extension, and imports that instead of itself. In the place of
one function it puts another, whose result is never equal to anything, and counts as true or as
false."""


def scripts(output: Output) -> tuple[str, ...]:
    """Return the scripts of an output's tests."""
    return tuple(filter(None, (_script(test.get("script")) for test in output.tests)))


def requirements(output: Output) -> tuple[str, ...]:
    """Return what the tests of an output need beside the package."""
    found = (test.get("requirements") or {} for test in output.tests)
    return tuple(spec for one in found for spec in one.get("run") or ())


def unnoticed(
    work: Work, runner: Runner, tests: Iterable[str], names: Collection[str], folder: Path
) -> list[str]:
    """Return the functions that can be wrong without a test that fails.

    :param folder: where the tests run.
    """
    work.step("breaking your functions, to see whether a test notices")
    sound = [test for test in tests if _passes(runner, test, work, folder)]
    return [name for name in names if not _noticed(work, runner, sound, name, folder)]


def _noticed(work: Work, runner: Runner, tests: list[str], name: str, folder: Path) -> bool:
    for broken in _broken(work, name):
        if any(not _passes(runner, test, work, folder, broken) for test in tests):
            return True
    return False


def _broken(work: Work, name: str) -> Iterator[Path]:
    """Yield folders with a module that breaks a function."""
    for truth in (True, False):
        folder = work.scratch / f"broken-{name}-{truth}"
        folder.mkdir(exist_ok=True)
        text = _BROKEN.format(name=name, truth=truth)
        (folder / "cpp_math.py").write_text(text, encoding="utf-8")
        yield folder


def _passes(runner: Runner, test: str, work: Work, folder: Path, *modules: Path) -> bool:
    try:
        runner.script(test, work.scratch / "tools", folder, *modules)
    except Refused:
        return False
    return True


def _script(script: Any) -> str:
    """Return a script of a rendered recipe, which is a line, lines, or has more facts."""
    if isinstance(script, Mapping):
        return _script(script.get("content"))
    return script if isinstance(script, str) else "\n".join(map(str, script or ()))
