"""Facts about a .conda file, read without unpacking it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import CrosscraftError

__all__ = ["CondaFile", "open_member", "read"]


@dataclass(frozen=True, slots=True)
class CondaFile:
    """What a package says of itself."""

    path: Path
    """The file."""
    name: str
    """The package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    subdir: str
    """The platform it claims to be for, or ``noarch``."""
    depends: tuple[str, ...]
    """Its run dependencies, as match specs."""
    variant: dict[str, str]
    """The variant that it was built for, whose hash is in the build string; empty if unknown."""
    files: tuple[str, ...]
    """What it installs, relative to the prefix, sorted."""
    run_exports: dict[str, tuple[str, ...]]
    """What it adds to the run dependencies of packages built with it, by kind: ``strong`` from
    the build or the host environment, ``weak`` from the host environment alone, ``noarch`` in
    the place of both for noarch packages."""


def read(path: Path | str) -> CondaFile:
    """Return the facts about the package `path`. Its payload is not touched.

    :raises CrosscraftError: if it is not a conda package.
    """
    info = dict(
        _members(
            Path(path),
            "info",
            {
                "info/index.json",
                "info/paths.json",
                "info/hash_input.json",
                "info/run_exports.json",
            },
        )
    )
    try:
        index = json.loads(info["info/index.json"])
        paths = json.loads(info["info/paths.json"])
        return CondaFile(
            path=Path(path),
            name=index["name"],
            version=index["version"],
            build=index["build"],
            subdir=index["subdir"],
            depends=tuple(index.get("depends", ())),
            variant=json.loads(info.get("info/hash_input.json", b"{}")),
            files=tuple(sorted(entry["_path"] for entry in paths["paths"])),
            run_exports={
                kind: tuple(specs)
                for kind, specs in json.loads(info.get("info/run_exports.json", b"{}")).items()
            },
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _not_a_package(Path(path), f"its info is not whole ({error})") from None


def open_member(path: Path | str, member: str) -> bytes:
    """Return the content of the file that the package `path` installs as `member`.

    :raises CrosscraftError: if it has no such member, or is not a conda package.
    """
    for _, content in _members(Path(path), "pkg", {member}):
        return content
    raise CrosscraftError(
        f"{Path(path).name} has no member {member!r}",
        remedy="Look at the `files` of `conda_file.read(path)`.",
    )


def _members(path: Path, component: str, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    from conda_package_streaming.package_streaming import CondaComponent, stream_conda_component

    left = set(wanted)
    try:
        for tar, member in stream_conda_component(path, component=CondaComponent(component)):
            if member.name in left and member.isreg():
                content = tar.extractfile(member)
                assert content is not None
                yield member.name, content.read()
                left.discard(member.name)
                if not left:
                    return
    except OSError as error:
        raise _not_a_package(path, (error.strerror or str(error)).lower()) from None
    except Exception as error:
        if isinstance(error, CrosscraftError):
            raise
        raise _not_a_package(path, str(error)) from None


def _not_a_package(path: Path, why: str) -> CrosscraftError:
    return CrosscraftError(
        f"{str(path)!r} cannot be read as a conda package: {why}",
        remedy="Give the path of a whole .conda file.",
    )
