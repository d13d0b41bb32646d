"""What a build must not take from the machine."""

from __future__ import annotations

import os
from pathlib import Path

_NAMES = (
    "cc c++ gcc g++ as ld ar gcc-ar cmake ninja make pkg-config patchelf python3-config "
    "python3.11-config"
).split()


def failing(folder: Path, called: Path) -> str:
    """Return a PATH that begins with failing stand-ins for these tools.

    :param folder: a new folder for them.
    :param called: the file in which each call becomes a line.
    """
    folder.mkdir()
    for name in _NAMES:
        script = folder / name
        script.write_text(f'#!/bin/sh\necho "$0 $*" >> {called}\nexit 99\n')
        script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
