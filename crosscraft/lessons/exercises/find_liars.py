"""Lesson 05: five packages made of the learner's own two, some of which lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.inspection import verdicts
from crosscraft.inspection.inspect import Inspection
from crosscraft.inspection.verdicts import Verdict
from crosscraft.lessons.evidence import parts
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.lessons.exercises.kinds import liar
from crosscraft.lessons.exercises.kinds.liar import Fact
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.platforms import NOARCH

_FOLDER = "liars"
_LETTERS = "abcde"


def prepare(project: Path) -> list[str]:
    """Make the packages that are missing, of the two in the learner's output folder."""
    missing = [x for x in _LETTERS if not (project / _FOLDER / f"{x}.conda").exists()]
    if not missing:
        return []
    made = dict(zip(_LETTERS, _packages(project), strict=True))
    names = [f"{_FOLDER}/{letter}.conda" for letter in missing]
    for letter, name in zip(missing, names, strict=True):
        parts.put_together(made[letter], project / name)
    return names


def _packages(project: Path) -> Iterator[Parts]:
    """Yield the packages, in the order of their letters."""
    intel, arm = (_own(project, subdir) for subdir in ("linux-64", "linux-aarch64"))
    ((intel_name, intel_code),) = intel.files.items()
    ((arm_name, arm_code),) = arm.files.items()
    yield replace(arm, files={intel_name: arm_code})
    yield arm
    yield replace(arm, files=intel.files, placeholder=intel.placeholder)
    yield replace(arm, listed={arm_name: intel_code})
    index = {**intel.index, "subdir": NOARCH, "noarch": "python"}
    yield replace(intel, index=index, files={f"site-packages/{Path(intel_name).name}": intel_code})


def _own(project: Path, subdir: str) -> Parts:
    """Return the parts of the learner's package, with its extension alone."""
    package = Packages(project / "output").of("cpp_math", subdir)
    if package is None:
        raise LessonError(
            f"there is no package of cpp_math for {subdir} in the folder output",
            remedy=f"Run `crosscraft build --target-platform {subdir} --output-dir output` first.",
        )
    taken = parts.take_apart(package)
    extensions = {name: data for name, data in taken.files.items() if name.endswith(".so")}
    if not extensions:
        raise LessonError(
            f"the package {package.name} for {subdir} has no extension",
            remedy="Run `inspect` with it to see what is in it, and build it again.",
        )
    return replace(taken, files=dict([extensions.popitem()]))


def _of(*questions: str) -> liar.Judge:
    return lambda found: [one for one in found.verdicts if one.question in questions]


def _names(found: Inspection) -> Iterator[Verdict]:
    """Yield whether the name of each binary fits its own header, whatever package it is in."""
    assert found.contents is not None
    for name, facts in found.contents.binaries.items():
        judged = verdicts.of_binary(name, facts, None)
        yield from (one for one in judged if one.question == verdicts.NAMES)


_FACTS = (
    Fact(
        "subdir",
        _of(verdicts.PLATFORM, verdicts.NO_CODE),
        "Which processor is in the ELF header of its extension, and which machines does its "
        "subdir send it to?",
    ),
    Fact(
        "file name",
        _names,
        "Which processor is in the ELF header of its extension, and which one is in the name of "
        "that file?",
    ),
    Fact(
        "paths.json",
        _of(verdicts.PATHS),
        "It runs, but a run says nothing about lists. Compare the size in `entries` with the "
        "bytes that `open_member` returns.",
    ),
)

EXERCISE = Exercise(
    name="find-liars",
    lesson=5,
    minutes=5,
    title="packages that lie",
    kind=Kind.LIAR,
    prepare=prepare,
    hint=(
        "Put four facts of each package side by side: `subdir`, `files`, the `machine` of the ELF "
        "header, and `entries`, which is the content of paths.json."
    ),
    part=(
        "One package is honest. The header of one contradicts its file name. Two are sent to "
        "machines for which they have no code. One installs a file of another size than it lists: "
        "`conda_file.read(path).entries[0].size` is what it lists, and "
        "`len(conda_file.open_member(path, name))` is what it has."
    ),
    solution='{"a": "file name", "b": "honest", "c": "subdir", "d": "paths.json", "e": "subdir"}',
    check=liar.check(
        _FOLDER,
        _LETTERS,
        _FACTS,
        "import cpp_math; print(f'1 + 2 = {cpp_math.add(1, 2)}')",
        "The header is the witness. Subdir, file name and paths.json are what somebody wrote.",
    ),
    right=(
        {"e": "Subdir", "d": "paths.json", "c": "subdir", "b": "honest", "a": "file name"},
        {"A": "File name", "B": "HONEST", "C": " subdir", "D": "paths.json", "E": "subdir"},
    ),
    wrong=(
        Wrong(
            {"a": "subdir", "b": "honest", "c": "subdir", "d": "paths.json", "e": "subdir"},
            "The subdir of a is true",
            looks_right=True,
        ),
        Wrong(
            {"a": "file name", "b": "file name", "c": "subdir", "d": "paths.json", "e": "subdir"},
            "The file name of b is true",
        ),
        Wrong(
            {"a": "file name", "b": "honest", "c": "honest", "d": "paths.json", "e": "subdir"},
            "c isn't honest",
        ),
        Wrong(
            {"a": "file name", "b": "honest", "c": "subdir", "d": "honest", "e": "subdir"},
            "a run says nothing about lists",
            looks_right=True,
        ),
        Wrong(
            {"a": "file name", "b": "honest", "c": "subdir", "d": "paths.json", "e": "honest"},
            "e isn't honest",
            looks_right=True,
        ),
        Wrong({"a": "file name", "b": "honest", "c": "subdir"}, "not in your answer"),
        Wrong(
            {"a": "code", "b": "honest", "c": "subdir", "d": "paths.json", "e": "subdir"},
            "is one of",
        ),
        Wrong(["file name", "honest", "subdir", "paths.json", "subdir"], "dictionary"),
    ),
)
