"""The jobs about the channel: making it, and adding to it, against fetching and unpacking the same
files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from benchmarks.builds import CROSSCRAFT
from benchmarks.side_by_side import Action, Job, call
from crosscraft import platforms
from crosscraft.channel import catalog, local
from crosscraft.channel.catalog import Deb, Package, Wheel
from crosscraft.channel.debian import Apt
from tests.support.small_channels import link_local_channel

MORE = platforms.lookup("linux-s390x")
"""A platform that set-up leaves out."""


def build(folder: Path) -> Action:
    """`crosscraft channel build` with nothing cached."""
    return lambda: call([CROSSCRAFT, "channel", "build"], CROSSCRAFT_CACHE=str(folder))


def download_and_unpack(folder: Path) -> Action:
    """Fetch and unpack what that channel is made from."""
    return lambda: _download_and_unpack(folder, catalog.packages(platforms.native()))


def add(folder: Path) -> Action:
    """`crosscraft channel build` for one more platform, beside a channel that is there."""
    if MORE in local.targets(local.listing(local.find())):
        sys.exit(f"the local channel has {MORE.subdir}: measure where it has what set-up makes")
    link_local_channel(folder / "channels")
    before = (folder / "channels" / local.key()).resolve()

    def action() -> None:
        argv = [CROSSCRAFT, "channel", "build", "--platform", MORE.subdir]
        call(argv, CROSSCRAFT_CACHE=str(folder))
        after = (folder / "channels" / local.key()).resolve()
        for package in before.glob("*/*.conda"):
            assert package.samefile(after / package.relative_to(before)), f"{package.name} is new"

    return action


def download_and_unpack_more(folder: Path) -> Action:
    """Fetch and unpack what that platform's packages are made from."""
    there = catalog.packages(platforms.native())
    wanted = catalog.packages(platforms.native(), [MORE])
    return lambda: _download_and_unpack(folder, [row for row in wanted if row not in there])


def _download_and_unpack(folder: Path, rows: Collection[Package]) -> None:
    """Each Debian package by `dpkg-deb -x`, each wheel by unzip."""
    sources = {source for row in rows for source in row.sources}
    wanted = sorted((source.name, source.arch) for source in sources if isinstance(source, Deb))
    apt = Apt(folder / "apt", catalog.SUITE, sorted({arch for _, arch in wanted}))
    apt.update()
    files = sorted(set(apt.resolve(wanted).values()), key=lambda deb: deb.file)
    apt.download(files, folder / "debs")
    for deb in files:
        call(["dpkg-deb", "-x", str(folder / "debs" / deb.file), str(folder / "tree")])
    for wheel in sorted(source for source in sources if isinstance(source, Wheel)):
        kept = folder / "wheels" / wheel.version
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(kept)]
        call([*pip, f"{wheel.name}=={wheel.version}"])
        for path in kept.glob("*.whl"):
            shutil.unpack_archive(path, folder / "wheel-tree" / wheel.version, "zip")


JOBS = (
    Job(
        "channel",
        "channel build, nothing cached",
        "download, and dpkg-deb -x",
        1.2,
        build,
        download_and_unpack,
        warm=False,
    ),
    Job(
        "platform",
        "channel build, one more platform",
        "its own download, and dpkg-deb -x",
        1.2,
        add,
        download_and_unpack_more,
        warm=False,
    ),
)
