"""Lesson 03: a script that compiles for aarch64 with the headers of the wrong Python."""

from __future__ import annotations

import shutil
from pathlib import Path

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
from crosscraft.platforms import lookup, native

_PATH, _OBJECT = "naive/compile.sh", "naive/math.o"
_ASKED = """$(python -c "import sysconfig; print(sysconfig.get_path('include'))")"""
_GIVEN = f"""\
# Compile src/math.cpp for aarch64 into {_OBJECT}.
python={_ASKED}
$CXX $CXXFLAGS -std=c++17 -DNDEBUG -fvisibility=hidden \\
  -I"$python" -I"$SP_DIR/nanobind/include" \\
  -c src/math.cpp -o {_OBJECT}
"""
_SOLUTION = changed(_GIVEN, (_ASKED, "$PREFIX/include/python3.11"))


def check(work: Work) -> Verdict:
    """Run the script, and see which headers the compiler read and what it wrote."""
    target, here = session.of(lookup("linux-aarch64")), session.of(native())
    # As in the lesson, a Python for this machine is among the tools.
    shell = commands.prepare(work, target, here, BUILD_PREFIX=str(here.prefix))
    made = _run(work, shell)
    _look_at_code(work, made, target)
    _look_at_headers(work, shell, target, here)
    module = extension.link(work, made, target.platform)
    binding.call(work, module, {"add(b=2, a=1)": 3}, "`add` returns another sum on aarch64.")
    return passed("The compiler read the headers of the Python that will load the extension.")


def _run(work: Work, shell: Shell) -> Path:
    """Run the script, and return the object file."""
    for path in (_PATH, "src/math.cpp"):
        (shell.folder / path).parent.mkdir(exist_ok=True)
    script = work.path.read_bytes()
    if b"\r" in script:
        raise NotYet(
            "The lines end as on Windows, with CR and LF, and bash takes the CR for a part of each "
            "command. Save the file with LF alone."
        )
    (shell.folder / _PATH).write_bytes(script)
    shutil.copyfile(ROOT / "cpp_math/src/math.cpp", shell.folder / "src/math.cpp")
    work.step(f"running {_PATH} for linux-aarch64")
    done = shell.run(["bash", _PATH])
    made = shell.folder / _OBJECT
    if done.status or (done.lines and not made.is_file()):
        raise Refused(_PATH, commands.errors(done))
    if not made.is_file():
        raise NotYet(f"The script ended without a message, but it wrote no file {_OBJECT}.")
    return made


def _look_at_code(work: Work, made: Path, target: Session) -> None:
    try:
        machine = elf.read(made.read_bytes()).machine
    except CrosscraftError as error:
        raise NotYet(f"{_OBJECT} is no object file of a compiler: {error.what}.") from None
    work.see(f"{_OBJECT} has the machine {machine} in its ELF header")
    if machine != target.platform.elf_machine:
        raise NotYet("That is another processor's code. Which compiler does the script call?")


def _look_at_headers(work: Work, shell: Shell, target: Session, here: Session) -> None:
    own = (target.prefix / f"include/python{target.variables['PY_VER']}/Python.h").resolve()
    read = [path.resolve() for path in shell.compiler_read("Python.h")]
    if not read:
        raise NotYet(
            f"`$CXX` read no `Python.h` on the way to {_OBJECT}. Compile src/math.cpp with it, so "
            "that the check sees which headers it reads."
        )
    for path in read:
        shown = str(path)
        for name, prefix in (("$PREFIX", target.prefix), ("$BUILD_PREFIX", here.prefix)):
            shown = shown.replace(str(prefix.resolve()), name)
        work.see(f"the compiler read {shown}")
        if path.is_relative_to(here.prefix.resolve()):
            raise NotYet(
                "Those are the headers of a Python for this machine. The extension is for another "
                "Python, whose headers are below `$PREFIX`."
            )
        if path != own:
            raise NotYet(
                "Nobody can tell which Python those headers belong to. Take them from where the "
                "target's Python is, below `$PREFIX`."
            )


EXERCISE = Exercise(
    name="headers-of-the-target",
    lesson=3,
    minutes=4,
    title="the headers of the target's Python",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=_GIVEN,
    hint=(
        "Which of the two Pythons answers the question in the second line? The other one can't be "
        "asked, but you know where its files are."
    ),
    part=(
        "The target's Python is in `$PREFIX`. In the folder of every Python, `Python.h` is in "
        "`include/python3.11`."
    ),
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("$PREFIX/include/python3.11", '$(echo "$PREFIX"/include/python3.*)')),
        changed(
            _SOLUTION,
            ("python=$PREFIX/include/python3.11\n", "set -e\n"),
            ('-I"$python"', '-isystem "${PREFIX}/lib/../include/python3.11"'),
        ),
        changed(
            _SOLUTION, ("$CXX ", '"$GXX" '), ("python=", "export CPATH="), ('-I"$python" ', "")
        ),
        "ln -s $PREFIX/include/python3.11 headers\n"
        + changed(_SOLUTION, ("$PREFIX/include/python3.11", "headers"))
        + "echo | $CXX -E - > naive/empty.i\n",
    ),
    wrong=(
        Wrong(
            changed(_GIVEN, (_ASKED, "$BUILD_PREFIX/include/python3.11")),
            "a Python for this machine",
            looks_right=True,
        ),
        Wrong(changed(_GIVEN, ("python -c", "python3 -c")), "a Python for this machine"),
        Wrong(
            changed(_GIVEN, ("python -c", "$PREFIX/bin/python3.11 -c")),
            "can't run here",
            looks_right=True,
        ),
        Wrong(changed(_GIVEN, ('-I"$python" ', "")), "wasn't told where"),
        Wrong(changed(_GIVEN, (_ASKED, "$PREFIX/include")), "wasn't told where", looks_right=True),
        Wrong(changed(_SOLUTION, ("$SP_DIR", "$SP")), "nanobind's header"),
        Wrong(
            changed(_SOLUTION, ("$CXX ", "$CXX_FOR_BUILD ")), "another processor", looks_right=True
        ),
        Wrong(changed(_SOLUTION, ("-c src", "-fsyntax-only src")), "wrote no file"),
        Wrong("touch naive/math.o\n", "no object file"),
        Wrong(changed(_SOLUTION, ("\n", "\r\n")), "end as on Windows", looks_right=True),
        Wrong(changed(_SOLUTION, ("python=", "python = ")), "no spaces around"),
        Wrong(changed(_SOLUTION, ("$CXX ", "$CCX ")), "has no value"),
        Wrong(changed(_SOLUTION, ("-c src", "src")), "option `-c`", looks_right=True),
        Wrong(_GIVEN + changed(_SOLUTION, (_OBJECT, "/dev/null")), "a Python for this machine"),
        Wrong(
            "cp -r $BUILD_PREFIX/include/python3.11 headers\n"
            + changed(_SOLUTION, ("$PREFIX/include/python3.11", "headers")),
            "which Python those headers belong to",
            looks_right=True,
        ),
        Wrong("$CXX -x c++ -c /dev/null -o naive/math.o\n", "read no `Python.h`"),
    ),
    meanings=(
        (
            r"can't open file .*/=|: python: command not found",
            "In bash, an assignment has no spaces around the `=`.",
        ),
        (
            r"[Ee]xec format error",
            "The target's Python is for another processor, so it can't run here and can't be "
            "asked. But you know where its headers are.",
        ),
        (
            r"nanobind/nanobind\.h: No such file",
            "The compiler doesn't find nanobind's header, so one of the other folders has changed.",
        ),
        (
            r"Python\.h: No such file",
            "The compiler wasn't told where the target's `Python.h` is, or it isn't there.",
        ),
        (
            r"line \d+: -\S+: command not found",
            "The variable at the start of that line has no value. Compare its name with the file "
            "as it was given.",
        ),
        (
            r"undefined reference",
            "The compiler went on to link. Its option `-c` makes it stop after the object file.",
        ),
        (
            r"no input files",
            "The command ended too early. A line that goes on in the next one needs a backslash at "
            "its very end.",
        ),
    ),
)
