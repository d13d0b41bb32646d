"""Install what CMake has built below a temporary folder, so that no environment changes."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from crosscraft.inspection import elf
from crosscraft.lessons.evidence import cmake, runner
from crosscraft.lessons.evidence.cmake import Configured
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import Platform

__all__ = ["Module", "modules", "stub"]


@dataclass(frozen=True, slots=True)
class Module:
    """An extension that was installed."""

    path: Path
    """The file, below the temporary folder."""
    place: str
    """The folder where it is installed in a build, such as ``$SP_DIR``."""
    platform: Platform
    """The platform that it was built for."""

    @property
    def facts(self) -> elf.Elf:
        """The facts about the file."""
        return elf.read(self.path.read_bytes())

    def python(self, code: str) -> str:
        """Return what Python prints when it runs `code`, which may import the module.

        :raises Refused: if Python fails.
        """
        return runner.of(self.platform).python(code, self.path.parent, self.path.parent)


def modules(work: Work, configured: Configured) -> list[Module]:
    """Build the project, install it, and return the extensions among the installed files.

    :raises Refused: if it can't be built, or has nothing to install.
    """
    cmake.build(work, configured, "install")
    root, here = configured.installed, configured.session
    return [
        Module(path, here.named(f"/{path.relative_to(root).parent}"), here.platform)
        for path in sorted(root.rglob("*.so"))
    ]


def stub(work: Work, configured: Configured, target: str, module: Module) -> tuple[str, str]:
    """Run the command that makes a stub, for an installed module.

    :param target: the target that makes the stub.
    :return: the path of the stub in a build, such as ``$SP_DIR/cpp_math-stubs/__init__.pyi``, and
        its text.
    :raises Refused: if there is no such target, or its command fails.
    :raises NotYet: if the target does not run nanobind's generator.
    """
    work.step(f"making the stub {configured.where}")
    here = configured.session
    found = here.run(
        ["ninja", "-C", str(configured.folder), "-t", "commands", target], work.scratch
    )
    if found.status:
        raise Refused(f"ninja, {configured.where}", [found.lines[-1], *found.lines])
    argv = shlex.split(found.lines[-1] if found.lines else "")
    argv = argv[argv.index("&&") + 1 :] if "&&" in argv else argv
    if not {"-i", "-o"} <= {*argv[:-1]}:
        raise NotYet(f"`{target}` does not run nanobind's stub generator.")
    place = argv[argv.index("-o") + 1]
    made = configured.folder / "made.pyi"
    # The command as CMake wrote it, but for the folder of the module and the stub's own path.
    argv[argv.index("-i") + 1] = str(module.path.parent)
    argv[argv.index("-o") + 1] = str(made)
    done = here.run(argv, work.scratch)
    if done.status:
        lines = tuple(map(here.named, done.lines))
        raise Refused("nanobind's stub generator", [lines[-1], *lines])
    return here.named(place), made.read_text(encoding="utf-8")
