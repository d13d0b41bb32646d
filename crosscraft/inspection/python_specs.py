"""Conda's match specs of Python packages.

rattler reads them. It has no build for browsers, where :func:`parse` reads the usual form, and
packaging compares the versions.

Source: conda's documentation, "Package match specifications" and "Version specification".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

__all__ = ["Spec", "by_rattler", "parse", "read"]


@dataclass(frozen=True, slots=True)
class Spec:
    """A requirement for one package."""

    name: str
    """The package's name in lower case."""
    build: str
    """A pattern of build strings, with ``*`` for any characters."""
    matches: Callable[[str], bool]
    """Whether a version, such as ``3.11.2``, meets the requirement."""


def read(text: str) -> Spec | None:
    """Return the spec in `text`, or None if it is invalid."""
    try:
        return by_rattler(text)
    except ImportError:
        return parse(text)


def by_rattler(text: str) -> Spec | None:
    """Return what rattler reads.

    :raises ImportError: if there is no rattler.
    """
    import rattler

    try:
        spec = rattler.MatchSpec(text)
        version = rattler.VersionSpec(spec.version or "*")
    except Exception:  # rattler raises several classes for an invalid spec
        return None
    name = spec.name.normalized if spec.name else ""
    return Spec(name, spec.build or "*", lambda one: version.matches(rattler.Version(one)))


_NAME = re.compile(r"[\w.-]+")
_SPACE = re.compile(r"\s*([,|])\s*|([<>=!~])\s+")
_BOUND = re.compile(r"(?P<operator>[<>=!~]=|[<>=]|)(?P<version>\d[\w.!+]*?)(?P<any>\.?\*)?")


def parse(text: str) -> Spec | None:
    """Return what we read of ``name [version [build]]``, or None for any other form."""
    name, *others = _SPACE.sub(r"\1\2", text.partition("#")[0]).split() or [""]
    if not _NAME.fullmatch(name) or len(others) > 2:
        return None
    version, build = (*others, "*", "*")[:2]
    if len(others) == 2 and re.match(r"=[^=]", version):
        version = f"={version}"  # beside a build, one sign is an exact version
    try:
        choices = [_specifiers(choice) for choice in version.split("|")]
    except ValueError:  # packaging's errors are of this class
        return None
    return Spec(
        name.lower(),
        build,
        lambda one: any(choice.contains(one, prereleases=True) for choice in choices),
    )


def _specifiers(choice: str) -> SpecifierSet:
    """Return Python's form of bounds that are joined by commas.

    :raises ValueError: if a bound is invalid.
    """
    return SpecifierSet(",".join(_specifier(bound) for bound in choice.split(",") if bound != "*"))


def _specifier(bound: str) -> str:
    found = _BOUND.fullmatch(bound)
    if not found:
        raise ValueError(bound)
    operator, version, any_end = found["operator"], found["version"], found["any"]
    if operator == "!=" or operator in ("", "=", "=="):
        begins = (any_end or operator == "=") and not Version(version).is_prerelease
        return f"{'!=' if operator == '!=' else '=='}{version}{'.*' if begins else ''}"
    return f"{'>=' if any_end and operator == '>' else operator}{version}"
