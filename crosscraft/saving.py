"""How JupyterLab saves: in one step, so that a kill or a full disk leaves the old file whole.

Jupyter's own "atomic writing" copies the old file aside and then writes into the file itself.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.filecheckpoints import AsyncFileCheckpoints
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError
from traitlets import default

from crosscraft import storage
from crosscraft.errors import StorageError

__all__ = ["CheckpointsInOneStep", "SavingInOneStep"]


class SavingInOneStep(AsyncLargeFileManager):
    """JupyterLab's usual contents manager, with files written aside, synced and renamed."""

    @default("checkpoints_class")
    def _checkpoints_in_one_step(self) -> type[AsyncFileCheckpoints]:
        return CheckpointsInOneStep

    @contextmanager
    def atomic_writing(
        self, os_path: str, text: bool = True, encoding: str = "utf-8", **_: Any
    ) -> Iterator[io.StringIO | io.BytesIO]:
        """Collect what is written, then store it at `os_path`, or where a link there leads."""
        content = io.StringIO() if text else io.BytesIO()
        yield content
        value = content.getvalue()
        try:
            storage.write(
                Path(os_path).resolve(), value.encode(encoding) if isinstance(value, str) else value
            )
        except StorageError as error:
            raise HTTPError(507, str(error)) from None


class CheckpointsInOneStep(AsyncFileCheckpoints):
    """JupyterLab's usual checkpoints, each copied in one step, there and back."""

    async def _copy(self, src: str, dest: str) -> None:
        storage.write(Path(dest), Path(src).read_bytes())
        shutil.copystat(src, dest)
