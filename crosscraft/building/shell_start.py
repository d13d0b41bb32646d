"""How `crosscraft shell` starts bash: the script that bash reads first, and its variables.

bash reads the file after ``--rcfile`` if it is interactive, and else the file in ``BASH_ENV``
(its manual, "Bash Startup Files"). So the user's own files change nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from crosscraft.building.engines import child
from crosscraft.building.engines.interface import Request
from crosscraft.building.single_output import SingleOutput
from crosscraft.building.variables import Secrets
from crosscraft.errors import CommandError
from crosscraft.system import files

__all__ = ["Start", "environment", "script"]

_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "no_proxy", "NO_PROXY")
"""The variables of its own environment that rattler-build passes on to a script."""
_OF_PACKAGE = ("PKG_NAME", "PKG_VERSION", "PKG_BUILDNUM", "PKG_BUILD_STRING", "PKG_HASH")
"""The variables that a staging output does not get, because it is no package."""

_SCRIPT = """\
# bash reads this first in `crosscraft shell`.
unset BASH_ENV
__path=$PATH __term=$TERM
. {variables}
# PATH ends as that of the terminal, not as it did when the folder was made.
PATH=${{PATH%{path}}}$__path
{package}
[ -t 1 ] && TERM=$__term
unset __path __term
case $- in *i*) unset HISTFILE; PS1={prompt} ;; esac
"""
_COMMAND = '"$@"'
"""The line that runs the arguments of bash as a command."""


@dataclass(frozen=True, slots=True)
class Start:
    """How to start bash in a folder that is ready."""

    work: Path
    """The folder where the build script runs."""
    script: Path
    """The script that bash reads first."""
    env: dict[str, str]
    """The variables of bash before it reads the script."""
    held: int
    """The descriptor of the lock on the folder, for bash to inherit."""

    def replace_process(self, command: Sequence[str]) -> NoReturn:
        """Become bash: for `command`, or interactive, or for the lines of stdin.

        :raises CommandError: if there is no bash.
        """
        bash = shutil.which("bash", path=self.env.get("PATH"))
        if bash is None:
            raise CommandError(
                "there is no bash on this machine, and build scripts need it",
                looked="PATH",
                remedy="Install bash and run this again.",
            )
        argv, env = [bash, "--rcfile", str(self.script)], self.env
        if command:
            argv = [bash, "-c", _COMMAND, "bash", *command]
            env = env | {"SHLVL": "1"}  # bash adds one for itself, and then becomes the command
        os.chdir(self.work)
        os.execve(bash, argv, env)


def script(variables: Path, output: SingleOutput, request: Request) -> str:
    """Return the script that bash reads first.

    :param variables: the engine's script, which sets the variables.
    """
    # The engine computed the hash of a recipe that has one variable more (`host_platform`).
    package = f"export PKG_HASH={shlex.quote(output.hash)}" if output.hash else ""
    return _SCRIPT.format(
        variables=shlex.quote(str(variables)),
        path=shlex.quote(child.environment(request, Path())["PATH"]),
        package=package or f"unset {' '.join(_OF_PACKAGE)}",
        prompt=shlex.quote(f"[{output.name} {request.target.subdir}] \\w \\$ "),
    )


def environment(request: Request, scripts: Path, start: Path, secrets: Secrets) -> dict[str, str]:
    """Return the variables that bash starts with: what a build script gets from outside, and TERM.

    :param scripts: the folder that a build has on its PATH, if it exists.
    :param start: the script that bash reads first.
    """
    env = child.environment(replace(request, scripts=scripts if scripts.exists() else None), Path())
    kept = {name: env[name] for name in ("PATH", "TERM", *_PASSED_ON) if name in env}
    # A crosscraft in the shell needs these. The cache is the same, although HOME is not.
    ours = {name: value for name, value in env.items() if name.startswith("CROSSCRAFT_")}
    ours["CROSSCRAFT_CACHE"] = str(files.cache())
    return {**kept, **ours, **secrets.given, "BASH_ENV": str(start)}
