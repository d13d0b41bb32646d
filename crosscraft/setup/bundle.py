"""A bundle: one file with the repository, the local channel and every wheel, to carry to a room.

It is a tar without compression (what is in it is compressed already):

    manifest.json       which machine it is for, and the SHA-256 and size of every part
    manifest.sha256     of manifest.json
    crosscraft/         the repository
    wheels/             the wheels of requirements.txt
    pip/                pip itself, for a Python that has no ensurepip
    channel/            the local channel

This module reads one. Set-up needs it before anything is installed, so it imports nothing but
the standard library. :mod:`crosscraft.setup.make_bundle` writes one.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import posixpath
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from crosscraft.errors import BundleError
from crosscraft.system import files
from crosscraft.system.regular_file import open_regular

__all__ = ["Manifest", "Part", "hash_file", "here", "pins", "read", "unpack"]

FORMAT = 1
"""Raised when a bundle is laid out in another way."""
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
FOLDERS = ("crosscraft", "wheels", "pip", "channel")
"""The folders a part may be in."""

_LONGEST_MANIFEST = 1 << 24
"""Bytes; ours has 60 kB. It is read before anything is known of the file."""
_BLOCK = 1 << 20
"""Bytes read at a time."""
_AGAIN = "Copy it again from where it came from, or make another with `crosscraft bundle`."

# What tarfile raises on headers that are not as they should be, besides its own errors.
_DAMAGE = (tarfile.TarError, ValueError, EOFError, OverflowError, IndexError)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle."""

    sha256: str
    """In hexadecimal."""
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle is for, and what is in it."""

    python: str
    """The Python its wheels are for, as major.minor."""
    processor: str
    """The processor it is for, as ``uname -m`` has it."""
    pins: str
    """:func:`pins` of the repository it was made from."""
    catalog: str
    """What its catalog is called: :func:`crosscraft.channel.local.key`."""
    channel: str
    """The name of the channel's folder: a hash of its contents."""
    parts: Mapping[str, Part]
    """By path within the bundle."""

    def to_json(self) -> bytes:
        """Return the bytes of ``manifest.json``."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1).encode() + b"\n"


def here() -> tuple[str, str]:
    """Return the Python (major.minor) and the processor of this process."""
    return "{}.{}".format(*sys.version_info), platform.machine()


def pins(root: Path) -> str:
    """Return a hash of all that decides what is installed for the clone at `root`."""
    names = ("requirements.txt", "pyproject.toml")
    return hashlib.sha256(b"".join((root / name).read_bytes() for name in names)).hexdigest()


def hash_file(path: Path) -> Part:
    """Return checksum and size of a file."""
    return Part(files.sha256(path), path.stat().st_size)


def read(path: Path, root: Path) -> Manifest:
    """Return the manifest of the bundle `path`; nothing behind it is read.

    :param root: the clone it is to be used for.
    :raises BundleError: if it is no bundle, or not one for this Python, this processor, or what
        this clone pins.
    """
    with _open(path) as tar:
        manifest = _manifest(path, tar)
    _check_fit(path, manifest, root)
    return manifest


def unpack(
    path: Path,
    root: Path,
    folder: Path,
    on_bytes: Callable[[int], object] = lambda count: None,
) -> Manifest:
    """Unpack wheels, pip and channel of the bundle `path` into `folder`, which is empty.

    Every part is compared with its checksum, those of the repository too, and what is in
    `folder` must not be used unless this returns.

    :param root: the clone it is to be used for.
    :param on_bytes: called with the bytes that have been read, a few times a second.
    :raises BundleError: as :func:`read` does, and if any part is damaged, missing, unknown, or
        would leave its folder.
    """
    with _open(path) as tar:
        manifest = _manifest(path, tar)
        _check_fit(path, manifest, root)
        left = dict(manifest.parts)
        while (member := tar.next()) is not None:
            part = left.pop(member.name, None)
            if part is None or not member.isreg() or member.size != part.size:
                raise _damaged(path, f"{member.name!r} is not what its manifest lists")
            content = tar.extractfile(member)
            assert content is not None
            target: Path | str = os.devnull
            if not member.name.startswith("crosscraft/"):
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
            if _copy(content, target) != part.sha256:
                raise _damaged(path, f"{member.name!r} does not have its checksum")
            on_bytes(tar.offset)
        if left:
            raise _damaged(path, f"it ends too early; {len(left)} of its parts are missing")
    return manifest


@contextmanager
def _open(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        file = open_regular(path)
    except OSError as error:
        raise BundleError(
            f"the bundle {str(path)!r} cannot be read: {(error.strerror or str(error)).lower()}",
            remedy="Give the one file that `crosscraft bundle` made.",
        ) from None
    try:
        # A stream: a member is read once, in the order of the file, and never sought.
        with file, tarfile.open(fileobj=file, mode="r|", bufsize=_BLOCK) as tar:
            yield tar
    except _DAMAGE:
        raise _damaged(path, "it cannot be read to its end") from None


def _manifest(path: Path, tar: tarfile.TarFile) -> Manifest:
    """Read the first two members."""
    texts = []
    for name in (MANIFEST, SEAL):
        member = tar.next()
        if member is None or member.name != name or not member.isreg():
            raise BundleError(f"{str(path)!r} is not a bundle of crosscraft", remedy=_AGAIN)
        if member.size > _LONGEST_MANIFEST:
            raise _damaged(path, f"{name} is too long")
        content = tar.extractfile(member)
        assert content is not None
        texts.append(content.read())
    text, seal = texts
    if hashlib.sha256(text).hexdigest().encode() != seal.strip():
        raise _damaged(path, f"{MANIFEST} does not have its checksum")
    try:
        fields = json.loads(text)
        if fields.pop("format") != FORMAT:
            raise BundleError(
                f"{str(path)!r} is laid out for another version of crosscraft",
                remedy="Use the repository that is in it (docs/teaching.md says how).",
            )
        parts = {str(name): Part(**part) for name, part in fields.pop("parts").items()}
        manifest = Manifest(**fields, parts=parts)
    except (TypeError, AttributeError, KeyError, RecursionError):
        raise _damaged(path, f"{MANIFEST} lacks something") from None
    for name in parts:
        if not _stays_within(name):
            raise BundleError(
                f"{str(path)!r} has a part that would leave its folder: {name!r}",
                remedy="Do not use it: nothing that `crosscraft bundle` makes is like that.",
            )
    return manifest


def _stays_within(name: str) -> bool:
    folder, _, rest = name.partition("/")
    plain = posixpath.normpath(name) == name and "\0" not in name
    return folder in FOLDERS and rest not in {"", "."} and plain


def _check_fit(path: Path, manifest: Manifest, root: Path) -> None:
    python, processor = here()
    for kind, theirs, ours, remedy in (
        ("processor", manifest.processor, processor, "Make a bundle on a machine like this one."),
        (
            "Python",
            manifest.python,
            python,
            f"Use that Python (`make setup PYTHON=python{manifest.python} BUNDLE=…`), or make a "
            "bundle with this one.",
        ),
    ):
        if theirs != ours:
            raise BundleError(
                f"the bundle {str(path)!r} is for the {kind} {theirs}, and this is {ours}",
                remedy=remedy,
            )
    from crosscraft.channel import local  # set-up wants the pins alone, each time

    for name, theirs, ours in (
        ("requirements.txt or pyproject.toml", manifest.pins, pins(root)),
        ("the catalog of the local channel", manifest.catalog, local.key()),
    ):
        if theirs != ours:
            raise BundleError(
                f"the bundle {str(path)!r} is from another version of the repository: {name} "
                "differs",
                looked=str(root),
                remedy="Use the repository that is in it (docs/teaching.md says how), or make "
                "another bundle from this version.",
            )


def _copy(source: IO[bytes], target: Path | str) -> str:
    """Write all of `source` to the file `target`, and return its SHA-256."""
    digest = hashlib.sha256()
    with open(target, "wb") as file:
        while block := source.read(_BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _damaged(path: Path, how: str) -> BundleError:
    return BundleError(f"the bundle {str(path)!r} is damaged: {how}", remedy=_AGAIN)
