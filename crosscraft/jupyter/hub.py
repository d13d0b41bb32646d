"""The single-user server that a JupyterHub starts for each learner.

    python -m crosscraft.jupyter.hub [OPTION…]

The clone, its environment and the channel belong to another user and are read-only. Learners write
to one folder in their home. It has the workspace, with their copies of the lessons, and a link to
the pages in the clone. The options are passed on to JupyterHub's single-user server.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from crosscraft.jupyter import copies, lab
from crosscraft.jupyter.served import Served
from crosscraft.system import files, program, workspace

__all__ = ["command", "main", "start"]

FOLDER = "crosscraft"
"""The learner's folder, in their home."""
_NOTE = (
    "> The notebooks that you worked in are still in the folder `notebooks`, unchanged. The "
    "lessons below are new copies. Your project and your progress are the same in both.\n\n"
)
"""What the welcome page says in a home of an earlier version, whose notebooks were elsewhere."""


def main(argv: list[str]) -> int:
    """Start the server. It returns an exit status only if that fails."""
    return program.exit_status("hub", lambda: start(argv))


def start(options: list[str]) -> NoReturn:
    """Bring the learner's folder up to date, and replace this process with the server.

    :raises StorageError: if the home folder cannot be written.
    :raises CommandError: if the server cannot be started.
    """
    files.keep_from_others()
    folder = Path.home() / FOLDER
    os.environ.setdefault("CROSSCRAFT_WORKSPACE", str(folder / "workspace"))
    served = Served.of(folder)
    os.environ[workspace.SERVED] = str(served.root)
    earlier = folder / "notebooks"
    if earlier.is_dir() and not workspace.lessons().exists():
        print(f"The notebooks of an earlier version stay in {earlier}.")
    copies.update(served, note=_NOTE if earlier.is_dir() else "")
    lab.prepare_runtime_folder()
    lab.put_programs_on_path()
    lab.replace_process(
        command(served, options),
        "jupyterhub",
        what="the single-user server of JupyterHub cannot be loaded",
        remedy="Run `.venv/bin/python -m crosscraft.setup.extras hub` in the clone.",
    )


def command(served: Served, options: list[str]) -> list[str]:
    """Return the argument list of the server."""
    program = str(Path(sys.executable).with_name("jupyterhub-singleuser"))
    return [program, *lab.folder_options(served, "ServerApp"), *lab.OPTIONS, *options]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
