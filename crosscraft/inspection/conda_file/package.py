"""Facts about a conda package, ``.conda`` or ``.tar.bz2``, read without unpacking it.

Source of what is under ``info/``: conda's documentation, "Package metadata", and the schemas
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
from crosscraft.inspection.conda_file import stream, typed_json
from crosscraft.inspection.conda_file.typed_json import get, get_texts, typed

MAX_PATHS = 32 * 2**20
"""Bytes of ``info/paths.json``: some 130,000 files."""
MAX_TEXT = 4 * 2**20
"""Bytes of any other text under ``info/``; recipes have some kilobytes."""
MAX_MEMBER = 256 * 2**20
"""Bytes of an installed file that are held in memory at once. Larger ones can be streamed."""

INFO_FILES = {
    "info/about.json": "What the package is for, where it comes from, and what built it.",
    "info/files": "The paths that it installs, one a line, for tools older than paths.json.",
    "info/git": "The state of the git repository that the recipe was in.",
    "info/has_prefix": "The files that hold the prefix, for tools older than paths.json.",
    "info/hash_input.json": "The variant that it was built for; its hash is in the build string.",
    "info/index.json": "Name, version, build string, platform and dependencies: the index's row.",
    "info/licenses/*": "The text of a licence that the package is under.",
    "info/link.json": "How a noarch package is installed: its kind, and its entry points.",
    "info/no_link": "The files that are to be copied, never linked, into an environment.",
    "info/paths.json": "Every file that it installs, with its size, checksum and kind.",
    "info/recipe/*": "What it was built from: the recipe, the variants, and the files beside it.",
    "info/repodata_record.json": "Where the package was downloaded from.",
    "info/run_exports.json": "What it adds to the run dependencies of packages built with it.",
    "info/run_exports.yaml": "The same, as older tools write it.",
    "info/test/*": "What is run to test it once it is installed, as conda-build keeps it.",
    "info/tests/*": "What is run to test it once it is installed, as rattler-build keeps it.",
    "info/tests/tests.yaml": "The tests that are run once it is installed.",
}
"""What each file under ``info/`` is for. A ``*`` stands for any path."""

_RECIPES = ("info/recipe/recipe.yaml", "info/recipe/meta.yaml")
_TABLES = ("index", "paths", "hash_input", "run_exports")


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One file that a package installs, as ``info/paths.json`` has it."""

    path: str
    """Where it goes, relative to the prefix."""
    type: Literal["hardlink", "softlink", "directory"]
    """How it gets there: a file is linked or copied, a symbolic link is made anew."""
    size: int | None
    """Its size in bytes, or None if that is not said."""
    sha256: str
    """Its checksum in hexadecimal; empty if that is not said."""
    placeholder: str
    """The prefix it was built in, which is replaced by that it goes to; empty if none is in it."""
    file_mode: Literal["text", "binary", ""]
    """How the placeholder is replaced: in a binary the length is kept. Empty without one."""


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
    build_number: int = 0
    """Counts builds of one version."""
    noarch: str = ""
    """``python`` or ``generic`` if it fits every platform; empty if it is for one."""
    constrains: tuple[str, ...] = ()
    """What it does not need, but puts bounds on where it is there, as match specs."""
    license: str = ""
    """Its licence, as an SPDX expression; empty if not said."""
    timestamp: int | None = None
    """When it was built, in milliseconds since 1970 UTC; None if not said."""
    entries: tuple[PackagedFile, ...] = ()
    """What it installs, as ``info/paths.json`` has it, sorted by path."""
    tests: str = ""
    """The text of its tests; empty if it has none."""
    recipe: str = ""
    """The text of the recipe it was built from; empty if that is not stored."""
    hash_input: str = ""
    """The text of the variant as it is hashed: the first seven digits of its SHA-1 are those
    after the ``h`` in the build string. Empty if it is not stored."""
    info_files: tuple[str, ...] = ()
    """The files in which it says all this, sorted: ``info/index.json``."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a package's payload: what is there, whatever ``info/paths.json`` says."""

    path: str
    """Where it goes, relative to the prefix, as the archive has it."""
    size: int
    """Size of its content in bytes; 0 unless it is a file."""
    mode: int
    """Its permission bits: ``0o755``."""
    kind: Literal["file", "link", "hardlink", "directory", "other"]
    """``link`` is symbolic, ``hardlink`` is one more name of an earlier file, ``other`` is a
    device or a named pipe, which no package should have."""
    target: str
    """Where a link leads: a symbolic one from its own folder, a hard one from the prefix."""


def read(path: Path | str) -> CondaFile:
    """Return the facts about the package `path`. The payload of a ``.conda`` is not touched.

    A ``.tar.bz2`` may have ``info/`` anywhere, so all of it is read.

    :raises CrosscraftError: if it is not a conda package.
    """
    path = Path(path)
    names, texts = _info(path)
    tables = {name: _json(path, texts, f"info/{name}.json") for name in _TABLES}
    index, run_exports = tables["index"], tables["run_exports"]
    try:
        entries = tuple(sorted(_entries(tables["paths"]), key=lambda entry: entry.path))
        return CondaFile(
            path=path,
            name=get(index, "name", str),
            version=get(index, "version", str),
            build=get(index, "build", str),
            build_number=get(index, "build_number", int, 0),
            subdir=get(index, "subdir", str),
            noarch=get(index, "noarch", str, ""),
            depends=get_texts(index, "depends"),
            constrains=get_texts(index, "constrains"),
            license=get(index, "license", str, ""),
            timestamp=_milliseconds(get(index, "timestamp", int, -1)),
            variant={
                key: value if isinstance(value, str) else json.dumps(value)
                for key, value in tables["hash_input"].items()
            },
            files=tuple(entry.path for entry in entries),
            entries=entries,
            run_exports={kind: get_texts(run_exports, kind) for kind in run_exports},
            tests=_tests(texts),
            recipe=next((_text(texts[name]) for name in _RECIPES if name in texts), ""),
            hash_input=_text(texts.get("info/hash_input.json", b"")),
            info_files=names,
        )
    except ValueError as error:
        raise stream.not_a_package(path, f"its info is not whole ({error})") from None


def info_member(path: Path | str, name: str) -> bytes:
    """Return the content of a file under ``info/``, called `name`: ``info/about.json``.

    :raises CrosscraftError: if there is none, or it is not a conda package.
    """
    return _find(Path(path), "info", name, MAX_PATHS, "info_files")


def open_member(path: Path | str, member: str) -> bytes:
    """Return the content of the file that the package `path` installs as `member`.

    What comes after it in the package is not read.

    :raises CrosscraftError: if it has no such member, or is not a conda package.
    """
    return _find(Path(path), "pkg", member, MAX_MEMBER, "files")


def payload(
    path: Path | str, on_read: stream.OnRead | None = None
) -> Iterator[tuple[Member, BinaryIO | None]]:
    """Yield what the package `path` installs, in the order of the archive.

    With each file comes its content, to be read before the next is asked for, in pieces as
    large as one likes; with what is no file comes None.

    :param on_read: called with the position in the file, in bytes, as it is read.
    :raises CrosscraftError: if it is not a conda package, or is damaged; so does reading.
    """
    path = Path(path)
    for archive, entry in stream.members(path, "pkg", on_read):
        if entry.isreg():
            content = stream.Content(path, archive, entry)
            yield _member(entry, "file"), cast(BinaryIO, content)
        else:
            yield _member(entry, _KINDS.get(entry.type, "other")), None


def describe(name: str) -> str:
    """Return what the file `name` of a package's ``info/`` is for; empty if it is not known."""
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
            leads = f"a link to {entry.linkname!r}" if entry.issym() or entry.islnk() else "no file"
            raise CrosscraftError(
                f"{path.name!r} has {name!r}, which is {leads}",
                remedy=f"Choose a file of the `{others}` of `conda_file.read(path)`.",
            )
    raise CrosscraftError(
        f"{path.name!r} has no member {name!r}",
        remedy=f"Look at the `{others}` of `conda_file.read(path)`.",
    )


def _info(path: Path) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Return the names under ``info/``, sorted, and the content of those that we read."""
    wanted = {f"info/{name}.json" for name in _TABLES} | set(_RECIPES)
    names: list[str] = []
    texts: dict[str, bytes] = {}
    for archive, entry in stream.members(path, "info"):
        name = stream.name_of(entry)
        if entry.isdir():
            continue
        if not name.startswith("info/") or ".." in name.split("/"):
            raise stream.not_a_package(path, f"it has {name!r} where info/ is due")
        names.append(name)
        if entry.isreg() and (name in wanted or _is_test(name)):
            if name in texts:
                raise stream.not_a_package(path, f"it has two {name}")
            limit = MAX_PATHS if name == "info/paths.json" else MAX_TEXT
            texts[name] = stream.read_part(path, archive, entry, limit)
    return tuple(sorted(names)), texts


def _is_test(name: str) -> bool:
    return name == "info/tests/tests.yaml" or fnmatch.fnmatchcase(name, "info/test/run_test.*")


def _tests(texts: dict[str, bytes]) -> str:
    """Return the tests as one text: each of several scripts under its name, as a comment."""
    scripts = {name: _text(data) for name, data in sorted(texts.items()) if _is_test(name)}
    if len(scripts) == 1:
        return next(iter(scripts.values()))
    return "\n".join(f"# {name}\n{text}" for name, text in scripts.items())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _json(path: Path, texts: dict[str, bytes], name: str) -> typed_json.Table:
    if name not in texts:
        if name in {"info/index.json", "info/paths.json"}:
            raise stream.not_a_package(path, f"it has no {name}")
        return {}
    try:
        return typed_json.table(texts[name], name)
    except ValueError as error:
        raise stream.not_a_package(path, f"its info is not whole ({error})") from None


def _milliseconds(timestamp: int) -> int | None:
    """Older packages count seconds. conda takes for those what is before the year 10000."""
    if timestamp < 0:
        return None
    return timestamp * 1000 if timestamp < 253_402_300_800 else timestamp


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
            raise ValueError(f"{error} is no type or mode of a file") from None
