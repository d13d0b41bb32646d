"""Small conda packages, made by the specification, honest and otherwise."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backports import zstd

INDEX = {
    "name": "a",
    "version": "1",
    "build": "h0000000_0",
    "build_number": 0,
    "subdir": "linux-64",
    "depends": [],
}


@dataclass
class Item:
    """A member of an archive."""

    name: str
    data: bytes = b""
    type: bytes = tarfile.REGTYPE
    target: str = ""
    mode: int = 0o644
    size: int | None = None
    """What the header claims, if that is not the truth."""
    headers: dict[str, str] = field(default_factory=dict)
    """Extended headers."""


def tar(items: Iterable[Item]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for item in items:
            entry = tarfile.TarInfo(item.name)
            entry.type, entry.linkname, entry.mode = item.type, item.target, item.mode
            entry.size = len(item.data) if item.size is None else item.size
            entry.pax_headers = dict(item.headers)
            # By hand: since Python 3.13 addfile refuses a header that claims what is not there.
            raw.write(entry.tobuf(archive.format, archive.encoding, archive.errors))
            raw.write(item.data + bytes(-len(item.data) % 512))
            archive.offset = raw.tell()
    return raw.getvalue()


def paths_json(items: Iterable[Item]) -> dict[str, object]:
    """Return the content of ``info/paths.json``. A hard link has the checksum of its file."""
    kinds = {tarfile.SYMTYPE: "softlink", tarfile.DIRTYPE: "directory"}
    items = list(items)
    files = {item.name: item.data for item in items if item.type == tarfile.REGTYPE}
    rows = []
    for item in items:
        row: dict[str, object] = {"_path": item.name, "path_type": kinds.get(item.type, "hardlink")}
        target = item.target.removeprefix("./") if item.type == tarfile.LNKTYPE else item.name
        if target in files:
            data = files[target]
            row |= {"sha256": hashlib.sha256(data).hexdigest(), "size_in_bytes": len(data)}
        rows.append(row)
    return {"paths": rows, "paths_version": 1}


def info_items(
    items: Iterable[Item],
    index: Mapping[str, object] | None = None,
    paths: object = None,
    more: Mapping[str, bytes] | None = None,
    drop: Collection[str] = (),
) -> list[Item]:
    fields = {key: value for key, value in {**INDEX, **(index or {})}.items() if key not in drop}
    texts = {
        "info/index.json": json.dumps(fields).encode(),
        "info/paths.json": json.dumps(paths or paths_json(items)).encode(),
        **(more or {}),
    }
    return [Item(name, data) for name, data in texts.items() if name not in drop]


def conda(path: Path, info: bytes, pkg: bytes) -> Path:
    """Write a ``.conda`` file with these parts, each a whole ``.tar.zst``."""
    stem = path.name.removesuffix(".conda")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        archive.writestr(f"pkg-{stem}.tar.zst", pkg)
        archive.writestr(f"info-{stem}.tar.zst", info)
    return path


def package(
    path: Path,
    items: Iterable[Item] = (),
    index: Mapping[str, object] | None = None,
    paths: object = None,
    more: Mapping[str, bytes] | None = None,
    drop: Collection[str] = (),
) -> Path:
    """Write a package, in the format that the end of its name asks for.

    :param drop: the fields of the index and the files under ``info/`` to leave out.
    """
    items = list(items)
    info = info_items(items, index, paths, more, drop)
    if path.name.endswith(".tar.bz2"):
        path.write_bytes(bz2.compress(tar([*info, *items])))
        return path
    return conda(path, zstd.compress(tar(info)), zstd.compress(tar(items)))


def elf_header(machine: int = 62, bits: int = 64, little: bool = True, kind: int = 1) -> bytes:
    """The least that is an ELF file: a header, and no table. 62 is x86-64, 183 AArch64."""
    order = "<" if little else ">"
    start = b"\x7fELF" + bytes([bits // 32, 1 if little else 2, 1, 0]) + bytes(8)
    if bits == 64:
        return start + struct.pack(
            f"{order}HHIQQQIHHHHHH", kind, machine, 1, 0, 0, 0, 0, 64, *[0] * 5
        )
    return start + struct.pack(f"{order}HHIIIIIHHHHHH", kind, machine, 1, 0, 0, 0, 0, 52, *[0] * 5)
