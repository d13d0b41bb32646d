"""The trap of a processor that a build script names by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from crosscraft.building.check.detectors._outputs import crossed
from crosscraft.building.check.guards import always_run
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.scripts import Command

__all__ = ["processor_by_hand"]

_OPTIONS = {
    "configure": ("--host",), "cargo": ("--target",), "maturin": ("--target",),
    "make": ("ARCH", "TARGET_ARCH", "CROSS_ARCH"), "cmake": ("-DCMAKE_SYSTEM_PROCESSOR",),
}  # fmt: skip
"""The words that tell a program its target. To `configure`, --target is what a compiler is for."""
_VARIABLES = ("GOARCH", "CARGO_BUILD_TARGET")
_PROCESSOR = re.compile(
    r"(x86_64|amd64|i[3-6]86|aarch64|arm64|armv7\w*|ppc64le|powerpc64le|s390x|riscv64\w*)(?:-[-\w.]*)?"
)
_SAME = {
    "64": ("x86_64", "amd64"), "32": ("i386", "i486", "i586", "i686"),
    "aarch64": ("aarch64", "arm64"), "arm64": ("arm64", "aarch64"),
    "ppc64le": ("ppc64le", "powerpc64le"), "riscv64": ("riscv64", "riscv64gc"),
}  # fmt: skip
"""The names of a processor, by what follows the system in the name of a platform."""


def processor_by_hand(project: Project) -> Iterator[Place]:
    """An option or a variable with a processor that is not the target's."""
    processor = project.target.partition("-")[2]
    own = _SAME.get(processor, (processor,))
    for output in crossed(project):
        script = "\n".join(line.text for line in output.script)
        for command in always_run(output) if "FOR_BUILD" not in script else ():
            for name, value in _told(command):
                found = _PROCESSOR.fullmatch(value)
                if found and found[1] not in own:
                    values = {"word": f"{name}={value}", "processor": found[1]}
                    yield Place(command.file, command.line, values)


def _told(command: Command) -> Iterator[tuple[str, str]]:
    """Yield what a command says of the target: the options and variables, each with its value."""
    options = _OPTIONS.get(command.program, ())
    for name, value in command.assignments.items():
        if name in _VARIABLES:
            yield name, value
    for word, after in pairwise((*command.argv, "")):
        name, equals, value = word.partition("=")
        if name.partition(":")[0] in options:
            yield name, value if equals else after
