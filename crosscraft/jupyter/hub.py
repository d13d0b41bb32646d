"""A learner's seat on a machine that many share: what a hub starts for each of them.

    python -m crosscraft.jupyter.hub [OPTION…]

The clone, its environment and the channel belong to somebody else, and are only read. What a
learner writes is below one folder of their own home: copies of the notebooks and of the pages
that they link to, and the workspace. Options are passed on to JupyterHub's single-user server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from crosscraft.errors import CommandError, CrosscraftError
from crosscraft.jupyter import lab
from crosscraft.paths import ROOT
from crosscraft.system import files

__all__ = ["COPIED", "command", "lay_out", "main", "take"]

FOLDER = "crosscraft"
"""The learner's folder, in their home."""
COPIED = ("README.md", "notebooks", "docs", "cpp_math")
"""What of the clone a learner gets copies of."""
_LEFT = ("build", "output", "__pycache__")
"""Folders that work leaves in a clone, besides hidden ones."""


def main(argv: list[str]) -> int:
    """Take a seat; return an exit status if that fails."""
    try:
        take(argv)
    except CrosscraftError as error:
        print(f"seat: {error}", file=sys.stderr)
        return error.exit_status


def take(options: list[str]) -> NoReturn:
    """Lay the learner's folder out, and become their server.

    :raises StorageError: if their home cannot be written.
    :raises CommandError: if the environment has no single-user server.
    :raises SystemExit: when it ends, with its status.
    """
    files.keep_from_others()
    folder = Path.home() / FOLDER
    lay_out(folder)
    os.environ.setdefault("CROSSCRAFT_WORKSPACE", str(folder / "workspace"))
    lab.find_room_for_sockets()
    try:
        lab.become(command(folder, options), "jupyterhub.singleuser")
    except ImportError as error:
        raise CommandError(
            f"the single-user server of JupyterHub cannot be loaded: {error}",
            remedy="Run `.venv/bin/python -m crosscraft.setup.extras hub` in the clone.",
        ) from None


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
    """Copy what is not in `folder` yet, and return those paths. What is there is the learner's
    own, and stays as it is.

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
