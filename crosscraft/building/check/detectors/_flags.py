"""Options for compilers and linkers that a cross build certainly uses, wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosscraft.building.check.cmake_language import Command
from crosscraft.building.check.detectors._cmake_files import is_aside
from crosscraft.building.check.detectors._outputs import compiled, mentions
from crosscraft.building.check.guards import always_run
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["Flag", "flags"]


@dataclass(frozen=True, slots=True)
class Flag:
    """An option for a compiler or a linker."""

    word: str
    """As a compiler gets it, an option and its argument in one: ``-I/usr/include``."""
    file: str
    """The path in the project."""
    line: int
    """From 1."""
    target: str = ""
    """The target or the sources of a CMake project that alone get it."""


_SPLIT = ("-I", "-L", "-isystem", "-idirafter")


def flags(project: Project) -> Iterator[Flag]:
    """Yield the options that no condition leaves out."""
    yield from _in_cmake(project)
    yield from _in_scripts(project)
    yield from _in_makefile(project)
    for text in project.named("meson.build"):
        yield from _in_meson(text)
    for text in project.named("setup.py"):
        yield from _in_setup(project, text)


def _words(text: str, file: str, line: int) -> Iterator[Flag]:
    words = re.split(r"[\s;,]+", text.strip("\"' "))
    for at, word in enumerate(words):
        plain = word.strip("\"'")
        if plain in _SPLIT and at + 1 < len(words):
            plain += words[at + 1].strip("\"'")
        if plain.startswith(("-", "/")):
            yield Flag(plain, file, line)


_OPTIONS = {
    "add_compile_options", "add_link_options", "add_definitions", "target_compile_options",
    "target_link_options", "target_link_libraries", "link_libraries",
}  # fmt: skip
_FOLDERS = {
    "include_directories": "-I", "target_include_directories": "-I", "link_directories": "-L",
    "target_link_directories": "-L",
}  # fmt: skip
_VARIABLE = re.compile(r"CMAKE_(\w+_)?(FLAGS|LINKER_FLAGS|STANDARD_LIBRARIES)(_[A-Z]+)?(_INIT)?\Z")


def _in_cmake(project: Project) -> Iterator[Flag]:
    for command in project.cmake:
        if command.reached and not is_aside(command):
            target = " ".join(command.words[:-1]) if command.name in _OF_TARGETS else ""
            before = _FOLDERS.get(command.name, "")
            for argument in command.arguments if before or _takes_options(command) else ():
                text = _GENERATOR.sub(r"\1", argument.text)
                if before == "-I" and text == "/usr/include":
                    continue  # CMake passes no folder on that each compiler of Unix searches
                if text.startswith("/"):
                    text = before + text
                elif re.fullmatch(r"\$\{\w+\}", text):
                    yield from _in_variable(project, text[2:-1])
                if not text.startswith("$<"):  # another condition
                    for flag in _words(text, command.file, argument.line):
                        yield replace(flag, target=target)


_OF_TARGETS = {
    "target_compile_options", "target_link_options", "set_source_files_properties",
    "set_target_properties", "set_property",
}  # fmt: skip
_GENERATOR = re.compile(
    r"\A\$<\$<(?:C(?:XX)?_COMPILER_ID:[^<>]*(?:GNU|Clang)[^<>]*|CONFIG:Release"
    r"|COMPILE_LANGUAGE:C(?:XX)?|NOT:\$<C(?:XX)?_COMPILER_ID:MSVC>)>:(.*)>\Z",
    re.S,
)
"""A generator expression whose condition is true in a conda build."""


def _in_variable(project: Project, name: str) -> Iterator[Flag]:
    """Yield the options in a variable that is set once, and in every build."""
    sets = [each for each in project.cmake if each.name in _SETTERS and name in each.words[:2]]
    if len(sets) == 1 and sets[0].name == "set" and sets[0].reached:
        for argument in sets[0].arguments[1:]:
            yield from _words(argument.text, sets[0].file, argument.line)


_SETTERS = ("set", "list", "string", "option")


def _takes_options(command: Command) -> bool:
    if command.name == "set":
        return bool(command.words and _VARIABLE.match(command.words[0]))
    if command.name in ("string", "list"):
        return bool(len(command.words) > 1 and _VARIABLE.match(command.words[1]))
    if command.name in ("set_target_properties", "set_property", "set_source_files_properties"):
        return bool({"COMPILE_FLAGS", "COMPILE_OPTIONS", "LINK_FLAGS"} & set(command.words))
    return command.name in _OPTIONS


_READ_BY_COMPILERS = re.compile(
    r"(?:C|CXX|CPP|F|FC|FF|LD|RUST|NVCC|CUDA|DEBUG_C\w*|CGO_\w+)FLAGS|CC|CXX|FC|F77|LIBS|CMAKE_ARGS"
)
"""Other variables of a script may be for a case that is chosen later."""
_READERS = {"sed", "perl", "grep", "echo", "printf", "patch", "test", "[", "[[", "find", "awk"}


def _in_scripts(project: Project) -> Iterator[Flag]:
    for output in compiled(project):
        for command in always_run(output):
            if command.program not in _READERS:
                for name, value in command.assignments.items():
                    if _READ_BY_COMPILERS.fullmatch(name):
                        yield from _words(value, command.file, command.line)
                for word in command.argv:
                    value = re.sub(r"\A(-D)?\w+(:\w+)?\+?=", "", word)
                    yield from _words(value, command.file, command.line)


_ASSIGNED = re.compile(r"(?:override\s+|export\s+)?([\w.-]+)\s*(\?|\+|::?)?=(.*)")
_FROM_OUTSIDE = re.compile(r"\w*FLAGS|CC|CXX")


def is_built_by_make(project: Project) -> bool:
    """Whether the Makefile in the top folder builds the project."""
    others = {"CMakeLists.txt", "meson.build", "configure.ac", "pyproject.toml", "setup.py"}
    if project.recipes:
        return any(
            command.program in ("make", "gmake")
            for output in compiled(project)
            for command in output.commands
        ) and not mentions(project, r"\b(cmake|meson|configure|pip)\b")
    return not others & set(project.texts)


def makefile_lines(project: Project) -> Iterator[tuple[Text, int, str]]:
    """Yield the lines of the top folder's Makefile that no condition leaves out."""
    for name in ("GNUmakefile", "makefile", "Makefile"):
        text = project.texts.get(name)
        if text and is_built_by_make(project):
            depth = 0
            for number, line in enumerate(text.lines, 1):
                depth += bool(re.match(r"\s*if(n?eq|n?def)\b", line))
                depth -= bool(re.match(r"\s*endif\b", line))
                if not depth:
                    yield text, number, re.sub(r"(?<!\\)#.*", "", line)
            return


def _in_makefile(project: Project) -> Iterator[Flag]:
    for text, number, line in makefile_lines(project):
        found = _ASSIGNED.match(line)
        from_outside = found and found[2] == "?" and _FROM_OUTSIDE.fullmatch(found[1])
        given = found and mentions(project, rf"make\b.*\b{re.escape(found[1])}=")
        if (found or line.startswith("\t")) and not from_outside and not given:
            yield from _words(found[3] if found else line, text.name, number)


def _in_meson(text: Text) -> Iterator[Flag]:
    depth, brackets, asks, sets = 0, 0, False, False
    for number, line in enumerate(text.lines, 1):
        plain = re.sub(r"#.*", "", line)
        depth += bool(re.match(r"\s*(if|foreach)\b", plain))
        depth -= bool(re.match(r"\s*end(if|foreach)\b", plain))
        if not brackets:
            sets = bool(re.search(r"add_(project|global)_(link_)?arguments|\b\w+_args\s*:", plain))
        asks = ("supported" in plain or "has_" in plain) or (asks and brackets > 0)
        brackets = max(0, brackets + len(re.findall(r"[(\[]", plain)))
        brackets -= min(brackets, len(re.findall(r"[)\]]", plain)))
        if sets and not depth and not asks and "?" not in plain:
            for found in re.finditer(r"'([^']*)'", plain):
                yield from _words(found[1], text.name, number)


_LISTS = re.compile(r"(extra_)?(compile|link)_args|(include|library)_dirs|c(xx|pp)?_?flags|ldflags")


def _in_setup(project: Project, text: Text) -> Iterator[Flag]:
    module = project.python(text)
    for node in _unconditional(module) if module else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
        elif isinstance(node, ast.keyword) and node.arg:
            name, value = node.arg, node.value
        else:
            continue
        if _LISTS.fullmatch(name.lower()) and isinstance(value, ast.List):
            before = {"include_dirs": "-I", "library_dirs": "-L"}.get(name.lower(), "")
            for item in value.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield from _words(before + item.value, text.name, item.lineno)


def _unconditional(node: ast.AST) -> Iterator[ast.AST]:
    branches = (ast.If, ast.IfExp, ast.Try, ast.FunctionDef, ast.ClassDef, ast.For, ast.While)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, branches):
            yield child
            yield from _unconditional(child)
