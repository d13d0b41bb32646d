"""Lesson 02: repair a colleague's recipe, whose package fits any Python and works with one."""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup

_GIVEN = """\
package:
  name: cpp_math
  version: 0.1.0

source:
  path: ../
  filter:
    exclude: [build, output, .pixi]

build:
  number: 0
  script:
    - cmake -G Ninja -S . -B build ${CMAKE_ARGS}
    - ninja -C build install

requirements:
  build:
    - ${{ compiler('cxx') }}
    - ${{ stdlib('c') }}
    - cmake
    - ninja
  host:
    - nanobind
  run:
    - python

tests:
  - script:
      - python -c "import cpp_math; assert cpp_math.add(1, 2) == 3"
"""
_PATH = "colleague/recipe.yaml"
_ARM = lookup("linux-aarch64")
_SOLUTION = changed(_GIVEN, ("  host:\n", "  host:\n    - python\n"))
_BELONGS = {
    "cmake": ("build", "`cmake` runs during the build, so build is where it belongs."),
    "ninja": ("build", "`ninja` runs during the build, so build is where it belongs."),
    "nanobind": (
        "host",
        "`nanobind` is compiled into the extension, so host is where it belongs. Look for the "
        "package that should have exported `python_abi`.",
    ),
    f"gxx_{_ARM.subdir}": (
        "build",
        "The compiler's exports did arrive before: `libstdcxx` and `libgcc` were among the "
        "dependencies. It runs during the build, so build is where it belongs, and "
        "`${{ compiler('cxx') }}` names the right one for each platform.",
    ),
    f"sysroot_{_ARM.subdir}": (
        "build",
        "The sysroot's export did arrive before: `__glibc` was among the dependencies. Leave "
        "`${{ stdlib('c') }}` beside the compiler.",
    ),
    "python": (
        "run",
        "Without `python` under run, conda could install the package without any Python. That line "
        "was right. A package can be in two lists.",
    ),
}
"""The list of each requirement that was right, and what it is there for."""


def check(work: Work) -> Verdict:
    """Build the recipe for Arm, read the package's dependencies, and run it under QEMU."""
    project = finished.with_file(work, _PATH)
    variants = project / "recipe" / "variants.yaml"
    variants.rename(project / "colleague" / variants.name)
    rendered = recipes.render(work, project / _PATH, [_ARM.subdir])
    output = recipes.output(rendered, "cpp_math", _ARM.subdir)
    work.see(f"rendered for {_ARM.subdir}: {recipes.lists(output)}")
    _look_at_lists(output)
    made = packages.build_project(work, project / "colleague", [_ARM])
    facts = made.facts("cpp_math", _ARM.subdir)
    _look_at_exports(work, facts.depends)
    packages.see_code(work, facts.path)
    runner = packages.installed(work, made, ["cpp_math"], _ARM)
    said = runner.python("import cpp_math; print(cpp_math.add(2, 3))", work.scratch)
    work.see(f"under QEMU: add(2, 3) = {said}")
    return passed(
        "`python` exports `python_abi` weakly, which means from the host list, and only if the "
        "recipe names it there. Now conda refuses the package beside Python 3.12."
    )


def _look_at_lists(output: Output) -> None:
    if any("python_abi" in recipes.required(output, kind) for kind in recipes.KINDS):
        raise NotYet(
            "A recipe shouldn't name `python_abi`, because yours would say 3.11 whichever Python "
            "it's compiled for. A package exports it. Which one, and from which list?"
        )
    for name, (kind, why) in _BELONGS.items():
        if name not in recipes.required(output, kind):
            raise NotYet(why)


def _look_at_exports(work: Work, depends: Sequence[str]) -> None:
    work.see(f"built: the package depends on {', '.join(sorted(depends))}")
    if not any(spec.startswith("python_abi ") for spec in depends):
        raise NotYet(
            "The package still depends on no `python_abi`. It's a weak export of `python`, and "
            "weak exports act from one list only. In which two lists does your own recipe name "
            "`python`? The Python that comes along with nanobind doesn't count."
        )


_PURE = "    - 'echo \"def add(a, b): return a + b\" > $SP_DIR/cpp_math.py'\n"
"""Installs something that is no extension."""

EXERCISE = Exercise(
    name="misplaced-requirement",
    lesson=2,
    minutes=5,
    title="repair a colleague's recipe",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=_GIVEN,
    hint="Go through the dependencies of the colleague's package. Which packages' exports arrived, "
    "and which package's export did not?",
    part="`python_abi` is a weak export of `python`, and weak exports act from the host list "
    "alone.",
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("    - python\n    - nanobind\n", "    - nanobind\n    - python\n")),
        changed(
            _SOLUTION,
            ("  host:\n    - python\n    - nanobind\n", '  host: ["python >=3.10", nanobind]\n'),
        ),
    ),
    wrong=(
        Wrong(
            changed(_GIVEN, ("    - ninja\n  host:", "    - ninja\n    - python\n  host:")),
            "Python's headers",
        ),
        Wrong(
            changed(_SOLUTION, ("  run:\n    - python\n", "  run: []\n")),
            "could install the package",
        ),
        Wrong(
            changed(_GIVEN, ("    - python\n\n", "    - python\n    - python_abi 3.11.*\n\n")),
            "shouldn't name `python_abi`",
            looks_right=True,
        ),
        Wrong(
            changed(_GIVEN, ("    - python\n\n", "    - python >=3.11,<3.12\n\n")),
            "no `python_abi`",
            looks_right=True,
        ),
        Wrong(
            changed(_GIVEN, ("  host:\n    - nanobind\n  run:\n", "  run:\n    - nanobind\n")),
            "compiled into the extension",
        ),
        Wrong(
            changed(
                _GIVEN,
                ("    - ${{ compiler('cxx') }}\n", ""),
                ("  host:\n", "  host:\n    - ${{ compiler('cxx') }}\n"),
            ),
            "did arrive before",
        ),
        Wrong(
            changed(_SOLUTION, ("${{ compiler('cxx') }}", "gxx_linux-64")),
            "the right one for each platform",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("    - ninja -C build install\n", _PURE)),
            "no file in it ends in `.so`",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"Could NOT find Python|No module named nanobind",
            "CMake looks for Python's headers in `$PREFIX`, as `${CMAKE_ARGS}` says. Which list is "
            "installed there? `python` in the build list is for this machine, to be run, and gets "
            "in the way.",
        ),
    ),
)
