"""What JupyterLab's file browser shows: a clone, a learner's folder at a hub, or a workspace."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import StorageError
from crosscraft.paths import ROOT
from crosscraft.system import storage_errors, workspace

__all__ = ["WELCOME", "Served"]

WELCOME = "welcome.md"
"""The first page that JupyterLab opens, in the folder of the lessons."""


@dataclass(frozen=True, slots=True)
class Served:
    """The folder that JupyterLab's file browser shows. No page opens a file outside of it."""

    root: Path
    """The folder itself."""
    pages: Path
    """The clone, or a link to it below the folder. Lessons link to the pages in it."""

    @classmethod
    def of(cls, home: Path) -> Served:
        """Return what is served for the workspace: the folder `home` if the workspace is in it,
        and otherwise the workspace alone.
        """
        own = workspace.root()
        root = home if own.is_relative_to(home) else own
        return cls(root, ROOT if root == ROOT else root / "pages")

    @property
    def lessons(self) -> str:
        """The folder of the learner's copies, relative to the served folder."""
        return workspace.lessons().relative_to(self.root).as_posix()

    @property
    def first(self) -> str:
        """The first page to open, relative to the served folder."""
        return f"{self.lessons}/{WELCOME}"

    @property
    def way_to_pages(self) -> str:
        """The path from the learner's copies to the clone, as a link in a copy has it."""
        return os.path.relpath(self.pages, workspace.lessons())

    def link_pages(self) -> None:
        """Link the clone into the served folder, unless it is there. A link to an earlier place
        of the clone is replaced. The caller has the lock of the workspace.

        :raises StorageError: if the link cannot be made.
        """
        if self.pages.exists() and self.pages.resolve() == ROOT:
            return
        if self.pages.exists() and not self.pages.is_symlink():
            raise StorageError(
                f"{str(self.pages)!r} is in the place of a link to the pages of the lessons",
                remedy="Rename it and run this again.",
            )
        new = self.pages.with_name(f".{self.pages.name}.new")
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            new.symlink_to(ROOT)
            new.replace(self.pages)
        except OSError as error:
            raise storage_errors.explain(error, str(self.pages)) or error from None
