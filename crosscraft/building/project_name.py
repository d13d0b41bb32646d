"""Names for a new project: one spelling that is legal wherever the project has its name.

Sources of the rules: https://docs.python.org/3/reference/lexical_analysis.html#identifiers,
https://conda.org/learn/ceps/cep-0026 (names of conda packages),
https://packaging.python.org/en/latest/specifications/name-normalization/, the keywords of C23 and
C++23, and CMake's policy CMP0037 (names of targets).
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Callable, Collection

from crosscraft.errors import ProjectError

__all__ = ["check"]

_FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""An identifier of Python and C, a name that conda and pip take, and none that C reserves (``__``,
``_`` in front)."""

_LONGEST = 50
"""It is part of names of files and of columns of tables, which then still can be read."""

_C = frozenset(
    "alignas alignof and_eq asm auto bitand bitor bool case catch char char16_t char32_t char8_t "
    "co_await co_return co_yield compl concept const const_cast consteval constexpr constinit "
    "decltype default delete do double dynamic_cast enum explicit export extern false float friend "
    "goto inline int long mutable namespace new noexcept not_eq nullptr operator or_eq private "
    "protected public register reinterpret_cast requires restrict short signed sizeof static "
    "static_assert static_cast struct switch template this thread_local throw true typedef typeid "
    "typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t xor xor_eq "
    "linux unix".split()
)
"""Keywords of C and C++ that are none of Python, and macros of GCC on Linux."""

_LIBRARIES = frozenset("c crypt dl m pthread resolv rt util z".split())
"""Libraries that a C compiler finds as ``-lc`` and so on: those of glibc, and zlib's."""

_BUILD = frozenset(
    "all build clean edit_cache help install list_install_components output package package_source "
    "preinstall rebuild_cache recipe src test".split()
)
"""Targets of CMake, make and Ninja, and folders of a project."""

_PYTHON = sys.stdlib_module_names | {"sitecustomize", "usercustomize"}


def check(name: str, taken: Collection[str]) -> None:
    """Check that a project can have this name.

    :param taken: the names of files in the project that are not named for it.
    :raises ProjectError: if not.
    """
    reason = _reason(name) or (name in taken and "the template has a file of that name")
    if reason:
        raise _refused(name, reason)


def _reason(name: str) -> str:
    """Return what is wrong with a name, or nothing."""
    return next((reason for is_broken, reason in _RULES if is_broken(name)), "")


def _is_package(name: str) -> bool:
    """Whether the local channel, which has conda-forge's names, can have such a package."""
    from crosscraft.channel import available, catalog
    from crosscraft.platforms import native

    rows = (*catalog.packages(native()), *available.rows())
    known = {row.name.replace("-", "_") for row in rows}
    return not known.isdisjoint((name, f"lib{name}", f"python_{name}"))


_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: len(name) > _LONGEST, f"it has more than {_LONGEST} characters"),
    (
        lambda name: not _FORM.fullmatch(name),
        "a name has lower-case letters (a to z), digits and single underscores, and starts with a "
        "letter",
    ),
    (keyword.iskeyword, "it is a keyword of Python"),
    (_PYTHON.__contains__, "Python has a module of that name"),
    (_C.__contains__, "it means something else in C and C++"),
    (_LIBRARIES.__contains__, "the C library or zlib has a library of that name"),
    (_BUILD.__contains__, "it is a target or a folder of every build"),
    (_is_package, "a package that projects depend on has that name"),
)
"""What is wrong with a name, and how to say so. The first one counts."""


def _refused(name: str, reason: str) -> ProjectError:
    shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
    words = "_".join(re.findall(r"[a-z0-9]+", name.lower())) if name.isascii() else ""
    proposed = words if words != name and not _reason(words) else "geo_tools"
    return ProjectError(
        f"a project cannot be called {shown!r}: {reason}",
        remedy=f"Choose another name, for example {proposed}.",
    )
