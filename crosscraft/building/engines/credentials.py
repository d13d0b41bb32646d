"""Move credentials from channel URLs into a file, because any user can read a command line.

The variable ``RATTLER_AUTH_FILE`` names the file. It maps hosts to credentials, as rattler reads:
https://rattler.build/latest/authentication_and_upload/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from crosscraft.errors import EngineError
from crosscraft.redact import redacted
from crosscraft.system import files

__all__ = ["move"]


def move(urls: Sequence[str], file: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return `urls` without credentials, and the variables that point an engine to `file`.

    :param file: gets the credentials, if there are any. Only its owner can read it.
    :raises EngineError: if the file format has no place for a URL's credentials.
    """
    held: dict[str, dict[str, object]] = {}
    bare = tuple(_take(url, held) for url in urls)
    if not held:
        return bare, {}
    files.write(file, json.dumps(held), mode=0o600)
    return bare, {"RATTLER_AUTH_FILE": str(file)}


def _take(url: str, held: dict[str, dict[str, object]]) -> str:
    if "://" not in url or url.startswith("file:"):
        return url
    parts = urlsplit(url)
    found: list[dict[str, object]] = []
    if parts.username is not None:
        user, password = unquote(parts.username), unquote(parts.password or "")
        found.append({"BasicHTTP": {"username": user, "password": password}})
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    if parts.path.startswith("/t/"):
        token, _, rest = parts.path.removeprefix("/t/").partition("/")
        found.append({"CondaToken": token})
        parts = parts._replace(path=f"/{rest}")
    bare = urlunsplit(parts)
    known = [one for one in (held.get(_host(parts)), *found) if one is not None]
    if redacted(bare) != bare or any(one != known[0] for one in known):
        raise EngineError(
            f"the credentials of the channel {redacted(url)} cannot be given to this engine",
            looked="its URL, and the URLs of other channels on the same host",
            remedy="Build with `--engine py-rattler-build`, which accepts them.",
        )
    if found:
        held[_host(parts)] = found[0]
    return bare


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""
