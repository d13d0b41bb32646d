"""Traps in the requirements of a recipe: in the wrong section, or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check.guards import always_run, unguarded
from crosscraft.building.check.model import Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe, Spec
from crosscraft.building.check.requirement_edits import inserted, moved, of_cross_builds
from crosscraft.building.check.scripts import Command

__all__ = [
    "build_tools_in_host",
    "cross_python_missing",
    "libraries_in_build",
    "python_in_build_not_host",
]

_TARGETS_PYTHON = {"$PYTHON", "${PYTHON}", "$PREFIX/bin/python", "${PREFIX}/bin/python"}
_PYTHON = re.compile(r"(?:python|pip)[23]?(?:\.\d+)?")
_OWN_PYTHON = re.compile(r"crossenv|\bPYTHON=|BUILD_PREFIX\}?/bin/python|EMULATOR|qemu", re.I)

_TOOLS = {
    "autoconf", "automake", "bison", "cmake", "doxygen", "flex", "gnuconfig", "gperf", "make",
    "maturin", "meson", "nasm", "ninja", "ninja-base", "pkg-config", "pkgconf", "rust", "swig",
    "yasm",
}  # fmt: skip
"""Programs that a build runs, and that no package is linked with."""

_BRINGS = {
    "automake": ("autoconf",), "maturin": ("rust",), "make": ("ninja", "ninja-base"),
    "meson": ("ninja", "ninja-base"), "meson-python": ("meson", "ninja", "ninja-base"),
    "ninja": ("make", "ninja-base"), "ninja-base": ("make", "ninja"),
}  # fmt: skip
"""The programs that a package depends on, or that do the same."""
_EXTENDS = {
    "boost", "cython", "libboost-python-devel", "meson-python", "nanobind", "numpy", "pip",
    "pybind11", "scikit-build-core", "setuptools", "swig",
}  # fmt: skip
"""What is in the host environment of an extension, beside Python."""

_MOST = 50
"""Requirements that are looked at one by one."""
_BUILDERS = _TOOLS | {"autogen.sh", "autoreconf", "configure", "gmake", "pip"}

_LIBRARIES = {
    "blas-devel", "bzip2", "cairo", "expat", "fftw", "freetype", "gflags", "glog", "gmp", "gsl",
    "hdf5", "jpeg", "libblas", "libcblas", "libcurl", "libffi", "libiconv", "libjpeg-turbo",
    "liblapack", "liblzma-devel", "libpng", "libsodium", "libtiff", "libuv", "libwebp", "lz4-c",
    "mpfr", "ncurses", "openblas", "openssl", "readline", "snappy", "tbb-devel", "yaml-cpp",
    "zeromq", "zlib",
}  # fmt: skip
"""Libraries that code is linked with, and that a build does not run."""


def cross_python_missing(project: Project) -> Iterator[Place]:
    """An output with compiled code whose script runs the target's Python."""
    for recipe, output in _compiled(project):
        run = next(filter(lambda each: _runs_python(each, output), unguarded(output)), None)
        if run and output.spec("host", "python") and not _has_other_python(output):
            added = of_cross_builds(recipe, ("python", _cross_python(recipe)))
            edit = inserted(recipe, output, "build", added)
            values = {"command": _short(run), "output": output.name}
            yield Place(recipe.text.name, output.compilers()[0].line, values, edit)


def build_tools_in_host(project: Project) -> Iterator[Place]:
    """Programs that the build runs, and that only the host environment has."""
    for recipe, output in _compiled(project):
        found = _tools_of_host(output)
        if found and any(map(_builds, always_run(output))):
            values = {"tools": _names(found)}
            edit = moved(recipe, output, found, "build")
            yield Place(recipe.text.name, found[0].line, values, edit)


def libraries_in_build(project: Project) -> Iterator[Place]:
    """Libraries that only the build environment has, in every build."""
    for recipe, output in _compiled(project):
        there = {spec.name for spec in output.requirements["host"]}
        wanted = [s for s in output.requirements["build"] if s.name in _LIBRARIES - there]
        found = [spec for spec in wanted[:_MOST] if _is_always(recipe, spec)]
        if found and output.requirements["host"]:
            edit = moved(recipe, output, found, "host")
            yield Place(recipe.text.name, found[0].line, {"libraries": _names(found)}, edit)


def python_in_build_not_host(project: Project) -> Iterator[Place]:
    """An extension whose Python is only in the build environment."""
    for recipe, output in _compiled(project):
        python = output.spec("build", "python")
        extends = _EXTENDS & {spec.name for spec in output.requirements["host"]}
        if not python or not extends or output.spec("host", "python"):
            continue
        if _is_always(recipe, python) and not _has_cross_python(output):
            edit = moved(recipe, output, [python], "host")
            yield Place(recipe.text.name, python.line, {"output": output.name}, edit)


def _compiled(project: Project) -> Iterator[tuple[Recipe, Output]]:
    """The outputs of a cross build with code for the target."""
    for recipe, output in project.outputs if project.is_cross else ():
        if output.compilers() and not output.noarch:
            yield recipe, output


def _runs_python(command: Command, output: Output) -> bool:
    program = command.argv[0] if command.argv else ""
    if program in _TARGETS_PYTHON or re.fullmatch(r"\$?\{\{PYTHON\}\}", program):
        return True
    return bool(_PYTHON.fullmatch(program)) and not output.spec("build", "python")


def _builds(command: Command) -> bool:
    """Whether a command makes something of sources, and does not only install it."""
    if command.program in _BUILDERS:
        return True
    arguments = command.argv[1:]
    is_python = command.argv[:1] and (
        _PYTHON.fullmatch(command.program) or "PYTHON" in command.program
    )
    return bool(is_python) and any(
        word in ("setup.py", "build") or word.startswith((".", "$SRC_DIR")) for word in arguments
    )


def _has_cross_python(output: Output) -> bool:
    return any("cross-python" in spec.text for spec in output.requirements["build"])


def _has_other_python(output: Output) -> bool:
    """Whether the build brings a Python that runs, by cross-python, crossenv or emulation."""
    asked = (spec.text for spec in output.requirements["build"])
    return any(
        "cross-python" in text or "crossenv" in text or "qemu" in text for text in asked
    ) or any(_OWN_PYTHON.search(line.text) for line in output.script)


def _cross_python(recipe: Recipe) -> str:
    return f"cross-python_{'$' * recipe.is_v1}{{{{ target_platform }}}}"


def _tools_of_host(output: Output) -> list[Spec]:
    """The programs in the host environment that the build environment has not."""
    there = {spec.name for spec in output.requirements["build"]}
    there |= {tool for name in there for tool in _BRINGS.get(name, ())}
    return [
        spec
        for spec in output.requirements["host"]
        if spec.call[0] == "compiler" or spec.name in _TOOLS - there
    ]


def _is_always(recipe: Recipe, spec: Spec) -> bool:
    """Whether a requirement stands in no condition, as far as its line and those above tell."""
    lines = recipe.text.lines
    here = lines[spec.line - 1]
    indent = len(here) - len(here.lstrip())
    above = (line for line in reversed(lines[: spec.line - 1]) if line.strip())
    parent = next((line for line in above if len(line) - len(line.lstrip()) < indent), "")
    return (
        "_platform" not in here
        and not re.match(r"\s*(then|else):", parent)
        and (recipe.is_v1 or "{% if" not in recipe.text.content)
    )


def _names(specs: list[Spec]) -> str:
    return ", ".join(spec.name or f"compiler('{spec.call[1]}')" for spec in specs)


def _short(command: Command) -> str:
    return " ".join(command.argv[:4])
