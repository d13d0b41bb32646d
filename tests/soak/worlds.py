"""Small worlds for the soak: a mirror and wheels to make a channel from, a recipe that needs no
compiler, a workspace, a notebook. All is on loopback and in one folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backports import zstd
from conda_package_streaming.package_streaming import stream_conda_component

from crosscraft.channel import local, make
from crosscraft.channel.catalog import Deb, Package, Wheel
from crosscraft.platforms import native
from crosscraft.system.console import Console
from tests.soak.children import hashes, variables
from tests.support.small_mirror import Index, Mirror, apt_config, serve

NAMES = ("alpha", "beta", "gamma")
EXTRA = "extra"
"""The package that is made on demand."""
FILES = 40
"""Files in each package: enough for a kill to fall between two."""


@dataclass(frozen=True)
class World:
    """A cache of our own, and a mirror to make its channel from."""

    folder: Path
    """Where all of it is."""
    cache: Path
    """What ``CROSSCRAFT_CACHE`` names."""
    mirror: Mirror
    """What apt is set up with."""

    def asked_twice(self) -> list[str]:
        """The packages that the mirror was asked for more than once."""
        debs = [path for path in self.mirror.asked if path.endswith(".deb")]
        return sorted({path for path in debs if debs.count(path) > 1})


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Serve a mirror of three small packages, and a wheel from a folder, to apt and pip."""
    mirror = Mirror(folder / "mirror")
    for name in (*NAMES, EXTRA):
        files: dict[str, str | bytes] = {
            f"usr/share/{name}/{number}": os.urandom(4000) for number in range(FILES)
        }
        mirror.add(name, files, arch=native().debian_arch)
    mirror.publish("amd64", "arm64")
    wheels = Index(folder / "wheels")
    digest = wheels.add("tool")
    *rows, extra = _rows(digest)
    real = local.packages, local.on_demand, make.require_apt
    local.packages = make.packages = lambda build, targets=None: tuple(rows)
    local.on_demand = lambda build, targets: (extra,)
    make.require_apt = lambda suite: None
    with serve(mirror.folder, mirror.asked) as url:
        settings = {
            "CROSSCRAFT_CACHE": str(folder / "cache"),
            "CROSSCRAFT_WORKSPACE": str(folder / "workspace"),
            "APT_CONFIG": str(apt_config(folder, url)),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(folder / "wheels" / "simple" / "tool"),
            "NO_PROXY": "127.0.0.1",
        }
        with variables(**settings):
            try:
                yield World(folder, folder / "cache", mirror)
            finally:
                local.packages, local.on_demand, make.require_apt = real
                make.packages = local.packages


def _rows(digest: str) -> tuple[Package, ...]:
    return tuple(
        Package(
            name=name,
            subdir=native().subdir,
            version=f"={name}",
            summary="Noise",
            license="MIT",
            sources=(
                Deb(name, native().debian_arch),
                *((Wheel("tool", "1.0", digest),) if name == NAMES[0] else ()),
            ),
            moves=(("usr/", ""), ("tool/", "share/tool/")),
        )
        for name in (*NAMES, EXTRA)
    )


def make_channel() -> None:
    """What `crosscraft channel build` does."""
    with Console() as console:
        make.make(console)


def add_package() -> None:
    """What `crosscraft channel add` does."""
    with Console() as console:
        make.make_rows(local.on_demand(native(), []), console)


def channel_state(cache: Path, older: int = 0) -> dict[str, str]:
    """All of the channels folder; fail if anything but the channel and its link is there.

    :param older: how many channels there were before, which stay.
    """
    names = sorted(path.name for path in (cache / "channels").iterdir())
    assert len(names) == 2 + older, f"left behind: {names}"
    link = next(path for path in (cache / "channels").iterdir() if path.is_symlink())
    return channel_hashes(link.resolve()) | {link.name: str(link.readlink())}


def channel_hashes(channel: Path) -> dict[str, str]:
    """The hashes of a channel's files. The index notes when it was made: that is left out."""
    found = hashes(channel)
    for name in list(found):
        path = channel / name
        if path.parent.name == "shards":
            assert path.name.split(".")[0] == found.pop(name), f"{name} is another shard"
        elif path.name == "repodata_shards.msgpack.zst":
            assert zstd.decompress(path.read_bytes())
            del found[name]
        elif path.name.startswith("repodata.json"):
            data = path.read_bytes()
            if path.suffix == ".zst":
                data = zstd.decompress(data)
            timeless = re.sub(rb'"indexed_timestamp":\s*\d+', b"", data)
            found[name] = hashlib.sha256(timeless).hexdigest()
    return found


def remove(*paths: Path) -> None:
    """Remove folders and files, whether they are there or not."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


RECIPE = """\
package:
  name: tiny
  version: 1.0
build:
  noarch: generic
  script:
    - mkdir -p $PREFIX/share/tiny
    - for i in 1 2 3 4 5 6 7 8 9; do echo $i > $PREFIX/share/tiny/$i; done
about:
  license: MIT
"""


def make_project(folder: Path) -> Path:
    """A project with a recipe that needs no compiler, and an empty channel beside it."""
    (folder / "project").mkdir(parents=True)
    (folder / "project" / "recipe.yaml").write_text(RECIPE)
    (folder / "empty" / "noarch").mkdir(parents=True)
    (folder / "empty" / "noarch" / "repodata.json").write_text(
        '{"info": {"subdir": "noarch"}, "packages": {}, "packages.conda": {}}'
    )
    return folder / "project"


def built_state(output: Path, builds: Path) -> dict[str, str]:
    """What the packages of an output channel hold; fail if its index says anything else, or if
    anything is left behind."""
    left = {path.name for path in (*output.glob(".*"), *builds.iterdir())}
    left.discard(".condapackageignore")
    assert not left, f"left behind: {left}"
    found = {}
    for package in sorted(output.glob("*/*.conda")):
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        index = json.loads((package.parent / "repodata.json").read_text())["packages.conda"]
        assert index[package.name]["sha256"] == digest, f"{package.name} is not the one indexed"
        with package.open("rb") as file:
            for tar, member in stream_conda_component(package.name, file, "pkg"):
                content = tar.extractfile(member)
                data = content.read() if content else member.linkname.encode()
                # The linker's build id is a hash of debug sections too, with the build's folder.
                data = re.sub(rb"GNU\0.{20}", b"", data, flags=re.DOTALL)
                found[f"{package.name}/{member.name}"] = hashlib.sha256(data).hexdigest()
    for index_file in output.glob("*/repodata.json"):
        listed = json.loads(index_file.read_text())["packages.conda"]
        there = {path.name for path in index_file.parent.glob("*.conda")}
        assert set(listed) == there, f"{index_file.parent.name}: the index names other files"
    return found
