"""Lesson 03: what the name says and what the code is, if they come from different processors."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from crosscraft.inspection import elf
from crosscraft.lessons.evidence import cmake, session
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.verdict import Refused, Verdict
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.paths import ROOT
from crosscraft.platforms import PLATFORMS, lookup, native

CMAKELISTS = """\
cmake_minimum_required(VERSION 3.19...4.0)
project(cpp_math LANGUAGES CXX)

find_package(Python 3.10 COMPONENTS Interpreter Development.Module REQUIRED)
execute_process(
  COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
  OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
find_package(nanobind CONFIG REQUIRED)
nanobind_add_module(cpp_math ../src/math.cpp)
"""
"""The file `naive/old/CMakeLists.txt` of the lesson."""

_TARGET = "linux-aarch64"
_WORDS = ("x86_64", "aarch64")


def check(work: Work) -> Verdict:
    """Configure the project for linux-aarch64, read the name in CMake's plan, and compile."""
    configured = functools.cache(functools.partial(_configure, work))
    cases = (
        Case("name", lambda _: _name(work, configured()), "", _WHY_NAME),
        Case("code", lambda _: _code(work, configured()), "", _WHY_CODE),
    )
    right = "The name follows the Interpreter, and the code follows the compiler."
    return predict.check(cases, _WORDS, right)(work)


_WHY_NAME = {
    "aarch64": "That would be an honest name. Which program gives CMake the suffix, and on which "
    "processor does that program run?",
}
_WHY_CODE = {
    "x86_64": "The compiler writes the code, and `$CXX` is the same as in the failed builds.",
}


def _configure(work: Work) -> Configured:
    """Configure the lesson's project for the target, with this machine's Python."""
    python, target = session.of(native()), session.of(lookup(_TARGET))
    folder = work.scratch / "project" / "old"
    folder.mkdir(parents=True)
    (folder / "CMakeLists.txt").write_text(CMAKELISTS, encoding="utf-8")
    shutil.copytree(ROOT / "cpp_math" / "src", folder.parent / "src")
    version = python.variables["PY_VER"]
    options = (
        f"-DPython_EXECUTABLE={python.prefix}/bin/python{version}",
        f"-DPython_INCLUDE_DIR={target.prefix}/include/python{version}",
    )
    return cmake.configure(work, folder, Situation.CROSS, *options, arm=_TARGET).accepted()


def _name(work: Work, configured: Configured) -> str:
    """Return the processor in the name of the extension that CMake links."""
    name = _planned(configured, ".so")
    work.see(f"CMake links the file {name}")
    named = (row.processor for row in PLATFORMS.values() if name.endswith(f"-{row.triplet}.so"))
    return next(named, "none")


def _code(work: Work, configured: Configured) -> str:
    """Return the processor of the code that the compiler writes for `math.cpp`."""
    planned = _planned(configured, "math.cpp.o")
    cmake.build(work, configured, planned)
    facts = elf.read((configured.folder / planned).read_bytes())
    work.see(f"{Path(planned).name} has the machine {facts.machine} in its ELF header")
    platform = elf.platform_of(facts)
    return platform.processor if platform else "none"


def _planned(configured: Configured, end: str) -> str:
    """Return the file that ends in `end`, of those that ninja is going to make."""
    argv = ["ninja", "-C", str(configured.folder), "-t", "targets", "all"]
    lines = configured.session.run(argv, configured.folder).lines
    found = [line.partition(": ")[0] for line in lines if line.partition(": ")[0].endswith(end)]
    if not found:
        raise Refused("ninja", [f"no file {end} is planned", *lines])
    return found[0]


EXERCISE = Exercise(
    name="predict-lie",
    lesson=3,
    minutes=3,
    title="what the name says and what the code is",
    kind=Kind.PREDICT,
    hint="The name and the code come from two different programs. Which two?",
    part=(
        "The suffix comes from the Interpreter, and the code comes from the compiler. The "
        "Interpreter has to be one that runs on the build machine."
    ),
    solution='{"name": "x86_64", "code": "aarch64"}',
    check=check,
    right=(
        {"code": "AARCH64", "name": "X86_64"},
        {"Name": " x86_64", "Code": "aarch64 "},
    ),
    wrong=(
        Wrong({"name": "aarch64", "code": "aarch64"}, "honest name", looks_right=True),
        Wrong({"name": "x86_64", "code": "x86_64"}, "writes the code", looks_right=True),
        Wrong({"name": "x86_64"}, "not in your answer"),
        Wrong({"name": "x86_64", "code": "arm"}, "is one of"),
        Wrong(("x86_64", "aarch64"), "a dictionary"),
    ),
)
