"""Lesson 06: which of a package's info files an edit of the source changes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import packages
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.verdict import NotYet, Verdict
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong, changed
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup

_SAME, _DIFFERENT = "the same", "different"
_WHY = {
    "index.json": "`index.json` has name, version, build string and dependencies. Which of these "
    "would the edit change?",
    "hash_input.json": "`hash_input.json` is the variant, and your edit changed neither the C "
    "library nor the platform.",
    "about.json": "`about.json` has the recipe's `about` section and the channels. You edited "
    "neither.",
    "license": "`LICENSE` is a copy of the file in your project, and you did not edit that.",
    "tests.yaml": "`tests.yaml` comes from the recipe, and you edited the C++ source.",
    "paths.json": "One of the files has a checksum of the extension. Look at the table once more.",
}
_FOLDERS = {"license": "licenses/LICENSE", "tests.yaml": "tests/tests.yaml"}
"""The files that have another path below ``info/``."""
_EDIT = ("return a + b;", "return a + b + 1;")


def check(work: Work) -> Verdict:
    """Build the finished project before and after an edit of `add`, and compare the files."""
    named = _names(work.answer)
    work.step("building before and after the edit")
    happened = _happened(work)
    work.see(f"built twice, with `{_EDIT[0]}` and with `{_EDIT[1]}`")
    cases = [Case(name, partial(_compared, happened, name), why) for name, why in _WHY.items()]
    given = {name: _DIFFERENT if name in named else _SAME for name in _WHY}
    compare = predict.check(
        cases,
        (_SAME, _DIFFERENT),
        "Only the size and the SHA-256 of the extension differ. No name shows the edit.",
    )
    return compare(dataclasses.replace(work, answer=given))


def _happened(work: Work) -> dict[str, str]:
    """Build twice, and return for each file whether it differs."""
    before, after = _build(work, "before"), _build(work, "after", _EDIT)
    return {name: _SAME if before[name] == after[name] else _DIFFERENT for name in _WHY}


def _compared(happened: Mapping[str, str], name: str, work: Work) -> str:
    return happened[name]


def _names(answer: object) -> set[str]:
    """Return the names of the answer, without their folders.

    :raises NotYet: if it is no list of names of the table.
    """
    if isinstance(answer, str) or not isinstance(answer, (list, tuple, set, frozenset)):
        raise NotYet('The answer is a list of file names, for example `["about.json"]`.')
    names = {str(name).strip().rsplit("/", 1)[-1].lower() for name in answer}
    for name in sorted(names - _WHY.keys()):
        raise NotYet(f"There is no {name[:40]!r} in the table of `info/` files.")
    return names


def _build(work: Work, name: str, *edits: tuple[str, str]) -> dict[str, object]:
    """Build the extension for Arm, which leaves the stubs out, and return its info files.

    Each build has its own copy of the project, because a package in the output folder would make
    that folder a channel of the next build, and `about.json` lists the channels.
    """
    project = works.copy_project(ROOT / "cpp_math", work.scratch / name)
    source = project / "src/math.cpp"
    source.write_text(changed(source.read_text(encoding="utf-8"), *edits), encoding="utf-8")
    made = packages.build_project(work, project, [lookup("linux-aarch64")])
    return dict(_info(made.files[0]))


def _info(package: Path) -> Iterator[tuple[str, object]]:
    for name in _WHY:
        data = conda_file.info_member(package, f"info/{_FOLDERS.get(name, name)}")
        if name != "index.json":
            yield name, data
            continue
        index = json.loads(data)
        yield name, {**index, "timestamp": None, "depends": sorted(index["depends"])}


EXERCISE = Exercise(
    name="edited-info",
    lesson=6,
    minutes=4,
    title="what an edit leaves in info",
    kind=Kind.PREDICT,
    hint=(
        "Go through the table and ask of each file: is it made from the recipe, or from the "
        "extension?"
    ),
    part=(
        "The body of a function changes the bytes of the extension, and nothing in the recipe. "
        "One file has a checksum for each installed file."
    ),
    solution='["paths.json"]',
    check=check,
    right=(("paths.json",), {"info/paths.json"}),
    wrong=(
        Wrong(["index.json", "paths.json"], "Which of these", looks_right=True),
        Wrong([], "checksum"),
        Wrong("paths.json", "a list"),
        Wrong(["info.json"], "There is no"),
    ),
)
