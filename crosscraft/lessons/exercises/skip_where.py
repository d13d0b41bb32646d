"""Lesson 02: write the condition under which an output is skipped. The check renders a recipe."""

from __future__ import annotations

import json

from crosscraft.lessons.evidence import recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import skip
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong

_NAME = "cpp_math-bench"
_WANTED = {"linux-64", "linux-aarch64"}
_LONGEST = 300


def check(work: Work) -> Verdict:
    """Accept a condition that is false for the two platforms and true for all others."""
    package = {"name": _NAME, "version": "1"}
    recipe = {"outputs": [{"package": package, "build": {"skip": _read(work.answer)}}]}
    path = work.scratch / "recipe.yaml"
    path.write_text(json.dumps(recipe), encoding="utf-8")
    rendered = recipes.render(work, path)
    skip.check(work, rendered, _NAME, _WANTED, "where nothing can run it")
    return passed(f"It was rendered for {len(rendered)} platforms, and it's built for those two.")


def _read(answer: object) -> str:
    """Return the condition.

    :raises NotYet: if the answer is none.
    """
    if not isinstance(answer, str):
        raise NotYet("The answer is one condition, in quotes: `answer = '…'`.")
    condition = answer.strip()
    if condition.startswith("skip"):
        raise NotYet("Leave out `skip:`. The answer is what comes after it.")
    if not condition or len(condition) > _LONGEST:
        raise NotYet('The answer is one condition, such as `host_platform == "linux-64"`.')
    return condition


EXERCISE = Exercise(
    name="skip-where",
    lesson=2,
    minutes=3,
    title="write a skip condition",
    kind=Kind.WRITE,
    hint="Write down when the output is wanted, and then turn it round, because `skip` is true for "
    "the rest. The word that changes with `--target-platform` is `host_platform`.",
    part="Not the one *and* not the other: two comparisons with `!=`, joined by `and`.",
    solution="""'host_platform != "linux-64" and host_platform != "linux-aarch64"'""",
    check=check,
    right=(
        'host_platform not in ["linux-64", "linux-aarch64"]',
        "not (host_platform == 'linux-64' or host_platform == 'linux-aarch64')",
    ),
    wrong=(
        Wrong('host_platform != "linux-64"', "skips linux-aarch64"),
        Wrong(
            'host_platform != "linux-64" or host_platform != "linux-aarch64"',
            "one side of the `or`",
            looks_right=True,
        ),
        Wrong('host_platform == "linux-64" or host_platform == "linux-aarch64"', "wrong way round"),
        Wrong('build_platform != "linux-64"', "the machine that compiles"),
        Wrong('host_platform == "linux-ppc64le"', "would be built for"),
        Wrong('host_platform = "linux-64"', "skips nothing"),
        Wrong('host_platform not in ["linux_64", "linux_aarch64"]', "spelled", looks_right=True),
        Wrong("${{ host_platform != }}", "does not parse"),
        Wrong('skip: host_platform != "linux-64"', "Leave out `skip:`"),
        Wrong(["linux-64", "linux-aarch64"], "in quotes"),
    ),
    meanings=(
        (
            r"",
            "The condition does not parse. Compare it with the `skip` of your recipe: two "
            "equals signs or `!=`, and quotes around each platform.",
        ),
    ),
)
