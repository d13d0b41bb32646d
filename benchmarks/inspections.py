"""The jobs about inspection: our reading of files, against the well-known programs for that."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from conda_package_streaming.extract import extract

from benchmarks.builds import CROSSCRAFT
from benchmarks.side_by_side import Action, Job, call
from crosscraft import platforms
from crosscraft.channel import local

_READ = """
import sys
from pathlib import Path
from crosscraft import elf
for name in sys.argv[1:]:
    elf.read(Path(name).read_bytes())
"""


def _package(name: str) -> Path:
    """A package of the local channel that this machine can install."""
    subdirs = (platforms.native().subdir, platforms.NOARCH)
    (found,) = (p for subdir in subdirs for p in local.find().glob(f"{subdir}/{name}-[0-9]*.conda"))
    return found


def _binaries(folder: Path) -> list[str]:
    """The libraries and programs of a sysroot, unpacked."""
    extract(str(_package(f"sysroot_{platforms.native().subdir}")), dest_dir=str(folder))
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path) for path in paths if path.read_bytes()[:4] == b"\x7fELF")


def read_binaries(folder: Path) -> Action:
    """Read all facts of each binary with `crosscraft.elf`."""
    argv = [sys.executable, "-c", _READ, *_binaries(folder)]
    return lambda: call(argv)


def run_readelf(folder: Path) -> Action:
    """Print the same facts with readelf."""
    argv = [shutil.which("readelf") or sys.exit("there is no readelf on this machine")]
    argv += ["-hldSW", "--dyn-syms", "-V", "-n", *_binaries(folder)]
    return lambda: call(argv)


def inspect_package(folder: Path) -> Action:
    """`crosscraft inspect --json` of a large package: its metadata, files and verdicts."""
    argv = [CROSSCRAFT, "inspect", "--json", str(_package("python"))]
    return lambda: call(argv)


def unpack_package(folder: Path) -> Action:
    """Unpack the same with conda-package-handling."""
    argv = [str(Path(sys.executable).with_name("cph")), "x", str(_package("python"))]
    return lambda: call([*argv, "--dest", str(folder / "unpacked")])


JOBS = (
    Job("read-binaries", "facts of a sysroot's binaries", "readelf", 2, read_binaries, run_readelf),
    Job(
        "inspect-package",
        "crosscraft inspect --json python.conda",
        "cph extract",
        2,
        inspect_package,
        unpack_package,
    ),
)
