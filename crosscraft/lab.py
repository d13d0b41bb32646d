"""How JupyterLab is started."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from crosscraft import ROOT

__all__ = ["command", "transport"]

FIRST = "notebooks/00-check-machine.ipynb"
SETTINGS = Path(__file__).with_name("lab_settings")
"""The folder of ``overrides.json``: defaults of JupyterLab's own settings."""

_LONGEST_SOCKET = 107
"""Bytes that the path of a Unix socket may have (unix(7))."""


def command(options: Sequence[str]) -> list[str]:
    """Return the argument list that opens JupyterLab on the first notebook.

    :param options: the user's own options, which come last and so win.
    """
    argv = [
        str(Path(sys.executable).with_name("jupyter-lab")),
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        f"--KernelManager.transport={transport()}",
        # JupyterLab's own writes into the notebook, and a kill leaves half of it.
        "--ServerApp.contents_manager_class=crosscraft.saving.SavingInOneStep",
        # Its search for language servers would be the last line of the start-up, not the URL.
        "--LanguageServerManager.autodetect=False",
        # Nothing is fetched from another host: neither news nor versions.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # Defaults that the user's own settings override; above all, no question about news.
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]
    if os.geteuid() == 0:
        argv.append("--allow-root")
    if not _has_browser():
        argv.append("--no-browser")
    return [*argv, *options]


def transport() -> str:
    """Return how to talk to kernels: by Unix sockets, which other users cannot read.

    Only where their path would be too long it is TCP on loopback.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    name = "kernel-00000000-0000-0000-0000-000000000000-ipc-1"
    longest = str(Path(jupyter_runtime_dir()) / name)
    return "ipc" if len(longest.encode()) <= _LONGEST_SOCKET else "tcp"


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
