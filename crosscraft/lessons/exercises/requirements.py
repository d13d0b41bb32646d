"""Lesson 04: the requirements of the first output, rendered, and built for another processor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosscraft.building.recipe import Rendered
from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup

_RECIPE = "recipe/recipe.yaml"
_SOLUTION = """\
context:
  version: 0.1.0

recipe:
  name: cpp_math
  version: ${{ version }}

source:
  path: ../

build:
  number: 0

outputs:
  - package:
      name: cpp_math
      version: ${{ version }}
    build:
      script:
        - cmake -G Ninja -S . -B build ${CMAKE_ARGS} -DSTUBS_ONLY=OFF
        - ninja -C build install
    requirements:
      build:
        - ${{ compiler('cxx') }}
        - cmake
        - ninja
      host:
        - python
        - nanobind >=2.0.0
      run:
        - python
"""
_HEAD = _SOLUTION.partition("    requirements:")[0]
_COMPILER = "gxx_"
"""The name of a compiler for C++ begins with this, and ends with its target platform."""


def check(work: Work) -> Verdict:
    """Render the recipe for six platforms, build it for Arm, and run what comes out under QEMU."""
    project = finished.with_file(work, _RECIPE)
    rendered = recipes.render(work, project / _RECIPE)
    arm = lookup("linux-aarch64")
    work.see(f"linux-aarch64: {recipes.lists(recipes.output(rendered, 'cpp_math', arm.subdir))}")
    _look_at_compiler(rendered)
    _look_at_run(rendered)
    made = packages.build_project(work, project, [arm])
    _look_at_exports(work, made.facts("cpp_math", arm.subdir).depends)
    runner = packages.installed(work, made, ["cpp_math"], arm)
    said = runner.python("import cpp_math; print(cpp_math.add(2, 3))", work.scratch)
    work.see(f"under QEMU: add(2, 3) = {said}")
    return passed(
        "Each package is in the list whose environment needs it, so the same recipe builds for "
        "this processor and for another one."
    )


def _look_at_compiler(rendered: Mapping[str, Rendered]) -> None:
    """Find a compiler that the lists lack, or that is the same one for every platform."""
    for subdir in ("linux-64", "linux-aarch64"):
        output = recipes.output(rendered, "cpp_math", subdir)
        every = {name for kind in recipes.KINDS for name in recipes.required(output, kind)}
        compilers = {name for name in every if name.startswith(_COMPILER)}
        if not compilers:
            raise NotYet(
                "There's no compiler for C++ in the lists. CMake would take whatever this machine "
                "has, or stop. A function in `${{ … }}` asks for it."
            )
        if f"{_COMPILER}{subdir}" not in compilers:
            raise NotYet(
                f"Rendered for {subdir}, your recipe still asks for {min(compilers)}. The function "
                "`compiler` asks for the right one of each platform.",
            )


def _look_at_run(rendered: Mapping[str, Rendered]) -> None:
    run = recipes.required(recipes.output(rendered, "cpp_math", "linux-aarch64"), "run")
    if "python" not in run:
        raise NotYet(
            "Nothing makes sure that there's a Python where your package is installed. Which list "
            "names what must be there when the package is used?"
        )
    if run - {"python"}:
        raise NotYet(
            f"Everyone who installs your package would get {min(run - {'python'})} too. It's only "
            "needed during the build."
        )


def _look_at_exports(work: Work, depends: Sequence[str]) -> None:
    work.see(f"the package depends on {', '.join(sorted(depends))}")
    if not any(spec.startswith("python_abi ") for spec in depends):
        raise NotYet(
            "It builds, but no dependency ties the package to the Python that it was compiled for. "
            "`python` adds that one itself, if the host list names it. The Python that comes along "
            "with nanobind doesn't count."
        )


_READ = (
    "CMake reads Python's headers and compiles nanobind's sources, and it looks for both in "
    "`$PREFIX`. Which of the lists is installed there?"
)


def _lists(build: str, host: str, run: str) -> str:
    """Return the recipe with these lists."""
    lists = {"build": build, "host": host, "run": run}
    return f"{_HEAD}    requirements:\n" + "".join(
        f"      {kind}: [{specs}]\n" for kind, specs in lists.items()
    )


_CXX = "\"${{ compiler('cxx') }}\""

EXERCISE = Exercise(
    name="requirements",
    lesson=4,
    title="requirements in the right lists",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_RECIPE,
    given=f"{_HEAD}    requirements:\n"
    + "".join(
        f"      {kind}:\n" + f"        - {BLANK}\n" * lines
        for kind, lines in (("build", 3), ("host", 2), ("run", 1))
    ),
    hint="Ask of each package: does it run during the build, is it read then, or is it needed "
    "when somebody uses the extension?",
    part="Three packages run during the build: `${{ compiler('cxx') }}`, `cmake` and `ninja`. "
    "`python` is needed in both of the other lists.",
    solution=_SOLUTION,
    check=check,
    right=(
        _lists(f"ninja, cmake, {_CXX}", "nanobind, python >=3.10", "python"),
        changed(
            _SOLUTION,
            ("        - cmake\n", "        - ${{ stdlib('c') }}\n        - cmake >=3.19\n"),
        ),
    ),
    wrong=(
        Wrong(_lists(_CXX, "cmake, ninja, python, nanobind", "python"), "A program that runs"),
        Wrong(_lists("cmake, ninja", f"{_CXX}, python, nanobind", "python"), "A compiler runs"),
        Wrong(_lists("cmake, ninja", "python, nanobind", "python"), "no compiler for C++"),
        Wrong(_lists("gxx_linux-64, cmake, ninja", "python, nanobind", "python"), "still asks for"),
        Wrong(_lists(f"{_CXX}, cmake, ninja", "python, nanobind", ""), "Nothing makes sure"),
        Wrong(_lists(f"{_CXX}, cmake, ninja", "python", "python, nanobind"), "would get nanobind"),
        Wrong(_lists(f"{_CXX}, cmake, ninja, python", "nanobind", "python"), "Python's headers"),
        Wrong(_lists(f"{_CXX}, cmake", "python, nanobind", "python"), "Nothing provides `ninja`"),
        Wrong(changed(_SOLUTION, ("      host:", "      hosts:")), "first thing to fix"),
        Wrong(
            _lists(f"{_CXX}, cmake, ninja", "nanobind", "python"),
            "no dependency ties",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"no package '(gxx|gcc)_",
            "A compiler runs during the build, so this machine has to be able to run it. The host "
            "list is for the target platform.",
        ),
        (
            r"no package '(cmake|ninja)' for linux-aarch64",
            "A program that runs during the build has to be one that this machine can run. The "
            "host list is for the target platform.",
        ),
        (r"cmake: command not found", "The script calls `cmake`, and no list provides it."),
        (
            r"corresponding to \"Ninja\"",
            "Nothing provides `ninja`, which CMake needs for `-G Ninja`.",
        ),
        (r"Could NOT find Python|nanobindConfig|No module named nanobind", _READ),
    ),
)
