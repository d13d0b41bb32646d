"""Extensions by names that Python never looks for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from crosscraft.building.check import cxx_language
from crosscraft.building.check.cmake_language import Command, expand
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.building.check.project import Project

__all__ = ["extension_without_its_name", "extension_without_its_name_packed"]


def extension_without_its_name_packed(package: PackageFiles) -> Iterator[Place]:
    """An extension in site-packages whose file has the name of a library."""
    for path, binary in package.binaries.items():
        name = posixpath.basename(path)
        modules = {symbol.partition("_")[2] for symbol in binary.init_symbols}
        stem = name.partition(".")[0]
        if len(modules) != 1 or not _is_imported_from(package, path):
            continue
        (module,) = modules
        if stem == f"lib{module}" or (stem == module and not name.endswith((".so", ".pyd"))):
            yield Place(path, 0, {"file": name, "module": module})


def _is_imported_from(package: PackageFiles, path: str) -> bool:
    return bool(package.tags) or "/site-packages/" in f"/{path}"


_DEFINED = r"\b(?:(?:NB|PYBIND11)_MODULE\s*\(\s*{0}\b|PyInit_{0}\s*\([^()]*\)\s*\{{)"


def extension_without_its_name(project: Project) -> Iterator[Place]:
    """A library of CMake's add_library that defines a Python module and keeps the prefix lib."""
    known = project.cmake_variables
    for command in project.cmake:
        if command.name != "add_library" or len(command.words) < 3 or command.reached is False:
            continue
        target = expand(command.words[0], known)
        if command.words[1] not in ("MODULE", "SHARED") or _is_named(project, target):
            continue
        sources = [expand(word, known) for word in command.words[2:]]
        if any(_defines(project, command, name, target) for name in sources):
            new = f'set_target_properties({target} PROPERTIES PREFIX "")'
            edit = Edit(command.end + 1, 0, (new,))
            values = {"file": f"lib{target}.so", "module": target}
            yield Place(command.file, command.line, values, edit)


def _defines(project: Project, command: Command, name: str, module: str) -> bool:
    folder = posixpath.dirname(command.file)
    name = re.sub(r"\A\$\{CMAKE_CURRENT_(?:SOURCE|LIST)_DIR\}/", "", name)
    text = project.texts.get(posixpath.normpath(posixpath.join(folder, name)))
    if not text or not module.isidentifier():
        return False
    return bool(re.search(_DEFINED.format(module), cxx_language.bare(text.content)))


def _is_named(project: Project, target: str) -> bool:
    """Whether something may give a target's file another name."""
    for command in project.cmake:
        words = set(command.words)
        is_property = command.name in ("set_target_properties", "set_property")
        if is_property and words & {"PREFIX", "OUTPUT_NAME", "LIBRARY_OUTPUT_NAME", "SUFFIX"}:
            return True
        if words & {"CMAKE_SHARED_MODULE_PREFIX", "CMAKE_SHARED_LIBRARY_PREFIX", "RENAME"}:
            return True
        if command.name in ("python_extension_module", "pybind11_extension"):
            return True
    return any(f"lib{target}" in text.content for text in project.texts.values())
