"""Expected failures, one class per cause.

A message is one line: what failed and on what, where we looked, and what to do next.
``cli.main`` prints the message and exits, so a learner never sees a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.redact import redacted
from crosscraft.text import printable

__all__ = [
    "BuildError", "BundleError", "ChannelError", "CommandError", "CrosscraftError",
    "DownloadError", "EngineError", "InstallError", "LessonError", "PlatformError",
    "ProjectError", "RecipeError", "SiteError", "StorageError",
]  # fmt: skip


class CrosscraftError(Exception):
    """An expected failure.

    :param what: what failed and on what, as a clause without a full stop.
    :param remedy: what to do next, as a sentence.
    :param looked: where we looked, if that helps to find the fault.
    :param detail: lines of evidence, such as compiler output, printed above the message.
    """

    exit_status = 1
    """Exit status of the process."""

    def __init__(
        self, what: str, *, remedy: str, looked: str = "", detail: Sequence[str] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.looked = looked
        # Other programs wrote these lines, so control characters and credentials are hidden.
        self.detail = tuple(printable(redacted(line), keep="\t") for line in detail)

    def __str__(self) -> str:
        looked = f" (looked in {self.looked})" if self.looked else ""
        return printable(redacted(f"{self.what}{looked}. {self.remedy}"))

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython prints instead of a traceback."""
        return [*(f"  {line}" for line in self.detail), f"{type(self).__name__}: {self}"]


class PlatformError(CrosscraftError):
    """A platform that is unknown, or that is not supported here."""

    exit_status = 2


class RecipeError(CrosscraftError):
    """A recipe or a manifest that is missing or incomplete."""


class ProjectError(CrosscraftError):
    """A new project whose name or template cannot be used."""

    exit_status = 2


class EngineError(CrosscraftError):
    """A build engine that is unknown, missing or of the wrong version."""

    exit_status = 2


class BuildError(CrosscraftError):
    """A build that ran and failed."""


class BundleError(CrosscraftError):
    """A bundle that is damaged, or is for another machine or repository."""


class ChannelError(CrosscraftError):
    """A channel that is missing, incomplete or without a needed package."""


class DownloadError(CrosscraftError):
    """A download that failed, or that does not have the expected checksum."""


class InstallError(CrosscraftError):
    """An environment that could not be solved or installed."""


class CommandError(CrosscraftError):
    """A command that is missing from an environment, or that failed."""


class LessonError(CrosscraftError):
    """A lesson that does not exist, or a project folder that cannot be used."""


class StorageError(CrosscraftError):
    """A folder that cannot be written, or a disk that is full."""


class SiteError(CrosscraftError):
    """A page of the site that could not be made, or that has a broken link."""
