"""The answer key: its start task, its types, and the check that would find a false package."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.channel import select
from crosscraft.environments import emulate, install
from crosscraft.errors import BuildError
from crosscraft.lessons import answer_key
from crosscraft.platforms import lookup, native

pytestmark = [pytest.mark.builds, pytest.mark.usefixtures("own_cache")]

RIGHT = "import cpp_math\nreveal_type(cpp_math.add(1, 2))\n"
WRONG = 'import cpp_math\ncpp_math.add("x", 2)\n'


@pytest.fixture
def channels(built):
    return select.in_folder(built / "output", "output"), select.choose("local")


@pytest.fixture
def typed(channels):
    """An environment with the stubs."""
    return install.create(["cpp_math", "cpp_math-stubs"], native(), channels)


@pytest.mark.parametrize(
    "platform", ["linux-64", pytest.param("linux-aarch64", marks=pytest.mark.emulates)]
)
def test_the_start_task_prints_3(crosscraft, built, platform):
    task = answer_key.start_task(built)
    assert task[0] == "python"
    done = crosscraft(
        "run", "-q", "--platform", platform, "--with", "cpp_math", "--", *task, cwd=built
    )
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr


def tool(name):
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is an extra: python -m crosscraft.setup.extras lint")
    return str(path)


def mypy(env, path, *before):
    return subprocess.run(
        [*before, tool("mypy"), "--strict", "--no-incremental", "--cache-dir=/dev/null",
         "--python-executable", env.prefix / "bin/python", path],
        cwd=path.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip


def pyright(env, path, *before):
    return subprocess.run(
        [*before, tool("pyright"), "--pythonpath", env.prefix / "bin/python", path],
        cwd=path.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("checker", "revealed", "rejected"),
    [
        (mypy, 'Revealed type is "int"', 'incompatible type "str"; expected "int"'),
        (pyright, 'Type of "cpp_math.add(1, 2)" is "int"', 'is not assignable to "int"'),
    ],
)
def test_type_checkers_see_the_stubs_without_a_network(
    offline, typed, tmp_path, checker, revealed, rejected
):
    path = tmp_path / "check.py"
    path.write_text(RIGHT)
    done = checker(typed, path, *offline)
    assert done.returncode == 0, done.stdout + done.stderr
    assert revealed in done.stdout.replace("builtins.int", "int")
    path.write_text(WRONG)
    done = checker(typed, path, *offline)
    assert done.returncode == 1
    assert rejected in done.stdout


def test_types_are_checked_and_missing_stubs_are_found(typed, channels):
    assert "sees that add() returns an int" in answer_key.check_types(typed)
    bare = install.create(["cpp_math"], native(), channels)
    with pytest.raises(BuildError, match="mypy does not see"):
        answer_key.check_types(bare)


def test_the_packages_are_what_they_claim(built):
    said = sorted(answer_key.check(path) for path in built.glob("output/*/*.conda"))
    assert said == [
        "cpp_math (linux-64): 1 extension for x86_64",
        "cpp_math (linux-aarch64): 1 extension for aarch64",
        "cpp_math-stubs (noarch): no machine code, as expected",
    ]


LIES = {
    "foreign": (
        "linux-aarch64",
        "linux-64",
        "cpp_math.cpython-311-aarch64-linux-gnu.so",
        "is for linux-64",
    ),
    "misnamed": (
        "linux-64",
        "linux-64",
        "cpp_math.cpython-311-aarch64-linux-gnu.so",
        "does not end in x86_64-linux-gnu",
    ),
    "unnamed": ("linux-64", "linux-64", "cpp_math.so", "does not end in x86_64-linux-gnu"),
    "noarch": ("noarch", "linux-64", "cpp_math.so", "it is noarch, but contains"),
}


@pytest.mark.parametrize(("subdir", "holds", "name", "word"), LIES.values(), ids=LIES)
def test_a_package_that_lies_is_found(built, monkeypatch, subdir, holds, name, word):
    """The metadata says one platform, the machine code is for another."""
    (real,) = (built / "output" / holds).glob("*.conda")
    facts = answer_key.conda_file.read(real)
    data = answer_key.conda_file.open_member(real, facts.files[0])
    lie = dataclasses.replace(facts, subdir=subdir, files=(name,))
    monkeypatch.setattr(answer_key.conda_file, "read", lambda path: lie)
    monkeypatch.setattr(answer_key.conda_file, "open_member", lambda path, member: data)
    assert lookup(holds)
    with pytest.raises(BuildError, match=word):
        answer_key.check(real)


def test_the_emulator_is_what_runs_the_foreign_one(channels):
    """Guards the start task: without QEMU the foreign Python must not run here."""
    other = lookup("linux-aarch64")
    emulator = emulate.find(other, channels)
    assert emulator is not None
    env = install.create(["cpp_math"], other, channels, glibc=emulator.glibc)
    argv = emulate.command(env, ["python", "--version"], emulator)
    assert argv[0] == str(emulator.program)
