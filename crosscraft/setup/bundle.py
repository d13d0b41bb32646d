"""Read a bundle: one file that sets up a machine without a network.

It is a tar file without compression, because its parts are compressed:

    manifest.json       the target machine, and the SHA-256 and size of every part
    manifest.sha256     the SHA-256 of manifest.json
    crosscraft/         the repository
    wheels/             the wheels of requirements.txt
    pip/                pip itself, for a Python without ensurepip
    channel/            the local channel

Set-up imports this module before anything is installed, so it only imports the standard library.
:mod:`crosscraft.setup.make_bundle` writes bundles.
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
"""The version of the format. It is raised with each change of the layout."""
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
FOLDERS = ("crosscraft", "wheels", "pip", "channel")
"""The folders that parts can be in."""

_LONGEST_MANIFEST = 1 << 24
"""The maximum size in bytes (ours is 60 kB), because it is read before the file is verified."""
_BLOCK = 1 << 20
"""The number of bytes read at a time."""
_AGAIN = "Copy the bundle again from its source, or make a new one with `crosscraft bundle`."

# The exceptions that tarfile raises for invalid headers, besides its own.
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
    """The target machine and the parts of a bundle."""

    python: str
    """The Python of its wheels, as major.minor."""
    processor: str
    """The target processor, as in ``uname -m``."""
    pins: str
    """:func:`pins` of the repository that it was made from."""
    catalog: str
    """The key of its catalog (:func:`crosscraft.channel.local.key`)."""
    channel: str
    """The name of the channel's folder, which is a hash of its contents."""
    parts: Mapping[str, Part]
    """The parts by path within the bundle."""

    def to_json(self) -> bytes:
        """Return the contents of ``manifest.json``."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1).encode() + b"\n"


def here() -> tuple[str, str]:
    """Return the Python (major.minor) and the processor of this process."""
    return "{}.{}".format(*sys.version_info), platform.machine()


def pins(root: Path) -> str:
    """Return a hash of the files that determine what is installed for the clone at `root`."""
    names = ("requirements.txt", "pyproject.toml")
    return hashlib.sha256(b"".join((root / name).read_bytes() for name in names)).hexdigest()


def hash_file(path: Path) -> Part:
    """Return the checksum and the size of a file."""
    return Part(files.sha256(path), path.stat().st_size)


def read(path: Path, root: Path) -> Manifest:
    """Return the manifest of the bundle `path` without reading the parts.

    :param root: the clone to set up.
    :raises BundleError: if the file is not a bundle, or is not for this Python, this processor or
        this version of the clone.
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
    """Unpack the wheels, pip and the channel of the bundle `path` into the empty `folder`.

    Every part is verified by its checksum, also those of the repository. If this raises, the
    contents of `folder` must not be used.

    :param root: the clone to set up.
    :param on_bytes: called with the number of bytes read so far, a few times a second.
    :raises BundleError: as :func:`read` does, and if a part is damaged, missing or unknown, or its
        path leaves its folder.
    """
    with _open(path) as tar:
        manifest = _manifest(path, tar)
        _check_fit(path, manifest, root)
        left = dict(manifest.parts)
        while (member := tar.next()) is not None:
            part = left.pop(member.name, None)
            if part is None or not member.isreg() or member.size != part.size:
                raise _damaged(path, f"{member.name!r} does not match its manifest")
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
            raise _damaged(path, f"it ends too early, and {len(left)} of its parts are missing")
    return manifest


@contextmanager
def _open(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        file = open_regular(path)
    except OSError as error:
        raise BundleError(
            f"the bundle {str(path)!r} cannot be read: {(error.strerror or str(error)).lower()}",
            remedy="Name the file that `crosscraft bundle` made.",
        ) from None
    try:
        # Stream mode: members are read once, in file order, without seeking.
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
                f"{str(path)!r} has the format of another version of crosscraft",
                remedy="Use the repository inside the bundle (see docs/teaching.md).",
            )
        parts = {str(name): Part(**part) for name, part in fields.pop("parts").items()}
        manifest = Manifest(**fields, parts=parts)
    except (TypeError, AttributeError, KeyError, RecursionError):
        raise _damaged(path, f"{MANIFEST} has missing or unknown fields") from None
    for name in parts:
        if not _stays_within(name):
            raise BundleError(
                f"{str(path)!r} has a part that would leave its folder: {name!r}",
                remedy="Do not use it. `crosscraft bundle` never makes such a file.",
            )
    return manifest


def _stays_within(name: str) -> bool:
    folder, _, rest = name.partition("/")
    plain = posixpath.normpath(name) == name and "\0" not in name
    return folder in FOLDERS and rest not in {"", "."} and plain


def _check_fit(path: Path, manifest: Manifest, root: Path) -> None:
    python, processor = here()
    for kind, theirs, ours, remedy in (
        ("processor", manifest.processor, processor, "Make a bundle on a machine of this kind."),
        (
            "Python",
            manifest.python,
            python,
            f"Use that Python (`make setup PYTHON=python{manifest.python} BUNDLE=…`), or make a "
            f"bundle with Python {python}.",
        ),
    ):
        if theirs != ours:
            raise BundleError(
                f"the bundle {str(path)!r} is for the {kind} {theirs}, but this is {ours}",
                remedy=remedy,
            )
    from crosscraft.channel import local  # slow to import, and set-up usually only needs pins()

    for name, theirs, ours in (
        ("requirements.txt or pyproject.toml", manifest.pins, pins(root)),
        ("the catalog of the local channel", manifest.catalog, local.key()),
    ):
        if theirs != ours:
            raise BundleError(
                f"the bundle {str(path)!r} is from another version of the repository: {name} "
                "differs",
                looked=str(root),
                remedy="Use the repository inside the bundle (see docs/teaching.md), or make a new "
                "bundle from this version.",
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
