"""How JupyterLab saves: in one step, so that a kill or a full disk leaves the old file whole.

Jupyter's own "atomic writing" copies the old file aside and then writes into the file itself. A
kill, or a disk that is full at the sync, leaves a half-written notebook under its own name.
Jupyter puts checkpoints into a folder beside the file, where builds would find them; here they go
into the cache. The file browser lists what a learner works with, and not the clone's tools.
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

from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.system import files

__all__ = ["TOOLS", "CheckpointsInOneStep", "SavingInOneStep"]

TOOLS = frozenset(
    (
        "CHANGELOG.md CITATION.cff CODE_OF_CONDUCT.md CONTRIBUTING.md LICENSE Makefile benchmarks "
        "SECURITY.md binder conftest.py crosscraft deploy environment.yml pixi.toml pyproject.toml "
        "requirements requirements.txt tests tools"
    ).split()
)
"""What the file browser does not list of the clone: it is for those who work on the series. A
link to it still opens it."""


class SavingInOneStep(AsyncLargeFileManager):
    """JupyterLab's usual contents manager, with files written aside, synced and renamed."""

    @default("checkpoints_class")
    def _checkpoints_in_one_step(self) -> type[AsyncFileCheckpoints]:
        return CheckpointsInOneStep

    async def get(self, path: str, content: bool = True, *args: Any, **kwargs: Any) -> Any:
        """Read a file or folder. The clone's own is listed without its tools."""
        model = await super().get(path, content, *args, **kwargs)  # type: ignore[no-untyped-call]
        if content and model["type"] == "directory" and not path.strip("/") and self._is_clone():
            model["content"] = [one for one in model["content"] if one["name"] not in TOOLS]
        return model

    def _is_clone(self) -> bool:
        return Path(self.root_dir).resolve() == ROOT

    @contextmanager
    def atomic_writing(
        self, os_path: str, text: bool = True, encoding: str = "utf-8", **_: Any
    ) -> Iterator[io.StringIO | io.BytesIO]:
        """Collect what is written, then store it at `os_path`, or where a link there leads."""
        content = io.StringIO() if text else io.BytesIO()
        yield content
        value = content.getvalue()
        try:
            files.write(
                Path(os_path).resolve(), value.encode(encoding) if isinstance(value, str) else value
            )
        except StorageError as error:
            raise HTTPError(507, str(error)) from None


class CheckpointsInOneStep(AsyncFileCheckpoints):
    """JupyterLab's usual checkpoints, each copied in one step, there and back.

    They are in the cache, in a folder that is named like the file's own.
    """

    def checkpoint_path(self, checkpoint_id: str, path: str) -> str:
        """Return where a checkpoint of the file at the API path `path` is."""
        file = Path(self._get_os_path(path.strip("/")))  # type: ignore[no-untyped-call]
        try:
            folder = files.cache("checkpoints", *file.parent.parts[1:])
        except StorageError as error:
            raise HTTPError(507, str(error)) from None
        return str(folder / f"{file.stem}-{checkpoint_id}{file.suffix}")

    async def _copy(self, src: str, dest: str) -> None:
        files.write(Path(dest), Path(src).read_bytes())
        shutil.copystat(src, dest)
