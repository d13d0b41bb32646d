"""The variables of a build of the finished project, as `crosscraft shell` has them.

They name the compiler, its options, ccache, and the host environment with Python and nanobind.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.building import compiler_cache
from crosscraft.channel import select
from crosscraft.errors import LessonError
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform, native
from crosscraft.system import files, processes
from crosscraft.system.processes import Completed

__all__ = ["Session", "of", "variables"]

_WRITE = 'env -0 > "$0"'
"""The command that writes the variables to a file."""


@dataclass(frozen=True, slots=True)
class Session:
    """The place where the finished project would be built for a platform."""

    platform: Platform
    """The target platform."""
    variables: Mapping[str, str]
    """The variables of its build script."""

    @property
    def prefix(self) -> Path:
        """The host environment."""
        return Path(self.variables["PREFIX"])

    @property
    def site_packages(self) -> Path:
        """The folder of the host environment where Python looks for modules."""
        return Path(self.variables["SP_DIR"])

    def named(self, text: str) -> str:
        """Return `text` with ``$SP_DIR``, ``$PREFIX`` and ``$BUILD_PREFIX`` for their folders."""
        for name in ("SP_DIR", "PREFIX", "BUILD_PREFIX"):  # the longer path first
            text = text.replace(self.variables[name], f"${name}")
        return text

    def run(self, argv: Sequence[str], cwd: Path, without: Sequence[str] = ()) -> Completed:
        """Run a command with the variables, except for those in `without`.

        :raises CommandError: if there is no such command.
        """
        env = {name: value for name, value in self.variables.items() if name not in without}
        return processes.run(argv, cwd=cwd, env=env, check=False)


def of(platform: Platform, project: Path | None = None) -> Session:
    """Return the session for `platform`. The first one of a machine takes some seconds.

    :param project: the folder of another project, which nobody edits.
    :raises LessonError: if it cannot be made.
    """
    compiler_cache.keep(native(), [select.choose()])
    return _of(platform, project)


@functools.cache
def _of(platform: Platform, project: Path | None) -> Session:
    return Session(platform, _for_checks(variables(project or _project(), platform)))


def _for_checks(found: dict[str, str]) -> dict[str, str]:
    """Return the variables `found`, with which ccache also finds what an earlier check compiled.

    Each check works in a new folder. ccache makes the paths below its base folder relative, so its
    cache keys don't depend on that folder.
    """
    return found | ({"CCACHE_BASEDIR": str(files.cache())} if "CCACHE_BASEDIR" in found else {})


def _project() -> Path:
    """Return a copy of the finished project. Lessons may install into the original's shell."""
    key = ROOT / "cpp_math"
    paths = [file for file in (*key.glob("*"), *key.glob("*/*")) if file.is_file()]
    texts = {
        path.relative_to(key): path.read_bytes()
        for path in sorted(paths)
        if path.relative_to(key).parts[0] in ("CMakeLists.txt", "LICENSE", "recipe", "src")
    }
    digest = hashlib.sha256(repr(texts).encode()).hexdigest()[:8]
    folder = files.cache("checks") / f"finished-{digest}"
    for name, text in texts.items():
        if not (folder / name).exists():
            files.write(folder / name, text)
    return folder


def variables(project: Path, platform: Platform, output: str = "") -> dict[str, str]:
    """Return the variables of a build of `project`, from `crosscraft shell`.

    :raises LessonError: if it fails.
    """
    argv = [str(Path(sys.executable).with_name("crosscraft")), "shell", "--quiet"]
    argv += ["--target-platform", platform.subdir, "--project", str(project)]
    argv += ["--output", output] if output else []
    with tempfile.NamedTemporaryFile() as file:
        done = processes.run(
            [*argv, "--", "bash", "-c", _WRITE, file.name],
            cwd=project,
            env=processes.clean_environment(network=True),  # crosscraft decides who gets them
            check=False,
        )
        text = Path(file.name).read_text(encoding="utf-8", errors="surrogateescape")
    if done.status:
        raise LessonError(
            f"the variables for {platform.subdir} could not be made",
            remedy="Fix the error shown above and run this cell again.",
            detail=done.lines,
        )
    return dict(line.split("=", 1) for line in text.split("\0") if line)
