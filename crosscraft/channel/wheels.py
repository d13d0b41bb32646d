"""Hash-pinned wheels from PyPI, through pip and whatever index the machine is set up for."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crosscraft.channel.catalog import PYTHON, Wheel
from crosscraft.errors import DownloadError
from crosscraft.platforms import Platform
from crosscraft.system import files, processes

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
                [
                    *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--require-hashes"),
                    *("--no-deps", "--only-binary=:all:", "--disable-pip-version-check"),
                    *("--platform", wheel.platform or f"manylinux2014_{build.processor}"),
                    *("--python-version", PYTHON),
                    *("--dest", str(aside), "--requirement", str(pins)),
                ],
                # pip's index may need a password: from these, or from the netrc file in HOME.
                env=processes.clean_environment(prefixes=("PIP_",), network=True),
                check=False,
            )
            if done.status != 0:
                raise _error(wheel, done.lines)
            for path in aside.iterdir():
                files.sync_file(path)
            aside.rename(kept)


def _error(wheel: Wheel, said: Sequence[str]) -> DownloadError:
    text = "\n".join(said)
    if "DO NOT MATCH THE HASHES" in text:
        return DownloadError(
            f"the package index sent a wheel of {wheel.name} {wheel.version} that does not have "
            f"the pinned hash sha256:{wheel.sha256}",
            remedy="Nothing of it was used. Try again later, or use another index.",
        )
    if "No space left" in text:
        return DownloadError(
            f"the disk is full: {wheel.name} {wheel.version} could not be stored",
            remedy="Free some space and run this again; it goes on where it stopped.",
        )
    return DownloadError(
        f"{wheel.name} {wheel.version} could not be downloaded",
        looked="the package index that pip is set up with",
        remedy="Check the network (`pip download` shows the same) and run this again.",
        detail=[line for line in said if "ERROR" in line][-3:],
    )
