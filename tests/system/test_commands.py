"""The command line: help, and commands run in environments, here and emulated."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CROSSCRAFT = Path(sys.executable).with_name("crosscraft")
BOTH = pytest.mark.parametrize(
    "platform", ["linux-64", pytest.param("linux-aarch64", marks=pytest.mark.emulates)]
)

pytestmark = pytest.mark.usefixtures("own_cache")


def python(platform, program, *args, options=(), **settings):
    """Run a Python program with `crosscraft run`."""
    return subprocess.run(
        [CROSSCRAFT, "run", "--platform", platform, *options, "--", "python", "-c", program, *args],
        capture_output=True,
        text=True,
        check=False,
        **settings,
    )


COMMANDS = ["answer-key", "build", "channel", "doctor", "run"]


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["channel", "use"]])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_reads_well(crosscraft, words, flag):
    done = crosscraft(*words, flag)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("Usage: crosscraft")
    assert "..." not in done.stdout.split("\n\n", 1)[1]  # no sentence is cut short
    assert all(len(line) <= 96 for line in done.stdout.splitlines())


def test_every_command_is_in_the_help_with_a_sentence(crosscraft):
    text = crosscraft("--help").stdout
    listed = re.findall(r"^  ([a-z-]+)  +(\S.*)$", text[text.index("Learn:") :], re.M)
    assert [name for name, _ in listed][:2] == ["lab", "doctor"], "the order of work"
    assert {*COMMANDS, "lab"} <= {name for name, _ in listed}
    assert all(len(words.split()) > 3 and words.endswith(".") for _, words in listed)


def test_no_command_gives_the_help(crosscraft):
    done = crosscraft()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: crosscraft")


@pytest.mark.parametrize(
    ("argv", "word"),
    [(["biuld"], "Did you mean 'build'?"), (["run"], "COMMAND"), (["channel", "ues"], "'use'")],
)
def test_an_unknown_command_is_one_line(crosscraft, argv, word):
    done = crosscraft(*argv)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("crosscraft: ")
    assert word in done.stderr
    assert "--help`." in done.stderr


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        ["sh", "-c", '"$1" channel list | head -1', "-", CROSSCRAFT],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split()[0] == "package"
    assert done.stderr == ""


@BOTH
def test_stdout_is_the_commands_and_crosscrafts_words_come_before_it_on_stderr(platform):
    program = "import sys; print('out'); print('err', file=sys.stderr)"
    done = python(platform, program)
    assert (done.returncode, done.stdout) == (0, "out\n")
    *said, last = done.stderr.splitlines()
    assert said
    assert all(line.startswith("crosscraft: ") for line in said)
    assert last == "err"
    assert python(platform, program, options=["-q"]).stderr == "err\n"


@BOTH
def test_the_processor_is_the_platforms(platform):
    done = python(platform, "import platform; print(platform.machine())")
    assert done.stdout == {"linux-64": "x86_64\n", "linux-aarch64": "aarch64\n"}[platform]


@BOTH
@pytest.mark.parametrize("status", [0, 7])
def test_the_status_is_the_commands(platform, status):
    assert python(platform, f"raise SystemExit({status})").returncode == status


@BOTH
def test_stdin_passes_through(platform):
    done = python(platform, "print(input()[::-1])", input="abc\n")
    assert done.stdout == "cba\n"


ARGS = [
    "two words",
    "it's",
    '"q"',
    "new\nline",
    "$(echo no) `no` $HOME",
    "*",
    "",
    "--help",
    "-ü",
    "\\",
]


@BOTH
def test_arguments_arrive_as_they_are(platform):
    done = python(platform, "import sys; print(sys.argv[1:])", *ARGS)
    assert done.stdout == f"{ARGS}\n"


def test_arguments_pass_through_an_activation_as_they_are():
    """An environment with activation scripts is entered by a shell."""
    with_ = ["--with", "gxx_linux-64", "--with", "python"]
    program = "import os, sys; print(os.environ['CXX'][-3:], sys.argv[1:])"
    done = python("linux-64", program, *ARGS, options=with_)
    assert done.stdout == f"c++ {ARGS}\n", done.stderr


@BOTH
def test_a_program_that_is_not_there(crosscraft, platform):
    done = crosscraft("run", "--platform", platform, "--", "no-such-program")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("crosscraft: there is no program 'no-such-program'")
    assert "--with PACKAGE" in last


@pytest.mark.builds
@BOTH
def test_a_script_with_a_shebang_runs(crosscraft, make_project, platform):
    project = make_project(
        "package:\n  name: greet\n  version: 1\nbuild:\n  noarch: generic\n  script:\n"
        "    - mkdir -p $PREFIX/bin\n"
        "    - cp *.cpp $PREFIX/bin/\n"
        "    - chmod 755 $PREFIX/bin/*\n"
        "source:\n  path: .\n",
        good="#!/usr/bin/env python\n"
        "import platform, sys\nprint(platform.machine(), *sys.argv[1:])\n",
        bad="#!/usr/bin/no-such-interpreter\n",
    )
    assert crosscraft("build", cwd=project).returncode == 0
    run = ["run", "-q", "--platform", platform, "--with", "greet", "--with", "python", "--"]
    done = crosscraft(*run, "good.cpp", "a b", cwd=project)
    processor = {"linux-64": "x86_64", "linux-aarch64": "aarch64"}[platform]
    assert (done.returncode, done.stdout) == (0, f"{processor} a b\n"), done.stderr
    done = crosscraft(*run, "bad.cpp", cwd=project)
    assert done.returncode != 0
    assert done.stderr.startswith("crosscraft: ")
    assert "interpreter" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.builds
def test_channels_are_asked_in_order(crosscraft, make_project):
    """Those that are given, then the output, then the one that is recorded."""
    recipe = (
        "package:\n  name: jq\n  version: %s\nbuild:\n  noarch: generic\n  script:\n"
        "    - mkdir -p $PREFIX/bin\n    - printf '#!/bin/sh\\necho %s\\n' > $PREFIX/bin/jq\n"
        "    - chmod 755 $PREFIX/bin/jq\n"
    )
    run = ["run", "-q", "--with", "jq", "--", "jq", "--version"]
    project = make_project(recipe % (7, "given"))
    assert crosscraft("build", "-o", "given", cwd=project).returncode == 0
    assert crosscraft(*run, cwd=project).stdout == "jq-1.6\n"
    make_project(recipe % (8, "output"))
    assert crosscraft("build", cwd=project).returncode == 0
    assert crosscraft(*run, cwd=project).stdout == "output\n"
    assert crosscraft("run", "-c", "given", *run[1:], cwd=project).stdout == "given\n"
    done = crosscraft("run", "-c", "given", *run[2:], cwd=project)
    assert done.stderr.splitlines()[0].endswith("from given, output, local")


@BOTH
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_command(platform, sign):
    program = "import time; print('up', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [CROSSCRAFT, "run", "-q", "--platform", platform, "--", "python", "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        began = time.monotonic()
        os.killpg(process.pid, sign)
        process.communicate(timeout=10)
    assert process.returncode != 0
    assert time.monotonic() - began < 5
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 0)
        pytest.fail("something of it still runs")


def test_an_interrupt_that_became_another_error_is_one(tmp_path):
    program = (
        "import os, signal; from crosscraft.cli import main as cli\n"
        "def main(**_):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        raise TypeError from None\n"
        "cli.cli.main = main; cli.main()"
    )
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 130
    assert done.stderr.startswith("crosscraft: interrupted.")
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupt_while_it_is_loaded_says_nothing():
    program = (
        "import os, signal, sys; from crosscraft import __main__\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt()); __main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_it_is_a_module_too():
    argv = [sys.executable, "-m", "crosscraft", "--version"]
    assert subprocess.run(argv, capture_output=True, check=True).stdout.startswith(b"crosscraft")


def test_nobody_to_hear_what_is_said():
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        argv = ["bash", "-c", f'"{CROSSCRAFT}" channel list {closed}']
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), closed


@pytest.mark.parametrize(
    "argv",
    [
        ["build", "--output-dir", ""],
        ["build", "--project="],
        ["render", "-p", ""],
        ["run", "-o", "", "--", "true"],
        ["inspect", ""],
        ["bundle", ""],
        ["channel", "import", ""],
    ],
    ids=" ".join,
)
def test_a_path_that_is_empty_is_not_the_current_folder(crosscraft, tmp_path, argv):
    """It is what a shell makes of a variable that is not set."""
    done = crosscraft(*argv, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("crosscraft: Invalid value for ")
    assert "it is empty, but must be a path." in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_click_may_be_older():
    """Before 8.5 its classes take no types, and all commands are loaded for any."""
    program = (
        "import click, sys; from click.shell_completion import CompletionItem\n"
        "click.ParamType.__class_getitem__ = CompletionItem.__class_getitem__ = None\n"
        "sys.argv[1:] = ['--version']; from crosscraft import __main__; __main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
