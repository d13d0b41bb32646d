"""Compile the learner's C++ file into an extension, for any platform, and call it.

The compiler, its options and ccache are those of a build
(:mod:`crosscraft.lessons.evidence.session`).
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.inspection import elf
from crosscraft.lessons.evidence import runner, session
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform, native

__all__ = ["Extension", "Library", "compile_file", "link", "stub"]

_ERROR = re.compile(r"(?:\berror: |undefined reference)")
"""The mark of an error line of the compiler and the linker."""


@dataclass(frozen=True, slots=True)
class Library:
    """A C library in an environment of its own."""

    prefix: Path
    """The environment."""
    name: str
    """The name that the linker knows it by, such as ``z``."""

    @property
    def options(self) -> list[str]:
        """The options of the linker."""
        folder = self.prefix / "lib"
        return [f"-L{folder}", f"-l{self.name}", f"-Wl,-rpath,{folder}"]


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension that was compiled from the learner's file."""

    name: str
    """The name of the module."""
    platform: Platform
    """The platform that it was compiled for."""
    path: Path
    """The file, alone in its folder."""

    def python(self, code: str) -> str:
        """Return what Python prints when it runs `code`, which may import the module.

        :raises Refused: if Python fails.
        """
        return runner.of(self.platform).python(code, self.path.parent, self.path.parent)

    @property
    def facts(self) -> elf.Elf:
        """The facts about the file."""
        return elf.read(self.path.read_bytes())


def compile_file(
    work: Work,
    source: Path,
    platform: Platform,
    name: str = "cpp_math",
    library: Library | None = None,
    options: Sequence[str] = (),
) -> Extension:
    """Compile and link one C++ file with nanobind.

    :param source: the file. It may be the learner's own, which is only read.
    :param name: the name of the module, for the file name.
    :param library: a library that the file uses.
    :param options: more options for the compiler.
    :raises Refused: if the compiler or the linker fails.
    """
    here = session.of(platform)
    work.step(f"compiling {source.name} for {platform.subdir}")
    folder = work.scratch / f"{name}-{platform.subdir}-{len(list(work.scratch.iterdir()))}"
    folder.mkdir()
    shutil.copyfile(source, folder / source.name)
    more = [*options, *([f"-I{library.prefix}/include"] if library else [])]
    _compile(here, folder, source.name, folder / "own.o", more)
    return link(work, folder / "own.o", platform, name, library)


def link(
    work: Work,
    own: Path,
    platform: Platform,
    name: str = "cpp_math",
    library: Library | None = None,
) -> Extension:
    """Link an object file with nanobind.

    :param own: the object file, in a temporary folder.
    :param name: the name of the module, for the file name.
    :param library: a library that it uses.
    :raises Refused: if the linker fails.
    """
    here = session.of(platform)
    objects = [own, _nanobind(work, here)]
    suffix = f".cpython-{here.variables['PY_VER'].replace('.', '')}-{platform.triplet}.so"
    made = own.parent / "made" / f"{name}{suffix}"
    made.parent.mkdir()
    argv = [*_compiler(here), *_words(here, "LDFLAGS"), "-shared", *map(str, objects)]
    argv += library.options if library else ()
    _run(here, [*argv, "-o", str(made)], own.parent, "the linker")
    return Extension(name, platform, made)


def stub(extension: Extension) -> str:
    """Return the stub that nanobind's generator writes for an extension for this machine.

    :raises Refused: if the module cannot be imported.
    """
    here = session.of(native())
    folder = extension.path.parent
    argv = [here.variables["PYTHON"], "-m", "nanobind.stubgen", "-q", "-i", str(folder)]
    target = folder.parent / "stub.pyi"
    done = here.run([*argv, "-m", extension.name, "-o", str(target)], folder)
    if done.status:
        reason = done.lines[-1] if done.lines else f"it ended with status {done.status}"
        raise Refused("nanobind's stub generator", [reason, *done.lines])
    if not target.exists():
        lost = f"{extension.path.name} ended the whole process when it was imported"
        raise Refused("nanobind's stub generator", [lost, *done.lines])
    return target.read_text(encoding="utf-8")


def _nanobind(work: Work, here: Session) -> Path:
    """Return nanobind's own object file. ccache has it after the first time."""
    made = work.scratch / f"nanobind-{here.platform.subdir}.o"
    if not made.exists():
        sources = here.site_packages / "nanobind" / "src" / "nb_combined.cpp"
        # Not optimized, which takes half as long: a learner waits, and calls it a few times.
        _compile(here, work.scratch, str(sources), made, ["-O0"])
    return made


def _compile(
    here: Session, folder: Path, source: str, target: Path, more: Sequence[str] = ()
) -> None:
    nanobind = here.site_packages / "nanobind"
    headers = [
        *here.prefix.glob("include/python3.*"),
        nanobind / "include",
        nanobind / "ext" / "robin_map" / "include",
    ]
    argv = [*_compiler(here), *_words(here, "CXXFLAGS"), "-std=c++17", "-DNDEBUG"]
    argv += ["-fvisibility=hidden", *(f"-I{folder}" for folder in headers), *more]
    _run(here, [*argv, "-c", source, "-o", str(target)], folder, "the compiler")


def _run(here: Session, argv: Sequence[str], folder: Path, who: str) -> None:
    done = here.run(argv, folder)
    if done.status:
        errors = [line for line in done.lines if _ERROR.search(line)] or list(done.lines[-1:])
        raise Refused(f"{who} for {here.platform.subdir}", [*errors, *done.lines])


def _compiler(here: Session) -> list[str]:
    launcher = here.variables.get("CMAKE_CXX_COMPILER_LAUNCHER")
    return [*([launcher] if launcher else []), here.variables["CXX"]]


def _words(here: Session, name: str) -> list[str]:
    return shlex.split(here.variables.get(name, ""))
