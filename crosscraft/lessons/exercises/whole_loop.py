"""Lesson 08: the packages of a new version, built by the learner without instructions."""

from __future__ import annotations

import re

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_BUILDS = {
    "cpp_math-hdab6535": "the extension for linux-64: build for this machine",
    "cpp_math-hf1ab7cd": "the extension for linux-aarch64: build with `--target-platform`",
    "cpp_math-stubs-pyh77f7967": "the stubs: they come with the build for linux-64",
}
_OLD = {(0, 1, 0), (0, 2, 0)}


def check(answer: object) -> Verdict:
    """Accept three files of one new version, with or without their folders."""
    if isinstance(answer, str) or not isinstance(answer, (list, tuple, set, frozenset)):
        return not_yet('The answer is a list of file names: `["cpp_math-….conda", …]`.')
    found: dict[str, tuple[int, ...]] = {}
    for item in answer:
        stem = str(item).strip().rsplit("/", 1)[-1].removesuffix(".conda")
        key, version = _parse(stem)
        fault = _fault(stem, key, version)
        if fault:
            return not_yet(fault)
        found[key] = version
    missing = [what for key, what in _BUILDS.items() if key not in found]
    if missing:
        return not_yet(f"One is missing, {missing[0]}.")
    if len(set(found.values())) != 1:
        return not_yet("The versions differ. Every package of a release is built from one recipe.")
    return passed("Three packages, one version, two processors, one set of stubs.")


def _parse(stem: str) -> tuple[str, tuple[int, ...]]:
    """Return the name with the hash, and the version. Both are empty if `stem` does not parse."""
    match = re.fullmatch(r"([\w.-]+)-([0-9]{1,8}(?:\.[0-9]{1,8})*)-([a-z0-9]+)_[0-9]+", stem)
    if not match:
        return "", ()
    return f"{match[1]}-{match[3]}", tuple(int(number) for number in match[2].split("."))


def _fault(stem: str, key: str, version: tuple[int, ...]) -> str | None:
    if not version:
        return f"{stem[:60]!r} is not the file name of a package."
    if key not in _BUILDS:
        return (
            f"{stem[:60]!r} is none of the three that this recipe makes. If a hash is new, the "
            "recipe asks for a variable that it did not ask for before."
        )
    if version in _OLD:
        return f"{stem!r} has an old version. Raise `version` at the top of the recipe, and build."
    return None


EXERCISE = Exercise(
    name="whole-loop",
    lesson=8,
    title="a release of your own",
    hints=(
        "The order is: source, test, version, native build, cross build.",
        "`sed --in-place 's/0\\.2\\.0/0.3.0/' mine/recipe/recipe.yaml mine/pixi.toml` raises the "
        "version.",
        "`crosscraft build --project mine --target-platform linux-64,linux-aarch64 --output-dir "
        "mine/output` builds for both.",
    ),
    solution=(
        '["cpp_math-0.3.0-hdab6535_0.conda", "cpp_math-0.3.0-hf1ab7cd_0.conda", '
        '"cpp_math-stubs-0.3.0-pyh77f7967_0.conda"]'
    ),
    check=check,
    right=(
        (
            "mine/output/noarch/cpp_math-stubs-1.0-pyh77f7967_0.conda",
            "mine/output/linux-64/cpp_math-1.0-hdab6535_0.conda",
            "mine/output/linux-aarch64/cpp_math-1.0-hf1ab7cd_0.conda",
        ),
        {
            "cpp_math-0.3.0-hdab6535_1",
            "cpp_math-0.3.0-hf1ab7cd_1",
            "cpp_math-stubs-0.3.0-pyh77f7967_1",
        },
    ),
    wrong=(
        (["cpp_math-0.2.0-hdab6535_0.conda"], "old version"),
        (
            ["cpp_math-0.3.0-hdab6535_0.conda", "cpp_math-stubs-0.3.0-pyh77f7967_0.conda"],
            "extension for linux-aarch64",
        ),
        (["cpp_math-0.3.0-hf1ab7cd_0.conda"], "extension for linux-64"),
        (
            [
                "cpp_math-0.3.0-hdab6535_0.conda",
                "cpp_math-0.3.0-hf1ab7cd_0.conda",
                "cpp_math-stubs-0.4.0-pyh77f7967_0.conda",
            ],
            "versions differ",
        ),
        (["cpp_math-stubs-0.3.0-pyhcb92c11_0.conda"], "none of the three"),
        (["0.3.0"], "not the file name"),
        ("cpp_math-0.3.0-hdab6535_0.conda", "a list"),
    ),
)
