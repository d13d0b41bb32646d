"""Hash-pinned wheels from PyPI, through pip and whatever index the machine is set up for."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from crosscraft.channel.catalog import PYTHON, Wheel
from crosscraft.platforms import Platform
from crosscraft.system import files, pip, processes

__all__ = ["download", "path_of"]


def path_of(wheel: Wheel, folder: Path) -> Path | None:
    """Return where `wheel` is kept below `folder`, or None if it is not there."""
    return next(iter(sorted((folder / wheel.sha256[:16]).glob("*.whl"))), None)


def download(wheels: Sequence[Wheel], folder: Path, build: Platform) -> None:
    """Download `wheels` into `folder`, each into a folder named by its hash.

    :param build: the platform the tools among them must run on.
    :raises DownloadError: if one cannot be fetched, or has another hash than the pinned one.
    """
    for wheel in wheels:
        kept = folder / wheel.sha256[:16]
        if path_of(wheel, folder):
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".pip-") as scratch:
            pins = Path(scratch) / "pins.txt"
            pins.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
            aside = Path(scratch) / "wheel"
            done = processes.run(
                pip.command(
                    *("download", "--quiet", "--only-binary=:all:"),
                    *("--platform", wheel.platform or f"manylinux2014_{build.processor}"),
                    *("--python-version", PYTHON),
                    *("--dest", str(aside), "--requirement", str(pins)),
                ),
                env=pip.environment(),
                check=False,
            )
            if done.status != 0:
                what = f"{wheel.name} {wheel.version}"
                raise pip.error(done.lines, what, f"crosscraft/channel/catalog: {wheel.sha256}")
            for path in aside.iterdir():
                files.sync_file(path)
            aside.rename(kept)
