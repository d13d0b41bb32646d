"""Lesson 05: which dependency ties a package to one Python."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_ALMOST = {
    "python": "`python` is there without a version, so any Python satisfies it. Which of the "
    "others names 3.11?",
    "libstdcxx": "That is the C++ runtime, which does not know about Python. Look for a version "
    "that is Python's.",
    "libgcc": "That is the compiler's runtime, which does not know about Python. Look for a "
    "version that is Python's.",
    "__glibc": "That is a bound on the C library. Look for a version that is Python's.",
}


def check(answer: object) -> Verdict:
    """Accept the name of the package, with or without its version."""
    if not isinstance(answer, str):
        return not_yet('The answer is the name of a package, in quotes: `answer = "…"`.')
    name = (answer.split() or [""])[0].lower()
    if name == "python_abi":
        return passed("`python_abi` can be installed beside one Python version only.")
    if name in _ALMOST:
        return not_yet(_ALMOST[name])
    return not_yet(f"The package does not depend on {answer!r}. Look at `extension.depends` above.")


EXERCISE = Exercise(
    name="which-dependency",
    lesson=5,
    title="what ties a package to one Python",
    hints=(
        "Read `extension.depends` once more. Which entries have a version, and whose is it?",
        "Two entries name Python. One of them has a version.",
        "Its name is `python`, an underscore, and the short word for a binary interface.",
    ),
    solution='"python_abi"',
    check=check,
    right=("python_abi 3.11.* *_cp311", "PYTHON_ABI"),
    wrong=(
        ("python", "any Python satisfies it"),
        ("libgcc", "compiler's runtime"),
        ("__glibc >=2.36,<3.0.a0", "C library"),
        ("cpp_math", "does not depend on"),
        (311, "in quotes"),
        ("", "does not depend on"),
    ),
)
