"""Traps in ``configure.ac`` files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check.autoconf_language import macros
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["looks_for_a_file", "runs_test_program"]

_RUNS = ("AC_RUN_IFELSE", "AC_TRY_RUN")
_LOOKS = ("AC_CHECK_FILES?",)
_WITHOUT = ("", "[]")
_OTHER_SYSTEMS = ("CMakeLists.txt", "meson.build")
_CACHED = re.compile(r"\b\w+_cv_\w+=")


def runs_test_program(project: Project) -> Iterator[Place]:
    """A test that runs a program, and that says nothing for cross builds."""
    for text in _used(project):
        # A file that asks for cross builds knows what it does.
        if "cross_compiling" in text.content:
            continue
        for macro in macros(text, _RUNS):
            if len(macro.arguments) < 4 or macro.arguments[3] in _WITHOUT:
                yield Place(text.name, macro.line, {"macro": macro.name})


def looks_for_a_file(project: Project) -> Iterator[Place]:
    """A test whether there is a file on the target."""
    for text in _used(project):
        if "cross_compiling" not in text.content:
            for macro in macros(text, _LOOKS):
                yield Place(text.name, macro.line, {"macro": macro.name})


def _used(project: Project) -> Iterator[Text]:
    """Yield the files that a cross build certainly needs."""
    scripts = "\n".join(line.text for _, output in project.outputs for line in output.script)
    is_answered = bool(_CACHED.search(scripts)) or "CONFIG_SITE" in scripts
    if not project.is_cross or is_answered or (project.recipes and "configure" not in scripts):
        return
    for text in project.named("configure.ac"):
        folder = posixpath.dirname(text.name)
        others = {posixpath.join(folder, name) for name in _OTHER_SYSTEMS}
        if project.recipes or (not folder and not others & set(project.texts)):
            yield text
