"""Find what the site fetches from other hosts, which is nothing, and where else its links lead.

Sphinx finds the links and references inside the site that lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["allowed", "check"]

_URL = re.compile(r"(?:\w+:)?//[\w-]+\.[^\s\"'`)]*")
_IN_CODE = re.compile(rf"[\"'`(]\s*({_URL.pattern})")
"""A URL in a style or a script is quoted or in parentheses. Comments name others."""
_WORDS = re.compile(r"alt|title|xmlns(:.*)?|rdf:resource")
"""Attributes whose URLs are words and names, which no browser fetches."""
_NAMESPACE = "http://www.w3.org/"
_OUTWARD = re.compile(r"\w+:|//")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                self.links.append(value or "")
            elif not _WORDS.fullmatch(name):
                self.fetched += _URL.findall(value or "")

    def handle_data(self, data: str) -> None:
        if self.lasttag in ("script", "style"):
            self.fetched += _IN_CODE.findall(data)


def allowed(path: Path) -> list[str]:
    """Return the lines of an allow-list: what URLs may begin with. ``#`` begins a remark."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def check(site: Path, allow: Sequence[str]) -> list[str]:
    """Return a line for each URL that a file in the folder `site` fetches from another host, and
    for each link to another host that begins as no line of `allow` does."""
    found = []
    for path in sorted(site.rglob("*")):
        page = _Page()
        if path.suffix in (".html", ".svg"):
            page.feed(path.read_text(encoding="utf-8"))
        elif path.suffix in (".css", ".js"):
            page.fetched = _IN_CODE.findall(path.read_text(encoding="utf-8"))
        name = path.relative_to(site)
        for url in page.fetched:
            if not url.startswith(_NAMESPACE):
                found.append(f"{name}: {url} is fetched from another host")
        for url in page.links:
            if _OUTWARD.match(url) and not url.startswith(tuple(allow)):
                found.append(f"{name}: {url} is not on the list of where links may lead")
    return found
