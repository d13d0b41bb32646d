"""Lesson 01: which function Python looks for in an extension."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = "PyInit_geometry"
_WHY = {
    "PyInit_shapes": "That is the function that is *in* the file: `NB_MODULE(shapes, m)` wrote "
    "it. Python cannot know that. It only knows the name that was imported.",
    "geometry": "That is the module's name. Look at the output of `nm -D`: the function's name has "
    "a prefix before it.",
    "shapes": "That is what the source calls the module. Look at the message about `maths`: what "
    "does Python build the function's name from?",
}


def check(answer: object) -> Verdict:
    """Accept the function's name, with or without parentheses."""
    if not isinstance(answer, str):
        return not_yet('The answer is the name of a function, in quotes: `answer = "…"`.')
    name = answer.strip().removesuffix("()")
    if name == _RIGHT:
        return passed("The name comes from the file name, but the file has only `PyInit_shapes`.")
    if name in _WHY:
        return not_yet(_WHY[name])
    if name.lower() == _RIGHT.lower():
        return not_yet("Nearly: C is strict about capitals. Look at the output of `nm -D`.")
    if "cpython" in name:
        return not_yet("The suffix with the SOABI is not part of the module's name: leave it out.")
    return not_yet(
        f"Python does not look for {name[:60]!r}. Look at the message about `maths` above."
    )


EXERCISE = Exercise(
    name="missing-function",
    lesson=1,
    title="the function that Python misses",
    hints=(
        "When Python has found a file, where does it get the module's name from?",
        "Read the message about `maths` once more. The source of that file said `cpp_math`.",
        "`PyInit_`, and then the name that was imported.",
    ),
    solution='"PyInit_geometry"',
    check=check,
    right=("PyInit_geometry()", " PyInit_geometry "),
    wrong=(
        ("PyInit_shapes", "*in* the file"),
        ("geometry", "a prefix before it"),
        ("shapes", "source calls the module"),
        ("pyinit_geometry", "capitals"),
        ("PyInit_geometry.cpython-311-x86_64-linux-gnu", "suffix"),
        ("main", "does not look for"),
        (None, "in quotes"),
    ),
)
