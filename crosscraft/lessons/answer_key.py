"""Build, check and run the finished project, cpp_math/. `make build` calls this."""

from __future__ import annotations

import shlex
import sys
import tomllib
from pathlib import Path

from crosscraft.building.build import BuildRequest, build
from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.environments import emulate, install
from crosscraft.errors import BuildError
from crosscraft.inspection import conda_file, elf
from crosscraft.paths import ROOT
from crosscraft.platforms import NOARCH, Platform, lookup, native
from crosscraft.system import processes
from crosscraft.system.console import Console

__all__ = ["PROJECT", "check", "run_all", "start_task"]

PROJECT = ROOT / "cpp_math"
"""The folder of the finished project, the answer key."""


def run_all(console: Console) -> None:
    """Build for this machine and for linux-aarch64, check the packages, and run them.

    :raises CrosscraftError: at the first failure.
    """
    here, there = native(), lookup("linux-aarch64")
    output = PROJECT / "output"
    channel = select.choose()
    for target in dict.fromkeys((here, there)):
        build(BuildRequest(PROJECT, target, output, channel, available.choose()), console)
        console.say()
    console.quiet_step("checking the packages, and running the extension")
    for package in sorted(output.glob("*/cpp_math*.conda")):
        console.say(check(package))
    channels = (select.in_folder(output, "output"), channel)
    console.say(check_types(install.create(["cpp_math", "cpp_math-stubs"], here, channels)))
    for target in dict.fromkeys((here, there)):
        emulator = emulate.find(target, channels)
        glibc = emulator.glibc if emulator else None
        env = install.create(["cpp_math"], target, channels, glibc=glibc)
        argv = emulate.command(env, start_task(PROJECT), emulator)
        answer = processes.run(argv, env=emulate.variables(env)).lines[-1]
        console.say(f"{target.processor}: 1 + 2 = {answer}")


def start_task(project: Path) -> list[str]:
    """Return the command of the ``start`` task in the project's pixi.toml, as an argument list."""
    manifest = tomllib.loads((project / "pixi.toml").read_text(encoding="utf-8"))
    return shlex.split(manifest["tasks"]["start"])


def check(package: Path) -> str:
    """Check that the contents of a package match its subdir, and return a line that says so.

    :raises BuildError: if they do not match.
    """
    facts = conda_file.read(package)
    binaries = [name for name in facts.files if name.endswith(".so")]
    if facts.subdir == NOARCH:
        if binaries:
            raise _wrong(package, f"it is noarch, but contains {binaries[0]}")
        return f"{facts.name} ({facts.subdir}): no machine code, as expected"
    claimed = lookup(facts.subdir)
    for name in binaries:
        _check_binary(package, name, claimed)
    return f"{facts.name} ({facts.subdir}): {len(binaries)} extension for {claimed.processor}"


def _check_binary(package: Path, name: str, claimed: Platform) -> None:
    found = elf.platform_of(elf.read(conda_file.open_member(package, name)))
    if found is not claimed:
        what = found.subdir if found else "an unknown platform"
        raise _wrong(package, f"{name} is for {what}")
    abi = elf.soabi(name)
    if abi is None or not abi.endswith(claimed.triplet):
        raise _wrong(package, f"the name {name} does not end in {claimed.triplet}")


def check_types(env: install.Environment) -> str:
    """Check with mypy --strict that type checkers find the stubs, and return a line that says so.

    :raises BuildError: if mypy does not find them.
    """
    code = "import cpp_math\nreveal_type(cpp_math.add(1, 2))\n"
    argv = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir=/dev/null"]
    argv += ["--python-executable", str(env.prefix / "bin" / "python"), "-c", code]
    done = processes.run(argv, cwd=env.prefix, check=False)
    if done.status != 0 or not any(
        '"int"' in line or "builtins.int" in line for line in done.lines
    ):
        raise BuildError(
            "mypy does not see that cpp_math.add returns an int",
            remedy="Look at cpp_math-stubs/__init__.pyi in the stubs package.",
            detail=done.lines,
        )
    return "cpp_math-stubs: mypy --strict sees that add() returns an int"


def _wrong(package: Path, what: str) -> BuildError:
    return BuildError(
        f"{package.name} is not what it claims to be: {what}",
        remedy="Remove the output folder and build again.",
    )
