"""The variables that ``%%bash`` cells have after ``lesson.activate``, and how such a cell runs.

Only these cells get them. The variables of the kernel, of its Python and of all other cells stay
as they are.
"""

from __future__ import annotations

import codecs
import os
import signal
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

from crosscraft.errors import LessonError
from crosscraft.jupyter.folding import Output
from crosscraft.system import processes

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["ACTIVE", "Activation", "set_up"]

_SHELLS_OWN = ("PWD", "OLDPWD", "SHLVL", "_")
"""Variables that each bash sets itself."""


class Activation:
    """The variables of the cells, or none."""

    def __init__(self) -> None:
        self.env: Mapping[str, str] | None = None

    def begin(self, env: Mapping[str, str]) -> None:
        """Give the cells the variables `env`, in the place of the former."""
        self.env = {name: value for name, value in env.items() if name not in _SHELLS_OWN}

    def end(self) -> None:
        """Let IPython run the cells again."""
        self.env = None

    def run(self, env: Mapping[str, str], cell: str, live: bool) -> None:
        """Run the commands of a cell.

        :param live: whether the notebook is open in a page.
        :raises CalledProcessError: if the last command fails, or they are stopped.
        """
        output = Output(_names(env), live)
        status = -signal.SIGINT
        try:
            with processes.start(["bash"], env=env, later=True) as started:
                started.give(cell)
                assert started.process.stdout is not None
                pieces = iter(partial(os.read, started.process.stdout.fileno(), 4096), b"")
                for text in codecs.iterdecode(pieces, "utf-8", errors="replace"):
                    output.add(text)
                status = started.process.wait()
        except KeyboardInterrupt:
            pass
        output.end()
        if status:
            raise CalledProcessError(status, "bash", output=output.text)


ACTIVE = Activation()
"""The variables of this kernel's cells."""


def set_up(shell: InteractiveShell, live: bool) -> None:
    """Replace IPython's ``%%bash``, which still runs the cells while nothing is active."""
    original: Callable[[str, str], None]
    original = shell.find_cell_magic("bash")  # type: ignore[no-untyped-call]

    def bash(line: str, cell: str) -> None:
        if ACTIVE.env is None:
            original(line, cell)
        elif line.strip():
            raise LessonError(
                f"%%bash takes no options after lesson.activate, and this cell has {line!r}",
                remedy="Leave them out.",
            )
        else:
            ACTIVE.run(ACTIVE.env, cell, live)

    shell.magics_manager.magics["cell"]["bash"] = bash


def _names(env: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the environments' folders, also by the paths without links."""
    return {
        folder: f"${name}"
        for name in ("PREFIX", "BUILD_PREFIX")
        for folder in (env[name], str(Path(env[name]).resolve()))
    }
