"""pip, run so that it installs exactly what is pinned.

Set-up runs before anything is installed, so this module imports the standard library alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from crosscraft.errors import DownloadError
from crosscraft.system import processes

__all__ = ["command", "environment", "error"]


def command(action: str, *options: str, python: Path | str = sys.executable) -> list[str]:
    """Return the argument list of ``pip ACTION`` for requirements with hashes.

    :param action: ``install`` or ``download``.
    :param python: the interpreter whose pip runs.
    """
    # -P: a module in the current folder is not pip's.
    pip = [str(python), "-P", "-m", "pip", action, "--disable-pip-version-check", "--no-input"]
    return [*pip, "--no-deps", "--require-hashes", *options]


def environment(*, offline: bool = False) -> dict[str, str]:
    """Return pip's variables. An index may need a password, from these or from netrc in HOME.

    :param offline: whether no setting of the user may name an index.
    """
    if offline:
        return processes.clean_environment({"PIP_CONFIG_FILE": os.devnull})
    return processes.clean_environment(prefixes=("PIP_",), network=True)


def error(lines: Sequence[str], what: str, pins: str) -> DownloadError:
    """Return the error that pip's last lines mean.

    :param what: what was to be installed: ``the packages``.
    :param pins: where their hashes are: ``requirements.txt``.
    """
    text = "\n".join(lines)
    if "DO NOT MATCH THE HASHES" in text:
        return DownloadError(
            f"the package index sent a file for {what} that does not have the pinned hash",
            looked=pins,
            remedy="Nothing of it was used. Try again later, or use another index.",
            detail=[line for line in lines if "sha256" in line or "Got " in line][-4:],
        )
    if "No space left" in text:
        return DownloadError(
            f"the disk is full: {what} could not be stored",
            remedy="Free some space and run this again. It resumes where it stopped.",
        )
    return DownloadError(
        f"{what} could not be downloaded",
        looked="the package index that pip is set up with",
        remedy="Check the network (`pip download` shows the same) and run this again.",
        detail=[line for line in lines if "ERROR" in line][-3:],
    )
