"""The single-user server that a JupyterHub starts for each learner.

    python -m crosscraft.jupyter.hub [OPTION…]

The clone, its environment and the channel belong to another user and are only read. The learner
writes to one folder in their home: copies of the notebooks and of the pages that they link to, and
the workspace. Options are passed on to JupyterHub's single-user server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from crosscraft.jupyter import lab
from crosscraft.paths import ROOT
from crosscraft.system import files, program

__all__ = ["COPIED", "command", "lay_out", "main", "start"]

FOLDER = "crosscraft"
"""The learner's folder, in their home."""
COPIED = ("README.md", "notebooks", "docs", "cpp_math")
"""What of the clone a learner gets copies of."""
_LEFT = ("build", "output", "__pycache__")
"""Folders that work leaves in a clone, besides hidden ones."""


def main(argv: list[str]) -> int:
    """Start the server. Return an exit status if that fails."""
    return program.run("hub", lambda: start(argv))


def start(options: list[str]) -> NoReturn:
    """Lay out the learner's folder, and replace this process with their server.

    :raises StorageError: if their home cannot be written.
    :raises CommandError: if the server cannot be started.
    """
    files.keep_from_others()
    folder = Path.home() / FOLDER
    lay_out(folder)
    os.environ.setdefault("CROSSCRAFT_WORKSPACE", str(folder / "workspace"))
    lab.find_room_for_sockets()
    lab.replace_process(
        command(folder, options),
        "jupyterhub",
        what="the single-user server of JupyterHub cannot be loaded",
        remedy="Run `.venv/bin/python -m crosscraft.setup.extras hub` in the clone.",
    )


def command(folder: Path, options: list[str]) -> list[str]:
    """Return the argument list of the server that shows `folder`."""
    return [
        str(Path(sys.executable).with_name("jupyterhub-singleuser")),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.default_url=/lab/tree/{lab.FIRST}",
        *lab.OPTIONS,
        *options,
    ]


def lay_out(folder: Path) -> list[str]:
    """Copy the files that are not in `folder` yet, and return their paths. Files that are there
    belong to the learner and stay unchanged.

    :raises StorageError: if it cannot be written.
    """
    missing = [path for path in _files() if not (folder / path).exists()]
    for path in missing:
        files.write(folder / path, (ROOT / path).read_bytes(), mode=0o644)
    return [str(path) for path in missing]


def _files() -> Iterator[Path]:
    for name in COPIED:
        if (ROOT / name).is_file():
            yield Path(name)
        for top, folders, names in os.walk(ROOT / name):
            folders[:] = sorted(f for f in folders if f not in _LEFT and not f.startswith("."))
            yield from ((Path(top) / file).relative_to(ROOT) for file in sorted(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
