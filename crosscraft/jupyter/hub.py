"""The single-user server that a JupyterHub starts for each learner.

    python -m crosscraft.jupyter.hub [OPTION…]

The clone, its environment and the channel belong to another user and are read-only. Learners write
to one folder in their home. It has the workspace, and copies of the notebooks and linked pages.
The options are passed on to JupyterHub's single-user server.
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

__all__ = ["COPIED", "command", "copy_missing", "main", "start"]

FOLDER = "crosscraft"
"""The learner's folder, in their home."""
COPIED = ("README.md", "notebooks", "docs", "cpp_math")
"""The files and folders of the clone that a learner gets copies of."""
_GENERATED = ("build", "output", "__pycache__")
"""Generated folders in a clone, besides hidden ones. They are not copied."""


def main(argv: list[str]) -> int:
    """Start the server. It returns an exit status only if that fails."""
    return program.exit_status("hub", lambda: start(argv))


def start(options: list[str]) -> NoReturn:
    """Fill the learner's folder, and replace this process with the server.

    :raises StorageError: if the home folder cannot be written.
    :raises CommandError: if the server cannot be started.
    """
    files.keep_from_others()
    folder = Path.home() / FOLDER
    copy_missing(folder)
    os.environ.setdefault("CROSSCRAFT_WORKSPACE", str(folder / "workspace"))
    lab.prepare_runtime_folder()
    lab.put_programs_on_path()
    lab.replace_process(
        command(folder, options),
        "jupyterhub",
        what="the single-user server of JupyterHub cannot be loaded",
        remedy="Run `.venv/bin/python -m crosscraft.setup.extras hub` in the clone.",
    )


def command(folder: Path, options: list[str]) -> list[str]:
    """Return the argument list of the server, which shows `folder`."""
    return [
        str(Path(sys.executable).with_name("jupyterhub-singleuser")),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.default_url=/lab/tree/{lab.FIRST}",
        *lab.OPTIONS,
        *options,
    ]


def copy_missing(folder: Path) -> list[str]:
    """Copy the missing files to `folder`, and return their paths. Existing files belong to the
    learner and stay unchanged.

    :raises StorageError: if the folder cannot be written.
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
            folders[:] = sorted(f for f in folders if f not in _GENERATED and not f.startswith("."))
            yield from ((Path(top) / file).relative_to(ROOT) for file in sorted(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
