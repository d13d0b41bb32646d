"""Lesson 00: change the C++ function of the finished project, build it for Arm, and run it."""

from __future__ import annotations

import functools
import io
import json
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosscraft.lessons import workspace
from crosscraft.lessons.evidence import extension, own_package, parts, runner
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, not_attempted, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import built
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Maker, Wrong, changed
from crosscraft.platforms import lookup, native
from crosscraft.system import files
from crosscraft.system.console import Console

_FOLDER, _SOURCE = "first", "src/math.cpp"
_ARM = lookup("linux-aarch64")
_CALL = """
import cpp_math, json, platform
called = [cpp_math.add(*pair) for pair in {pairs}]
print("\\n{mark}", json.dumps([platform.machine(), *called], default=str))
"""
"""Prints the processor and results. The results are sums as long as `add` is unchanged."""


@dataclass(frozen=True, slots=True)
class _Calls:
    """Calls with numbers that no source knows in advance, and the mark of their results."""

    pairs: tuple[tuple[int, int], ...]
    mark: str

    def results(self, python: Callable[[str], str]) -> list[object]:
        """Return the processor and the results. The module may print lines of its own, too.

        :raises Refused: if there are none, because the module ended Python.
        """
        said = python(_CALL.format(pairs=self.pairs, mark=self.mark)).splitlines()
        found = [line.removeprefix(self.mark) for line in said if line.startswith(self.mark)]
        return runner.listed("\n".join(found))


def prepare(project: Path) -> Sequence[str]:
    """Copy the missing files of the finished project."""
    made = []
    for file in workspace.FILES:
        path = f"{_FOLDER}/{file.path}"
        if not (project / path).exists():
            files.write(project / path, workspace.reference(file))
            made.append(path)
    return made


def check(work: Work) -> Verdict:
    """Compile the source for Arm, look at the package, and call both of them under QEMU."""
    source = work.path / _SOURCE
    if not source.is_file():
        raise NotYet(f"There is no {_SOURCE} in {work.path.name}. `lesson.give` brings it back.")
    if works.read(source).strip() == _GIVEN.strip():
        return not_attempted(f"{_SOURCE} is still as it was given. Change it first.")
    numbers = random.sample(range(3, 1000), 4)
    pairs = ((1, 2), (numbers[0], numbers[1]), (numbers[2], numbers[3]))
    calls = _Calls(pairs, f"results-{secrets.token_hex(8)}:")
    expected = calls.results(extension.compile_file(work, source, _ARM).python)
    work.see(f"{_SOURCE}, compiled for Arm now: add(1, 2) = {expected[1]}")
    if expected[1:] == [sum(pair) for pair in pairs]:
        raise NotYet(
            "`add` still returns the sum. Change what follows `return`, and run the cell that "
            "writes the file."
        )
    package = _package(work.path)
    own_package.inspect(
        work,
        package,
        _ARM,
        "The package claims one processor and has code for another. Build it for Arm.",
    )
    installed = own_package.installed(work, package, _ARM)
    found = calls.results(functools.partial(installed.python, folder=work.scratch))
    work.see(f"the package, installed and run under QEMU: {found[0]}: add(1, 2) = {found[1]}")
    # As text, because NaN is never equal to NaN.
    if json.dumps(found) != json.dumps(expected):
        raise NotYet(
            f"The package isn't made from your {_SOURCE}. Build it again, with the two options of "
            "the first build: `--target-platform` is for Arm, and `--output-dir` is the folder "
            "that the check looks into.",
            [f"looked into {work.path.name}/output/{_ARM.subdir}/{package.name}"],
        )
    return passed("You changed a C++ function, compiled it for Arm, and ran it on Arm.")


def _package(project: Path) -> Path:
    """Return the newest package of the extension for Arm."""
    folder = project / "output"
    found = own_package.newest(folder / _ARM.subdir)
    if found:
        return found
    if any(folder.glob(f"{native().subdir}/*.conda")):
        raise NotYet(
            "You've built a package for this machine's own processor, and there is none for Arm. "
            "Which option of `crosscraft build` names the platform?"
        )
    raise NotYet(
        f"There is no package in {project.name}/output/{_ARM.subdir} yet. Build one with the "
        "command that you used above."
    )


_GIVEN = workspace.reference(workspace.FILES[0])
_SOLUTION = changed(_GIVEN, ("return a + b", "return 10 * a + b"))
_CHANGED = {_SOURCE: _SOLUTION}


def _with_package(built_for: str, claimed: str, folder_of: str, source: str = _SOLUTION) -> Maker:
    """Return what makes a changed project with a package of the unchanged `add`.

    :param built_for: the platform that its code is compiled for.
    :param claimed: the platform in its index.
    :param folder_of: the platform whose folder it is in.
    :param source: the C++ source of the project.
    """

    def make(folder: Path) -> Path:
        made = built.made(_FOLDER, {}, (), {_SOURCE: source})(folder)
        with works.begin(folder, Console(io.StringIO())) as work:
            honest = parts.finished(work, built_for)
        edited = replace(honest, index={**honest.index, "subdir": claimed})
        parts.put_together(edited, made / "output" / folder_of / f"{edited.stem}.conda")
        return made

    return make


_INTEL = "linux-64"
_PRINTS = changed(
    _GIVEN,
    ("#include <nanobind/nanobind.h>", "#include <nanobind/nanobind.h>\n#include <cstdlib>"),
    (
        "NB_MODULE(cpp_math, m) {",
        'NB_MODULE(cpp_math, m) {\n    std::atexit([] { puts("[\\"aarch64\\", 12, 222]"); });',
    ),
)
"""A source whose module prints other results than its `add` returns."""
_PARTLY = changed(_GIVEN, ("return a + b", "return a == 1 || a == 20 ? a + b : 10 * a + b"))
"""A source whose `add` differs from the unchanged one, except for some numbers."""

EXERCISE = Exercise(
    name="first-change",
    lesson=0,
    minutes=7,
    title="another add, built and run on Arm",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path=_FOLDER,
    base="cpp_math",
    built_for=(_ARM.subdir,),
    prepare=prepare,
    hint=(
        "Three steps: change the line with `return` and run its cell, build with the command from "
        "above, and run `add` with the command from above."
    ),
    part=(
        "For example, write `return 10 * a + b;`. Then run `crosscraft build --project first "
        f"--target-platform {_ARM.subdir} --output-dir first/output` in a `%%bash` cell."
    ),
    solution=_CHANGED,
    check=check,
    right=(
        {_SOURCE: changed(_GIVEN, ("return a + b", "return a * b + 1"))},
        {_SOURCE: changed(_GIVEN, ("&add", "[](int x, int y) { return x - y; }"))},
    ),
    wrong=(
        Wrong(
            built.made(_FOLDER, {}, (), {_SOURCE: changed(_GIVEN, ("a + b", "b + a"))}),
            "still returns the sum",
        ),
        Wrong(built.made(_FOLDER, {}, (), _CHANGED), "no package in first/output"),
        Wrong(_with_package(_INTEL, _INTEL, _INTEL), "there is none for Arm"),
        Wrong(
            _with_package(_ARM.subdir, _ARM.subdir, _ARM.subdir, _PARTLY),
            "isn't made from",
            looks_right=True,
        ),
        Wrong(
            built.made(_FOLDER, {}, (), {_SOURCE: _PRINTS}),
            "still returns the sum",
            looks_right=True,
        ),
        Wrong(_with_package(*[_ARM.subdir] * 3), "isn't made from", looks_right=True),
        Wrong(
            built.made(
                _FOLDER,
                {},
                (),
                {_SOURCE: changed(_GIVEN, ("return a + b;", "return a * b"))},
            ),
            "ends with a semicolon",
            looks_right=True,
        ),
        Wrong(
            _with_package(_INTEL, _INTEL, _ARM.subdir),
            "doesn't change what's in it",
            looks_right=True,
        ),
        Wrong(
            _with_package(_INTEL, _ARM.subdir, _ARM.subdir),
            "has code for another",
            looks_right=True,
        ),
    ),
    meanings=(
        (r"expected .;.", "In C++, a statement ends with a semicolon."),
        (
            r"was not declared in this scope",
            "That name is unknown in `add`. Its parameters are called `a` and `b`.",
        ),
        (
            r"has no attribute .add.",
            "There is no function `add` in the module any more. Keep its name, and change only "
            "what it returns.",
        ),
    ),
)
