"""Extensions that Python cannot load by the name of their file or folder."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from crosscraft.building.check import cxx_language
from crosscraft.building.check.cmake_language import Command, expand
from crosscraft.building.check.model import Place
from crosscraft.building.check.package_files import PackageFiles
from crosscraft.building.check.project import Project

__all__ = ["namespace_package", "namespace_package_packed", "renamed_in_one_place"]

_ADDED = {
    "nanobind_add_module", "pybind11_add_module", "python_add_library", "python3_add_library",
}  # fmt: skip
"""The commands of CMake that make an extension."""


@dataclass(frozen=True, slots=True)
class _Extension:
    """An extension as a build file names it."""

    name: str
    """The last part of the module's name."""
    sources: tuple[str, ...]
    """The paths in the project."""
    file: str
    line: int


def renamed_in_one_place(project: Project) -> Iterator[Place]:
    """An extension of which the sources define a module of another name only."""
    for extension in (*_of_cmake(project), *_of_setup(project), *_of_meson(project)):
        modules = _modules(project, extension.sources)
        if modules and extension.name not in modules:
            values = {"file": extension.name, "another_name": f"`PyInit_{modules[0]}`"}
            yield Place(extension.file, extension.line, values)


_DEFINED = re.compile(
    r"\b(?:NB_MODULE|PYBIND11_MODULE|PYBIND11_PLUGIN|BOOST_PYTHON_MODULE)\s*\(\s*(\w+)"
    r"|\bPyInit_(\w+)\s*\([^()]*\)\s*\{"
    r"|\b(?:NB_|PYBIND11_|BOOST_PYTHON_|CPPYY_|PY)\w*MODULE\w*\s*(\()"
    r"|\bPyInit_\w*\s*##()"
)


def _modules(project: Project, sources: Sequence[str]) -> list[str]:
    """Return the modules that sources define, or none if that cannot be told."""
    found = []
    for name in sources:
        text = project.texts.get(name)
        if not text:
            return []
        for place in _DEFINED.finditer(cxx_language.bare(text.content)):
            module = place[1] or place[2] or ""
            if (
                not module
                or module.isupper()
                or re.search(rf"#\s*define\s+{module}\b", text.content)
            ):
                return []
            found.append(module)
    return found


def _of_cmake(project: Project) -> Iterator[_Extension]:
    known = project.cmake_variables
    for command in project.cmake:
        if command.name not in _ADDED or not command.words or command.reached is False:
            continue
        if command.name.startswith("python") and "MODULE" not in command.words:
            continue
        name = expand(_output_name(project, command), known)
        listed = [expand(word, known) for word in command.words[1:]]
        words = [each for word in listed for each in re.split(r"[;\s]+", word)]
        folder = posixpath.dirname(command.file)
        paths = [posixpath.normpath(posixpath.join(folder, each)) for each in words]
        sources = tuple(path for path in paths if re.search(r"\.(?:c|cc|cpp|cxx)\Z", path))
        if name and "$" not in name:
            yield _Extension(name, sources, command.file, command.line)


def _output_name(project: Project, command: Command) -> str:
    """Return the name of a target's file, or nothing if something gives it a prefix."""
    target = command.words[0]
    name = target
    for other in project.cmake:
        if other.name in ("set_target_properties", "set_property") and target in other.words:
            if other.after("PREFIX"):
                return ""
            name = other.after("LIBRARY_OUTPUT_NAME") or other.after("OUTPUT_NAME") or name
    return name


def _of_setup(project: Project) -> Iterator[_Extension]:
    text = project.texts.get("setup.py")
    tree = project.python(text) if text else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and _called(node).endswith("Extension"):
            given = {key.arg: key.value for key in node.keywords}
            values = [*node.args, None, None]
            name = _constants(given.get("name", values[0]))
            sources = _constants(given.get("sources", values[1]))
            if len(name) == 1 and sources:
                yield _Extension(
                    name[0].rpartition(".")[2], tuple(sources), "setup.py", node.lineno
                )


def _called(node: ast.Call) -> str:
    function = node.func
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _constants(node: ast.expr | None) -> list[str]:
    """Return the texts of a literal, or of a list of literals, else none."""
    nodes = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [each.value for each in nodes if isinstance(each, ast.Constant)]
    return [str(text) for text in texts] if len(texts) == len(nodes) else []


_MESON = re.compile(r"\bextension_module\s*\(\s*'([^'\n]+)'\s*,([^()]*)")


def _is_chosen(before: str) -> bool:
    """Whether what follows a part of a ``meson.build`` stands in an ``if``."""
    return len(re.findall(r"^[ \t]*if\b", before, re.M)) > before.count("endif")


def _of_meson(project: Project) -> Iterator[_Extension]:
    for text in project.named("meson.build"):
        plain = re.sub(r"#[^\n]*", lambda found: " " * len(found[0]), text.content)
        for found in _MESON.finditer(plain):
            if _is_chosen(plain[: found.start()]):
                continue
            files = re.match(r"(?:\s*\[?\s*'[^']+'\s*\]?\s*,?)*", found[2])
            folder = posixpath.dirname(text.name)
            names = re.findall(r"'([^']+)'", files[0] if files else "")
            sources = [posixpath.normpath(posixpath.join(folder, name)) for name in names]
            line = text.line_of(found.start())
            yield _Extension(found[1], tuple(sources), text.name, line)


def namespace_package(project: Project) -> Iterator[Place]:
    """An extension that is installed into a folder of its own name without ``__init__.py``."""
    if any("__init__.py" in each.content for each in project.texts.values()):
        return
    known = project.cmake_variables
    added = (each for each in project.cmake if each.name in _ADDED and each.words)
    targets = {expand(each.words[0], known) for each in added}
    packages = {posixpath.basename(posixpath.dirname(name)) for name in project.texts
                if name.endswith("/__init__.py")}  # fmt: skip
    for command in project.cmake:
        if command.name != "install" or command.reached is False:
            continue
        folder = expand(command.after("DESTINATION"), known).rstrip("/")
        name = posixpath.basename(folder)
        installed = {expand(word, known) for word in _targets(command)}
        if name in targets & installed - packages:
            yield Place(command.file, command.line, {"module": name})


def _targets(command: Command) -> Iterator[str]:
    """Yield the targets that an install command names."""
    if "TARGETS" in command.words:
        rest = command.words[command.words.index("TARGETS") + 1 :]
        yield from takewhile(lambda word: not re.fullmatch(r"[A-Z]{4,}", word), rest)


def namespace_package_packed(package: PackageFiles) -> Iterator[Place]:
    """An extension in a folder of its own name without ``__init__.py``, in a package."""
    for path, binary in package.binaries.items():
        folder, name = posixpath.split(path)
        module = name.partition(".")[0]
        has_init = any(each.startswith(f"{folder}/__init__.") for each in package.files)
        if folder and posixpath.basename(folder) == module and not has_init:
            parent = posixpath.dirname(folder)
            if f"PyInit_{module}" in binary.init_symbols and _is_root(parent):
                yield Place(path, 0, {"module": module})


def _is_root(folder: str) -> bool:
    return folder == "" or folder.endswith(("site-packages", "purelib", "platlib"))
