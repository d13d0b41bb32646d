"""Start JupyterLab."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from crosscraft.errors import CommandError
from crosscraft.jupyter import copies
from crosscraft.jupyter.served import Served
from crosscraft.paths import ROOT
from crosscraft.system import files, workspace

__all__ = ["OPTIONS", "command", "prepare_runtime_folder", "replace_process", "start"]

SETTINGS = Path(__file__).with_name("settings")
"""The folder with ``overrides.json``, our defaults of JupyterLab's settings."""
EXTENSIONS = Path(__file__).with_name("extension")
"""The folder with our extension, the card in the launcher."""

SHELL = shlex.quote(os.environ.get("SHELL") or "bash")
"""The shell of JupyterLab's terminals, as a command line."""

OPTIONS = (
    # Unix sockets in a private folder: ipykernel warns that other users can listen on TCP.
    "--KernelManager.transport=ipc",
    # JupyterLab's own manager writes in place, so a kill can truncate a notebook.
    "--ServerApp.contents_manager_class=crosscraft.jupyter.contents.AtomicContentsManager",
    # Without a terminal of its own, such as at a hub, JupyterLab starts login shells. On Debian,
    # these set PATH again and do not find `crosscraft`.
    f"--ServerApp.terminado_settings=shell_command={SHELL}",
    # The messages of the search for language servers would follow the URL at start-up.
    "--LanguageServerManager.autodetect=False",
    # Fetch nothing from other hosts: no news and no version checks.
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    # The user's own settings override these defaults, such as the one that asks about news.
    f"--LabApp.app_settings_dir={SETTINGS}",
    f"--LabApp.extra_labextensions_path={EXTENSIONS}",
)
"""The options of all our servers, on this machine and in a hub."""

_FOLDER = "--ServerApp.root_dir"
"""The option for the folder that the file browser shows."""
_START = "--ContentsManager.preferred_dir"
"""The option for the folder in it that the file browser opens with. Our extension reads it."""
_ALIASES = {"--notebook-dir": _FOLDER, "--ip": "--ServerApp.ip"}
"""JupyterLab's short names of options that we set."""

_LONGEST_SOCKET = 107
"""The maximum length of a Unix socket's path, in bytes (unix(7))."""


def start(options: Sequence[str]) -> NoReturn:
    """Bring the learner's copies of the lessons up to date, and replace this process with
    JupyterLab. No other user can listen to its kernels.

    :raises StorageError: if the workspace cannot be written.
    :raises CommandError: if JupyterLab cannot be started.
    """
    files.keep_from_others()
    served = Served.of(ROOT)
    if os.environ.get("CROSSCRAFT_WORKSPACE"):  # kernels start in other folders
        os.environ["CROSSCRAFT_WORKSPACE"] = str(workspace.root())
    os.environ[workspace.SERVED] = "" if _FOLDER in _names(options) else str(served.root)
    copies.update(served)
    prepare_runtime_folder()
    put_programs_on_path()
    replace_process(
        command(options),
        "jupyterlab",
        what="JupyterLab cannot be loaded",
        remedy="Remove the folder .venv and run `make lab` again.",
    )


def put_programs_on_path() -> None:
    """Let terminals and kernels find `crosscraft`, whatever shell the server was started from."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([programs, *(one for one in path if one != programs)])


def replace_process(argv: list[str], package: str, *, what: str, remedy: str) -> NoReturn:
    """Replace this process with the program `argv` of this environment.

    :param package: the Python package that contains the program.
    :param what: the error message if the package is missing or the program cannot be started.
    :param remedy: the advice to the user in that case.
    :raises CommandError: if the program cannot be started.
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
    """Return the argument list that opens JupyterLab on the learner's copy of the welcome page.

    :param options: the user's options. They replace our options of the same name, because
        JupyterLab rejects duplicate options.
    """
    ours = [
        *folder_options(Served.of(ROOT), "LabApp"),
        # This overrides the user's configuration of other servers. We set no token, because other
        # users could read it on the command line. JupyterLab creates a new one at each start.
        "--ServerApp.ip=127.0.0.1",
        *OPTIONS,
    ]
    if os.geteuid() == 0:
        ours.append("--allow-root")
    if not _has_browser():
        ours.append("--no-browser")
    given = _names(options)
    if _FOLDER in given:  # the user's folder has no welcome page
        given |= {"--LabApp.default_url", _START}
    program = str(Path(sys.executable).with_name("jupyter-lab"))
    return [program, *(option for option in ours if _name(option) not in given), *options]


def folder_options(served: Served, app: str) -> list[str]:
    """Return the options for the folder to show and the page to open.

    :param app: the class of the program with the option for the page.
    """
    return [
        f"{_FOLDER}={served.root}",
        f"--{app}.default_url=/lab/tree/{served.first}",
        f"{_START}={served.lessons}",
    ]


def _names(options: Sequence[str]) -> set[str]:
    return {_name(option) for option in options}


def _name(option: str) -> str:
    """Return the full name of an option, without its value."""
    name = option.partition("=")[0]
    return _ALIASES.get(name, name)


def prepare_runtime_folder() -> None:
    """Give Jupyter a private runtime folder with a path short enough for sockets.

    The folder contains the kernels' sockets and the files with the server's token.
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
