"""What the exercises on CMakeLists.txt share: the project around the file, and its branches."""

from __future__ import annotations

import functools
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from crosscraft.inspection import elf
from crosscraft.inspection.elf import platform_of
from crosscraft.lessons.evidence import cmake, installed
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.cmake import Call, Configured, Situation
from crosscraft.lessons.evidence.finished import KEY
from crosscraft.lessons.evidence.installed import Module
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.lessons.exercises.model import changed
from crosscraft.system.console import Console

__all__ = [
    "ADD", "KEY", "MEANINGS", "Subject", "branch", "finished", "project", "see_found",
    "usable_module",
]  # fmt: skip

MEANINGS = (
    (
        r"unknown target 'install'",
        "CMake went through, but the file has nothing to install. Say where the extension goes "
        "with `install(TARGETS … LIBRARY DESTINATION …)`.",
    ),
    (
        r"Unknown CMake command \"nanobind_",
        "That command comes from nanobind, so `find_package(nanobind CONFIG REQUIRED)` has to "
        "stand above it.",
    ),
    (
        r"Could NOT find Python",
        "CMake found no Python that fits that line. Compare its version and its components with "
        "the Python in `$PREFIX`.",
    ),
    (
        r"Parse error|missing ending|Function missing|not properly nested",
        "CMake could not read the file to its end. A parenthesis, a quote or an `endif()` is "
        "missing in or above that line.",
    ),
    (
        r"Unknown CMake command",
        "CMake has no such command. Compare its spelling with the lesson's.",
    ),
    (
        r"given target .* which does not exist",
        "`install` names a target that isn't there yet. The command that adds it has to stand "
        "above, and both have the same name for it.",
    ),
    (
        r"Child return code: [1-9]",
        "CMake ran the program of `execute_process`, and that one failed. Run the same command in "
        "a terminal to see what it says.",
    ),
    (
        r"given no LIBRARY DESTINATION|DESTINATION given no",
        "The destination of `install` is empty, so the variable in it has no value in this branch. "
        "Only a `find_package` with an Interpreter sets `Python_SITEARCH`.",
    ),
    (
        r"Cannot find source file|No SOURCES given",
        "The path of the source file is seen from the folder of CMakeLists.txt. Compare it with "
        "the file that the lesson compiles.",
    ),
)
"""Messages of CMake and ninja in any of these exercises, and what they mean."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The module that a CMakeLists.txt builds."""

    name: str
    """The name of the module."""
    source: str
    """The path of its source file in the project."""
    text: str
    """The text of the source file."""
    call: str
    """A call of its function, such as ``add(1, 2)``."""
    result: str
    """The result of the call, as Python prints it."""

    @property
    def opening(self) -> str:
        """The line of the source that opens the module."""
        return f"NB_MODULE({self.name}, m) {{"

    @property
    def use(self) -> str:
        """Python code that prints the result of the call, and whether the check has made it."""
        return f"import {self.name} as m; print(m.{self.call}, getattr(m, 'made_by', ''))"


ADD = Subject(
    "cpp_math",
    "src/math.cpp",
    (KEY / "src/math.cpp").read_text(encoding="utf-8"),
    "add(1, 2)",
    "3",
)
"""The module of the finished project."""


def project(work: Work, subject: Subject = ADD) -> Path:
    """Return a project with the learner's CMakeLists.txt and the source of a module.

    The module has one attribute more, which only what is compiled from this source has.
    """
    folder = work.scratch / "project"
    if subject is ADD:
        copy_project(KEY, folder)
    source = folder / subject.source
    source.parent.mkdir(parents=True, exist_ok=True)
    marked = f'{subject.opening} m.attr("made_by") = "the check";'
    source.write_text(changed(subject.text, (subject.opening, marked)), encoding="utf-8")
    shutil.copyfile(work.path, folder / "CMakeLists.txt")
    return folder


def finished(work: Work, situation: Situation, *without: str) -> Configured:
    """Run CMake with the finished file, once for all predictions in this process.

    :param without: environment variables that are not set.
    """
    work.step(f"running CMake with the finished file, {situation.value}")
    return _finished(situation, without)


@functools.cache
def _finished(situation: Situation, without: tuple[str, ...]) -> Configured:
    """Return what CMake did. Its build folder is removed."""
    with works.begin(KEY, Console(io.StringIO())) as work:
        return cmake.configure(work, KEY, situation, without=without)


def branch(configured: Configured) -> tuple[str, Call | None]:
    """Return the branch that CMake took, and the command that shows it.

    ``"error"`` stops with the file's own message, ``"native"`` asks for an Interpreter, ``"cross"``
    asks for a Python without one, and ``"none"`` asks for no Python.
    """
    for stop in configured.ran("message", "FATAL_ERROR"):
        return "error", stop
    for python in configured.ran("find_package", "Python"):
        components = ";".join(python.arguments).split(";")
        return ("native" if "Interpreter" in components else "cross"), python
    return "none", None


def see_found(work: Work, configured: Configured) -> None:
    """Add the Python and the nanobind that CMake found to the evidence."""
    names = ("_Python_EXECUTABLE", "_Python_INCLUDE_DIR", "nanobind_DIR")
    values = [configured.cache.get(name, "") for name in names]
    found = [value for value in values if value and not value.endswith("-NOTFOUND")]
    if found:
        work.see(f"  it found {', '.join(found)}")


def usable_module(work: Work, configured: Configured, subject: Subject = ADD) -> Module:
    """Build and install the project, and call the extension from where it is installed.

    :raises NotYet: if Python can't import it from there.
    :raises Refused: if it can't be built, or Python fails.
    """
    found = installed.modules(work, configured)
    if not found:
        raise NotYet("`ninja install` ran, but it installed no extension.")
    module = next((one for one in found if one.path.name.startswith(f"{subject.name}.")), found[0])
    name, triplet = module.path.name, module.platform.triplet
    real = platform_of(module.facts)
    work.see(
        f"{configured.where}: installed {module.place}/{name}, machine code for "
        f"{real.processor if real else 'another platform'}"
    )
    if name.partition(".")[0] != subject.name:
        raise NotYet(
            f"Python looks for `{subject.name}`, and the file is {name}. The first argument of "
            "`nanobind_add_module` is the name of the module."
        )
    _check_place(module, subject)
    if not (elf.soabi(name) or triplet).endswith(triplet):
        raise NotYet(
            f"The file's name says one platform, and its machine code is for another: Python for "
            f"{module.platform.subdir} only imports names that end in {triplet}.so. CMake takes "
            "the name from the Python that it found, and that was this machine's."
        )
    said, _, made_by = module.python(subject.use).rpartition("\n")[2].partition(" ")
    if made_by != "the check":
        raise NotYet(
            "That extension comes from elsewhere: it wasn't compiled from the "
            f"`{subject.source}` of this project. `nanobind_add_module` compiles it."
        )
    if said != subject.result:
        raise NotYet(
            f"`{subject.call}` is {subject.result}, and this extension returns {said[:40]}."
        )
    work.see(f"{module.platform.subdir}: imported by its Python, {subject.call} = {said}")
    return module


def _check_place(module: Module, subject: Subject) -> None:
    """Check that the extension is directly in site-packages.

    :raises NotYet: if it isn't.
    """
    if module.place == "$SP_DIR":
        return
    if module.place.startswith("$SP_DIR/"):
        raise NotYet(
            "The extension is in a folder of its own, with no `__init__.py` beside it. `import "
            f"{subject.name}` would give an empty namespace package, so install it directly into "
            "site-packages."
        )
    raise NotYet(
        "Python for the target platform looks for modules in `$SP_DIR`, and the extension went "
        f"to {module.place}. Which Python's site-packages is that?"
    )
