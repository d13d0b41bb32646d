"""Run a program of an environment, with QEMU if it is for another processor."""

from __future__ import annotations

import os
import re
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
"""A constant script. The program comes as arguments, so the shell never parses it."""

_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONSTARTUP")
"""Variables of the caller's environment, which must not reach the program."""

_LINE = 4096
"""The bytes to read of a script's line. Linux allows paths of this length."""
_LONG_PATH = re.compile(r"'{3}exec' \"?[^\"]*/(?P<name>[^/\" ]+)\"?(?P<options>( -\S+)*) \"\$0\"")
"""The second line of a Python script with the path of its interpreter, which installers write if
that path is too long for the first line, or has a space."""


class Emulator:
    """QEMU for one platform, with the platform's C library.

    :param platform: the platform to emulate.
    :param channels: the channels of the emulator and of the sysroot.
    """

    def __init__(self, platform: Platform, channels: Sequence[Channel]) -> None:
        specs = [platform.emulator_package, platform.sysroot_package]
        tools = install.create(specs, native(), channels)
        self.program = tools.prefix / "bin" / platform.emulator
        # conda-forge's triplet has a vendor part that the local channel's triplet lacks.
        cpu = platform.triplet.partition("-")[0]
        self.sysroot = next(iter(sorted(tools.prefix.glob(f"{cpu}-*/sysroot"))))
        self.glibc = install.installed(tools)[platform.sysroot_package]

    @property
    def argv(self) -> list[str]:
        """The arguments before the program."""
        return [str(self.program), "-L", str(self.sysroot)]


def find(platform: Platform, channels: Sequence[Channel]) -> Emulator | None:
    """Return the emulator for `platform`, or None if this machine has that platform."""
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
            remedy="Add the package that contains the program with `--with PACKAGE`.",
        )
    if emulator is None:
        full = [program, *argv[1:]]
        if any((env.prefix / "etc/conda/activate.d").glob("*.sh")):
            return ["bash", "-c", _ACTIVATE, "activate", *full]
        return full
    return [*emulator.argv, *_interpreted(Path(program), env), *argv[1:]]


def variables(env: Environment) -> dict[str, str]:
    """Return the environment variables for a program of `env`: the caller's without secrets.

    The program and its activation scripts come from a channel, which may not be trusted. To pass
    a secret on purpose, run ``env NAME=VALUE program``.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN and not looks_secret(name) and redacted(value) == value
    }
    path = f"{env.prefix / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | {"CONDA_PREFIX": str(env.prefix), "PATH": path, "PYTHONNOUSERSITE": "1"}


def _interpreted(program: Path, env: Environment) -> list[str]:
    """Return the arguments for `program`, with a script's interpreter: QEMU runs ELF files only."""
    with program.open("rb") as file:
        first, second = (file.readline(_LINE).decode(errors="replace") for _ in range(2))
    if not first.startswith("#!"):
        return [str(program)]
    words = first[2:].split()
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if word != "-S"]
    if long := _LONG_PATH.match(second):
        words = [long["name"], *long["options"].split()]
    name = Path(words[0]).name if words else ""
    interpreter = env.prefix / "bin" / name
    if not interpreter.is_file():
        raise CommandError(
            f"{program.name} is a script for {name!r}, which the environment for "
            f"{env.platform.subdir} does not have",
            looked=str(env.prefix / "bin"),
            remedy="Add the package that contains the program with `--with PACKAGE`.",
        )
    return [str(interpreter), *words[1:], str(program)]
