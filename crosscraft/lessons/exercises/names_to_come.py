"""Lesson 08: the file name that a package will have after several changes."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_RIGHT = "cpp_math-0.2.0-hf1ab7cd_0.conda"


def check(answer: object) -> Verdict:
    """Accept the file name, with or without its folder and its suffix."""
    if not isinstance(answer, str):
        return not_yet('The answer is a file name, in quotes: `answer = "….conda"`.')
    stem = answer.strip().rsplit("/", 1)[-1].removesuffix(".conda")
    if stem.count("-") < 2:
        return not_yet("A file name is name, version and build string, with dashes between them.")
    name, version, build = stem.rsplit("-", 2)
    hash_, _, number = build.partition("_")
    faults = (
        (name != "cpp_math", f"The extension's package is not called {name[:40]!r}: see `output`."),
        (version != "0.2.0", "The file name has the recipe's version, and that is 0.2.0 now."),
        (hash_ == "hdab6535", "`hdab6535` is the hash of linux-64. What is linux-aarch64's hash?"),
        (
            hash_ != "hf1ab7cd",
            "The hash is made of the variant, `c_stdlib: sysroot` and `target_platform: "
            "linux-aarch64`. Source, tests and version are no part of it. Look in `output`.",
        ),
        (number != "0", "Nobody raised the build number: it is the recipe's `number: 0`."),
    )
    wrong = next((text for fault, text in faults if fault), None)
    return not_yet(wrong) if wrong else passed("Only the version differs from the last lesson's.")


EXERCISE = Exercise(
    name="names-to-come",
    lesson=8,
    title="a file name after three changes",
    hints=(
        "Begin with the name in `output/linux-aarch64`. Which of its parts comes from what you "
        "changed?",
        "The name and the version come from the recipe, the hash from the variant.",
        "Of the three changes, one shows: the version.",
    ),
    solution=f'"{_RIGHT}"',
    check=check,
    right=("cpp_math-0.2.0-hf1ab7cd_0", f"mine/output/linux-aarch64/{_RIGHT}"),
    wrong=(
        ("cpp_math-0.1.0-hf1ab7cd_0.conda", "recipe's version"),
        ("cpp_math-0.2.0-hdab6535_0.conda", "hash of linux-64"),
        ("cpp_math-0.2.0-h1234567_0.conda", "made of the variant"),
        ("cpp_math-0.2.0-hf1ab7cd_1.conda", "build number"),
        ("cpp_math-stubs-0.2.0-pyh77f7967_0.conda", "not called"),
        ("hf1ab7cd", "with dashes"),
        (["cpp_math"], "in quotes"),
    ),
)
