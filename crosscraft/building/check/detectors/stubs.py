"""Type stubs that are made and not found."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check.cmake_language import Command, expand
from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.building.check.project import Project

__all__ = ["py_typed_left_behind", "stubs_made_again", "stubs_not_found"]


def py_typed_left_behind(project: Project) -> Iterator[Place]:
    """A nanobind_add_stub whose marker is made in the build folder, and not installed."""
    for command in _stubs(project):
        marker = expand(command.after("MARKER_FILE"), project.cmake_variables)
        if not marker or marker.startswith(("/", "$")) or "INSTALL_TIME" in command.words:
            continue
        if not _is_packed(project, posixpath.basename(marker)):
            yield Place(command.file, command.line, {"marker": marker})


def _stubs(project: Project) -> Iterator[Command]:
    for command in project.cmake:
        if command.name == "nanobind_add_stub" and command.reached is not False:
            yield command


def _is_packed(project: Project, marker: str) -> bool:
    """Whether something else installs the marker: a command, a script, or a Python package."""
    for command in project.cmake:
        is_install = command.name in ("install", "file", "configure_file", "add_custom_command")
        if is_install and ("DIRECTORY" in command.words or marker in " ".join(command.words)):
            return True
    others = (text for name, text in project.texts.items() if not name.endswith(_CMAKE))
    if any(marker in text.content for text in others):
        return True
    folders = {posixpath.dirname(name) for name in project.texts if name.endswith("__init__.py")}
    return any((project.files.root / folder / marker).exists() for folder in folders)


_CMAKE = ("CMakeLists.txt", ".cmake")


def stubs_made_again(project: Project) -> Iterator[Place]:
    """A recursive nanobind_add_stub whose outputs appear elsewhere than they are expected."""
    for command in _stubs(project):
        output = expand(command.after("OUTPUT"), project.cmake_variables)
        folder = expand(command.after("OUTPUT_PATH"), project.cmake_variables)
        is_elsewhere = folder.startswith(("/", "$")) and "BINARY_DIR" not in folder
        is_expected_here = bool(output) and not output.startswith(("/", "$"))
        is_now = "RECURSIVE" in command.words and "INSTALL_TIME" not in command.words
        if is_now and is_elsewhere and is_expected_here:
            yield Place(command.file, command.line, {"output": output, "folder": folder})


_IN_SITE = re.compile(r"(?:.*/)?site-packages/([\w.]+)/([^/]+)")


def stubs_not_found(package: PackageFiles) -> Iterator[Place]:
    """Stubs in a folder that no type checker takes for a package with types."""
    folders: dict[str, list[str]] = {}
    for path in package.files:
        if found := _IN_SITE.fullmatch(path):
            folders.setdefault(found[1], []).append(path)
    for name, paths in folders.items():
        names = {posixpath.basename(path) for path in paths}
        stubs = [path for path in paths if path.endswith(".pyi")]
        has_python = any(each.endswith(".py") for each in names)
        if stubs and not has_python and not names & {"py.typed", "__init__.pyi"}:
            yield Place(stubs[0], 0, {"module": name})
