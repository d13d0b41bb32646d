"""The job about the channel: making it, against fetching and unpacking the same files."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from builds import CROSSCRAFT
from side_by_side import Action, Job, call

from crosscraft import platforms
from crosscraft.channel import catalog
from crosscraft.channel.debian import Apt


def build(folder: Path) -> Action:
    """`crosscraft channel build` with nothing cached."""
    return lambda: call([CROSSCRAFT, "channel", "build"], CROSSCRAFT_CACHE=str(folder))


def download_and_unpack(folder: Path) -> Action:
    """Download the same files, and unpack each: `dpkg-deb -x`, or unzip for a wheel."""
    return lambda: _download_and_unpack(folder)


def _download_and_unpack(folder: Path) -> None:
    rows = catalog.packages(platforms.native())
    sources = {source for row in rows for source in row.sources}
    apt = Apt(
        folder / "apt", catalog.SUITE, [row.debian_arch for row in platforms.PLATFORMS.values()]
    )
    apt.update()
    debs = apt.resolve(sorted((s.name, s.arch) for s in sources if isinstance(s, catalog.Deb)))
    files = sorted(set(debs.values()), key=lambda deb: deb.file)
    apt.download(files, folder / "debs")
    for deb in files:
        call(["dpkg-deb", "-x", str(folder / "debs" / deb.file), str(folder / "tree")])
    for wheel in sorted(s for s in sources if isinstance(s, catalog.Wheel)):
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
)
