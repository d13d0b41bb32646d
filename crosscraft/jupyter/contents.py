"""Save files in JupyterLab atomically, so that a kill or a full disk leaves the old file intact.

Jupyter's own "atomic writing" makes a backup copy and then writes into the file itself. A kill, or
a full disk, leaves a truncated notebook under its own name. Jupyter keeps checkpoints in a folder
beside the file, where builds would find them. Ours are in the cache. Our file browser hides the
development files of the clone. A notebook that is opened again shows the static forms of widgets
whose kernel has ended.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_server.files.handlers import FilesHandler
from jupyter_server.services.contents.filecheckpoints import AsyncFileCheckpoints
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError
from traitlets import default

from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.system import files
from crosscraft.views.live import KERNEL, WIDGET_VIEW, drop_widget

__all__ = ["TOOLS", "AtomicCheckpoints", "AtomicContentsManager"]

TOOLS = frozenset(
    (
        "CHANGELOG.md CITATION.cff CODE_OF_CONDUCT.md CONTRIBUTING.md LICENSE Makefile benchmarks "
        "SECURITY.md binder conftest.py crosscraft deploy environment.yml pixi.toml pyproject.toml "
        "notebooks requirements requirements.txt tests tools"
    ).split()
)
"""Development files in the clone that the file browser does not list. Links still open them. The
learner has copies of the notebooks."""


class AtomicContentsManager(AsyncLargeFileManager):
    """The contents manager of JupyterLab, but with an atomic rename of a synced temporary file."""

    @default("checkpoints_class")
    def _checkpoints_class(self) -> type[AsyncFileCheckpoints]:
        return AtomicCheckpoints

    @default("files_handler_class")
    def _files_handler_class(self) -> type[FilesHandler]:
        return FilesHandler  # the file manager's own handler follows no link to a clone

    async def get(self, path: str, content: bool = True, *args: Any, **kwargs: Any) -> Any:
        """Read a file or folder. A notebook has only widgets that are alive. The listing of the
        clone has no development files, and no listing has a name that no URL can have."""
        model = await super().get(path, content, *args, **kwargs)  # type: ignore[no-untyped-call]
        if content and model["type"] == "notebook":
            kernels = self._kernels()
            for output in (
                o for cell in model["content"]["cells"] for o in cell.get("outputs", ())
            ):
                if "text/html" in output.get("data", ()) and _kernel(output) not in kernels:
                    drop_widget(output)
        if content and model["type"] == "directory":
            hidden = TOOLS if self._is_clone(path) else ()
            model["content"] = [
                one
                for one in model["content"]
                if one["name"] not in hidden and _is_unicode(one["name"])
            ]
        return model

    def _is_clone(self, path: str) -> bool:
        """Whether `path` is the clone, which a link can lead to."""
        return Path(self._get_os_path(path)).resolve() == ROOT  # type: ignore[no-untyped-call]

    def _kernels(self) -> set[int]:
        """Return the process ids of the running kernels."""
        manager = getattr(self.parent, "kernel_manager", None)
        running = [manager.get_kernel(one) for one in manager.list_kernel_ids()] if manager else []
        return {one.provisioner.pid for one in running if one.provisioner}

    @contextmanager
    def atomic_writing(
        self, os_path: str, text: bool = True, encoding: str = "utf-8", **_: Any
    ) -> Iterator[io.StringIO | io.BytesIO]:
        """Collect what is written, then store it at `os_path`, or at the target of that link."""
        content = io.StringIO() if text else io.BytesIO()
        yield content
        value = content.getvalue()
        try:
            files.write(
                Path(os_path).resolve(), value.encode(encoding) if isinstance(value, str) else value
            )
        except StorageError as error:
            raise HTTPError(507, str(error)) from None


def _kernel(output: dict[str, Any]) -> int | None:
    """Return the process id of the kernel that has the widget of an output, if one is recorded."""
    recorded: dict[str, int] = output.get("metadata", {}).get(WIDGET_VIEW, {})
    return recorded.get(KERNEL)


def _is_unicode(name: str) -> bool:
    """Whether a file name is UTF-8. Other bytes are lone surrogates in Python (PEP 383)."""
    return name == name.encode(errors="ignore").decode()


class AtomicCheckpoints(AsyncFileCheckpoints):
    """The checkpoints of JupyterLab, but copied and restored with an atomic rename.

    They are in the cache, in a folder with the same path as the file's folder.
    """

    def checkpoint_path(self, checkpoint_id: str, path: str) -> str:
        """Return the path of a checkpoint of the file at the API path `path`."""
        file = Path(self._get_os_path(path.strip("/")))  # type: ignore[no-untyped-call]
        try:
            folder = files.cache("checkpoints", *file.parent.parts[1:])
        except StorageError as error:
            raise HTTPError(507, str(error)) from None
        return str(folder / f"{file.stem}-{checkpoint_id}{file.suffix}")

    async def _copy(self, src: str, dest: str) -> None:
        files.write(Path(dest), Path(src).read_bytes())
        shutil.copystat(src, dest)
