"""Which channel to use: a name, a URL or a path, turned into what the tools take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crosscraft import settings
from crosscraft.channel import local
from crosscraft.errors import ChannelError

__all__ = ["Channel", "choose", "in_folder"]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel to solve from."""

    name: str
    """What people call it."""
    url: str
    """What solvers take: a URL, or the name of a channel that they know."""


def choose(name: str | None = None) -> Channel:
    """Return the channel called `name`; the recorded one if None.

    Nothing is fetched: whether it answers shows when it is used.

    :param name: ``local``, ``conda-forge``, a URL, or the path of a folder.
    :raises ChannelError: if it is a folder that holds no channel, or ``local`` is not made.
    """
    name = name or settings.channel()
    if name == "local":
        return Channel("local", local.find().as_uri())
    if name == "conda-forge" or "://" in name:
        return Channel(name, name)
    folder = Path(name).expanduser()
    if not _is_channel(folder):
        raise ChannelError(
            f"{name!r} is not a channel: no subdir of it has a repodata.json",
            looked=str(folder.absolute()),
            remedy="Give `local`, `conda-forge`, a URL, or a folder indexed as a channel.",
        )
    return in_folder(folder, name)


def in_folder(folder: Path, name: str) -> Channel:
    """Return the channel in `folder`, to be called `name`."""
    return Channel(name, folder.absolute().as_uri())


def _is_channel(folder: Path) -> bool:
    return any(folder.glob("*/repodata.json"))
