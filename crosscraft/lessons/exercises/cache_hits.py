"""Lesson 10: which compilations ccache finds in its cache, predicted and then done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.lessons.evidence import session
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong, changed
from crosscraft.platforms import Platform, lookup, native

_HIT, _MISS = "hit", "miss"
_WORDS = (_HIT, _MISS)
_SOURCE, _HEADER = "add.cpp", "add.h"
_TEXTS = {
    _SOURCE: '#include "add.h"\nint add(int a, int b) { return a + b; }\n',
    _HEADER: "int add(int a, int b);\n",
}
_LONG_AGO = 1_000_000_000
"""A time of change for headers, because ccache compiles once more if one has just changed."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Two files, an empty cache, and what compiles the files."""

    folder: Path
    """The folder with the files."""
    cache: Path
    """The cache."""

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        os.utime(self.folder / name, (_LONG_AGO, _LONG_AGO))

    def compile(self, platform: Platform | None = None, options: str = "-O2") -> str:
        """Compile the source file with ccache, and return whether that was a hit or a miss."""
        here = session.of(platform or native())
        before = self._misses(here)
        argv = [_ccache(here), here.variables["CXX"], options, "-c", _SOURCE, "-o", "add.o"]
        self._run(here, argv)
        return _MISS if self._misses(here) > before else _HIT

    def _misses(self, here: Session) -> int:
        lines = self._run(here, [_ccache(here), "--print-stats"])
        counts = dict(line.split("\t", 1) for line in lines if "\t" in line)
        return int(counts["cache_miss"])

    def _run(self, here: Session, argv: list[str]) -> tuple[str, ...]:
        variables = {**here.variables, "CCACHE_DIR": str(self.cache)}
        done = Session(here.platform, variables).run(argv, self.folder)
        if done.status:
            raise Refused("ccache", done.lines)
        return tuple(done.lines)


def _ccache(here: Session) -> str:
    """Return the path of ccache.

    :raises LessonError: if this machine's builds don't use it.
    """
    found = here.variables.get("CMAKE_CXX_COMPILER_LAUNCHER", "")
    if not found:
        raise LessonError(
            "builds on this machine don't use ccache",
            remedy="Unset CCACHE_DISABLE, if it is set, and restart the kernel.",
        )
    return found


def _touch(desk: _Desk) -> str:
    os.utime(desk.folder / _SOURCE)
    return desk.compile()


def _edit(desk: _Desk) -> str:
    desk.write(_SOURCE, changed(_TEXTS[_SOURCE], ("a + b", "b + a")))
    return desk.compile()


def _undo(desk: _Desk) -> str:
    desk.write(_SOURCE, _TEXTS[_SOURCE])
    return desk.compile()


def _option(desk: _Desk) -> str:
    return desk.compile(options="-O3")


def _header(desk: _Desk) -> str:
    desk.write(_HEADER, _TEXTS[_HEADER] + "int sub(int a, int b);\n")
    found = desk.compile()
    desk.write(_HEADER, _TEXTS[_HEADER])
    return found


def _elsewhere(desk: _Desk) -> str:
    copy = desk.folder.with_name("elsewhere")
    shutil.copytree(desk.folder, copy)
    return _Desk(copy, desk.cache).compile()


def _arm(desk: _Desk) -> str:
    return desk.compile(lookup("linux-aarch64"))


@dataclass(frozen=True, slots=True)
class _Case:
    """One thing that the learner does before the file is compiled again."""

    key: str
    what: str
    do: Callable[[_Desk], str]
    why: str


_CASES = (
    _Case(
        "a",
        "touched add.cpp",
        _touch,
        "`touch` changes the time of a file, and not a letter in it. ccache reads the letters.",
    ),
    _Case("b", "edited add.cpp", _edit, "The source has other letters now, so its hash is new."),
    _Case(
        "c",
        "undid the edit",
        _undo,
        "The cache keeps the older object file, too. Was this source compiled before?",
    ),
    _Case("d", "compiled with -O3", _option, "Other options can give another object file."),
    _Case(
        "e",
        "edited add.h",
        _header,
        "The compiler reads `add.h` as a part of `add.cpp`. What if it declares something else?",
    ),
    _Case(
        "f",
        "copied the folder and compiled there",
        _elsewhere,
        "The copies have the same letters, and the command names no folder. So nothing that the "
        "compiler reads has changed.",
    ),
    _Case(
        "g",
        "compiled with the compiler for Arm",
        _arm,
        "Another compiler writes other machine code, so ccache hashes the compiler, too.",
    ),
)


def check(work: Work) -> Verdict:
    """Compile once into an empty cache, then do each thing and compile again."""
    given = predict.read(work.answer, [case.key for case in _CASES], _WORDS)
    desk = _Desk(work.scratch / "files", work.scratch / "cache")
    desk.folder.mkdir()
    for name, text in _TEXTS.items():
        desk.write(name, text)
    work.see(f"compiled add.cpp into an empty cache: {desk.compile()}")
    for case in _CASES:
        found = case.do(desk)
        work.see(f"{case.key}: {case.what}: {found}")
        if given[case.key] != found:
            raise NotYet(case.why)
    return passed(
        "ccache hashes the compiler, its options and what it would read, and no times or places."
    )


_SOLUTION = {
    "a": _HIT, "b": _MISS, "c": _HIT, "d": _MISS, "e": _MISS, "f": _HIT, "g": _MISS,
}  # fmt: skip

EXERCISE = Exercise(
    name="cache-hits",
    lesson=10,
    minutes=4,
    title="what ccache finds again",
    kind=Kind.PREDICT,
    hint=(
        "Ask of each change: could the object file come out different? If so, the hash must be "
        "another one."
    ),
    part="Three of the seven are hits, and one of them is (c).",
    solution=str(_SOLUTION),
    check=check,
    right=(
        {key: word.upper() for key, word in _SOLUTION.items()},
        {key.upper(): f" {word}. " for key, word in reversed(_SOLUTION.items())},
    ),
    wrong=(
        Wrong(_SOLUTION | {"a": _MISS}, "reads the letters"),
        Wrong(_SOLUTION | {"c": _MISS}, "keeps the older"),
        Wrong(_SOLUTION | {"e": _HIT}, "as a part of"),
        Wrong(_SOLUTION | {"f": _MISS}, "names no folder"),
        Wrong(_SOLUTION | {"b": _HIT}, "its hash is new"),
        Wrong(_SOLUTION | {"d": _HIT}, "Other options"),
        Wrong(_SOLUTION | {"g": _HIT}, "Another compiler"),
        Wrong(_SOLUTION | {"a": "no"}, "'no' is none"),
        Wrong({"a": _HIT}, "not in your answer"),
        Wrong("hit", "a dictionary"),
    ),
)
