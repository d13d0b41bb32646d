"""Lesson 06: what happens to packages whose subdir, file name and contents disagree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from crosscraft.channel import output
from crosscraft.lessons.evidence import packages, parts
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.parts import Parts
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
    """Compile for both processors, make the packages, install each for Arm, and import it."""
    made = {subdir: parts.finished(work, subdir) for subdir in (_ARM, _INTEL)}
    cases = [Case(key, partial(_happens, made=made, key=key), why) for key, why in _WHY.items()]
    right = "Three programs looked, in this order: conda at the subdir, Python at the file name, "
    return predict.check(cases, _WORDS, f"{right}and the loader at the ELF header.")(work)


def _happens(work: Work, made: Mapping[str, Parts], key: str) -> str:
    """Install a package for Arm, import it under QEMU, and return how far that went."""
    subdir, named, code = _FACTS[key]
    (name,), (data,) = made[named].files, made[code].files.values()
    package = Parts(made[subdir].index, {name: data}, placeholder=made[code].placeholder)
    channel = work.scratch / key
    file = parts.put_together(package, channel / subdir / f"{package.stem}.conda")
    output.publish([file], channel, work.console)
    try:
        arm = packages.installed(work, Packages(channel), ["cpp_math"], lookup(_ARM))
    except Refused as refused:
        work.see(f"{key}: {refused.lines[0]}")
        return "not installed"
    try:
        said = arm.python("import cpp_math; print(cpp_math.add(1, 2))", work.scratch)
    except Refused as refused:
        error = refused.lines[0].replace(f"{arm.environment.prefix}/", "")
        work.see(f"{key}: {error}")
        return "not found" if error.startswith("ModuleNotFoundError") else "not loaded"
    work.see(f"{key}: on Arm, 1 + 2 = {said}")
    return "works"


EXERCISE = Exercise(
    name="four-packages",
    lesson=6,
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
