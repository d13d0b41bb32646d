"""Shell commands with the variables of a build, and what the compiler notes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import commands
from crosscraft.lessons.evidence.commands import Shell
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import lookup
from crosscraft.system.console import Console

COMPILER = """#!/bin/sh
echo "$@" >> "$LOG"
while [ "$1" != -MF ]; do shift; done
echo "math.o: ${READS:-/target/include/Python.h} /target/include/NotPython.h" > "$2"
"""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Work(..., scratch, Console(io.StringIO()), -1)


@pytest.fixture
def shell(work: Work, tmp_path: Path) -> Shell:
    compiler = tmp_path / "arm c++"
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    python = tmp_path / "python" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho this machine\n")
    python.chmod(0o755)
    own = {
        "CXX": str(compiler),
        "PATH": os.environ["PATH"],
        "PREFIX": "/target",
        "LOG": str(tmp_path / "log"),
    }
    target = Session(lookup("linux-aarch64"), own)
    here = Session(lookup("linux-64"), {"PREFIX": str(tmp_path / "python")})
    return commands.prepare(work, target, here, SUFFIX=".so")


def test_commands_have_the_variables_of_the_target_and_the_python_of_this_machine(
    shell: Shell,
) -> None:
    done = shell.bash('echo "$PREFIX$SUFFIX"; python')
    assert done.lines == ("/target.so", "this machine")
    assert list(shell.folder.iterdir()) == []


@pytest.mark.parametrize("call", ['"$CXX" -c math.cpp', "'arm c++' -c math.cpp"])
def test_the_compiler_gets_its_options_and_notes_what_it_reads(
    shell: Shell, call: str, tmp_path: Path
) -> None:
    assert shell.bash(call).status == 0
    assert (tmp_path / "log").read_text().startswith("-c math.cpp -MD ")
    assert shell.compiler_read("Python.h") == [Path("/target/include/Python.h")]


def test_what_all_runs_of_the_compiler_read_is_kept(shell: Shell) -> None:
    assert shell.bash('"$CXX" -c math.cpp; READS=own/Python.h "$CXX" -c more.cpp').status == 0
    assert shell.compiler_read("Python.h") == [
        Path("/target/include/Python.h"),
        shell.folder / "own/Python.h",
    ]


def test_without_a_run_of_the_compiler_nothing_was_read(shell: Shell) -> None:
    assert shell.compiler_read("Python.h") == []


def test_the_lines_that_say_why_come_first(shell: Shell) -> None:
    done = shell.bash("echo in a function:; echo 'error: no such thing'; exit 3")
    first, *others = commands.errors(done)
    assert first == "error: no such thing"
    assert "in a function:" in others
    assert commands.errors(shell.bash("exit 3")) == ["it ended with status 3"]
