"""Read the pages that came out: does each link lead somewhere, and is nothing fetched from afar?

No network is used. A link inside the site must lead to a file of it and, with a fragment, to an
element there. A link to another host must be https and begin as a line of an allow-list does;
whether anything answers there is not asked.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Problem", "allowed", "check", "read_page"]

# Attributes that make a browser fetch, as HTML has them ("Attributes", in its index).
_FETCHED = frozenset(
    ("src", "srcset", "imagesrcset", "data", "poster", "background", "action", "formaction")
)
_FOLLOWED = frozenset(("a", "area"))
_REFERRING = frozenset(("for", "aria-labelledby", "aria-describedby", "aria-controls"))
# What `link` elements say, and no browser fetches.
_TOLD = frozenset(("next", "prev", "canonical", "author", "license", "index", "search"))
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
# In scripts: a whole string that names a host, or a start of one. Namespaces are only names.
_SCRIPT_URL = re.compile(r"[\"'`]((?:https?:|wss?:)?//[\w.-]+\.\w+[^\"'`\s]*)[\"'`]")
_NAMESPACES = ("http://www.w3.org/",)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\";]+)", re.I)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with the site."""

    page: str
    """The file it is in, relative to the site."""
    target: str
    """What is linked or fetched there."""
    what: str
    """What is wrong with that, as a clause."""

    def __str__(self) -> str:
        return f"{self.page}: {self.target}: {self.what}"


@dataclass
class Page:
    """What a page has and where it leads."""

    ids: list[str] = field(default_factory=list)
    """The ids of its elements."""
    follows: list[str] = field(default_factory=list)
    """Where a reader may go from it."""
    fetches: list[str] = field(default_factory=list)
    """What a browser fetches to show it."""
    refers: list[str] = field(default_factory=list)
    """Ids that its elements refer to."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, values = self.page, {name: value or "" for name, value in attrs}
        self._within = tag
        page.ids += [values[name] for name in ("id",) if name in values]
        for name, value in values.items():
            if name in ("href", "xlink:href"):
                told = tag == "link" and set(values.get("rel", "").lower().split()) <= _TOLD
                (page.follows if tag in _FOLLOWED or told else page.fetches).append(value)
            elif name in _FETCHED:
                parts = value.split(",") if name.endswith("srcset") else [value]
                page.fetches += [part.split()[0] for part in parts if part.strip()]
            elif name == "style":
                page.fetches += _in_css(value)
            elif name in _REFERRING:
                page.refers += value.split()
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            page.fetches += _REFRESH.findall(values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            self.page.fetches += _in_css(data)
        elif self._within == "script":
            self.page.fetches += _in_script(data)


def read_page(text: str) -> Page:
    """Return what the HTML `text` has and where it leads."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


def allowed(path: Path) -> list[str]:
    """Return the lines of an allow-list: what URLs may begin with. ``#`` begins a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def check(site: Path, allow: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the pages, styles and scripts in the folder `site`, in order.

    :param allow: what URLs that lead out of the site may begin with.
    """
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    pages = {
        name: read_page(path.read_text(encoding="utf-8"))
        for name, path in files.items()
        if name.endswith((".html", ".svg"))
    }
    found: set[Problem] = set()
    for name, page in pages.items():
        twice = {one for one in page.ids if page.ids.count(one) > 1}
        found |= {Problem(name, f"#{one}", "more than one element has this id") for one in twice}
        missing = set(page.refers) - set(page.ids)
        found |= {Problem(name, f"#{one}", "no element has this id") for one in missing}
        found |= set(_wrong(name, page.fetches, files, pages, ()))
        found |= set(_wrong(name, page.follows, files, pages, allow))
    for name, path in files.items():
        if name.endswith((".css", ".js")):
            text = path.read_text(encoding="utf-8")
            fetched = _in_css(text) if name.endswith(".css") else _in_script(text)
            found |= set(_wrong(name, fetched, files, pages, ()))
    return sorted(found)


def _wrong(
    name: str,
    targets: Sequence[str],
    files: dict[str, Path],
    pages: dict[str, Page],
    allow: Sequence[str],
) -> Iterator[Problem]:
    for target in targets:
        what = _fault(name, target, files, pages, allow)
        if what:
            yield Problem(name, target, what)


def _fault(
    name: str,
    target: str,
    files: dict[str, Path],
    pages: dict[str, Page],
    allow: Sequence[str],
) -> str:
    """What is wrong with a link from the file `name`; empty if nothing is."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "is no URL"
    if parts.scheme == "data":
        return ""
    if parts.scheme or parts.netloc:
        return _fault_abroad(target, allow)
    if parts.path.startswith("/"):
        return "begins at the root of the host, and the site may lie anywhere"
    path, fragment = unquote(parts.path), unquote(parts.fragment)
    to = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    return _fault_here(to, fragment, files, pages)


def _fault_here(to: str, fragment: str, files: dict[str, Path], pages: dict[str, Page]) -> str:
    if to not in files:
        folder = to == "." or any(one.startswith(f"{to}/") for one in files)
        return "is a folder, which a file system does not show" if folder else "no such file"
    if fragment and to in pages and fragment not in pages[to].ids:
        return "no element has this id"
    return ""


def _fault_abroad(target: str, allow: Sequence[str]) -> str:
    if not allow:
        return "is fetched from another host"
    if any(target.startswith(prefix) for prefix in allow):
        return "" if re.fullmatch(r"[!-~]+", target) else "is no URL"
    return "is not on the list of where the site may lead"


def _in_css(text: str) -> list[str]:
    found = _CSS_URL.findall(_CSS_COMMENT.sub("", text))
    return [url.strip() or imported for url, imported in found]


def _in_script(text: str) -> list[str]:
    return [url for url in _SCRIPT_URL.findall(text) if not url.startswith(_NAMESPACES)]
