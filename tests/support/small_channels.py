"""Channels in folders: one package and an index that may lie about it, or the local channel."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from crosscraft.channel import local, make
from crosscraft.channel.catalog import packages
from crosscraft.platforms import native
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


def index_of(folder: Path, packages: dict[str, Sequence[str]], subdir: str = "linux-64") -> Path:
    """Make an index without its packages: the dependencies of each ``name-version-build``."""
    for each in (subdir, "noarch"):
        (folder / each).mkdir(parents=True, exist_ok=True)
        index = folder / each / "repodata.json"
        if not index.exists():
            index.write_text(json.dumps({"info": {"subdir": each}}))
    rows = {}
    for stem, depends in packages.items():
        name, version, build = stem.rsplit("-", 2)
        row = {"name": name, "version": version, "build": build, "depends": list(depends)}
        rows[f"{stem}.conda"] = INDEX | row | {"subdir": subdir, "sha256": "0" * 64, "size": 1}
    text = json.dumps({"info": {"subdir": subdir}, "packages": {}, "packages.conda": rows})
    (folder / subdir / "repodata.json").write_text(text)
    return folder


def link_set_up_channel(folder: Path) -> None:
    """Put this machine's local channel into `folder`, without what was added to it."""
    listed = local.listing(local.find())
    planned = local.matching(packages(native()), listed)
    wanted = {f"{one.package.subdir}/{one.file}" for one in planned}
    kept = [one for one in listed if one.file in wanted]
    made = folder / "made" / "channel"
    make._complete(kept, local.find(), made, ())
    make._index(made, force=False)
    make._publish(kept, (), made.parent, folder / local.key())


def link_local_channel(folder: Path) -> None:
    """Put this machine's local channel into `folder`, as hard links if the disk is the same."""
    shutil.copytree(local.find(), folder / local.find().name, copy_function=files.link_or_copy)
    make.link_channel(folder / local.key(), folder / local.find().name, local.find().name)
