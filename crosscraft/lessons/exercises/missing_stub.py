"""Lesson 08: why an extension and its stubs cannot be installed together."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed
from crosscraft.platforms import PLATFORMS

_RIGHT = "linux-64"
_WHY = {
    "linux-aarch64": "That build was made, and it skipped the stubs. Where are they made?",
    "noarch": "`noarch` is what the stubs are, not what they are built on: no build has it as "
    "its target. On which platform can the extension be imported?",
    "cpp_math-stubs": "That is the package which is too old. The answer is the platform whose "
    "build makes it.",
    "none": "Without another build the channel only has the stubs of 0.2.0, and their "
    "`run_constraints` allow no other version of `cpp_math`.",
}


def check(answer: object) -> Verdict:
    """Accept the subdir, or another name of the same platform."""
    if not isinstance(answer, str):
        return not_yet('The answer is the name of a platform, in quotes: `answer = "…"`.')
    name = answer.strip().lower()
    if name in (_RIGHT, "linux-x86_64", "x86_64"):
        return passed(
            "The recipe makes the stubs where host_platform is linux-64. A cross build never "
            "renews them, so a release needs both builds."
        )
    if name in _WHY:
        return not_yet(_WHY[name])
    if name in PLATFORMS:
        return not_yet(f"A build for {name} skips the stubs as well. Where are they made?")
    return not_yet(f"There is no platform {answer[:40]!r} here. Look at the recipe's `skip`.")


EXERCISE = Exercise(
    name="missing-stub",
    lesson=8,
    title="stubs that do not fit",
    hints=(
        "`cpp_math-stubs` constrains `cpp_math`. Which version of the stubs is in the channel?",
        "Look at the tables that the two builds printed: which of them made the stubs?",
        "The recipe says `skip: host_platform not in (…)`. Build for the platform named there.",
    ),
    solution=f'"{_RIGHT}"',
    check=check,
    right=(" Linux-64", "linux-x86_64"),
    wrong=(
        ("linux-aarch64", "skipped the stubs"),
        ("noarch", "not what they are built on"),
        ("cpp_math-stubs", "too old"),
        ("none", "no other version"),
        ("linux-ppc64le", "skips the stubs as well"),
        ("linux-riscv", "no platform"),
        (64, "in quotes"),
    ),
)
