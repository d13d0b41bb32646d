"""Measure `channel build` for one more platform against its own download and unpacking.

    python benchmarks/one_more_platform.py [--rounds N] [--platform linux-s390x]

The peer reads the same lists, downloads the same Debian packages with apt and unpacks each with
`dpkg-deb -x`. Ours starts from a channel without the platform, in a cache of its own, and the
files that were there are checked to be the same files after. The limit is 1.2.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from run import CROSSCRAFT, call
from soak_platforms import link_channel

from crosscraft.channel import catalog, local
from crosscraft.channel.debian import Apt
from crosscraft.platforms import lookup, native

LIMIT = 1.2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--platform", default="linux-s390x")
    arguments = parser.parse_args()
    if lookup(arguments.platform) in local.targets(local.listing(local.find())):
        sys.exit(f"the local channel has {arguments.platform}: name one that it lacks")
    taken: dict[object, list[float]] = {ours: [], peer: []}
    for number in range(arguments.rounds):
        for side in (ours, peer) if number % 2 else (peer, ours):
            with tempfile.TemporaryDirectory(prefix="crosscraft-bench-") as folder:
                taken[side].append(side(Path(folder), arguments.platform))
    mine, other = (statistics.median(taken[side]) for side in (ours, peer))
    print(f"{arguments.platform}, {arguments.rounds} rounds")
    print(f"channel {mine:.1f} s, download + unpack {other:.1f} s: "
          f"{mine / other:.2f}, limit {LIMIT}")  # fmt: skip
    return int(mine / other > LIMIT)


def ours(folder: Path, platform: str) -> float:
    """Add the platform to a channel that is there; return the seconds that took."""
    channels = folder / "channels"
    before = local.find()
    link_channel(channels)
    started = time.perf_counter()
    call([CROSSCRAFT, "channel", "build", "--platform", platform], CROSSCRAFT_CACHE=str(folder))
    seconds = time.perf_counter() - started
    after = (channels / local.key()).resolve()
    for package in before.glob("*/*.conda"):
        assert package.samefile(after / package.relative_to(before)), f"{package.name} was redone"
    return seconds


def peer(folder: Path, platform: str) -> float:
    """Download and unpack what that platform's packages are made of."""
    added = {source for row in _rows(platform) for source in row.sources}
    started = time.perf_counter()
    wanted = sorted((s.name, s.arch) for s in added if isinstance(s, catalog.Deb))
    apt = Apt(folder / "apt", catalog.SUITE, sorted({arch for _, arch in wanted}))
    apt.update()
    debs = sorted(set(apt.resolve(wanted).values()), key=lambda deb: deb.file)
    apt.download(debs, folder / "debs")
    for deb in debs:
        call(["dpkg-deb", "-x", str(folder / "debs" / deb.file), str(folder / "tree")])
    return time.perf_counter() - started


def _rows(platform: str) -> list[catalog.Package]:
    """The packages that the channel gets for the platform."""
    there = catalog.packages(native())
    return [row for row in catalog.packages(native(), [lookup(platform)]) if row not in there]


if __name__ == "__main__":
    sys.exit(main())
