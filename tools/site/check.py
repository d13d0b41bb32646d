"""Find requests to other hosts, which are not allowed, and links to hosts that are not listed.

Sphinx itself finds broken links within the site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["allowed", "check"]

_URL = re.compile(r"(?:\w+:)?//[\w-]+\.[^\s\"'`)]*")
_IN_CODE = re.compile(rf"[\"'`(]\s*({_URL.pattern})")
"""A URL that a style or a script fetches is quoted or in parentheses, unlike URLs in comments."""
_WORDS = re.compile(r"alt|title|xmlns(:.*)?|rdf:resource")
"""Attributes with URLs that browsers do not fetch."""
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
    """Return the allowed prefixes of URLs, one per line. ``#`` starts a comment."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def check(site: Path, allow: Sequence[str]) -> list[str]:
    """Return a line for each URL that the folder `site` fetches from another host, and for each
    link to another host without a prefix in `allow`."""
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
                found.append(f"{name}: {url} is not on the list of allowed links")
    return found
