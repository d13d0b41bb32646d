"""The makefiles that a cross build of a project certainly uses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check import makefile
from crosscraft.building.check.makefile import Makefile, Rule, Variable
from crosscraft.building.check.model import Edit
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output
from crosscraft.building.check.texts import Text

__all__ = ["is_aside", "is_told", "makefiles", "with_environment"]

_ASIDE = re.compile(
    r"(?:^|[/_-])(?:tests?|check|clean|distclean|run|bench\w*|docs?|examples?|demo)\b"
)
_MAKE = ("make", "gmake", "${MAKE}", "$MAKE")
_OTHER_SYSTEMS = (
    "CMakeLists.txt", "meson.build", "configure.ac", "setup.py", "pyproject.toml", "Cargo.toml",
)  # fmt: skip


def with_environment(text: Text, each: Variable) -> Edit:
    """Return the edit with which a variable of the environment goes before."""
    line = text.lines[each.line - 1]
    changed = re.sub(rf"(\b{re.escape(each.name)}\s*):*=", r"\1?=", line, count=1)
    return Edit(each.line, 1, (changed,))


def is_aside(rule: Rule) -> bool:
    """Whether a build may leave a rule out: tests, documentation, cleaning."""
    return any(_ASIDE.search(target) for target in rule.targets)


def makefiles(project: Project) -> Iterator[tuple[Text, Makefile]]:
    """Yield the makefiles that a cross build of the project certainly uses."""
    if not project.is_cross:
        return
    folders = _folders(project)
    for text in project.named("Makefile", "makefile", "GNUmakefile"):
        folder = posixpath.dirname(text.name)
        others = {posixpath.join(folder, name) for name in _OTHER_SYSTEMS}
        if folder in folders and not others & set(project.texts):
            yield text, makefile.read(text)


def _folders(project: Project) -> set[str]:
    """The folders that make runs in: those a recipe names, or the top one without a recipe."""
    if not project.recipes:
        return {""}
    return {folder for _, output in project.outputs for folder in _entered(output)}


def _entered(output: Output) -> Iterator[str]:
    """Yield the folders in which a script runs make, where ``cd`` does not hide them."""
    here = ""
    for command in output.commands:
        words = command.argv
        if command.program in ("cd", "pushd") and len(words) > 1:
            here = _relative(posixpath.join(here, words[1]))
        elif command.program == "popd":
            here = ""
        elif command.program in _MAKE:
            found = re.search(r"(?:^|\s)(?:-C|--directory)[\s=]*(\S+)", " ".join(words))
            yield _relative(posixpath.join(here, found[1])) if found else here


def _relative(folder: str) -> str:
    """Return a folder relative to the sources."""
    inner = re.sub(r"\A.*\$\{?SRC_DIR\}?/?", "", folder)
    return re.sub(r"\A\.\Z", "", posixpath.normpath(inner)) if inner else ""


def is_told(project: Project, *names: str) -> bool:
    """Whether a script gives make a variable, or changes the makefile."""
    for command in project.commands:
        words = command.argv[1:]
        if command.program in _MAKE:
            if {"-e", "--environment-overrides"} & set(words):
                return True
            if any(word.startswith(f"{name}=") for word in words for name in names):
                return True
            if any(re.match(r"[\"']?\$[{(]?\w*(?:ARGS|OPTS|FLAGS)", word) for word in words):
                return True
        if command.program in ("sed", "perl", "patch") or "akefile" in " ".join(words):
            return True
    return any(recipe.text.content.find("patches:") >= 0 for recipe in project.recipes)
