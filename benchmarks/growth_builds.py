"""Builds of more and more: functions in `math.cpp`, platforms at once."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from growth_usage import Usage, run

from crosscraft.paths import ROOT

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))

FUNCTIONS: dict[str, tuple[int, ...]] = {
    "all of one type": (1, 10, 100, 500, 1_000, 2_500, 5_000),
    "each of its own type": (1, 10, 100, 500, 1_000, 2_500, 5_000),
}
"""Functions in `math.cpp`."""
PLATFORMS: dict[str, tuple[int, ...]] = {
    "one command": (1, 2, 3, 4, 5),
    "a command for each": (1, 2, 3, 4, 5),
    "one command, nothing compiled before": (1, 3, 5),
}
"""Platforms that are built for."""

_salts = itertools.count(time.time_ns() % 1_000_000)
"""A number for each build, which is in its source: no cache has seen it."""


@contextmanager
def of_functions(line: str, count: int) -> Iterator[Callable[[], Usage]]:
    """What is given builds a `math.cpp` of `count` functions natively."""
    yield lambda: _build(count, [["linux-64"]], own_types=line == "each of its own type")


@contextmanager
def of_platforms(line: str, count: int) -> Iterator[Callable[[], Usage]]:
    """What is given builds one function for `count` platforms."""
    from at_once import every_platform
    from builds import forget

    from crosscraft.platforms import PLATFORMS as ALL

    names = list(ALL)[:count]
    commands = [[name] for name in names] if line == "a command for each" else [names]
    cache = every_platform()

    def once() -> Usage:
        if line.endswith("before"):
            forget(cache)
        return _build(1, commands, own_types=False, CROSSCRAFT_CACHE=str(cache))

    yield once


def _build(count: int, commands: list[list[str]], own_types: bool, **variables: str) -> Usage:
    with tempfile.TemporaryDirectory(prefix="crosscraft-growth-") as name:
        made = project(Path(name), source(count, next(_salts), own_types))
        taken = [
            run([CROSSCRAFT, "build", "--project", str(made), "--target-platform", ",".join(names),
                 "--output-dir", f"{name}/output"], **variables)
            for names in commands
        ]  # fmt: skip
    return Usage(
        seconds=sum(one.seconds for one in taken),
        cpu=sum(one.cpu for one in taken),
        largest=max(one.largest for one in taken),
        together=max(one.together for one in taken),
    )


def project(folder: Path, text: str) -> Path:
    """Copy the answer key into `folder`, with `text` for its `math.cpp`."""
    made = shutil.copytree(
        ROOT / "cpp_math", folder / "cpp_math", ignore=shutil.ignore_patterns("output", "build")
    )
    (made / "src" / "math.cpp").write_text(text, encoding="utf-8")
    return made


def source(count: int, salt: int = 0, own_types: bool = False) -> str:
    """Return a `math.cpp` with `count` functions; the first is the answer key's `add`.

    :param salt: a number that is in the text, so that no cache has seen it.
    :param own_types: whether each function is a lambda, for which nanobind has to be instantiated
        anew; otherwise all are of the type ``int (*)(int, int)``.
    """
    names = ["add", *(f"add_{number}" for number in range(1, count))]
    bodies = [f"a + b * {max(number, 1)}" for number in range(count)]
    pairs = list(zip(names, bodies, strict=True))
    functions = [f"int {name}(int a, int b) {{ return {body}; }}" for name, body in pairs]
    given = [
        f"[](int a, int b) {{ return {body}; }}" if own_types else f"&{name}"
        for name, body in pairs
    ]
    defined = [
        f'    m.def("{name}", {what}, "a"_a, "b"_a, "Return {body}.");'
        for name, what, body in zip(names, given, bodies, strict=True)
    ]
    return "\n".join(
        [
            "#include <nanobind/nanobind.h>",
            "",
            "namespace nb = nanobind;",
            "using namespace nb::literals;",
            "",
            *([] if own_types else functions),
            "",
            "NB_MODULE(cpp_math, m) {",
            f'    m.doc() = "Arithmetic, compiled {salt} times.";',
            *defined,
            "}",
            "",
        ]
    )
