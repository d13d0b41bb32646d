"""A stranger's project: its files, read once, and what they mean in a cross build."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from crosscraft.building.check import cmake_language, conda_forge, conditions, recipe_file
from crosscraft.building.check.cmake_language import Command as CMakeCommand
from crosscraft.building.check.files import Files
from crosscraft.building.check.recipe_file import Output, Recipe
from crosscraft.building.check.scripts import Command, Line, commands
from crosscraft.building.check.texts import Text, Unreadable

__all__ = ["Project"]

_T = TypeVar("_T")

_OPTION = re.compile(r'\boption\s*\(\s*(\w+)\s+"[^"]*"\s+(ON|OFF)\s*\)', re.I)


class Project:
    """A folder with a project, for one target platform.

    :param root: the folder, or its files.
    :param target: the subdir that is built for.
    :param build: the subdir of the machine that builds. Without it, conda-forge's for the target.
    """

    def __init__(self, root: Path | Files, target: str, build: str = "") -> None:
        self.files = root if isinstance(root, Files) else Files(root)
        self.target = target
        self.build = build or conda_forge.builder(self.files, target)
        self.decide = conditions.decider(conditions.variables(self.build, target))
        self._unread: list[Unreadable] = []

    @property
    def is_cross(self) -> bool:
        """Whether the target is another platform than the one that builds."""
        return self.target != self.build

    @property
    def unread(self) -> tuple[Unreadable, ...]:
        """What could not be read, as far as it was needed."""
        return (*self.files.unread, *self._unread)

    @property
    def texts(self) -> Mapping[str, Text]:
        """The readable files, by their paths in the project."""
        return self.files.texts

    def named(self, *patterns: str) -> Iterator[Text]:
        """Yield the files whose name matches one of the patterns, such as ``*.cpp``."""
        return self.files.named(*patterns)

    def containing(self, words: re.Pattern[str], *patterns: str) -> tuple[Text, ...]:
        """Return those of :meth:`named` in which a regular expression is found."""
        return self.files.containing(words, *patterns)

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes that can be read."""
        read = (
            self._readable(partial(self._recipe, text))
            for text in self.named("recipe.yaml", "recipe.yml", "meta.yaml")
        )
        return tuple(recipe for recipe in read if recipe)

    @property
    def outputs(self) -> Iterator[tuple[Recipe, Output]]:
        """Each output that is built for the target platform, with its recipe."""
        return ((recipe, output) for recipe in self.recipes for output in recipe.outputs)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The commands of all build scripts, each once."""
        found = {
            (command.file, command.line, command.words): command
            for _, output in self.outputs
            for command in output.commands
        }
        return tuple(found.values())

    @cached_property
    def cmake(self) -> tuple[CMakeCommand, ...]:
        """The commands of all CMake files, in the order in which a cross build reads them."""
        return tuple(self._cmake_commands())

    @cached_property
    def cmake_variables(self) -> Mapping[str, str]:
        """The CMake variables that are set to one value, with :attr:`cmake`'s own references."""
        values: dict[str, set[str]] = {}
        for command in self.cmake:
            if command.name == "set" and len(command.arguments) >= 2:
                values.setdefault(command.words[0], set()).add(" ".join(command.words[1:]))
            elif command.name == "project" and command.words:
                for name in ("PROJECT_NAME", "CMAKE_PROJECT_NAME", "SKBUILD_PROJECT_NAME"):
                    values.setdefault(name, set()).add(command.words[0])
        return {name: each.pop() for name, each in values.items() if len(each) == 1}

    def toml(self, name: str) -> Mapping[str, Any]:
        """Return the TOML file called `name` in the top folder, empty if there is none."""
        text = self.texts.get(name)
        return (text and self._readable(partial(_toml, text))) or {}

    def python(self, text: Text) -> ast.Module | None:
        """Return the syntax of a Python file, or None if it has none that is known here."""
        try:
            return ast.parse(text.content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def line_with(self, name: str, words: str) -> int:
        """Return the first line, from 1, of a file that contains `words`, or 0."""
        lines = self.texts[name].lines if name in self.texts else ()
        return next((number for number, line in enumerate(lines, 1) if words in line), 0)

    def _recipe(self, text: Text) -> Recipe:
        folder = PurePosixPath(text.name).parent

        def scripts(name: str) -> tuple[Line, ...]:
            found = self.texts.get(str(folder / name))
            lines = found.lines if found else ()
            return tuple(Line(line, found.name, n) for n, line in enumerate(lines, 1) if found)

        return recipe_file.read(text, self.decide, scripts)

    def scripts_commands(self, text: Text) -> tuple[Command, ...]:
        """Return the commands of a shell script that no recipe may name."""
        return tuple(commands([Line(line, text.name, n) for n, line in enumerate(text.lines, 1)]))

    def _cmake_commands(self) -> Iterator[CMakeCommand]:
        seen: set[str] = set()
        for text in self.named("CMakeLists.txt"):
            folder = PurePosixPath(text.name).parent
            parents = {str(parent / "CMakeLists.txt") for parent in folder.parents}
            if text.name == "CMakeLists.txt" or not parents & set(self.texts):
                yield from self._cmake_file(text, folder, seen)

    def _cmake_file(
        self, text: Text, folder: PurePosixPath, seen: set[str], is_certain: bool = True
    ) -> Iterator[CMakeCommand]:
        seen.add(text.name)
        for each in cmake_language.commands(text, self._known_conditions()):
            command = each if is_certain else each.perhaps()
            yield command
            if command.reached and _ends(command):
                return
            if command.name in ("include", "add_subdirectory") and command.words:
                name = cmake_language.expand(command.words[0], _folders(folder))
                child = folder / name
                file = child / "CMakeLists.txt" if command.name == "add_subdirectory" else child
                found = self.texts.get(_normal(file)) or self._module(command.name, file)
                if found and found.name not in seen and command.reached is not False:
                    inner = PurePosixPath(found.name).parent if "add_" in command.name else folder
                    yield from self._cmake_file(found, inner, seen, bool(command.reached))

    def _module(self, command: str, file: PurePosixPath) -> Text | None:
        """Return the file that ``include`` finds by its name in a folder of modules."""
        near = self.texts.get(f"{_normal(file)}.cmake")
        if near or command != "include" or file.suffix:
            return near
        named = list(self.named(f"{file.name}.cmake"))
        return named[0] if len(named) == 1 else None

    @cached_property
    def _options(self) -> Mapping[str, bool]:
        """The defaults of ``option``, of those that the build says nothing about."""
        said = "".join(
            text.content
            for text in self.texts.values()
            if text.name.endswith((".sh", ".yaml", ".yml", ".toml"))
        )
        found: dict[str, set[str]] = {}
        for text in self.named("CMakeLists.txt", "*.cmake"):
            for option in _OPTION.finditer(text.content):
                found.setdefault(option[1], set()).add(option[2].upper())
        return {
            name: values == {"ON"}
            for name, values in found.items()
            if len(values) == 1 and name not in said
        }

    def _known_conditions(self) -> cmake_language.Known:
        system, _, processor = self.target.partition("-")
        processor = {"64": "x86_64", "32": "i686"}.get(processor, processor)
        is_mac = self.target.startswith("osx-")
        compiler = "Clang" if is_mac else "GNU"
        return {
            **self._options,
            "CMAKE_SYSTEM_NAME": "Darwin" if system == "osx" else "Linux",
            "CMAKE_SYSTEM_PROCESSOR": processor, "CMAKE_BUILD_TYPE": "Release",
            "CMAKE_C_COMPILER_ID": compiler, "CMAKE_CXX_COMPILER_ID": compiler,
            "CMAKE_COMPILER_IS_GNUCXX": not is_mac, "CMAKE_COMPILER_IS_GNUCC": not is_mac,
            "CMAKE_CROSSCOMPILING": self.is_cross, "TRUE": True, "ON": True, "YES": True, "1": True,
            "FALSE": False, "OFF": False, "NO": False, "0": False, "UNIX": True, "APPLE": is_mac,
            "LINUX": not is_mac, "WIN32": False, "MSVC": False, "MINGW": False, "CYGWIN": False,
            "EMSCRIPTEN": False, "ANDROID": False, "IOS": False,
            "DEFINED ENV{PREFIX}": True, "DEFINED ENV{CONDA_BUILD}": True,
            "DEFINED ENV{BUILD_PREFIX}": True, "DEFINED ENV{SP_DIR}": True,
            "DEFINED ENV{CONDA_BUILD_CROSS_COMPILATION}": self.is_cross,
            "$ENV{CONDA_BUILD_CROSS_COMPILATION}": self.is_cross,
            "CMAKE_CROSSCOMPILING_EMULATOR": False, "DEFINED CMAKE_CROSSCOMPILING_EMULATOR": False,
        }  # fmt: skip

    def _readable(self, read: Callable[[], _T]) -> _T | None:
        try:
            return read()
        except Unreadable as error:
            self._unread.append(error)
            return None


def _ends(command: CMakeCommand) -> bool:
    """Whether nothing after a command is read."""
    is_fatal = command.name == "message" and command.words[:1] == ("FATAL_ERROR",)
    return command.name == "return" or is_fatal


def _toml(text: Text) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text.content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(
            f"{text.name!r} cannot be checked: it is not valid TOML: {error}",
            remedy="Correct the file, and check it again.",
        ) from None


def _folders(folder: PurePosixPath) -> Mapping[str, str]:
    # An absolute path replaces the folder that it is joined to: these stay relative.
    up = "/".join([".."] * len(folder.parts)) or "."
    names = ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR")
    return {"CMAKE_CURRENT_SOURCE_DIR": ".", "CMAKE_CURRENT_LIST_DIR": "."} | dict.fromkeys(
        names, up
    )


def _normal(path: PurePosixPath) -> str:
    return os.path.normpath(path)
