"""Run a program of an environment, under QEMU where this machine has another processor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from crosscraft.channel.select import Channel
from crosscraft.environments import install
from crosscraft.environments.install import Environment
from crosscraft.errors import CommandError
from crosscraft.platforms import Platform, native
from crosscraft.redact import looks_secret, redacted

__all__ = ["Emulator", "command", "find", "variables"]

_ACTIVATE = (
    'for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do . "$script"; done; exec "$@"'
)
"""A constant: what is run comes as arguments, never as text."""

_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONSTARTUP")
"""Variables that belong to the environment we are called from."""


class Emulator:
    """QEMU for one platform, with the C library that its programs need.

    :param platform: the platform to emulate.
    :param channels: where the emulator and the sysroot come from.
    """

    def __init__(self, platform: Platform, channels: Sequence[Channel]) -> None:
        specs = [platform.emulator_package, platform.sysroot_package]
        tools = install.create(specs, native(), channels)
        self.program = tools.prefix / "bin" / platform.emulator
        # Ours and conda-forge's sysroots differ in the vendor part of the triplet.
        cpu = platform.triplet.partition("-")[0]
        self.sysroot = next(iter(sorted(tools.prefix.glob(f"{cpu}-*/sysroot"))))
        self.glibc = install.installed(tools)[platform.sysroot_package]

    @property
    def argv(self) -> list[str]:
        """What goes before the program."""
        return [str(self.program), "-L", str(self.sysroot)]


def find(platform: Platform, channels: Sequence[Channel]) -> Emulator | None:
    """Return the emulator for `platform`, or None where this machine runs it itself."""
    return None if platform is native() else Emulator(platform, channels)


def command(env: Environment, argv: Sequence[str], emulator: Emulator | None) -> list[str]:
    """Return the argument list that runs `argv` with the programs of `env`.

    :raises CommandError: if the environment has no such program.
    """
    program = shutil.which(argv[0], path=str(env.prefix / "bin"))
    if emulator is None:
        program = program or shutil.which(argv[0])
    if program is None:
        raise CommandError(
            f"there is no program {argv[0]!r} in the environment for {env.platform.subdir}",
            looked=str(env.prefix / "bin"),
            remedy="Ask for the package that holds it with `--with PACKAGE`.",
        )
    if emulator is None:
        full = [program, *argv[1:]]
        if any((env.prefix / "etc/conda/activate.d").glob("*.sh")):
            return ["bash", "-c", _ACTIVATE, "activate", *full]
        return full
    return [*emulator.argv, *_interpreted(Path(program), env), *argv[1:]]


def variables(env: Environment) -> dict[str, str]:
    """Return the variables a program of `env` runs with: the caller's, but for secrets.

    The program, and what a package sets up for it, come from a channel. Whoever wants to give
    it a secret names it in the command: ``env NAME=VALUE program``.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN and not looks_secret(name) and redacted(value) == value
    }
    path = f"{env.prefix / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | {"CONDA_PREFIX": str(env.prefix), "PATH": path, "PYTHONNOUSERSITE": "1"}


def _interpreted(program: Path, env: Environment) -> list[str]:
    """Put a script's interpreter before it: QEMU runs ELF files only."""
    with program.open("rb") as file:
        first = file.readline(256)
    if not first.startswith(b"#!"):
        return [str(program)]
    words = first[2:].decode(errors="replace").split()
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if word != "-S"]
    name = Path(words[0]).name if words else ""
    interpreter = env.prefix / "bin" / name
    if not interpreter.is_file():
        raise CommandError(
            f"{program.name} is a script for {name!r}, which the environment for "
            f"{env.platform.subdir} does not have",
            looked=str(env.prefix / "bin"),
            remedy="Ask for the package that holds it with `--with PACKAGE`.",
        )
    return [str(interpreter), *words[1:], str(program)]
