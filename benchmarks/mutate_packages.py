"""What benchmarks/mutate.py needs to know of conda packages.

Damage to compressed bytes seldom gets past a checksum. So half of the samples are of a form of
our own, the two archives of a package before they are compressed, and are made a package only
after they were damaged.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from backports import zstd
from conda_package_handling import api

PLAIN = b"plain archives!"
"""How a sample begins that is to be compressed, before the size of its info archive."""
MENDED = b"mended archives"
"""The same, of samples whose headers get a right checksum after the damage."""
_HEAD = len(PLAIN) + 8

INDEX = {
    "name": "a", "version": "1", "build": "h0_0", "build_number": 0, "subdir": "linux-64",
    "depends": ["b >=1"], "constrains": [], "license": "MIT", "timestamp": 1_700_000_000_000,
}  # fmt: skip


def samples(folder: Path, binaries: Iterable[bytes]) -> list[bytes]:
    """Small packages in both formats that hold `binaries`, and their archives uncompressed."""
    root = folder / "package"
    files = {f"lib/{n}.so": data for n, data in enumerate(binaries)} | {"bin/run": b"#!/bin/sh\n"}
    entries: list[dict[str, object]] = [{"_path": "lib/link.so", "path_type": "softlink"}]
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        checksum = hashlib.sha256(data).hexdigest()
        entries.append(
            {
                "_path": name, "path_type": "hardlink", "size_in_bytes": len(data),
                "sha256": checksum, "prefix_placeholder": "/old/prefix", "file_mode": "binary",
            }
        )  # fmt: skip
    (root / "lib/link.so").symlink_to("0.so")
    texts = {
        "index.json": json.dumps(INDEX),
        "paths.json": json.dumps({"paths": entries, "paths_version": 1}),
        "hash_input.json": json.dumps({"target_platform": "linux-64"}),
        "run_exports.json": json.dumps({"weak": ["a"]}),
        "tests/tests.yaml": "- script: true\n",
        "recipe/recipe.yaml": "package: {name: a}\n",
    }
    for name, text in texts.items():
        (root / "info" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "info" / name).write_text(text)
    found = []
    for ending in (".conda", ".tar.bz2"):
        api.create(str(root), None, f"a-1-h0_0{ending}", str(folder))
        found.append((folder / f"a-1-h0_0{ending}").read_bytes())
    parts = {}
    with zipfile.ZipFile(io.BytesIO(found[0])) as archive:
        for entry in archive.namelist():
            if entry.endswith(".tar.zst"):
                parts[entry.split("-")[0]] = zstd.decompress(archive.read(entry))
    plain = len(parts["info"]).to_bytes(8, "big") + parts["info"] + parts["pkg"]
    return [*found, PLAIN + plain, MENDED + plain, MENDED + plain]


def read(data: bytes) -> object:
    """All that is said of a package."""
    from crosscraft.inspection import inspect, json_form

    if data.startswith((PLAIN, MENDED)):
        if data.startswith(MENDED):
            data = _mended(data)
        size = int.from_bytes(data[len(PLAIN) : _HEAD], "big")
        info, pkg = data[_HEAD : _HEAD + size], data[_HEAD + size :]
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("pkg-a.tar.zst", zstd.compress(pkg, level=1))
            archive.writestr("info-a.tar.zst", zstd.compress(info, level=1))
        data = raw.getvalue()
    with tempfile.NamedTemporaryFile(suffix=".conda") as file:
        file.write(data)
        file.flush()
        return "".join(json_form.text(inspect.inspect(file.name)))


def places(chance: random.Random, data: bytes) -> int:
    """The headers and the JSON of plain archives; of a zip, its directory as often as the rest."""
    last = len(data) - 1
    if data.startswith((PLAIN, MENDED)):
        headers = [at - 257 for at in _all(data, b"ustar")]
        start = chance.choice([*headers, _HEAD]) if headers else _HEAD
        size = 512 if chance.random() < 0.6 else 2048
        return max(_HEAD, min(start + chance.randrange(size), last))
    if data.startswith(b"PK") and chance.random() < 0.5:
        return max(0, last - chance.randrange(400))
    return chance.randrange(len(data))


def _mended(data: bytes) -> bytes:
    """Give each header the checksum of its bytes: POSIX, ustar interchange format."""
    mended = bytearray(data)
    for at in (place - 257 for place in _all(data, b"ustar")):
        if at >= _HEAD and at + 512 <= len(mended):
            mended[at + 148 : at + 156] = b" " * 8
            mended[at + 148 : at + 156] = b"%06o\0 " % sum(mended[at : at + 512])
    return bytes(mended)


def _all(data: bytes, word: bytes) -> list[int]:
    found, at = [], data.find(word)
    while at >= 0:
        found.append(at)
        at = data.find(word, at + 1)
    return found
