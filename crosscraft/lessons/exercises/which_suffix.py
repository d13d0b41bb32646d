"""Lesson 01: which file names an import tries."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_TRIED = {
    "a": "is the full name on `linux-aarch64`: interpreter, version and triplet all fit.",
    "d": "has a suffix that names no Python version and no processor. Look for it in the list of "
    "suffixes above.",
    "e": "has the plainest suffix of the list. In this lesson it was found, too.",
}
_NOT_TRIED = {
    "b": "names another processor's triplet. The list of suffixes has the triplet of the Python "
    "that runs.",
    "c": "is for Python 3.12. What did Python 3.11 do with such a file in this lesson?",
    "f": "begins with `lib`, and the name must begin with the module's. `lib…` is the custom for "
    "libraries that are linked to.",
}


def check(answer: object) -> Verdict:
    """Accept the three letters in any order, as a collection or in a string."""
    if isinstance(answer, str):
        answer = [c for c in answer if c not in " ,"]
    if not isinstance(answer, (list, tuple, set, frozenset)):
        return not_yet('The answer is a list of letters, for example `["b", "f"]`.')
    letters = {str(letter).strip().lower() for letter in answer}
    unknown = sorted(letters - _TRIED.keys() - _NOT_TRIED.keys())
    if unknown:
        return not_yet(f"{unknown[0][:40]!r} is not one of the letters a to f.")
    if not letters:
        return not_yet("There are some. Begin with the list of suffixes above: it has three.")
    for letter in sorted(letters & _NOT_TRIED.keys()):
        return not_yet(f"Not ({letter}): it {_NOT_TRIED[letter]}")
    for letter in sorted(_TRIED.keys() - letters):
        return not_yet(f"One is missing, ({letter}): it {_TRIED[letter]}")
    return passed(
        "Tried in that order, the first that exists is loaded. A name that is tried may still "
        "hold the wrong code: a suffix of `.so` or `.abi3.so` says nothing of the processor."
    )


EXERCISE = Exercise(
    name="which-suffix",
    lesson=1,
    title="which file names an import tries",
    hints=(
        "Write down the three suffixes of this lesson's list, with aarch64's triplet in the first.",
        "The name must be `cpp_math` and one of these suffixes, with nothing before or between.",
        "Two of the three suffixes say nothing of the processor.",
    ),
    solution='["a", "d", "e"]',
    check=check,
    right=({"e", "a", "d"}, "ade", ("A", "D", "E")),
    wrong=(
        (["a"], "One is missing, (d)"),
        (["a", "d"], "One is missing, (e)"),
        (["a", "b", "e"], "another processor"),
        (["a", "c", "d", "e"], "Python 3.12"),
        (["a", "d", "e", "f"], "begins with `lib`"),
        (["a", "x"], "not one of the letters"),
        ([], "There are some"),
        (3, "a list of letters"),
    ),
)
