"""Lesson 01: the script that compiles one file, with the folders of the headers to fill in."""

from __future__ import annotations

import shutil
from dataclasses import replace

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.lessons.evidence import commands, extension, session
from crosscraft.lessons.evidence.commands import Shell
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform, lookup, native

_PATH = "hand/compile.sh"
_SOURCE, _OBJECT = "source.cpp", "made.o"
SOLUTION = """\
# Compile one C++ file into an object file: compile.sh SOURCE OBJECT
$CXX $CXXFLAGS -std=c++17 -fvisibility=hidden \\
  -I"$SP_DIR/nanobind/include" \\
  -I"$SP_DIR/nanobind/ext/robin_map/include" \\
  -I"$PREFIX/include/python$PY_VER" \\
  -c "$1" -o "$2"
"""
_NANOBIND, _PYTHON, _TARGET = "nanobind/include", "include/python$PY_VER", '-o "$2"'
_GIVEN = changed(
    SOLUTION,
    (_NANOBIND, "nanobind/____"),
    (_PYTHON, "include/____"),
    (_TARGET, '-o "____"'),
)


def check(work: Work) -> Verdict:
    """Run the script with the variables of both platforms, and link and call what it makes."""
    if "\r" in work.text():
        raise NotYet(
            "The lines end as on Windows, with CR and LF, and bash takes the CR for a part of each "
            "command. Save the file with LF alone."
        )
    for platform in (native(), lookup("linux-aarch64")):
        _try(work, platform)
    return passed(
        "The same script compiles for both processors, because a build for Arm sets `$CXX` and "
        "`$PREFIX` to another compiler and another Python."
    )


def _try(work: Work, platform: Platform) -> None:
    work = replace(work, scratch=work.scratch / platform.subdir)
    work.scratch.mkdir()
    here = session.of(platform)
    shell = commands.prepare(work, here, session.of(native()))
    shutil.copyfile(work.path, shell.folder / "compile.sh")
    shutil.copyfile(ROOT / "cpp_math/src/math.cpp", shell.folder / _SOURCE)
    work.step(f"running {_PATH} for {platform.subdir}")
    done = shell.run(["bash", "compile.sh", _SOURCE, _OBJECT])
    made = shell.folder / _OBJECT
    if done.status:
        raise Refused(f"{_PATH} for {platform.subdir}", commands.errors(done))
    if not made.is_file():
        others = sorted(path.name for path in shell.folder.iterdir())
        raise NotYet(
            "The script ran, and the file that it was asked for isn't there. The second word after "
            "the script's name is `$2`.",
            [f"`bash compile.sh {_SOURCE} {_OBJECT}` left: {', '.join(others)}"],
        )
    try:
        machine = elf.read(made.read_bytes()).machine
    except CrosscraftError as error:
        raise NotYet("The script wrote no object file.", [error.what]) from None
    work.see(f"{platform.subdir}: {_OBJECT} has the machine {machine} in its ELF header")
    if machine != platform.elf_machine:
        raise NotYet("That's another processor's code. Which variable names the compiler?")
    _look_at_headers(work, shell, here)
    module = extension.link(work, made, platform)
    binding.call(work, module, {"add(1, 2)": 3}, "`add` returns another sum.")


def _look_at_headers(work: Work, shell: Shell, here: Session) -> None:
    """Look which Python's headers the compiler read.

    :raises NotYet: if they aren't those of the Python that will load the extension.
    """
    read = {path.resolve() for path in shell.compiler_read("Python.h")}
    if not read:
        raise NotYet("`$CXX` didn't compile the source, because it read no `Python.h`.")
    for path in sorted(read):
        if not path.is_relative_to(here.prefix.resolve()):
            raise NotYet(
                f"In a build for {here.platform.subdir}, your script reads the headers of another "
                "Python. The one that will load the extension is in `$PREFIX`.",
                [f"the compiler read {path}"],
            )


_ASKED = """$(python -c 'import sysconfig; print(sysconfig.get_path(\"include\"))')"""

EXERCISE = Exercise(
    name="compile-script",
    lesson=1,
    minutes=4,
    title="where the headers are",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=_GIVEN,
    hint=(
        "The two paths above have the folders in them. For the last blank, look at how the line "
        "names the source: `$1` is the first word after the script's name."
    ),
    part=(
        "nanobind's headers are in its folder `include`, and Python's are in a folder with the "
        "version in its name. (`$PY_VER` is the version.) The object file is the second word, `$2`."
    ),
    solution=SOLUTION,
    check=check,
    right=(
        changed(SOLUTION, ("python$PY_VER", "python3.11")),
        changed(SOLUTION, (_TARGET, "-o $2"), ("-std=c++17", "-std=c++20")),
        changed(SOLUTION, ("$PREFIX/include/python$PY_VER", "${PREFIX}/include/python${PY_VER}")),
    ),
    wrong=(
        Wrong(changed(SOLUTION, (_NANOBIND, "nanobind/src")), "nanobind's own header"),
        Wrong(
            changed(SOLUTION, (_NANOBIND, "nanobind/include/nanobind")),
            "nanobind's own header",
            looks_right=True,
        ),
        Wrong(
            changed(SOLUTION, (f"$PREFIX/{_PYTHON}", _ASKED)),
            "headers of another Python",
            looks_right=True,
        ),
        Wrong(changed(SOLUTION, (_PYTHON, "include/python")), "Python's header", looks_right=True),
        Wrong(changed(SOLUTION, (_TARGET, '-o "math.o"')), "isn't there", looks_right=True),
        Wrong(
            changed(SOLUTION, ("$PREFIX/include", "$BUILD_PREFIX/include")),
            "Python's header",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"nanobind/nanobind\.h: No such file",
            "The compiler doesn't find nanobind's own header. The source includes "
            "`nanobind/nanobind.h`, so name the folder in which there is a folder `nanobind`.",
        ),
        (
            r"Python\.h: No such file",
            "The compiler doesn't find Python's header, `Python.h`. Compare the last `-I` with the "
            "path of that file above.",
        ),
    ),
)
