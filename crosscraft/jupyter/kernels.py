"""Kernels that are talked to by Unix sockets, in a folder that only their owner can enter.

ipykernel 7 warns that on plain TCP other users of the machine can listen in; and sockets work
where even the loopback interface is down.
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
    """Puts a kernel's sockets into a new folder of mode 0700, and removes it with the kernel."""

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
    """A kernel manager, as nbval uses it."""


class AsyncSocketManager(_Sockets, AsyncKernelManager):
    """A kernel manager, as nbclient uses it."""
