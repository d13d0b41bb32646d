"""What can go wrong, as one class per cause.

Every message reads as one line: what failed and on what, where we looked, and what to
do next. ``cli.main`` prints it and exits; no learner ever sees a traceback for one of these.
"""

from __future__ import annotations

from collections.abc import Sequence

from crosscraft.redact import redacted
from crosscraft.text import printable

__all__ = [
    "BuildError",
    "BundleError",
    "ChannelError",
    "CommandError",
    "CrosscraftError",
    "DownloadError",
    "EngineError",
    "InstallError",
    "LessonError",
    "PlatformError",
    "RecipeError",
    "SiteError",
    "StorageError",
]


class CrosscraftError(Exception):
    """An expected failure.

    :param what: what failed, on what, as a clause without a full stop.
    :param remedy: what to do next, as a sentence.
    :param looked: where we looked, if that helps the reader to find the fault.
    :param detail: lines of evidence (a compiler's own words, say) shown above the message.
    """

    exit_status = 1
    """Exit status of the process, as a small integer."""

    def __init__(
        self, what: str, *, remedy: str, looked: str = "", detail: Sequence[str] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.looked = looked
        # Lines of others: what a terminal would obey, and credentials, are hidden here and below.
        self.detail = tuple(printable(redacted(line), keep="\t") for line in detail)

    def __str__(self) -> str:
        looked = f" (looked in {self.looked})" if self.looked else ""
        return printable(redacted(f"{self.what}{looked}. {self.remedy}"))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: its own words, in place of a traceback."""
        return [*(f"  {line}" for line in self.detail), f"{type(self).__name__}: {self}"]


class PlatformError(CrosscraftError):
    """A platform name that is not in the table, or that cannot be served here."""

    exit_status = 2


class RecipeError(CrosscraftError):
    """A recipe or a manifest that is missing, or that does not say what it must."""


class EngineError(CrosscraftError):
    """A build engine that is unknown, missing or of the wrong version."""

    exit_status = 2


class BuildError(CrosscraftError):
    """A build that ran and failed."""


class BundleError(CrosscraftError):
    """A bundle that is damaged, or that is not for this machine or this repository."""


class ChannelError(CrosscraftError):
    """A channel that is missing, incomplete, or does not hold what is needed."""


class DownloadError(CrosscraftError):
    """Something that could not be fetched, or is not what its checksum promises."""


class InstallError(CrosscraftError):
    """An environment that could not be solved or installed."""


class CommandError(CrosscraftError):
    """A command that is missing from an environment, or that failed."""


class LessonError(CrosscraftError):
    """A lesson that does not exist, or a project folder that cannot be used."""


class StorageError(CrosscraftError):
    """A folder that cannot be written, or a disk that is full."""


class SiteError(CrosscraftError):
    """A page of the site that could not be made, or a link in one that leads nowhere."""
