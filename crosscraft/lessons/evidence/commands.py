"""Run shell commands with the variables of a build, and see which files its compiler reads."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.work import Work
from crosscraft.system import processes
from crosscraft.system.processes import Completed

__all__ = ["Shell", "errors", "prepare"]

_COMPILERS = ("CXX", "GXX")
"""The variables with the name of the C++ compiler."""
_TELLING = re.compile(r"\berror\b|Error: |undefined reference|cannot |not found|No such file", re.I)
"""The mark of a line that says why a command failed."""

_COMPILER = """\
#!/bin/sh
exec {compiler} "$@" -MD -MF {read}.$$
"""
"""A compiler that uses ccache, and that notes the files it reads."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder, and what commands find there."""

    folder: Path
    """The working directory, a temporary folder."""
    variables: Mapping[str, str]
    """All variables of the commands."""
    notes: Path
    """The files in which the C++ compiler notes what it reads have this name, and a number."""

    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command."""
        return processes.run(argv, cwd=self.folder, env=self.variables, check=False)

    def bash(self, text: str) -> Completed:
        """Run commands with bash, as a script."""
        script = self.notes.with_name("commands.sh")
        script.write_text(text, encoding="utf-8")
        return self.run(["bash", str(script)])

    def compiler_read(self, name: str) -> list[Path]:
        """Return the files called `name` that the C++ compiler read in any of its runs."""
        notes = self.notes.parent.glob(f"{self.notes.name}.*")
        texts = [note.read_text(encoding="utf-8", errors="replace") for note in notes]
        words = sorted({word for text in texts for word in text.split()})
        return [self.folder / word for word in words if word.rpartition("/")[2] == name]


def prepare(work: Work, here: Session, python: Session, **variables: str) -> Shell:
    """Return a shell in an empty folder, with the variables of `here` and a C++ compiler that
    uses ccache.

    :param python: the session whose Python is found as ``python``.
    :param variables: more variables.
    """
    folder, tools = work.scratch / "commands", work.scratch / "tools"
    folder.mkdir()
    tools.mkdir()
    notes = tools / "read.d"
    launcher = list(filter(None, [here.variables.get("CMAKE_CXX_COMPILER_LAUNCHER")]))
    compilers = {}
    for variable in filter(here.variables.__contains__, _COMPILERS):
        real = here.variables[variable]
        script = tools / Path(real).name
        words = shlex.join([*launcher, real])
        script.write_text(_COMPILER.format(compiler=words, read=shlex.quote(str(notes))))
        script.chmod(0o755)
        compilers[variable] = str(script)
    path = [str(tools), str(python.prefix / "bin"), here.variables["PATH"]]
    # Without a base folder, ccache leaves the paths in the notes absolute.
    own = {"PATH": ":".join(path), "CCACHE_BASEDIR": "", **compilers, **variables}
    return Shell(folder, {**here.variables, **own}, notes)


def errors(done: Completed) -> list[str]:
    """Return the output of a failed command, with the lines that say why first."""
    telling = [line for line in done.lines if _TELLING.search(line)]
    return [*(telling or done.lines[-1:]), *done.lines, f"it ended with status {done.status}"]
