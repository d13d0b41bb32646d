"""Traps in the commands that start Meson."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.guards import always_run
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.scripts import Command

__all__ = ["without_cross_file"]

_TOLD = re.compile(r"MESON_ARGS|cross[-_]file|--native-file|CC_FOR_BUILD|host_alias")
_OTHERS = (
    "compile", "install", "test", "dist", "configure", "introspect", "init", "wrap", "subprojects",
    "rewrite", "devenv", "env2mfile", "format", "fmt", "help", "reprotest", "benchmark",
)  # fmt: skip


def without_cross_file(project: Project) -> Iterator[Place]:
    """Meson, started in a cross build by a script that never names the cross file."""
    for _, output in project.outputs:
        script = "\n".join(line.text for line in output.script)
        if not project.is_cross or not output.compilers() or _TOLD.search(script):
            continue
        for command in always_run(output):
            if _sets_up(command):
                edit = _with(project, command, r"\bmeson\s+setup\b", "${MESON_ARGS}")
                yield Place(command.file, command.line, {"command": "meson setup"}, edit)
            elif _builds_a_wheel(command) and _uses_meson_python(output):
                more = "-Csetup-args=${MESON_ARGS// / -Csetup-args=}"
                edit = _with(
                    project, command, r"\bpip\s+install\s+(?:\./?|\$SRC_DIR)(?=\s|$)", more
                )
                yield Place(command.file, command.line, {"command": "pip install"}, edit)


def _sets_up(command: Command) -> bool:
    words = command.argv
    if command.program not in ("meson", "meson.py") or len(words) < 2:
        return False
    return words[1] == "setup" or (words[1] not in _OTHERS and not words[1].startswith("-"))


def _builds_a_wheel(command: Command) -> bool:
    words = command.argv[1:]
    if "-m" in words and "build" in words[words.index("-m") :][1:2]:
        return True
    sources = {".", "./", "$SRC_DIR", "${SRC_DIR}"} & set(words)
    return "pip" in (*words, command.program) and bool(
        {"install", "wheel"} & set(words) and sources
    )


def _uses_meson_python(output: Output) -> bool:
    return bool(output.spec("host", "meson-python") or output.spec("build", "meson-python"))


def _with(project: Project, command: Command, after: str, more: str) -> Edit | None:
    """Return the edit that adds `more` after words of the command's first line."""
    line = project.texts[command.file].lines[command.line - 1]
    found = list(re.finditer(after, line))
    if len(found) != 1:
        return None
    at = found[0].end()
    return Edit(command.line, 1, (f"{line[:at]} {more}{line[at:]}",))
