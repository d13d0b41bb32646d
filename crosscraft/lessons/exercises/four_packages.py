"""Lesson 06: what happens to packages whose subdir, file name and contents disagree."""

from __future__ import annotations

import functools
from dataclasses import replace

from crosscraft.channel import output
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import packages, parts, runner
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import Refused, Verdict
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.platforms import lookup

_ARM, _INTEL = "linux-aarch64", "linux-64"
_WORDS = ("not installed", "not found", "not loaded", "works")
_FACTS = {
    "a": (_ARM, _ARM, _INTEL),
    "b": (_ARM, _INTEL, _ARM),
    "c": (_INTEL, _INTEL, _INTEL),
    "d": (_ARM, _ARM, _ARM),
}
"""Of each package: the platform of its subdir, of the extension's file name, and of the code."""
_WHY = {
    "a": "conda goes by the subdir and Python by the file name, and both fit. Then the loader "
    "looks at the ELF header.",
    "b": "conda goes by the subdir, and that fits. Then Python looks for a file with its own "
    "SOABI. Look at the end of the file name.",
    "c": "conda looks at the subdir before anything else. Which subdirs does it take packages "
    "from on an Arm machine?",
    "d": "Subdir, file name and ELF header name the same processor, and it's that machine's.",
}


def check(work: Work) -> Verdict:
    """Ask the solver for each package, and import what it takes under QEMU."""
    cases = [Case(key, functools.partial(_happens, key=key), why) for key, why in _WHY.items()]
    right = "Three programs looked, in this order: conda at the subdir, Python at the file name, "
    return predict.check(cases, _WORDS, f"{right}and the loader at the ELF header.")(work)


def _happens(work: Work, key: str) -> str:
    word, line = _tried(work, key)
    work.see(line)
    return word


def _tried(work: Work, key: str) -> tuple[str, str]:
    """Return how far a package gets on Arm, and a line about it."""
    labelled, named, code = (parts.finished(work, subdir) for subdir in _FACTS[key])
    work.step(f"trying package {key} on Arm")
    (name,), (data,) = named.files, code.files.values()
    package = replace(labelled, files={name: data}, placeholder="")
    folder = work.scratch / key
    channel = folder / "channel"
    file = parts.put_together(package, channel / _FACTS[key][0] / f"{package.stem}.conda")
    output.publish([file], channel, work.console)
    try:
        packages.solve(Packages(channel), ["cpp_math"], lookup(_ARM))
    except Refused as refused:
        return "not installed", f"{key}: {refused.lines[0]}"
    installed = folder / name
    installed.parent.mkdir(parents=True)
    installed.write_bytes(conda_file.open_member(file, name))
    try:
        call = "import cpp_math; print(cpp_math.add(1, 2))"
        said = runner.of(lookup(_ARM)).python(call, folder, installed.parent)
    except Refused as refused:
        error = refused.lines[0].replace(f"{folder}/", "")
        is_missing = error.startswith("ModuleNotFoundError")
        return "not found" if is_missing else "not loaded", f"{key}: {error}"
    return "works", f"{key}: on Arm, 1 + 2 = {said}"


EXERCISE = Exercise(
    name="four-packages",
    lesson=6,
    minutes=4,
    title="subdirs, names and contents that disagree",
    kind=Kind.PREDICT,
    hint="Three programs look, one after the other: conda, Python, the loader. Who reads what?",
    part=(
        "conda reads the subdir, Python reads the file name, and the loader reads the ELF header. "
        "One package fails at each of the three, and one passes all."
    ),
    solution='{"a": "not loaded", "b": "not found", "c": "not installed", "d": "works"}',
    check=check,
    right=(
        {"d": "works", "c": "Not installed", "b": "not found", "a": "not loaded"},
        {"A": "not loaded ", "B": "NOT FOUND", "C": "not installed", "D": "works"},
    ),
    wrong=(
        Wrong(
            {"a": "works", "b": "not found", "c": "not installed", "d": "works"},
            "the loader looks",
            looks_right=True,
        ),
        Wrong(
            {"a": "not loaded", "b": "works", "c": "not installed", "d": "works"},
            "own SOABI",
            looks_right=True,
        ),
        Wrong(
            {"a": "not loaded", "b": "not found", "c": "not loaded", "d": "works"},
            "before anything else",
            looks_right=True,
        ),
        Wrong(
            {"a": "not loaded", "b": "not found", "c": "not installed", "d": "not found"},
            "name the same",
        ),
        Wrong({"a": "not loaded", "b": "not found", "c": "not installed"}, "not in your answer"),
        Wrong({"a": "crashes", "b": "not found", "c": "not installed", "d": "works"}, "is one of"),
        Wrong(["not loaded", "not found", "not installed", "works"], "dictionary"),
    ),
)
