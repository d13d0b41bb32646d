"""A package as packagers publish it: every field, several files, odd modes, links, placeholders.

A test changes one thing in it, so that everything else has to stay right.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tests.support import tiny_elf
from tests.support.small_packages import Item, package, paths_json

PREFIX = f"/home/builder/bld/area_1700000000123/_h_env{'_placehold' * 30}"[:255]
"""The prefix of the build, as long as builders make it. It is in two texts and a binary."""
VARIANT = '{"c_compiler": "gxx", "python": "3.11.* *_cpython", "target_platform": "linux-64"}'
BUILD = f"py311h{hashlib.sha1(VARIANT.encode()).hexdigest()[:7]}_2"
NAME = f"area-1.2.0-{BUILD}"

LIBRARY = "lib/libarea.so.1"


def binary(machine: int = 62, runpath: str = "$ORIGIN/..") -> bytes:
    """Return a library for a processor, with the prefix in its data."""
    tiny = tiny_elf.make(machine=machine)
    longest = b"$ORIGIN/..:/opt"
    place = tiny.at["strings"] + tiny_elf.STRINGS.index(longest)
    tiny.data[place : place + len(longest)] = runpath.encode().ljust(len(longest), b"\0")
    return bytes(tiny.data) + f"{PREFIX}/share/area\0".encode()


ITEMS = (
    Item("bin/area", f"#!{PREFIX}/bin/python3.11\nimport area\n".encode(), mode=0o775),
    Item("bin/area-1", type=tarfile.LNKTYPE, target="bin/area", mode=0o775),
    Item("include/area.h", b"double area(double, double);\n", mode=0o664),
    Item("lib/libarea.so", type=tarfile.SYMTYPE, target="libarea.so.1", mode=0o777),
    Item(LIBRARY, binary(), mode=0o755),
    Item("lib/pkgconfig/area.pc", f"prefix={PREFIX}\n".encode()),
    Item("share/area/latest", type=tarfile.SYMTYPE, target="../../include", mode=0o777),
    Item("share/area/run.sh", b"#!/bin/sh\n", mode=0o555),
    Item("share/area/table with spaces.csv", b"a,b\n", mode=0o664),
)
PLACEHOLDERS = {"bin/area": "text", LIBRARY: "binary", "lib/pkgconfig/area.pc": "text"}

INDEX: dict[str, object] = {
    "name": "area",
    "version": "1.2.0",
    "build": BUILD,
    "build_number": 2,
    "subdir": "linux-64",
    "arch": "x86_64",
    "platform": "linux",
    "depends": ["libstdcxx >=12", "python >=3.11,<3.12.0a0", "python_abi 3.11.* *_cp311"],
    "constrains": ["area-data >=1"],
    "license": "BSD-3-Clause",
    "license_family": "BSD",
    "timestamp": 1_700_000_000_123,
    "features": "fast",
    "track_features": "fast",
}
RUN_EXPORTS = {
    "weak": ["area >=1.2.0,<2.0a0"],
    "strong": ["libarea 1.2.*", "libm >=2"],
    "noarch": ["area-data"],
    "weak_constrains": ["area-tools >=1"],
    "strong_constrains": ["libarea-static <0"],
}
MORE = {
    "info/about.json": b'{"home": "https://example.org/area", "license": "BSD-3-Clause"}',
    "info/files": "".join(f"{item.name}\n" for item in ITEMS).encode(),
    "info/git": b"",
    "info/has_prefix": "".join(f"{PREFIX} {m} {n}\n" for n, m in PLACEHOLDERS.items()).encode(),
    "info/hash_input.json": VARIANT.encode(),
    "info/licenses/LICENSE": b"Redistribution and use are permitted.\n",
    "info/no_link": b"lib/pkgconfig/area.pc\n",
    "info/recipe/recipe.yaml": b"package:\n  name: area\n  version: 1.2.0\n",
    "info/run_exports.json": json.dumps(RUN_EXPORTS).encode(),
    "info/tests/tests.yaml": b"- script: area\n",
}


def changed(name: str, data: bytes) -> list[Item]:
    """Return the files with another content of one of them."""
    return [replace(item, data=data) if item.name == name else item for item in ITEMS]


def listed(items: Iterable[Item] = ITEMS) -> dict[str, list[dict[str, object]]]:
    """Return the content of ``info/paths.json``, as rattler-build writes it."""
    table = paths_json(items)
    for row in table["paths"]:
        if mode := PLACEHOLDERS.get(str(row["_path"])):
            row |= {"prefix_placeholder": PREFIX, "file_mode": mode}
    return table


def write(
    path: Path,
    items: Iterable[Item] = ITEMS,
    index: Mapping[str, object] | None = None,
    more: Mapping[str, bytes] | None = None,
    paths: object = None,
    drop: Iterable[str] = (),
) -> Path:
    """Write the package, with these fields of the index and these files under ``info/`` changed.

    :param paths: another content of ``info/paths.json``.
    :param drop: the files under ``info/`` and the fields of the index to leave out.
    """
    items = list(items)
    fields = {**INDEX, **(index or {})}
    return package(
        path, items, fields, paths or listed(items), {**MORE, **(more or {})}, frozenset(drop)
    )
