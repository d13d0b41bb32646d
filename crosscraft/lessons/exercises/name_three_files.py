"""Lesson 03: three names for one file, imported by two Pythons."""

from __future__ import annotations

import functools
import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.lessons.evidence import extension
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import imports
from crosscraft.lessons.exercises.kinds.imports import LOADED, NOT_FOUND, NOT_LOADED
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Maker, Wrong
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system.console import Console

_PATH = "naive/names"
_MADE = "build/cross/cpp_math.cpython-311-x86_64-linux-gnu.so"
"""The file that the lesson builds, with code for aarch64."""
_HONEST, _LYING = "cpp_math.cpython-311-aarch64-linux-gnu.so", _MADE.rpartition("/")[2]

_HERE, _ARM = "this machine's Python", "the aarch64 Python"
_WANTED = {
    "a": {_HERE: NOT_FOUND, _ARM: LOADED},
    "b": {_HERE: NOT_LOADED, _ARM: LOADED},
    "c": {_HERE: NOT_LOADED, _ARM: NOT_FOUND},
}
"""What each Python does in each folder."""
_SAID = {
    LOADED: "imports the file",
    NOT_FOUND: "finds no module",
    NOT_LOADED: "can't load the file",
}
_WHY = {
    (_HERE, NOT_FOUND, NOT_LOADED): "The name has a suffix that this Python tries, too. Which "
    "suffix does only the aarch64 Python try?",
    (_HERE, NOT_LOADED, NOT_FOUND): "This Python never tries that name, so it can't fail to load "
    "the file. Compare the name with this Python's suffixes.",
    (_ARM, LOADED, NOT_FOUND): "Its code is right for this Python, but this Python never tries "
    "that name. Compare the name with the suffixes that an aarch64 Python tries.",
    (_ARM, NOT_FOUND, LOADED): "An aarch64 Python shouldn't even try that name. Which suffix does "
    "only this machine's Python try?",
}
"""What to look at, by the Python, what it should do, and what it did."""


def check(work: Work) -> Verdict:
    """Copy the three files, and import each with both Pythons."""
    folder = work.scratch / "names"
    for key in _WANTED:
        _copy(work, key, folder / key)
    _compare(folder)
    for python, platform in ((_HERE, native()), (_ARM, lookup("linux-aarch64"))):
        _import(work, folder, python, platform)
    return passed(
        "The same bytes were imported, refused and overlooked. First the name decides whether a "
        "file is tried, and then the code decides whether it loads."
    )


def _copy(work: Work, key: str, target: Path) -> None:
    """Copy the file of the folder `key`, which has to have code for aarch64."""
    source = work.path / key
    found = sorted(path for path in source.glob("*") if path.is_file())
    if len(found) != 1:
        raise NotYet(
            f"The folder {key} has {len(found) or 'no'} file{'s' * (len(found) != 1)}, and it "
            f"should have one, which is a copy of {_MADE}."
        )
    target.mkdir(parents=True)
    copied = Path(shutil.copyfile(found[0], target / found[0].name))
    try:
        machine = elf.read(copied.read_bytes()).machine
    except CrosscraftError as error:
        raise NotYet(f"{key}/{copied.name} is no extension: {error.what}.") from None
    work.see(f"{key}: {copied.name}, {machine}")
    if machine != lookup("linux-aarch64").elf_machine:
        raise NotYet(
            f"The file in {key} has code for another processor. All three are copies of the same "
            f"file, which is {_MADE}."
        )


def _compare(folder: Path) -> None:
    """Look whether the three are copies of one file.

    :raises NotYet: if they aren't.
    """
    contents = {key: next((folder / key).iterdir()).read_bytes() for key in _WANTED}
    for key in ("b", "c"):
        if contents[key] != contents["a"]:
            raise NotYet(
                f"The files in a and {key} have different bytes. All three are copies of the same "
                f"file, which is {_MADE}, so copy it again."
            )


def _import(work: Work, folder: Path, python: str, platform: Platform) -> None:
    """Import each file with a Python, and compare what happens with what is wanted."""
    work.step(f"importing each file with {python}")
    for key, (happened, message) in imports.outcomes(folder, platform).items():
        wanted = _WANTED[key][python]
        work.see(f"{key}: {python} {_SAID[happened]} ({message.partition(': ')[2] or message})")
        if happened != wanted:
            why = _WHY.get((python, wanted, happened), "Is it a complete copy?")
            raise NotYet(f"In {key}, {python} {_SAID[happened]}. {why}")


def prepare(project: Path) -> Sequence[str]:
    """Make the file with the lying name, if it isn't there."""
    made = project / _MADE
    if made.exists():
        return ()
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(_compiled())
    return (_MADE,)


@functools.cache
def _compiled() -> bytes:
    """Return an extension with code for aarch64."""
    with works.begin(..., Console(io.StringIO())) as work:
        source = ROOT / "cpp_math/src/math.cpp"
        return extension.compile_file(work, source, lookup("linux-aarch64")).path.read_bytes()


def _named(*names: str, edit: Callable[[bytes], bytes] = bytes) -> Maker:
    """Return a maker of folders with a file each.

    :param edit: changes the bytes of the first file.
    """

    def make(folder: Path) -> Path:
        for key, name in zip(_WANTED, names, strict=False):
            path = folder / _PATH / key / name
            path.parent.mkdir(parents=True)
            path.write_bytes(edit(_compiled()) if key == "a" else _compiled())
        return folder / _PATH

    return make


def _linked(folder: Path) -> Path:
    """Make links in the place of copies."""
    prepare(folder)
    for key, name in zip(_WANTED, (_HONEST, "cpp_math.so", _LYING), strict=True):
        path = folder / _PATH / key / name
        path.parent.mkdir(parents=True)
        path.symlink_to(Path("../../..", _MADE))
    return folder / _PATH


def _for_intel(code: bytes) -> bytes:
    """Return the bytes with x86-64 as the machine in their ELF header."""
    return code[:18] + b"\x3e\x00" + code[20:]


EXERCISE = Exercise(
    name="name-three-files",
    lesson=3,
    minutes=5,
    title="three names for one file",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path=_PATH,
    prepare=prepare,
    hint=(
        "Each Python has a list of three suffixes, which you saw in lesson 01. Which suffixes are "
        "in one list only, and which are in both?"
    ),
    part=(
        "The suffix with a triplet is in one list only. Plain `.so` is in both lists. So (b) is "
        "`cpp_math.so`, and (a) has the triplet of the aarch64 Python."
    ),
    solution=f"""\
mkdir -p {_PATH}/a {_PATH}/b {_PATH}/c
cp {_MADE} {_PATH}/a/{_HONEST}
cp {_MADE} {_PATH}/b/cpp_math.so
cp {_MADE} {_PATH}/c/
""",
    check=check,
    right=(_named(_HONEST, "cpp_math.abi3.so", _LYING), _linked),
    wrong=(
        Wrong(_named(_HONEST, _HONEST, _LYING), "can't fail to load"),
        Wrong(_named("cpp_math.so", "cpp_math.so", _LYING), "only the aarch64 Python try"),
        Wrong(_named(_HONEST, _LYING, _LYING), "Its code is right"),
        Wrong(_named(_HONEST, "cpp_math.so", "cpp_math.so"), "shouldn't even try"),
        Wrong(_named(_HONEST, "cpp_math.so"), "c has no files"),
        Wrong(
            _named(_HONEST, "cpp_math.so", _LYING, edit=lambda code: code + b"\0"),
            "different bytes",
            looks_right=True,
        ),
        Wrong(
            _named(_HONEST, "cpp_math.so", _LYING, edit=_for_intel),
            "another processor",
            looks_right=True,
        ),
        Wrong(
            _named(_HONEST, "cpp_math.so", _LYING, edit=lambda code: code[: len(code) // 2]),
            "is no extension",
            looks_right=True,
        ),
    ),
)
