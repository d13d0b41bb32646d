"""Lesson 07: what a change shows in the file name of a package, and what it doesn't show."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from crosscraft.lessons.evidence import recipes
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong, changed
from crosscraft.paths import ROOT

_ARM = "linux-aarch64"
_WORDS = ("nothing", "version", "number", "hash")
_EDITS = {
    "a": ("src/math.cpp", "return a + b;", "return b + a;"),
    "b": ("recipe/recipe.yaml", "add(1, 2) == 3", "add(2, 2) == 4"),
    "c": ("recipe/recipe.yaml", "version: 0.1.0", "version: 0.2.0"),
    "d": ("recipe/recipe.yaml", "number: 0", "number: 1"),
}
"""The changes of the question, as edits of the finished project."""


def _after_edit(key: str, work: Work) -> str:
    """Edit a copy of the finished project, and return what that changes in the name."""
    project = copy_project(ROOT / "cpp_math", work.scratch / key)
    before = _name(work, project, _ARM)
    file, old, new = _EDITS[key]
    text = (project / file).read_text(encoding="utf-8")
    (project / file).write_text(changed(text, (old, new)), encoding="utf-8")
    return _compared(work, before, _name(work, project, _ARM))


def _for_another_platform(work: Work) -> str:
    project = ROOT / "cpp_math"
    return _compared(work, _name(work, project, _ARM), _name(work, project, "linux-ppc64le"))


def _name(work: Work, project: Path, subdir: str) -> str:
    """Return the name of the extension's package, as the engine renders it."""
    rendered = recipes.render(work, project / "recipe/recipe.yaml", [subdir])[subdir]
    output = next(output for output in rendered.outputs if output.name == "cpp_math")
    return f"{output.name}-{output.version}-{output.build}"


def _compared(work: Work, before: str, after: str) -> str:
    """Return the parts of the name that differ."""
    work.see(f"{before}.conda {'stays' if before == after else f'becomes {after}.conda'}")
    parts = [_parts(name) for name in (before, after)]
    found = [word for word in _WORDS[1:] if parts[0][word] != parts[1][word]]
    return " and ".join(found) or "nothing"


def _parts(name: str) -> dict[str, str]:
    _, version, build = name.rsplit("-", 2)
    hash_, _, number = build.partition("_")
    return {"version": version, "hash": hash_, "number": number}


_RIGHT = {"a": "nothing", "b": "nothing", "c": "version", "d": "number", "e": "hash"}
_VARIANT = (
    "The hash is made of the variant: `c_stdlib: sysroot` and `target_platform: linux-aarch64`. "
    "Source, tests and version are no part of it."
)

EXERCISE = Exercise(
    name="names-to-come",
    lesson=7,
    title="what a change shows in a name",
    kind=Kind.PREDICT,
    hint="A file name is name, version, hash and number. Which file is each of them written in?",
    part=(
        "The version and the number are lines of the recipe. The hash is made of the variant, and "
        "the target platform is a part of that."
    ),
    solution=repr(_RIGHT),
    check=predict.check(
        [
            Case(
                "a",
                partial(_after_edit, "a"),
                "The engine doesn't even look at the source before it names the package.",
                {"hash": _VARIANT},
            ),
            Case(
                "b",
                partial(_after_edit, "b"),
                "A test is run when the package is there, and named, already.",
                {"hash": _VARIANT},
            ),
            Case(
                "c",
                partial(_after_edit, "c"),
                "The file name has the recipe's version, and that is 0.2.0 now.",
                {"hash": _VARIANT},
            ),
            Case(
                "d",
                partial(_after_edit, "d"),
                "The build number follows the hash, after an underscore, and is no part of it.",
            ),
            Case(
                "e",
                _for_another_platform,
                "The target platform is a part of the variant, and the hash is made of the "
                "variant.",
            ),
        ],
        _WORDS,
        "Only what you write into the recipe, and the platform, shows in a name. An edit of the "
        "source shows nowhere, so raise the version.",
    ),
    right=(
        {key: word.upper() for key, word in _RIGHT.items()},
        {key.upper(): f" {word} " for key, word in reversed(_RIGHT.items())},
    ),
    wrong=(
        Wrong(_RIGHT | {"a": "hash"}, "no part of it"),
        Wrong(_RIGHT | {"a": "version"}, "doesn't even look"),
        Wrong(_RIGHT | {"b": "number"}, "named, already"),
        Wrong(_RIGHT | {"c": "nothing"}, "recipe's version"),
        Wrong(_RIGHT | {"d": "hash"}, "after an underscore"),
        Wrong(_RIGHT | {"e": "nothing"}, "a part of the variant"),
        Wrong({"a": "nothing"}, "not in your answer"),
        Wrong(_RIGHT | {"d": "build"}, "is one of"),
        Wrong("cpp_math-0.2.0-hf1ab7cd_0.conda", "a dictionary"),
    ),
)
