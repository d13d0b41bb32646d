"""Kernel managers that use Unix sockets in a folder that only its owner can enter.

ipykernel 7 warns that other users of the machine can listen on plain TCP. Sockets also work
without a loopback interface.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager
from traitlets import default

__all__ = ["AsyncSocketManager", "SocketManager"]


class _Sockets(ConnectionFileMixin):
    """Creates a folder of mode 0700 for a kernel's sockets, and removes it with the kernel."""

    @default("transport")
    def _by_socket(self) -> str:
        return "ipc"

    @default("ip")
    def _in_own_folder(self) -> str:
        return str(Path(tempfile.mkdtemp(prefix="crosscraft-kernel-")) / "socket")

    def cleanup_ipc_files(self) -> None:
        """Remove the sockets and their folder."""
        shutil.rmtree(Path(self.ip).parent, ignore_errors=True)


class SocketManager(_Sockets, KernelManager):
    """The kernel manager for nbval."""


class AsyncSocketManager(_Sockets, AsyncKernelManager):
    """The kernel manager for nbclient."""
