"""Lesson 05: predict what an edit changes in a package's file name. The check makes each edit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong, changed
from crosscraft.platforms import native

_PARTS = ("name", "version", "build string")
_WORDS = ("nothing", *_PARTS)
_RECIPE = "recipe/recipe.yaml"
_ADD = "Return the sum of two integers."
_CHANGED = "Return a plus b."


def _after_rendering(*edits: tuple[str, str]) -> Callable[[Work], str]:
    """Return what edits the recipe of the finished project, renders it, and compares the names."""

    def do(work: Work) -> str:
        folder = Path(tempfile.mkdtemp(dir=work.scratch))
        recipe = copy_project(finished.KEY, folder / "project") / _RECIPE
        recipe.write_text(changed(recipe.read_text(encoding="utf-8"), *edits), encoding="utf-8")
        return _difference(work, _rendered(work, recipe))

    return do


def _after_building(work: Work) -> str:
    """Edit math.cpp in the finished project, build the extension, and compare the names."""
    facts = _built_after_edit(work)
    work.see(f"built after the edit: {facts.path.name}, with the docstring {_CHANGED!r}")
    return _difference(work, (facts.name, facts.version, facts.build))


def _built_after_edit(work: Work) -> CondaFile:
    """Build the extension of the finished project after the edit.

    :raises Refused: if the edit is not in the package.
    """
    project = copy_project(finished.KEY, work.scratch / "edited")
    source, recipe = project / "src/math.cpp", project / _RECIPE
    source.write_text(changed(source.read_text(encoding="utf-8"), (_ADD, _CHANGED)))
    # The stubs have no part in the question, and would take as long again.
    extension = recipe.read_text(encoding="utf-8").partition("  # Its type stubs")[0]
    recipe.write_text(extension, encoding="utf-8")
    made = packages.build_project(work, project, [native()])
    facts = made.facts("cpp_math", native().subdir)
    (code,) = (conda_file.open_member(facts.path, name) for name in facts.files)
    if _CHANGED.encode() not in code:
        raise Refused("the build", [f"{facts.path.name} has the extension before the edit"])
    return facts


def _rendered(work: Work, recipe: Path) -> tuple[str, str, str]:
    """Return name, version and build string of the extension in a recipe."""
    rendered = recipes.render(work, recipe, [native().subdir])
    output = recipes.output(rendered, "cpp_math", native().subdir)
    return output.name, output.version, output.build


def _difference(work: Work, after: tuple[str, str, str]) -> str:
    """Return the parts of the name that an edit changes, in the words of the answer."""
    before = _rendered(work, finished.KEY / _RECIPE)
    work.see(f"before: {'-'.join(before)}; after: {'-'.join(after)}")
    parts = zip(_PARTS, before, after, strict=True)
    return " and ".join(part for part, old, new in parts if old != new) or "nothing"


_VARIANT = (
    "The build string is a hash of the variant, and the variant is still `c_stdlib: sysroot` and "
    "`target_platform`. Compare the edit with what the cell above shows of the variant."
)

EXERCISE = Exercise(
    name="what-changes",
    lesson=5,
    minutes=4,
    title="what an edit changes in a file name",
    kind=Kind.PREDICT,
    hint="Where does each of the three parts come from? Name and version are in the recipe. The "
    "build string is a hash of the variant, and the build number.",
    part="Two of the four edits change nothing in the name: those that touch neither the version, "
    "nor the build number, nor the variant.",
    solution='{"a": "version", "b": "build string", "c": "nothing", "d": "nothing"}',
    check=predict.check(
        (
            Case(
                "a",
                _after_rendering(("version: 0.1.0", "version: 0.2.0")),
                "The version in the file name comes from the recipe's `context`.",
            ),
            Case(
                "b",
                _after_rendering(("number: 0", "number: 1")),
                "The build number is the last part of the build string, after the underscore.",
            ),
            Case(
                "c",
                _after_rendering(("nanobind >=2.0.0", "nanobind >=3.0.0")),
                "The name and the version come from other lines of the recipe.",
                {"build string": f"A requirement is no variant. {_VARIANT}"},
            ),
            Case(
                "d",
                _after_building,
                "Nobody raises the version but you, and the name is in the recipe, which was not "
                "edited.",
                {"build string": _VARIANT},
            ),
        ),
        _WORDS,
        "Nothing in the name shows an edit of the source. That's why a version is raised before a "
        "release, and why caches that only look at the name serve old packages.",
    ),
    right=(
        {"A": "version", "B": "build string", "C": "nothing", "D": "nothing"},
        {"d": "Nothing", "c": "nothing ", "b": "Build string", "a": "VERSION"},
    ),
    wrong=(
        Wrong(
            {"a": "version", "b": "build string", "c": "nothing", "d": "build string"},
            "hash of the variant",
            looks_right=True,
        ),
        Wrong(
            {"a": "version", "b": "build string", "c": "nothing", "d": "version"},
            "Nobody raises the version",
        ),
        Wrong(
            {"a": "version", "b": "build string", "c": "build string", "d": "nothing"},
            "A requirement is no variant",
        ),
        Wrong(
            {"a": "version", "b": "nothing", "c": "nothing", "d": "nothing"}, "after the underscore"
        ),
        Wrong({"a": "name", "b": "nothing", "c": "nothing", "d": "nothing"}, "`context`"),
        Wrong({"a": "version", "b": "hash", "c": "nothing", "d": "nothing"}, "is one of"),
        Wrong({"a": "version", "b": "build string", "c": "nothing"}, "not in your answer"),
        Wrong(["build string"], "a dictionary"),
    ),
)
