"""Which channel to use: a name, a URL or a path, turned into what the tools take."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crosscraft.channel import local
from crosscraft.errors import ChannelError
from crosscraft.platforms import Platform
from crosscraft.redact import redacted
from crosscraft.system import files, settings

__all__ = [
    "ALIAS", "ALLOW_HTTP", "Channel", "choose", "in_folder", "missing_error", "missing_targets",
]  # fmt: skip

ALIAS = "CONDA_CHANNEL_ALIAS"
"""conda's variable for the URL that channels called by name are below: a mirror, say."""

ALLOW_HTTP = "CROSSCRAFT_ALLOW_HTTP"
"""Set to 1, it lets a channel come by plain http from another machine."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel to solve from."""

    name: str
    """What people call it, without credentials."""
    url: str = field(repr=False)
    """What solvers take: a URL, or the name of a channel that they know. It may hold
    credentials, and is not for people."""

    @property
    def folder(self) -> Path | None:
        """Where it lies, if that is on this machine."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


def choose(name: str | None = None) -> Channel:
    """Return the channel called `name`; the recorded one if None.

    Nothing is fetched: whether it answers shows when it is used.

    :param name: ``local``, ``conda-forge``, a URL, or the path of a folder.
    :raises ChannelError: if it is a folder that holds no channel, or ``local`` is not made, or
        it is on another machine and comes by plain http.
    """
    name = name or settings.channel()
    if name == "local":
        return Channel("local", local.find().as_uri())
    if name == "conda-forge":
        alias = os.environ.get(ALIAS, "").rstrip("/")
        if not alias:
            return Channel(name, name)
        _refuse_plain_http(alias)
        return Channel(name, f"{alias}/{name}")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:/", name):
        _refuse_plain_http(name)
        return Channel(redacted(name), name)
    if "\0" in name:
        raise ChannelError(
            f"{name!r} is not a channel: no folder can have that name",
            remedy="Give `local`, `conda-forge`, a URL, or a folder indexed as a channel.",
        )
    folder = files.expanded(name)
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


def missing_targets(channel: Channel, targets: Sequence[Platform]) -> tuple[Platform, ...]:
    """Return those of `targets` that `channel` has no packages for, if it is the local one.

    What another channel has shows when it is used.
    """
    if channel.name != "local":
        return ()
    here = local.targets(local.listing(local.find()), {target.subdir for target in targets})
    return tuple(target for target in targets if target not in here)


def missing_error(targets: Sequence[Platform]) -> ChannelError:
    """Return the error that the local channel has no packages for `targets`."""
    names = [target.subdir for target in targets]
    return ChannelError(
        f"the local channel has no packages for {', '.join(names)}",
        remedy=f"Run `crosscraft channel build --platform {','.join(names)}`: it adds what they "
        "need, and makes nothing anew.",
    )


def _refuse_plain_http(url: str) -> None:
    """Anybody on the way can change what comes by plain http, the index with its checksums too.

    Loopback has no way that others are on.
    """
    try:
        if not url.isprintable() or re.search(r"[\s\\]", url):
            # Solvers take a backslash for a slash, and would see another host than we do.
            raise ValueError("it holds a space, a backslash or an invisible character")
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
    except ValueError as error:
        raise ChannelError(
            f"the channel {url!r} is not a URL: {str(error).lower()}",
            remedy="Give `local`, `conda-forge`, a URL, or a folder indexed as a channel.",
        ) from None
    if scheme != "http" or not host or _is_loopback(host) or os.environ.get(ALLOW_HTTP) == "1":
        return
    raise ChannelError(
        f"the channel {url} comes from another machine by plain http, which anybody on the way "
        "can change",
        remedy=f"Use https, or ask for it with {ALLOW_HTTP}=1 in the environment.",
    )


def _is_loopback(host: str) -> bool:
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_channel(folder: Path) -> bool:
    return any(folder.glob("*/repodata.json"))
