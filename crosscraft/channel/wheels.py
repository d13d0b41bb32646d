"""Hash-pinned wheels from PyPI, downloaded by pip from the machine's configured index."""

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
    """Return the path of `wheel` below `folder`, or None if it is missing."""
    return next(iter(sorted((folder / wheel.sha256[:16]).glob("*.whl"))), None)


def download(wheels: Sequence[Wheel], folder: Path, build: Platform) -> None:
    """Download `wheels` into `folder`, each into a folder named by its hash.

    :param build: the platform that the tools among them run on.
    :raises DownloadError: if a wheel cannot be downloaded, or does not have its pinned hash.
    """
    for wheel in wheels:
        kept = folder / wheel.sha256[:16]
        if path_of(wheel, folder):
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".pip-") as scratch:
            pins = Path(scratch) / "pins.txt"
            pins.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
            temporary = Path(scratch) / "wheel"
            done = processes.run(
                [
                    *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--require-hashes"),
                    *("--no-deps", "--only-binary=:all:", "--disable-pip-version-check"),
                    *("--platform", wheel.platform or f"manylinux2014_{build.processor}"),
                    *("--python-version", PYTHON),
                    *("--dest", str(temporary), "--requirement", str(pins)),
                ],
                # The index may need a password, from these variables or from ~/.netrc.
                env=processes.clean_environment(prefixes=("PIP_",), network=True),
                check=False,
            )
            if done.status != 0:
                raise _error(wheel, done.lines)
            for path in temporary.iterdir():
                files.sync_file(path)
            temporary.rename(kept)


def _error(wheel: Wheel, output: Sequence[str]) -> DownloadError:
    text = "\n".join(output)
    if "DO NOT MATCH THE HASHES" in text:
        return DownloadError(
            f"the package index sent a wheel of {wheel.name} {wheel.version} that does not have "
            f"the pinned hash sha256:{wheel.sha256}",
            remedy="The wheel was not used. Try again later, or use another index.",
        )
    if "No space left" in text:
        return DownloadError(
            f"the disk is full: {wheel.name} {wheel.version} could not be stored",
            remedy="Free some space and run the command again. It resumes where it stopped.",
        )
    return DownloadError(
        f"{wheel.name} {wheel.version} could not be downloaded",
        looked="the package index that pip uses",
        remedy="Check the network (try `pip download`) and run the command again.",
        detail=[line for line in output if "ERROR" in line][-3:],
    )
