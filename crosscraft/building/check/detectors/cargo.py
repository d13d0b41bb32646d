"""Traps of Cargo in build scripts, and in ``build.rs``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.guards import always_run
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.scripts import Command

__all__ = ["build_rs_asks_this_machine", "folder_without_target"]

_FOLDER = re.compile(r"(?<![\w/.-])(?:\./)?target/(release|debug)(?=/|\s|$)")
_TAKES = ("cp", "mv", "install", "ln", "strip", "$STRIP", "${STRIP}")
_TOLD = re.compile(r"unset\s+CARGO_BUILD_TARGET|CARGO_BUILD_TARGET=|--target-dir|CARGO_TARGET_DIR")
_BUILDS = re.compile(r"\bcargo[ \t]+(?:[-+\w=]+[ \t]+){0,6}(?:build|auditable|rustc|b)\b")
_RUST = re.compile(
    r"(?P<skipped>//[^\n]*|/\*.*?(?:\*/|\Z)|r(#*)\".*?(?:\"\2|\Z)|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\\n]|\\.)')"
    r"|(?:cfg!|#!?\[\s*cfg(?:_attr)?)\s*\((?P<condition>[^{};\n]*)",
    re.S,
)
_ASKED = re.compile(r"\b(target_(?:arch|pointer_width|endian|feature))\b")


def folder_without_target(project: Project) -> Iterator[Place]:
    """A script that takes files from ``target/release``, where cargo is told a target."""
    for _, output in project.outputs:
        script = "\n".join(line.text for line in output.script)
        is_rust = any(spec.call == ("compiler", "rust") for spec in output.requirements["build"])
        if not project.is_cross or not is_rust or _TOLD.search(script):
            continue
        for command in always_run(output) if _BUILDS.search(script) else ():
            found = _FOLDER.search(" ".join(command.argv[1:]))
            if found and command.argv[0] in _TAKES:
                values = {"folder": f"target/{found[1]}"}
                yield Place(command.file, command.line, values, _with_target(project, command))


def _with_target(project: Project, command: Command) -> Edit | None:
    line = project.texts[command.file].lines[command.line - 1]
    changed = _FOLDER.sub(lambda found: f"target/$CARGO_BUILD_TARGET/{found[1]}", line)
    return Edit(command.line, 1, (changed,)) if changed != line and "'" not in line else None


def build_rs_asks_this_machine(project: Project) -> Iterator[Place]:
    """``cfg!(target_arch = …)`` in a build script, which is compiled for the build machine."""
    for text in project.named("build.rs") if project.is_cross else ():
        for found in _RUST.finditer(text.content):
            asked = _ASKED.search(found["condition"] or "")
            if asked:
                values = {"question": asked[1], "variable": f"CARGO_CFG_{asked[1].upper()}"}
                yield Place(text.name, text.line_of(found.start()), values)
