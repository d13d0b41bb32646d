"""Lesson 06: which facts are evidence for the processor of a binary."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_CLAIMS = {
    "subdir": "`subdir` is what the build tool was asked for. It would say the same of a package "
    "with an x86_64 extension in it.",
    "file name": "CMake takes the file name from the Python it found, before anything is compiled. "
    "It can lie.",
}
_EVIDENCE = {"elf machine", "a run"}


def check(answer: object) -> Verdict:
    """Accept both kinds of evidence and none of the claims, in any order."""
    if isinstance(answer, str) or not isinstance(answer, (list, tuple, set, frozenset)):
        return not_yet("The answer is a list of those words, even if it is one word.")
    words = {str(word).lower().replace("_", " ") for word in answer}
    for claim, why in _CLAIMS.items():
        if claim in words:
            return not_yet(why)
    unknown = words - _EVIDENCE
    if unknown:
        return not_yet(f"{sorted(unknown)[0]!r} is not one of the four words of the question.")
    missing = _EVIDENCE - words
    if missing:
        return not_yet(
            "What you name is evidence, and there is more of it: look at the last section."
        )
    return passed("The header says what the file is. The run shows that it works.")


EXERCISE = Exercise(
    name="which-proof",
    lesson=6,
    title="what proves the processor of a binary",
    hints=(
        "Which of the four would still say aarch64 if the compiler had been the wrong one?",
        "Two of them are written down before anything is compiled.",
        "Evidence comes from the file itself, or from running it.",
    ),
    solution='["elf machine", "a run"]',
    check=check,
    right=({"a run", "elf machine"}, ("a run", "ELF machine")),
    wrong=(
        (["subdir", "elf machine"], "asked for"),
        (["file name"], "can lie"),
        (["elf machine"], "there is more"),
        ("a run", "a list"),
        (["the docs"], "not one of the four"),
        ([], "there is more"),
    ),
)
