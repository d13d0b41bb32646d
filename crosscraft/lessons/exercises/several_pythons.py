"""Lesson 07: the variants for three Pythons, rendered for both platforms."""

from __future__ import annotations

import re
import shutil

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence import finished, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed

_FILE = "recipe/variants.yaml"
_KEY = (finished.KEY / _FILE).read_text(encoding="utf-8")
_PLATFORMS = ("linux-64", "linux-aarch64")
_WANTED = ("3.11", "3.12", "3.13")


def check(work: Work) -> Verdict:
    """Render the finished recipe with the variants, and look at the Python of each package."""
    project = copy_project(finished.KEY, work.scratch / "project")
    shutil.copyfile(work.path, project / _FILE)
    rendered = recipes.render(work, project / "recipe/recipe.yaml", _PLATFORMS)
    for subdir in _PLATFORMS:
        outputs = [one for one in rendered[subdir].outputs if one.name == "cpp_math"]
        for output in outputs:
            work.see(f"{subdir}: {output.name}-{output.version}-{output.build}")
        _compare(outputs)
        for output in outputs:
            if not any(spec.startswith("sysroot_") for spec in output.build_specs):
                raise NotYet(
                    "The C library has changed. Leave the line `c_stdlib` as you found it.",
                    [recipes.lists(output)],
                )
    stubs = [one for one in rendered["linux-64"].outputs if one.name == "cpp_math-stubs"]
    work.see(f"noarch: {', '.join(f'{one.name}-{one.version}-{one.build}' for one in stubs)}")
    return passed(
        "One recipe, three Pythons, two platforms: six packages, and each build string begins with "
        "its Python. The stubs are text, so one package still serves all of them."
    )


def _compare(outputs: list[Output]) -> None:
    """Compare the Pythons of the outputs with those that are wanted."""
    asked = [one.variant.get("python", "") for one in outputs]
    if asked == [""]:
        raise NotYet(
            "No variant has reached the recipe, so there's one package, as before. The key is the "
            "name of the requirement in the recipe, letter by letter."
        )
    found = {value.split()[0].removesuffix(".*"): value for value in asked}
    for version, value in found.items():
        if not re.fullmatch(r"3\.\d+", version):
            raise NotYet(
                f"The engine would look for a Python {value}, and for no other. Write each value "
                f"with two numbers, such as {_WANTED[0]}."
            )
    missing = [version for version in _WANTED if version not in found]
    if missing:
        raise NotYet(f"No package is built for Python {missing[0]}.")
    extra = [value for version, value in found.items() if version not in _WANTED]
    if extra:
        raise NotYet(f"A package would be built for Python {extra[0]} too. Leave that one out.")


_LINE = 'python: ["3.11", "3.12", "3.13"]\n'
_GIVEN = f"{_KEY}python: {BLANK}\n"

EXERCISE = Exercise(
    name="several-pythons",
    lesson=7,
    minutes=6,
    title="variants for three Pythons",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path="pythons/recipe/variants.yaml",
    given=_GIVEN,
    hint="The line `c_stdlib: [sysroot]` is a list with one value. A list with three values makes "
    "three variants.",
    part='The key is `python`, and the first value of the list is `"3.11"`.',
    solution=_KEY + _LINE,
    check=check,
    right=(
        _KEY + "python:\n  - 3.11\n  - 3.12\n  - 3.13\n",
        _KEY + 'python: ["3.13.* *_cp313", "3.12.*", "3.11.* *_cpython"]\n',
    ),
    wrong=(
        Wrong(_KEY + 'python: "3.11, 3.12, 3.13"\n', "are not a list"),
        Wrong(_LINE, "c_stdlib"),
        Wrong(_KEY + 'python: ["3.11", "3.12"]\n', "for Python 3.13"),
        Wrong(_KEY + 'python: ["3.10", "3.11", "3.12", "3.13"]\n', "Leave that one out"),
        Wrong(changed(_KEY, ("sysroot", "musl")) + _LINE, "The C library"),
        Wrong(_KEY + 'pythons: ["3.11", "3.12", "3.13"]\n', "No variant has reached", True),
        Wrong(_KEY + 'python: ["311", "312", "313"]\n', "a Python 311", True),
        Wrong(_KEY + 'python: [">=3.11"]\n', "a Python >=3.11", True),
        Wrong(_KEY + "python: [3.11.2, 3.12, 3.13]\n", "a Python 3.11.2", True),
    ),
    meanings=(
        (
            r"c_stdlib",
            "`python` is one more line, and `c_stdlib` stays. Without it, nothing says which C "
            "library to compile against.",
        ),
        (r"not a list", "Three values are a list: put them between `[` and `]`."),
    ),
)
