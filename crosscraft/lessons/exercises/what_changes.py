"""Lesson 05: which parts of a package's file name an edit of the source changes."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_PARTS = {
    "name": "The name comes from the recipe, and the recipe was not edited.",
    "version": "The version comes from the recipe's context. Nobody raises it but you.",
    "build string": "The build string is a hash of the variant, and the variant is still "
    "`target_platform: linux-64`. Look at what `extension.variant` said.",
}


def check(answer: object) -> Verdict:
    """Accept an empty collection of any kind."""
    if not isinstance(answer, (list, tuple, set, frozenset)):
        return not_yet('The answer is a list of those parts, for example `["version"]`.')
    for part in answer:
        known = _PARTS.get(str(part).lower().replace("_", " "))
        if known:
            return not_yet(known)
    if answer:
        return not_yet('The parts are "name", "version" and "build string".')
    return passed(
        "Nothing in the name shows the edit. That is why a version is raised before a release, "
        "and why caches that only look at the name serve old packages."
    )


EXERCISE = Exercise(
    name="what-changes",
    lesson=5,
    title="what an edit changes in a file name",
    hints=(
        "Where does each of the three parts come from?",
        "Name and version are written in the recipe; the build string is made from the variant.",
        "You edited neither the recipe nor the variant.",
    ),
    solution="[]",
    check=check,
    right=((), set()),
    wrong=(
        (["build string"], "hash of the variant"),
        (["version"], "recipe's context"),
        (["name", "build string"], "comes from the recipe"),
        ("build string", "a list"),
        (["hash"], "The parts are"),
    ),
)
