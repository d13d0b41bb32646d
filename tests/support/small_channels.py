"""Channels in folders: one package and an index that may lie about it, or the local channel."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from crosscraft.channel import local, make
from crosscraft.system import files
from tests.support.small_packages import INDEX, package


def channel_of(folder: Path, items=(), *, sha256=None, name="a", ending=".conda", **more) -> Path:
    """Make a channel in `folder` that has one package, and an index as it should not be."""
    for subdir in ("linux-64", "noarch"):
        (folder / subdir).mkdir(parents=True, exist_ok=True)
        (folder / subdir / "repodata.json").write_text(json.dumps({"info": {"subdir": subdir}}))
    index = {"name": name}
    path = package(folder / f"linux-64/{name}-1-h0000000_0{ending}", items, index=index, **more)
    row = INDEX | index | {"size": path.stat().st_size}
    row["sha256"] = sha256 or hashlib.sha256(path.read_bytes()).hexdigest()
    if sha256 == "":
        del row["sha256"]
    kind = "packages.conda" if ending == ".conda" else "packages"
    rows = {"info": {"subdir": "linux-64"}, "packages": {}, "packages.conda": {}}
    rows[kind][path.name] = row
    (folder / "linux-64/repodata.json").write_text(json.dumps(rows))
    return folder


def link_local_channel(folder: Path) -> None:
    """Put this machine's local channel into `folder`, as hard links if the disk is the same."""
    shutil.copytree(local.find(), folder / local.find().name, copy_function=files.link_or_copy)
    make.link_channel(folder / local.key(), folder / local.find().name, local.find().name)
