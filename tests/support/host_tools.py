"""What a build must not take from the machine."""

from __future__ import annotations

import functools
import os
import shlex
from pathlib import Path

from crosscraft.platforms import native
from tests.support.commands import call

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


@functools.cache
def compiling(cache: Path) -> str:
    """Return a PATH that begins with `cc` and `gcc`, which compile for this machine.

    They are the channel's compiler, so that a test needs none on the machine.

    :param cache: the cache in which it is installed.
    """
    package, env = f"gcc_{native().subdir}", {"CROSSCRAFT_CACHE": str(cache)}
    done = call("run", "-q", "--with", package, "--", "printenv", "CC", env=env)
    assert done.returncode == 0, done.stderr
    folder = cache / "host-compilers"
    folder.mkdir()
    for name in ("cc", "gcc"):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(done.stdout.strip())} "$@"\n')
        script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
