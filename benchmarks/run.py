"""Measure crosscraft against the bare tools, side by side, in ratios.

    python benchmarks/run.py [--rounds N] [channel] [build]

Each round runs both sides of a job, one after the other; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crosscraft import ROOT, platforms
from crosscraft.channel import catalog, choice
from crosscraft.channel.debian import Apt

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))


@dataclass(frozen=True)
class Job:
    """Two ways to do one thing."""

    name: str
    """What ``benchmarks/run.py`` calls it."""
    ours: Callable[[Path], None]
    """What is measured. The folder is empty, and its own."""
    peer: Callable[[Path], None]
    """What it is measured against."""
    limit: float
    """The ratio it should not exceed."""


def channel_build(folder: Path) -> None:
    """`crosscraft channel build` with nothing cached."""
    call([CROSSCRAFT, "channel", "build"], CROSSCRAFT_CACHE=str(folder))


def download_and_unpack(folder: Path) -> None:
    """Download the same files, and unpack each: `dpkg-deb -x`, or unzip for a wheel."""
    rows = catalog.packages(platforms.native())
    sources = {source for row in rows for source in row.sources}
    apt = Apt(
        folder / "apt", catalog.SUITE, sorted({s.arch for s in sources if hasattr(s, "arch")})
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


def native_build(folder: Path) -> None:
    """`crosscraft build` of the answer key, warm."""
    project = shutil.copytree(ROOT / "cpp_math", folder / "cpp_math", ignore=_outputs)
    call([CROSSCRAFT, "build", "--project", str(project), "--output-dir", str(folder / "output")])


def bare_build(folder: Path) -> None:
    """py-rattler-build, called directly on the same recipe with the same options."""
    project = shutil.copytree(ROOT / "cpp_math", folder / "cpp_math", ignore=_outputs)
    program = (
        "import sys, warnings, rattler_build; warnings.simplefilter('ignore'); "
        "rattler_build.build_recipes([sys.argv[1]], channel=[sys.argv[2]], "
        "output_dir=sys.argv[3], test='native', package_format='conda:1')"
    )
    recipe = str(project / "recipe" / "recipe.yaml")
    call(
        [sys.executable, "-c", program, recipe, choice.choose().url, str(folder / "output")],
        RATTLER_CACHE_DIR=str(_peer_cache()),
    )


JOBS = (
    Job("channel", channel_build, download_and_unpack, 1.5),
    Job("build", native_build, bare_build, 1.1),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("jobs", nargs="*", help=f"any of: {', '.join(job.name for job in JOBS)}")
    arguments = parser.parse_args()
    wanted = [job for job in JOBS if not arguments.jobs or job.name in arguments.jobs]
    print(f"{'job':10} {'ours':>8} {'peer':>8} {'ratio':>6}   limit")
    status = 0
    for job in wanted:
        for side in (job.ours, job.peer):
            if job.name == "build":
                measure(side)  # warm
        pairs = [(measure(job.ours), measure(job.peer)) for _ in range(arguments.rounds)]
        ours, peer = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = ours / peer
        status |= ratio > job.limit
        print(f"{job.name:10} {ours:6.1f} s {peer:6.1f} s {ratio:6.2f}   {job.limit}", flush=True)
    return status


def measure(side: Callable[[Path], None]) -> float:
    """Return the seconds that `side` takes in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-bench-") as folder:
        started = time.perf_counter()
        side(Path(folder))
        return time.perf_counter() - started


def call(argv: list[str], **variables: str) -> None:
    """Run a command in silence; what it says is shown if it fails."""
    done = subprocess.run(
        argv, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{argv[0]} failed:\n{done.stdout}{done.stderr}")


def _outputs(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("output", "build")]


def _peer_cache() -> Path:
    """The peer's own package cache, kept between its rounds."""
    folder = Path(tempfile.gettempdir()) / f"crosscraft-bench-cache-{os.getuid()}"
    # A stale package of the recipe's own would be tested instead of the new one.
    for stale in folder.glob("pkgs/cpp_math*"):
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    return folder


if __name__ == "__main__":
    sys.exit(main())
