"""A bundle for this clone whose parts are a few bytes each."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from crosscraft.channel import local
from crosscraft.paths import ROOT
from crosscraft.setup import bundle, make_bundle
from crosscraft.system.console import Console


def tiny(folder: Path) -> Path:
    """Write the bundle into `folder`, and return its path."""
    names = ("crosscraft/Makefile", "wheels/a-1-py3-none-any.whl", "pip/p.whl", "channel/x/y.conda")
    files = {}
    for name in names:
        files[name] = folder / "parts" / name
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_bytes(hashlib.sha256(name.encode()).digest() * 40)
        os.utime(files[name], (0, 0))
    parts = {name: bundle.hash_file(path) for name, path in files.items()}
    python, processor = bundle.here()
    manifest = bundle.Manifest(python, processor, bundle.pins(ROOT), local.key(), "x", parts)
    path = folder / "tiny.tar"
    with Console(io.StringIO()) as console:
        make_bundle.write(path, manifest, files, console)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of `folder`."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
