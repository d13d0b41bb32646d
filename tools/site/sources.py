"""Collect the sources of the site: the notebooks, the docs, and everything that they link to.

The folder for Sphinx has the layout of the repository, so that relative links work in both. A
linked file that is not a page is copied for download. A linked folder becomes a list of its files.
The page of an example also shows its files, and the index of the errors contains their pages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import jinja2
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

from crosscraft.lessons import series
from crosscraft.paths import ROOT
from tools.site.samples import Sample

__all__ = ["gather", "links", "wanted"]

SITE = "docs/site"
PAGES = (".md", ".ipynb")
INSPECT = "inspect.md"
ABOUT_INSPECT = "docs/inspect-in-a-browser.md"
MADE = {"index.md": "index.md", "cpp_math.md": "cpp_math/index.md", INSPECT: INSPECT}
"""Templates in docs/site, and their places in the site. They can use `lessons`, `more`, `examples`,
`errors`, `cpp_math` and `samples`."""
ERRORS = "docs/errors/README.md"
_EXAMPLE = re.compile(r"examples/([^/]+)/README\.md")
_PROJECTS = ("cpp_math/", "examples/")

# A Markdown link, or the HTML of an image with a size.
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|\bsrc=\"([^\"]+)\"")
_FENCE = re.compile(r"^(```|~~~)[\s\S]*?^\1|`[^`\n]+`", re.M)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.I)


def gather(
    folder: Path,
    repository: Iterable[str],
    root: Path = ROOT,
    samples: Sequence[Sample] = (),
) -> None:
    """Fill `folder` with the sources of the site.

    :param repository: the files of the repository at `root`, as relative paths.
    :param samples: the packages that the page that inspects files offers. Without samples there
        is no such page.
    :raises LessonError: if a notebook is invalid, or its first cell lacks a required part.
    """
    files = sorted(set(repository))
    taken = wanted(files, root)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / SITE),
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    templates.filters["language"] = _language
    examples = [match[1] for name in files if (match := _EXAMPLE.fullmatch(name))]
    for name in taken:
        if name in files:
            data = (root / name).read_bytes() + _appended(name, files, templates).encode()
            if name == ABOUT_INSPECT and samples:
                data += b"\n## Open it\n\n[Look inside a package](../inspect.md)\n"
        else:
            data = _listing(name, files).encode()
        _put(folder / name, data)
    facts = {
        "lessons": series.lessons(root / name for name in taken if name.endswith(".ipynb")),
        "more": [name.removesuffix(".md") for name in sorted(files, key=_order) if _is_more(name)],
        "examples": examples,
        "errors": [name for name in _within(ERRORS, files) if name != "README.md"],
        "cpp_math": _within("cpp_math/index.md", files),
        "samples": samples,
    }
    for name, to in MADE.items():
        if name == INSPECT and not samples:
            continue
        _put(folder / to, templates.get_template(name).render(facts).encode())


def _appended(name: str, files: list[str], templates: jinja2.Environment) -> str:
    """Return the part of a page that only the site has."""
    within = [one for one in _within(name, files) if one not in ("README.md", "LICENSE")]
    if _EXAMPLE.fullmatch(name):
        return f"\n## Files\n{templates.get_template('files.md').render(files=within, level='###')}"
    if name == ERRORS:
        return f"\n{templates.get_template('errors.md').render(pages=within)}"
    return ""


def wanted(files: list[str], root: Path = ROOT) -> list[str]:
    """Return the needed ones of `files`, and the listings of linked folders."""
    taken = {name for name in files if _is_page(name) or name.startswith(_PROJECTS)}
    waiting = [name for name in taken if name.endswith(PAGES)]
    made = {f"{SITE}/{name}" for name in MADE}
    waiting += made & set(files)
    while waiting:
        page = waiting.pop()
        for target in links(page, root):
            within = [name for name in files if name.startswith(f"{target}/")]
            new = {target} if target in files else set(within)
            if within and f"{target}/index.md" not in MADE.values():
                new.add(f"{target}/index.md")
            waiting += [n for n in new - taken if n in files and n.endswith(PAGES)]
            taken |= new
    return sorted(taken - made)


def links(page: str, root: Path = ROOT) -> Iterator[str]:
    """Yield the targets of the relative links in `page`, as paths relative to `root`."""
    # The links in a template are relative to its place in the site.
    place = MADE.get(PurePosixPath(page).name, page) if page.startswith(f"{SITE}/") else page
    for text in series.markdown(root / page):
        for match in _LINK.finditer(_FENCE.sub("", text)):
            target = match[1] or match[2]
            if not _SCHEME.match(target):
                path = unquote(target.split("#")[0].split("?")[0])
                yield posixpath.normpath(posixpath.join(posixpath.dirname(place), path))


def _is_page(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return (folder == "notebooks" and file.endswith(".ipynb")) or (
        folder in ("", "docs", "docs/errors", "docs/upstream") and file.endswith(".md")
    )


def _is_more(name: str) -> bool:
    has_its_place = name == "docs/glossary.md" or name.startswith("docs/errors/")
    return _is_page(name) and name.endswith(".md") and not has_its_place


def _order(name: str) -> tuple[bool, str]:
    """Sort the files in folders, which explain the project, before the files at the root."""
    return "/" not in name, name


def _listing(name: str, files: list[str]) -> str:
    """Return a page that lists the files of a folder without a page."""
    lines = (f"- [`{one}`]({one})" for one in _within(name, files))
    return "\n".join([f"# {posixpath.dirname(name)}", "", *lines, ""])


def _within(page: str, files: list[str]) -> list[str]:
    """Return the paths of the files in the folder of `page`, relative to it."""
    folder = f"{posixpath.dirname(page)}/"
    return [one.removeprefix(folder) for one in files if one.startswith(folder)]


def _language(name: str) -> str:
    """Return Pygments' name of the language of a file."""
    try:
        return str(get_lexer_for_filename(name).aliases[0])
    except ClassNotFound:
        return "text"


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
