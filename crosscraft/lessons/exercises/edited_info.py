"""Lesson 07: which of a package's info files an edit of the source changes."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_SAME = {
    "index.json": "`index.json` has name, version, build string and dependencies. Which of these "
    "would the edit change? (Ignore the time of the build and the order of the dependencies.)",
    "hash_input.json": "`hash_input.json` is the variant, and that still has "
    "`c_stdlib: sysroot` and `target_platform: linux-64`.",
    "about.json": "`about.json` has the recipe's `about` section and the channels. You edited "
    "neither.",
    "license": "`LICENSE` is a copy of the file that you wrote in lesson 04. You did not edit it.",
    "tests.yaml": "`tests.yaml` comes from the recipe, and you edited the C++ source.",
}
_RIGHT = "paths.json"


def check(answer: object) -> Verdict:
    """Accept a collection with only `paths.json`, with or without its folder."""
    if isinstance(answer, str) or not isinstance(answer, (list, tuple, set, frozenset)):
        return not_yet('The answer is a list of file names, for example `["about.json"]`.')
    names = [str(name).strip().rsplit("/", 1)[-1].lower() for name in answer]
    for name in names:
        if name in _SAME:
            return not_yet(_SAME[name])
    for name in names:
        if name != _RIGHT:
            return not_yet(f"There is no {name[:40]!r} in the table of `info/` files.")
    if not names:
        return not_yet(
            "One of the files has a checksum of the extension. Look at the table once more."
        )
    return passed("Only the size and the SHA-256 of the extension differ: no name shows the edit.")


EXERCISE = Exercise(
    name="edited-info",
    lesson=7,
    title="what an edit leaves in info",
    hints=(
        "Go through the table and ask of each file: is it made from the recipe, or from the "
        "extension?",
        "The body of a function changes the bytes of the extension, and nothing in the recipe.",
        "One file has a checksum for each installed file.",
    ),
    solution='["paths.json"]',
    check=check,
    right=(("paths.json",), {"info/paths.json"}),
    wrong=(
        (["index.json", "paths.json"], "Which of these"),
        (["paths.json", "hash_input.json"], "the variant"),
        (["tests.yaml"], "C++ source"),
        (["licenses/LICENSE"], "did not edit it"),
        ([], "checksum"),
        ("paths.json", "a list"),
        (["info.json"], "There is no"),
    ),
)
