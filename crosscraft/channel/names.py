"""The names of packages, in match specs and in file names."""

from __future__ import annotations

from pathlib import Path

__all__ = ["of_file", "of_spec"]


def of_spec(spec: str) -> str:
    """Return the package that a match spec names: ``python`` of ``python >=3.11``."""
    from rattler import MatchSpec

    name = MatchSpec(spec).name
    return name.normalized if name else ""


def of_file(path: Path) -> tuple[str, str, str]:
    """Return name, version and build of a file called ``NAME-VERSION-BUILD.conda`` or ``.json``.

    Source: CEP 26. Neither version nor build may have a hyphen.
    """
    name, version, build = path.name.rsplit("-", 2)
    return name, version, build.rpartition(".")[0]
