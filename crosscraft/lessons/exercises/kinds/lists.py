"""Judge the lists of requirements of the first output, as the engine renders them."""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.building.recipe import Rendered
from crosscraft.lessons.evidence import recipes
from crosscraft.lessons.evidence.verdict import NotYet

__all__ = ["check"]

_COMPILER = "gxx_"
"""The name of a compiler for C++ begins with this, and ends with its target platform."""
_DURING_THE_BUILD = (_COMPILER, "cmake", "ninja", "nanobind")
"""How the names of the packages begin that nobody needs after the build."""


def check(rendered: Mapping[str, Rendered]) -> None:
    """Look at the lists of `cpp_math`, rendered for each platform.

    :raises NotYet: if there is no compiler for C++, or the run list is wrong.
    """
    _look_at_compiler(rendered)
    _look_at_run(rendered)


def _look_at_compiler(rendered: Mapping[str, Rendered]) -> None:
    """Find a compiler that the lists lack, or that is the same one for every platform."""
    for subdir in ("linux-64", "linux-aarch64"):
        output = recipes.output(rendered, "cpp_math", subdir)
        every = {name for kind in recipes.KINDS for name in recipes.required(output, kind)}
        compilers = {name for name in every if name.startswith(_COMPILER)}
        if not compilers:
            raise NotYet(
                "There's no compiler for C++ in the lists. CMake would take whatever this machine "
                "has, or stop. A function in `${{ … }}` asks for it."
            )
        if f"{_COMPILER}{subdir}" not in compilers:
            raise NotYet(
                f"Rendered for {subdir}, your recipe still asks for {min(compilers)}. The function "
                "`compiler` asks for the right one of each platform.",
            )


def _look_at_run(rendered: Mapping[str, Rendered]) -> None:
    run = recipes.required(recipes.output(rendered, "cpp_math", "linux-aarch64"), "run")
    if "python" not in run:
        raise NotYet(
            "Nothing makes sure that there's a Python where your package is installed. Which list "
            "names what must be there when the package is used?"
        )
    more = min(run - {"python"}, default="")
    if more.startswith(_DURING_THE_BUILD):
        raise NotYet(
            f"Everyone who installs your package would get {more} too. It's only needed during the "
            "build."
        )
    if more:
        raise NotYet(
            f"The run list has {more}. If the package needs that, the build adds it without being "
            "asked. Your recipe only asks for `python`."
        )
