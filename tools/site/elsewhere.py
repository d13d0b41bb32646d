"""Links from the site to servers that can run a notebook: JupyterLab, Binder, a JupyterHub."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from crosscraft.errors import SiteError

__all__ = ["Opening", "Places", "openings", "prefixes", "read"]

LAB = "http://127.0.0.1:8888"
"""The address of ``make lab``, unless another program uses the port."""
_SHORT = re.compile(r"[\w.-]+/[\w.-]+")
_BINDER = "https://mybinder.org/v2"
_HUB_PATH = "/hub/user-redirect/lab/tree/{copy}"


@dataclass(frozen=True)
class Places:
    """The addresses of other servers. An empty address makes no link."""

    repository: str = ""
    """The URL of the public repository."""
    hub: str = ""
    """The URL of a page in a JupyterHub, with ``{copy}`` in place of the path of the learner's copy
    at our hubs, or ``{path}`` in place of the notebook's path in the repository."""


@dataclass(frozen=True)
class Opening:
    """A link that opens a notebook on another server."""

    label: str
    """The text of the link."""
    url: str
    """The URL of the link."""
    needs: str
    """The requirements of the link, as a clause with code in backquotes."""


def read(pyproject: Path, environ: Mapping[str, str]) -> Places:
    """Return the places in ``[tool.crosscraft.site]`` of `pyproject`. SITE_REPOSITORY (owner/name
    on GitHub, or a URL) and SITE_HUB in `environ` override them.

    :raises SiteError: if a place is not an https URL.
    """
    table = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    configured = table.get("tool", {}).get("crosscraft", {}).get("site", {})
    repository = environ.get("SITE_REPOSITORY") or configured.get("repository", "")
    hub = environ.get("SITE_HUB") or configured.get("hub", "")
    if _SHORT.fullmatch(repository):
        repository = f"https://github.com/{repository}"
    if hub and not re.search(r"\{(path|copy)\}", hub):
        hub = hub.rstrip("/").removesuffix("/hub") + _HUB_PATH
    for name, url in (("SITE_REPOSITORY", repository), ("SITE_HUB", hub)):
        if url and not _is_https(url):
            raise SiteError(
                f"{name} is {url!r}, not an https URL",
                looked="the environment, then [tool.crosscraft.site] of pyproject.toml",
                remedy="Correct the URL, or leave it empty for a site without such links.",
            )
    return Places(repository.rstrip("/").removesuffix(".git"), hub)


def openings(path: str, places: Places) -> list[Opening]:
    """Return the links for the notebook at `path`, which is relative to the repository.

    The links open the learner's copy.
    """
    copy = f"workspace/lessons/{Path(path).name}"
    found = [
        Opening(
            "Open in Lab",
            f"{LAB}/lab/tree/{quote(copy)}",
            "works while `make lab` runs on this machine, in a browser that has it open.",
        )
    ]
    if places.hub:
        url = places.hub.replace("{path}", quote(path)).replace("{copy}", quote(copy))
        found.append(Opening("Open in the Hub", url, "needs an account there."))
    if places.repository:
        url = f"{_binder(places.repository)}/HEAD?urlpath={quote(f'lab/tree/{copy}', safe='')}"
        found.append(Opening("Open in Binder", url, "starts a server for you, in some minutes."))
        found.append(Opening("Repository", places.repository, "all of the source."))
    return found


def prefixes(places: Places) -> list[str]:
    """Return the prefixes of the URLs that `places` allow."""
    hub = f"https://{urlsplit(places.hub).netloc}/" if places.hub else ""
    binder = f"{_binder(places.repository)}/" if places.repository else ""
    return [f"{LAB}/lab/", *(one for one in (places.repository, binder, hub) if one)]


def _binder(repository: str) -> str:
    """Return the Binder address of a repository (see "URL" in mybinder.org's documentation)."""
    parts = urlsplit(repository)
    owner_and_name = parts.path.strip("/")
    match parts.netloc:
        case "github.com":
            return f"{_BINDER}/gh/{owner_and_name}"
        case "gitlab.com":
            return f"{_BINDER}/gl/{quote(owner_and_name, safe='')}"
        case _:
            return f"{_BINDER}/git/{quote(repository, safe='')}"


def _is_https(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s\"'<>]", url)
