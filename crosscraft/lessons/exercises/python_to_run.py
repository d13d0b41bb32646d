"""Lesson 03: what a recipe needs so that CMake can run a Python during a cross build."""

from __future__ import annotations

from crosscraft.building.recipe import Output
from crosscraft.channel import names, select
from crosscraft.errors import InstallError
from crosscraft.lessons.evidence import finished, recipes, runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import native

_PATH = "naive/recipe/recipe.yaml"
_SOLUTION = """\
package:
  name: cpp_math
  version: 0.1.0

source:
  path: ../

requirements:
  build:
    - ${{ compiler('cxx') }}
    - ${{ stdlib('c') }}
    - cmake
    - ninja
    - python
    - nanobind
  host:
    - python
    - nanobind
"""
_ASK = ("python", "-m", "nanobind", "--cmake_dir")
_TARGET = "linux-aarch64"


def check(work: Work) -> Verdict:
    """Render the recipe for aarch64, install the build list, and ask its Python about nanobind."""
    recipe = finished.with_file(work, "recipe/recipe.yaml") / "recipe/recipe.yaml"
    rendered = recipes.render(work, recipe, [_TARGET])
    output = recipes.output(rendered, "cpp_math", _TARGET)
    work.see(f"{_TARGET}: {recipes.lists(output)}")
    _look_at_lists(output)
    work.step("installing the build list")
    wanted = [spec for spec in output.build_specs if not names.of_spec(spec).endswith(_TARGET)]
    try:
        tools = runner.with_packages(wanted, native(), [select.choose()])
    except InstallError as error:
        raise Refused("the solver", [error.what]) from None
    said = tools.command(_ASK, work.scratch).replace(str(tools.environment.prefix), "$BUILD_PREFIX")
    work.see(f"{' '.join(_ASK)}: {said}")
    return passed("Now `$BUILD_PREFIX` has a Python that runs here, and CMake can ask it.")


def _look_at_lists(output: Output) -> None:
    """Look for what the build of the lesson needs besides.

    :raises NotYet: if Python is missing in a list, or the compiler is.
    """
    build, host = (recipes.required(output, kind) for kind in ("build", "host"))
    if not {"python", "nanobind"} <= set(host):
        raise NotYet(
            "The headers of the target's Python and of nanobind are needed too, and they come with "
            "the packages in the host list. A package can be in both lists."
        )
    if "python" not in build:
        raise NotYet(
            "`$BUILD_PREFIX` still has no Python. Which list is installed for the platform of the "
            "machine that builds?"
        )
    if f"gxx_{_TARGET}" not in build:
        raise NotYet("The build list has lost its compiler. The lesson needs that one as well.")
    if not {"cmake", "ninja"} <= set(build):
        raise NotYet("The next cells run CMake and Ninja, so the build list has to keep both.")


EXERCISE = Exercise(
    name="python-to-run",
    lesson=3,
    minutes=3,
    title="a Python that runs during the build",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=changed(
        _SOLUTION,
        ("ninja\n    - python\n    - nanobind", f"ninja\n    - {BLANK}\n    - {BLANK}"),
    ),
    hint="One of the two packages is the program that runs. The other one is what it's asked for.",
    part="`execute_process` in your CMakeLists.txt runs `python -m nanobind`.",
    solution=_SOLUTION,
    check=check,
    right=(
        changed(
            _SOLUTION,
            ("python\n    - nanobind\n  host", "nanobind >=2\n    - python 3.11.*\n  host"),
        ),
        f"{_SOLUTION.partition('requirements:')[0]}requirements:\n"
        "  build: [python, nanobind, cmake, ninja, \"${{ compiler('cxx') }}\"]\n"
        "  host: [nanobind, python]\n",
    ),
    wrong=(
        Wrong(
            changed(_SOLUTION, ("ninja\n    - python\n    - nano", "ninja\n    - nano")),
            "still has no Python",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("    - nanobind\n  host", "  host")),
            "can't answer where nanobind is",
        ),
        Wrong(
            changed(_SOLUTION, ("python\n    - nanobind\n  host", "python3\n  host")), "no Python"
        ),
        Wrong(
            changed(
                _SOLUTION, ("    - ninja\n    - python\n", "    - ninja\n    - python 2.7.*\n")
            ),
            "no package fits",
        ),
        Wrong(
            changed(
                _SOLUTION, ("host:\n    - python\n    - nanobind\n", "host:\n    - nanobind\n")
            ),
            "in both lists",
        ),
        Wrong(changed(_SOLUTION, ("    - ${{ compiler('cxx') }}\n", "")), "lost its compiler"),
        Wrong(changed(_SOLUTION, ("    - cmake\n", "")), "keep both", looks_right=True),
        Wrong(
            changed(_SOLUTION, ("host:\n    - python\n    - nanobind\n", "host:\n    - python\n")),
            "of nanobind are needed",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("  build:\n", "  build\n")), "first thing to fix"),
    ),
    meanings=(
        (
            r"No module named '?nanobind",
            "That Python runs, but it can't answer where nanobind is.",
        ),
        (
            r"[Nn]o package|not found|no candidates",
            "In the channel, no package fits one of these specs.",
        ),
    ),
)
