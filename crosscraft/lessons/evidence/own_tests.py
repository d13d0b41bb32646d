"""Whether a recipe's tests notice when a function of the learner's is wrong."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work

__all__ = ["requirements", "scripts", "unnoticed"]

_BROKEN = """
import functools, math, os, sys

sys.path.remove(os.path.dirname(__file__))
del sys.modules["{module}"]
import {module}

class Other:
    def __init__(self, value=None): self.truth = not value
    def __eq__(self, other): return False
    def __bool__(self): return self.truth
    def __len__(self): return sys.maxsize
    def __getattr__(self, name): return Other()
    def __getitem__(self, key): return Other()
    def __call__(self, *args, **names): return Other()
    __hash__ = None

def wrong(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return type(value)(3 * value + 7 if math.isfinite(value) else 0)
    if isinstance(value, str):
        return value + "?"
    return Other(value)

right = {module}.{name}
{module}.{name} = functools.wraps(right, updated=())(
    lambda *args, **names: wrong(right(*args, **names))
)
"""
"""A module that is found before the extension, and imports that instead of itself. One function
returns another value of the same type, or, for other types than numbers and texts, an object that
can be used like any other and equals nothing. So only a comparison notices it."""


def scripts(output: Output) -> tuple[str, ...]:
    """Return the scripts of an output's tests."""
    return tuple(filter(None, (_script(test.get("script")) for test in output.tests)))


def requirements(output: Output) -> tuple[str, ...]:
    """Return what the tests of an output need beside the package."""
    found = (test.get("requirements") or {} for test in output.tests)
    return tuple(spec for one in found for spec in one.get("run") or ())


def unnoticed(
    work: Work,
    runner: Runner,
    tests: Iterable[str],
    names: Collection[str],
    folder: Path,
    module: str = "cpp_math",
) -> list[str]:
    """Return the functions and classes that can be wrong without a test that fails.

    :param folder: where the tests run.
    :param module: the name of the module.
    """
    work.step("breaking your functions, to see whether a test notices")
    sound = [test for test in tests if _passes(runner, test, work, folder)]
    return [name for name in names if not _noticed(work, runner, sound, name, folder, module)]


def _noticed(
    work: Work, runner: Runner, tests: list[str], name: str, folder: Path, module: str
) -> bool:
    broken = work.scratch / f"broken-{name}"
    broken.mkdir(exist_ok=True)
    text = _BROKEN.format(name=name, module=module)
    (broken / f"{module}.py").write_text(text, encoding="utf-8")
    return any(not _passes(runner, test, work, folder, broken) for test in tests)


def _passes(runner: Runner, test: str, work: Work, folder: Path, *modules: Path) -> bool:
    try:
        runner.script(test, work.scratch / "tools", folder, *modules)
    except Refused:
        return False
    return True


def _script(script: Any) -> str:
    """Return a script of a rendered recipe, which is a line, lines, or has more facts."""
    if isinstance(script, Mapping):
        text = _script(script.get("content"))
        return f"python -c {shlex.quote(text)}" if script.get("interpreter") == "python" else text
    return script if isinstance(script, str) else "\n".join(map(str, script or ()))
