"""Running: which argument list runs a program, here or under QEMU."""

from __future__ import annotations

import shutil

import pytest

from crosscraft.channel import select
from crosscraft.environments import emulate
from crosscraft.environments.emulate import Emulator
from crosscraft.environments.install import Environment
from crosscraft.errors import CommandError
from crosscraft.platforms import lookup, native

OTHER = lookup("linux-aarch64")


@pytest.fixture
def fake(tmp_path):
    """An environment for the other platform with a few programs, none of which can run."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name, text in {
        "python3": b"\x7fELF",
        "tool": b"\x7fELF",
        "script": b"#!/usr/bin/env python3\n",
        "direct": b"#!/opt/build/bin/python3 -I\n",
        "options": b"#!/usr/bin/env -S python3 -I\n",
        "orphan": b"#!/bin/ruby\n",
        "bare": b"#!\n",
        "long": b"#!/bin/sh\n'''exec' /opt/x/bin/python3 \"$0\" \"$@\"\n' '''\n",
        "quoted": b"#!/bin/sh\n'''exec' \"/opt/a b/python3\" -I \"$0\" \"$@\" #'''\n",
    }.items():
        (bin_ / name).write_bytes(text)
        (bin_ / name).chmod(0o755)
    return Environment(tmp_path, OTHER)


class Qemu:
    argv = ("qemu", "-L", "sysroot")


def test_a_program_goes_behind_the_emulator(fake):
    argv = emulate.command(fake, ["tool", "a b", "--help"], Qemu())
    assert argv == ["qemu", "-L", "sysroot", f"{fake.prefix}/bin/tool", "a b", "--help"]


@pytest.mark.parametrize("name", ["script", "direct", "long", "quoted"])
def test_a_script_goes_behind_its_interpreter(fake, name):
    argv = emulate.command(fake, [name, "x"], Qemu())
    assert argv[3] == f"{fake.prefix}/bin/python3"
    assert argv[-2:] == [f"{fake.prefix}/bin/{name}", "x"]


def test_the_options_of_an_interpreter_are_kept(fake):
    for name in ("direct", "options", "quoted"):
        argv = emulate.command(fake, [name], Qemu())
        assert argv[3:] == [f"{fake.prefix}/bin/python3", "-I", f"{fake.prefix}/bin/{name}"]


@pytest.mark.parametrize("name", ["orphan", "bare"])
def test_a_script_without_its_interpreter(fake, name):
    with pytest.raises(CommandError, match=name):
        emulate.command(fake, [name], Qemu())


def test_the_machines_own_programs_are_not_emulated(fake):
    assert shutil.which("ls")
    with pytest.raises(CommandError, match="no program 'ls'"):
        emulate.command(fake, ["ls"], Qemu())


def test_at_home_the_machines_own_programs_run(tmp_path):
    env = Environment(tmp_path, native())
    assert emulate.command(env, ["ls", "-l"], None) == [shutil.which("ls"), "-l"]


def test_what_belongs_to_the_caller_is_not_passed_on(tmp_path, monkeypatch):
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("MINE", "kept")
    found = emulate.variables(Environment(tmp_path, native()))
    assert "/elsewhere" not in found.values()
    assert found["MINE"] == "kept"
    assert found["CONDA_PREFIX"] == str(tmp_path)
    assert found["PATH"].startswith(f"{tmp_path}/bin:")


@pytest.mark.usefixtures("own_cache")
def test_the_emulator_comes_with_the_c_library_it_needs():
    channels = [select.choose("local")]
    assert emulate.find(native(), channels) is None
    emulator = emulate.find(OTHER, channels)
    assert isinstance(emulator, Emulator)
    assert emulator.program.name == "qemu-aarch64"
    assert (emulator.sysroot / OTHER.loader.lstrip("/")).is_file()
    assert emulator.glibc == "2.36"
