"""How JupyterLab is started."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from crosscraft.errors import CommandError
from crosscraft.paths import ROOT
from crosscraft.system import files

__all__ = ["FIRST", "OPTIONS", "command", "find_room_for_sockets", "replace_process", "start"]

FIRST = "notebooks/welcome.md"
"""The page that it opens on, in the folder that is served."""
SETTINGS = Path(__file__).with_name("settings")
"""The folder of ``overrides.json``: defaults of JupyterLab's own settings."""
EXTENSIONS = Path(__file__).with_name("extension")
"""The folder of what is ours in the page: the card in the launcher."""

OPTIONS = (
    # Unix sockets, in a folder that nobody else can enter: ipykernel warns that on TCP
    # other users of a machine can listen in.
    "--KernelManager.transport=ipc",
    # JupyterLab's own writes into the notebook, and a kill leaves half of it.
    "--ServerApp.contents_manager_class=crosscraft.jupyter.contents.SavingInOneStep",
    # Its search for language servers would be the last line of the start-up, not the URL.
    "--LanguageServerManager.autodetect=False",
    # Nothing is fetched from another host: neither news nor versions.
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    # Defaults that the user's own settings override; above all, no question about news.
    f"--LabApp.app_settings_dir={SETTINGS}",
    f"--LabApp.extra_labextensions_path={EXTENSIONS}",
)
"""What each of our servers is started with, whoever starts it."""

_SAME = {"--notebook-dir": "--ServerApp.root_dir", "--ip": "--ServerApp.ip"}
"""JupyterLab's short names of options that we give."""

_LONGEST_SOCKET = 107
"""Bytes that the path of a Unix socket may have (unix(7))."""


def start(options: Sequence[str]) -> NoReturn:
    """Replace this process with JupyterLab, whose kernels no other user can listen to.

    :raises CommandError: if JupyterLab cannot be started.
    """
    files.keep_from_others()
    find_room_for_sockets()
    replace_process(
        command(options),
        "jupyterlab",
        what="JupyterLab cannot be loaded",
        remedy="Remove the folder .venv and run `make lab` again.",
    )


def replace_process(argv: list[str], package: str, *, what: str, remedy: str) -> NoReturn:
    """Replace this process with the program `argv` of this environment.

    :param package: the Python package that the program is part of.
    :param what: the error if the package is missing or the program cannot be started.
    :param remedy: what the user can do about it.
    :raises CommandError: if it cannot be started.
    """
    if importlib.util.find_spec(package) is None:
        raise CommandError(f"{what}: No module named {package!r}", remedy=remedy)
    sys.stdout.flush()
    try:
        os.execv(argv[0], argv)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"{what}: {reason}", looked=argv[0], remedy=remedy) from None


def command(options: Sequence[str]) -> list[str]:
    """Return the argument list that opens JupyterLab on the welcome page.

    :param options: the user's own options. They replace ours of the same name, because JupyterLab
        rejects an option that is given twice.
    """
    ours = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        # Whatever the configuration of the user's other servers says. The token is not ours to
        # choose: everybody could read it here, and JupyterLab makes a new one each time.
        "--ServerApp.ip=127.0.0.1",
        *OPTIONS,
    ]
    if os.geteuid() == 0:
        ours.append("--allow-root")
    if not _has_browser():
        ours.append("--no-browser")
    said = {_name(option) for option in options}
    if "--ServerApp.root_dir" in said:  # where there is no welcome page
        said.add("--LabApp.default_url")
    program = str(Path(sys.executable).with_name("jupyter-lab"))
    return [program, *(option for option in ours if _name(option) not in said), *options]


def _name(option: str) -> str:
    """What an option sets, without its value."""
    name = option.partition("=")[0]
    return _SAME.get(name, name)


def find_room_for_sockets() -> None:
    """Make Jupyter's runtime folder one that only its owner can enter, with a short path.

    The kernels' sockets lie in it, and the files with the server's token.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir())
    name = "kernel-00000000-0000-0000-0000-000000000000-ipc-1"
    if len(str(folder / name).encode()) <= _LONGEST_SOCKET:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.stat()
        if found.st_uid == os.geteuid():
            folder.chmod(found.st_mode & 0o700)
            return
    os.environ["JUPYTER_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="crosscraft-lab-")


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
