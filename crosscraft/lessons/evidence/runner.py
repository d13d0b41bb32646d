"""Run Python for a platform: on this machine, or under QEMU for another processor."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import shlex
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.environments import emulate, install
from crosscraft.environments.emulate import Emulator
from crosscraft.environments.install import Environment
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.platforms import Platform
from crosscraft.system import processes
from crosscraft.system.processes import Completed

__all__ = ["Runner", "listed", "of", "with_packages"]

_SECONDS = 30
"""The longest time that code takes."""

_EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)\b")
"""The start of the line that names an exception, below a traceback."""


@dataclass(frozen=True, slots=True)
class Runner:
    """An environment, and what runs its programs here."""

    environment: Environment
    """The environment."""
    emulator: Emulator | None
    """QEMU, if the environment is for another processor."""

    def python(self, code: str, folder: Path, *modules: Path) -> str:
        """Return what Python prints when it runs `code` in `folder`, without the line end.

        :param modules: more folders in which Python looks for modules.
        :raises Refused: if it fails, or takes very long. The first line is the exception.
        """
        limited = f"import signal; signal.alarm({_SECONDS})\n{code}"
        argv = emulate.command(self.environment, ["python", "-c", limited], self.emulator)
        return self._run(argv, folder, modules)

    def command(self, argv: Sequence[str], folder: Path) -> str:
        """Return what a program of the environment prints.

        :raises Refused: if it fails.
        """
        return self._run(emulate.command(self.environment, argv, self.emulator), folder, ())

    def script(self, text: str, tools: Path, folder: Path, *modules: Path) -> str:
        """Return what a bash script prints, such as a test of a recipe. Its ``python`` is ours.

        :param tools: an empty or earlier folder for the programs that the script calls.
        :raises Refused: if it fails.
        """
        tools.mkdir(exist_ok=True)
        for name in ("python", "python3"):
            argv = shlex.join(emulate.command(self.environment, [name], self.emulator))
            (tools / name).write_text(f'#!/bin/sh\nexec {argv} "$@"\n', encoding="utf-8")
            (tools / name).chmod(0o755)
        script = tools / "script.sh"
        start = f"set -e\nexport PATH={shlex.quote(str(tools))}:$PATH\n"
        script.write_text(start + text, encoding="utf-8")
        return self._run(["bash", str(script)], folder, modules)

    def _run(self, argv: Sequence[str], folder: Path, modules: Sequence[Path]) -> str:
        env = emulate.variables(self.environment) | {"PYTHONDONTWRITEBYTECODE": "1"}
        if modules:
            env["PYTHONPATH"] = ":".join(map(str, modules))
        done = processes.run(argv, cwd=folder, env=env, check=False)
        if done.status:
            subdir = self.environment.platform.subdir
            raise Refused(f"running it for {subdir}", [_reason(done), *done.lines])
        return "\n".join(done.lines)


def _reason(done: Completed) -> str:
    """Return the exception, or the last line, or how a program ended that printed nothing."""
    exceptions = [line for line in done.lines if _EXCEPTION.match(line)][-1:]
    if done.status == -signal.SIGALRM:
        return f"it took longer than {_SECONDS} seconds, so it was ended"
    if done.status < 0 and not exceptions:
        return f"it was ended by the signal {signal.Signals(-done.status).name}"
    return [*exceptions, *done.lines[-1:], f"it ended with status {done.status}"][0]


def listed(said: str) -> list[Any]:
    """Return the list that Python printed as JSON. A module may print lines of its own, too.

    :raises Refused: if there is none, because the module ended Python.
    """
    for line in reversed(said.splitlines()):
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(line)
            if isinstance(found, list):
                return found
    raise Refused("Python", ["the import of the module ended Python, without an error"])


def of(platform: Platform) -> Runner:
    """Return a runner with Python alone."""
    found = _with_python(platform)
    if not (found.environment.prefix / "bin/python").exists():
        # The cache keeps the environments that were used last, so others may have been removed.
        _with_python.cache_clear()
        found = _with_python(platform)
    return found


@functools.cache
def _with_python(platform: Platform) -> Runner:
    return with_packages(["python"], platform, [select.choose()])


def with_packages(specs: Sequence[str], platform: Platform, channels: Sequence[Channel]) -> Runner:
    """Return a runner with packages from `channels`.

    :raises InstallError: if they cannot be installed together.
    """
    emulator = emulate.find(platform, channels)
    glibc = emulator.glibc if emulator else None
    return Runner(install.create(specs, platform, channels, glibc=glibc), emulator)
