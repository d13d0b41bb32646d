"""Lesson 02: the requirements of the first output, rendered, and built for another processor."""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import lists
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
        - ${{ stdlib('c') }}
        - cmake
        - ninja
      host:
        - python
        - nanobind >=2.0.0
      run:
        - python
"""
_HEAD = _SOLUTION.partition("    requirements:")[0]


def check(work: Work) -> Verdict:
    """Render the recipe for six platforms, build it for Arm, and run what comes out under QEMU."""
    project = finished.with_file(work, _RECIPE)
    rendered = recipes.render(work, project / _RECIPE)
    arm = lookup("linux-aarch64")
    work.see(f"linux-aarch64: {recipes.lists(recipes.output(rendered, 'cpp_math', arm.subdir))}")
    lists.check(rendered)
    made = packages.build_project(work, project, [arm])
    facts = made.facts("cpp_math", arm.subdir)
    _look_at_exports(work, facts.depends)
    packages.see_code(work, facts.path)
    runner = packages.installed(work, made, ["cpp_math"], arm)
    said = runner.python("import cpp_math; print(cpp_math.add(2, 3))", work.scratch)
    work.see(f"under QEMU: add(2, 3) = {said}")
    return passed(
        "Each package is in the list whose environment needs it, so the same recipe builds for "
        "this processor and for another one."
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
    "`$PREFIX`. Which of the lists is installed there? A Python that isn't there is found too, and "
    "gets in the way."
)


def _lists(build: str, host: str, run: str) -> str:
    """Return the recipe with these lists."""
    kinds = {"build": build, "host": host, "run": run}
    return f"{_HEAD}    requirements:\n" + "".join(
        f"      {kind}: [{specs}]\n" for kind, specs in kinds.items()
    )


_SCRIPT = "        - ninja -C build install\n"
_PURE = "        - 'echo \"def add(a, b): return a + b\" > $SP_DIR/cpp_math.py'\n"

_CXX = "\"${{ compiler('cxx') }}\""

EXERCISE = Exercise(
    name="requirements",
    lesson=2,
    minutes=8,
    title="requirements in the right lists",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_RECIPE,
    given=changed(
        _SOLUTION,
        *(
            (f"        - {spec}\n", f"        - {BLANK}\n")
            for spec in ("${{ compiler('cxx') }}", "cmake", "ninja", "python", "nanobind >=2.0.0")
        ),
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
            ("        - cmake\n", "        - cmake >=3.19\n"),
        ),
    ),
    wrong=(
        Wrong(_lists(_CXX, "cmake, ninja, python, nanobind", "python"), "A program that runs"),
        Wrong(_lists("cmake, ninja", f"{_CXX}, python, nanobind", "python"), "A compiler runs"),
        Wrong(_lists("cmake, ninja", "python, nanobind", "python"), "no compiler for C++"),
        Wrong(_lists("gxx_linux-64, cmake, ninja", "python, nanobind", "python"), "still asks for"),
        Wrong(_lists(f"{_CXX}, cmake, ninja", "python, nanobind", ""), "Nothing makes sure"),
        Wrong(_lists(f"{_CXX}, cmake, ninja", "python", "python, nanobind"), "would get nanobind"),
        Wrong(_lists(f"{_CXX}, cmake, ninja", "nanobind", "python, python_abi 3.11.*"), "adds it"),
        Wrong(_lists(f"{_CXX}, cmake, ninja, python", "nanobind", "python"), "Python's headers"),
        Wrong(_lists(f"{_CXX}, cmake", "python, nanobind", "python"), "Nothing provides `ninja`"),
        Wrong(changed(_SOLUTION, ("      host:", "      hosts:")), "first thing to fix"),
        Wrong(
            _lists(f"{_CXX}, cmake, ninja", "nanobind", "python"),
            "no dependency ties",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, (_SCRIPT, _PURE)),
            "no file in it ends in `.so`",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"(no package '|`)(gxx|gcc)_\S+ (for|was built for another)",
            "A compiler runs during the build, so this machine has to be able to run it. The host "
            "list is for the target platform.",
        ),
        (
            r"(no package '(cmake|ninja)' for linux-aarch64|`(cmake|ninja)` was built for another)",
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
