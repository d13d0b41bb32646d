"""Choose a channel by name, URL or path."""

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
    "ALIAS", "ALLOW_HTTP", "Channel", "choose", "in_folder", "is_local", "missing_error",
    "missing_targets",
]  # fmt: skip

ALIAS = "CONDA_CHANNEL_ALIAS"
"""conda's variable for the base URL of channels that are given by name, such as a mirror."""

ALLOW_HTTP = "CROSSCRAFT_ALLOW_HTTP"
"""The variable that, if it is 1, allows plain http to another machine."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel to solve from."""

    name: str
    """The name for people, without credentials."""
    url: str = field(repr=False)
    """The URL or name for the solver. It may contain credentials, so never print it."""

    @property
    def folder(self) -> Path | None:
        """The folder of the channel, or None if it is not on this machine."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


def choose(name: str | None = None) -> Channel:
    """Return the channel called `name`, or the recorded channel if `name` is None.

    This function does not use the network.

    :param name: ``local``, ``conda-forge``, a URL, or the path of a folder.
    :raises ChannelError: if the folder is not a channel, ``local`` does not exist yet, or the
        URL uses plain http to another machine.
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
            f"{name!r} is not a channel: it is not a valid folder name",
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
    """Return the channel in `folder` under the name `name`."""
    return Channel(name, folder.absolute().as_uri())


def is_local(channel: Channel) -> bool:
    """Return whether `channel` is the local channel, by its name or its folder."""
    folder = channel.folder
    return channel.name == "local" or (
        folder is not None and folder.resolve() == local.link_path().resolve()
    )


def missing_targets(channel: Channel, targets: Sequence[Platform]) -> tuple[Platform, ...]:
    """Return the platforms of `targets` that the local channel has no packages for.

    Any other `channel` is not checked.
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
        remedy=f"Run `crosscraft channel build --platform {','.join(names)}` to add them. "
        "The existing packages are kept.",
    )


def _refuse_plain_http(url: str) -> None:
    """Anybody on the network can change data sent by plain http, even the index with its checksums.

    Loopback is safe.
    """
    try:
        if not url.isprintable() or re.search(r"[\s\\]", url):
            # Solvers read a backslash as a slash, so they would see another host.
            raise ValueError("it contains a space, a backslash or an invisible character")
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
        f"the channel {url} uses plain http, so anybody on the network can change its packages",
        remedy=f"Use https, or set {ALLOW_HTTP}=1 to allow plain http.",
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
