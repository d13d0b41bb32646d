"""Lesson 04: write the condition under which an output is skipped. The check renders a recipe."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.errors import RecipeError
from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed
from crosscraft.platforms import lookup

_WANTED = {"linux-64", "linux-aarch64"}
_ALL = ("linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "osx-arm64", "win-64")
_LONGEST = 300


def check(answer: object) -> Verdict:
    """Accept a condition that is false for the two platforms and true for all others."""
    if not isinstance(answer, str):
        return not_yet("The answer is one condition, in quotes: `answer = '…'`.")
    condition = answer.strip()
    if condition.startswith("skip"):
        return not_yet("Leave out `skip:`. The answer is what comes after it.")
    if not condition or len(condition) > _LONGEST:
        return not_yet('The answer is one condition, such as `host_platform == "linux-64"`.')
    try:
        built = _built(condition)
    except RecipeError as error:
        return not_yet(
            f"The condition does not parse ({error.what}). Compare it with the `skip` of your "
            "recipe: two equals signs, and quotes around a platform."
        )
    if built == _WANTED:
        return passed(
            f"It was rendered for {len(_ALL)} platforms, and only those two would be built."
        )
    return not_yet(_explain(condition, built))


def _built(condition: str) -> set[str]:
    """Return the platforms for which an output with this `skip` is built."""
    package = {"name": "cpp_math-bench", "version": "1"}
    recipe = {"outputs": [{"package": package, "build": {"skip": condition}}]}
    build = lookup("linux-64")
    with tempfile.TemporaryDirectory(prefix="crosscraft-exercise-") as folder:
        path = Path(folder) / "recipe.yaml"
        path.write_text(json.dumps(recipe), encoding="utf-8")
        return {
            subdir
            for subdir in _ALL
            # Rendering only uses the name of a platform, so any name that conda knows works.
            if recipes.render(path, build, replace(build, subdir=subdir)).outputs
        }


def _explain(condition: str, built: set[str]) -> str:
    if "build_platform" in condition:
        return (
            "`build_platform` is the machine that compiles: the same one in all these builds. "
            "Look at which of the three words changes with `--target-platform`."
        )
    if len(built) == len(_ALL):
        return (
            "It skips nothing. A condition that makes no sense counts as false, without an error. "
            "Compare yours with the `skip` of your recipe, character by character."
        )
    if not built:
        look = (
            "whichever it is, one side of the `or` is true. Try it with linux-64 in your head."
            if " or " in condition
            else "linux-64 too. Look at the spelling of each word."
        )
        return f"It skips every platform: {look}"
    if built == set(_ALL) - _WANTED:
        return (
            "It is the wrong way round: it skips just the two that are wanted. "
            "`skip` says when *not* to build."
        )
    lost = sorted(_WANTED - built)
    if lost:
        return f"It skips {lost[0]}, for which the output is wanted. Allow both platforms."
    extra = sorted(built - _WANTED)
    return (
        f"It would be built for {extra[0]} too, where nothing can run it. "
        "Name the platforms that are wanted. There may be more of the others than you think."
    )


EXERCISE = Exercise(
    name="skip-where",
    lesson=4,
    title="write a skip condition",
    hints=(
        "Write down when the output is wanted, then turn it round: `skip` is true for the rest.",
        "The word that changes with `--target-platform` is `host_platform`.",
        "Not the one *and* not the other: two `!=`, joined by `and`.",
    ),
    solution="""'host_platform != "linux-64" and host_platform != "linux-aarch64"'""",
    check=check,
    right=(
        'host_platform not in ["linux-64", "linux-aarch64"]',
        "not (host_platform == 'linux-64' or host_platform == 'linux-aarch64')",
    ),
    wrong=(
        ('host_platform != "linux-64"', "skips linux-aarch64"),
        ('host_platform != "linux-64" or host_platform != "linux-aarch64"', "one side of the `or`"),
        ('host_platform == "linux-64" or host_platform == "linux-aarch64"', "wrong way round"),
        ('build_platform != "linux-64"', "the machine that compiles"),
        ('host_platform == "linux-ppc64le"', "would be built for"),
        ('host_platform = "linux-64"', "skips nothing"),
        ('skip: host_platform != "linux-64"', "Leave out `skip:`"),
        (["linux-64", "linux-aarch64"], "in quotes"),
    ),
)
