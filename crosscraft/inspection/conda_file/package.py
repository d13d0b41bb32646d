"""Facts about a conda package, ``.conda`` or ``.tar.bz2``, read without unpacking it.

Sources for the files under ``info/``: conda's documentation, "Package metadata", and the schemas
of the conda enhancement proposals (CEP 34 for the contents of packages).
"""

from __future__ import annotations

import fnmatch
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from crosscraft.errors import CrosscraftError
from crosscraft.inspection.conda_file import (
    index_json,
    older_lists,
    run_exports,
    stream,
    typed_json,
)
from crosscraft.inspection.conda_file.typed_json import get, get_texts, typed

MAX_PATHS = 32 * 2**20
"""Most bytes of ``info/paths.json``, enough for 130,000 files."""
MAX_TEXT = 4 * 2**20
"""Most bytes of any other text under ``info/``. A recipe has some kilobytes."""
MAX_MEMBER = 256 * 2**20
"""Most bytes of an installed file to hold in memory. Larger files can be streamed."""

INFO_FILES = {
    "info/about.json": "What the package is for, where it comes from, and what built it.",
    "info/files": "The paths that it installs, one a line, for tools older than paths.json.",
    "info/git": "The state of the git repository that the recipe was in.",
    "info/has_prefix": "The files that contain the prefix, for tools older than paths.json.",
    "info/hash_input.json": "The variant that it was built for. Its hash is in the build string.",
    "info/index.json": "Name, version, build string, platform and dependencies: the index's row.",
    "info/licenses/*": "The text of a licence that the package is under.",
    "info/link.json": "How a noarch package is installed: its kind, and its entry points.",
    "info/no_link": "The files that are to be copied, never linked, into an environment.",
    "info/paths.json": "Every file that it installs, with its size, checksum and kind.",
    "info/recipe/*": "What it was built from: the recipe, the variants, and the files beside it.",
    "info/repodata_record.json": "Where the package was downloaded from.",
    "info/no_softlink": "The files that are never to be linked symbolically.",
    "info/run_exports": "What it adds, one a line, for tools older than run_exports.yaml.",
    "info/run_exports.json": "What it adds to the run dependencies of packages built with it.",
    "info/run_exports.yaml": "The same, as older tools write it.",
    "info/test/*": "What is run to test it once it is installed, as conda-build keeps it.",
    "info/tests/*": "What is run to test it once it is installed, as rattler-build keeps it.",
    "info/tests/tests.yaml": "The tests that are run once it is installed.",
}
"""The purpose of each file under ``info/``. A ``*`` matches any path."""

_REBUILD = "Download the package again, or correct what wrote its info and build it again."
_RECIPES = ("info/recipe/recipe.yaml", "info/recipe/meta.yaml")
_TABLES = ("info/index.json", "info/paths.json", "info/hash_input.json")


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One installed file in ``info/paths.json``."""

    path: str
    """The installed path, relative to the prefix."""
    type: Literal["hardlink", "softlink", "directory"]
    """``hardlink`` is a file that is linked or copied, ``softlink`` is a symbolic link."""
    size: int | None
    """The size in bytes, or None if it is not given."""
    sha256: str
    """The checksum in hexadecimal, or empty if it is not given."""
    placeholder: str
    """The build prefix in the file, which an installer replaces. Empty if there is none."""
    file_mode: Literal["text", "binary", ""]
    """The kind of replacement. In a binary it keeps the length. Empty without a placeholder."""


@dataclass(frozen=True, slots=True)
class CondaFile:
    """The metadata of a package."""

    path: Path
    """The package file."""
    name: str
    """The name of the package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    subdir: str
    """The claimed platform, or ``noarch``. Empty if an older package claims none."""
    depends: tuple[str, ...]
    """Its run dependencies, as match specs."""
    variant: dict[str, str]
    """The variant, whose hash is in the build string. Empty if it is not stored."""
    files: tuple[str, ...]
    """The installed paths, relative to the prefix, sorted."""
    run_exports: dict[str, tuple[str, ...]]
    """Run dependencies for packages built with this one, by kind: ``strong`` from the build or
    the host environment, ``weak`` from the host environment only, ``noarch`` instead of both for
    noarch packages. ``strong_constrains`` and ``weak_constrains`` are bounds for them."""
    build_number: int = 0
    """The number of the build among builds of one version."""
    noarch: str = ""
    """``python`` or ``generic`` for every platform, or empty for one platform."""
    constrains: tuple[str, ...] = ()
    """Bounds on optional packages, as match specs."""
    license: str = ""
    """The licence as an SPDX expression, or empty if it is not given."""
    timestamp: int | None = None
    """The build time in milliseconds since 1970 UTC, or None if it is not given."""
    entries: tuple[PackagedFile, ...] = ()
    """The entries of ``info/paths.json``, sorted by path. Those of an older package are from
    ``info/files``, without sizes and checksums."""
    tests: str = ""
    """The text of the tests, or empty if there are none."""
    recipe: str = ""
    """The text of the recipe, or empty if it is not stored."""
    hash_input: str = ""
    """The text of the variant that is hashed. The first seven digits of its SHA-1 follow the
    ``h`` in the build string. Empty if it is not stored."""
    info_files: tuple[str, ...] = ()
    """The files of the metadata, sorted: ``info/index.json``."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a package's payload, even if ``info/paths.json`` does not list it."""

    path: str
    """The installed path in the archive, relative to the prefix."""
    size: int
    """The size of a file's content in bytes, or 0."""
    mode: int
    """The permission bits: ``0o755``."""
    kind: Literal["file", "link", "hardlink", "directory", "other"]
    """``link`` is symbolic, ``hardlink`` is another name of an earlier file, ``other`` is a device
    or a named pipe, which no package should have."""
    target: str
    """The target, relative to the folder of a symbolic link, or to the prefix for a hard link."""


def read(path: Path | str) -> CondaFile:
    """Return the facts about the package `path`. The payload of a ``.conda`` is not read.

    A ``.tar.bz2`` may have ``info/`` anywhere, so the whole file is read.

    :raises CrosscraftError: if `path` is not a conda package.
    """
    path = Path(path)
    names, texts = _info(path)
    try:
        index, paths, variant = (typed_json.table(texts.get(n, b"{}"), n) for n in _TABLES)
        if "info/paths.json" not in texts:
            paths = older_lists.as_paths(texts, _path_types(path))
        entries = tuple(sorted(_entries(paths), key=lambda entry: entry.path))
        return CondaFile(
            path=path,
            name=get(index, "name", str),
            version=get(index, "version", str),
            build=get(index, "build", str),
            build_number=get(index, "build_number", int, 0),
            subdir=index_json.subdir(index),
            noarch=index_json.noarch(index),
            depends=get_texts(index, "depends"),
            constrains=get_texts(index, "constrains"),
            license=get(index, "license", str, ""),
            timestamp=index_json.timestamp(index),
            variant={
                key: value if isinstance(value, str) else json.dumps(value)
                for key, value in variant.items()
            },
            files=tuple(entry.path for entry in entries),
            entries=entries,
            run_exports=run_exports.read(texts),
            tests=_tests(texts),
            recipe=next((_text(texts[name]) for name in _RECIPES if name in texts), ""),
            hash_input=_text(texts.get("info/hash_input.json", b"")),
            info_files=names,
        )
    except ValueError as error:
        raise stream.not_a_package(path, f"its info is not valid ({error})", _REBUILD) from None


def info_member(path: Path | str, name: str) -> bytes:
    """Return the content of the file `name` under ``info/``, such as ``info/about.json``.

    :raises CrosscraftError: if there is no such file, or `path` is not a conda package.
    """
    return _find(Path(path), "info", name, MAX_PATHS, "info_files")


def open_member(path: Path | str, member: str) -> bytes:
    """Return the content of the file that the package `path` installs as `member`.

    The rest of the package is not read.

    :raises CrosscraftError: if there is no such member, or `path` is not a conda package.
    """
    return _find(Path(path), "pkg", member, MAX_MEMBER, "files")


def payload(
    path: Path | str, on_read: stream.OnRead | None = None
) -> Iterator[tuple[Member, BinaryIO | None]]:
    """Yield the members that the package `path` installs, in the order of the archive.

    Each file comes with its content, which must be read before the next member. Other members
    come with None.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if `path` is not a conda package, or is damaged. Reading a content
        raises it too.
    """
    path = Path(path)
    for archive, entry in stream.members(path, "pkg", on_read):
        if entry.isreg():
            content = stream.Content(path, archive, entry)
            yield _member(entry, "file"), cast(BinaryIO, content)
        else:
            yield _member(entry, _KINDS.get(entry.type, "other")), None


def describe(name: str) -> str:
    """Return the purpose of the file `name` under ``info/``, or an empty string if unknown."""
    if name in INFO_FILES:
        return INFO_FILES[name]
    return next((INFO_FILES[p] for p in INFO_FILES if fnmatch.fnmatchcase(name, p)), "")


_Kind = Literal["file", "link", "hardlink", "directory", "other"]
_KINDS: dict[bytes, _Kind] = {
    tarfile.SYMTYPE: "link",
    tarfile.LNKTYPE: "hardlink",
    tarfile.DIRTYPE: "directory",
}


def _member(entry: tarfile.TarInfo, kind: _Kind) -> Member:
    return Member(
        path=stream.name_of(entry),
        size=entry.size if kind == "file" else 0,
        mode=entry.mode & 0o7777,
        kind=kind,
        target=entry.linkname if kind in {"link", "hardlink"} else "",
    )


def _find(path: Path, part: stream.Part, name: str, limit: int, others: str) -> bytes:
    for archive, entry in stream.members(path, part):
        if stream.name_of(entry) == name:
            if entry.isreg():
                return stream.read_part(path, archive, entry, limit)
            is_link = entry.issym() or entry.islnk()
            kind = f"a link to {entry.linkname!r}" if is_link else "not a file"
            raise CrosscraftError(
                f"{path.name!r} has {name!r}, which is {kind}",
                remedy=f"Choose a file of the `{others}` of `conda_file.read(path)`.",
            )
    raise CrosscraftError(
        f"{path.name!r} has no member {name!r}",
        remedy=f"Look at the `{others}` of `conda_file.read(path)`.",
    )


def _info(path: Path) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Return the sorted names under ``info/``, and the contents of the files for :func:`read`."""
    wanted = {*_TABLES, *_RECIPES, *older_lists.FILES, *run_exports.FILES}
    names: list[str] = []
    texts: dict[str, bytes] = {}
    for archive, entry in stream.members(path, "info"):
        name = stream.name_of(entry)
        if entry.isdir():
            continue
        if not name.startswith("info/") or ".." in name.split("/"):
            raise stream.not_a_package(path, f"it has {name!r} instead of a file in info/")
        names.append(name)
        if entry.isreg() and (name in wanted or _is_test(name)):
            if name in texts:
                raise stream.not_a_package(path, f"it has {name} twice")
            limit = MAX_PATHS if name == "info/paths.json" else MAX_TEXT
            texts[name] = stream.read_part(path, archive, entry, limit)
    if "info/index.json" not in texts:
        raise stream.not_a_package(path, "it has no info/index.json")
    if "info/paths.json" not in texts and "info/files" not in texts:
        raise stream.not_a_package(path, "it has neither info/paths.json nor info/files")
    return tuple(sorted(names)), texts


def _is_test(name: str) -> bool:
    return name == "info/tests/tests.yaml" or fnmatch.fnmatchcase(name, "info/test/run_test.*")


def _tests(texts: dict[str, bytes]) -> str:
    """Return the tests as one text. Several scripts get their names as comments."""
    scripts = {name: _text(data) for name, data in sorted(texts.items()) if _is_test(name)}
    if len(scripts) == 1:
        return next(iter(scripts.values()))
    return "\n".join(f"# {name}\n{text}" for name, text in scripts.items())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _path_types(path: Path) -> dict[str, str]:
    """Return the path types of links and folders, which only the payload of an old package has."""
    return {
        stream.name_of(entry): "softlink" if entry.issym() else "directory"
        for _, entry in stream.members(path, "pkg")
        if entry.issym() or entry.isdir()
    }


_TYPES: dict[str, Literal["hardlink", "softlink", "directory"]] = {
    "hardlink": "hardlink",
    "softlink": "softlink",
    "directory": "directory",
}
_MODES: dict[str, Literal["text", "binary", ""]] = {"text": "text", "binary": "binary", "": ""}


def _entries(paths: typed_json.Table) -> Iterator[PackagedFile]:
    for value in get(paths, "paths", list):
        entry: typed_json.Table = typed(value, dict, "one of 'paths'")
        size = get(entry, "size_in_bytes", int, -1)
        try:
            yield PackagedFile(
                path=get(entry, "_path", str),
                type=_TYPES[get(entry, "path_type", str, "hardlink")],
                size=size if size >= 0 else None,
                sha256=get(entry, "sha256", str, ""),
                placeholder=get(entry, "prefix_placeholder", str, ""),
                file_mode=_MODES[get(entry, "file_mode", str, "")],
            )
        except KeyError as error:
            raise ValueError(f"{error} is not a type or mode of a file") from None
