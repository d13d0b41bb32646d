"""What the site adds to Sphinx."""

from __future__ import annotations

import functools
import posixpath
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from crosscraft.lessons import series
from crosscraft.paths import __version__
from tools.site import elsewhere
from tools.site.cells import CellLexer

__all__ = ["setup"]

GLOSSARY = "docs/glossary"

MENDS = (
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ('<div class="output text_html">', '<div tabindex="0" class="output text_html">'),
)
"""What axe finds wrong with what the theme and Docutils write, and what is right: a level for each
heading, a name for each of two landmarks, a way to scroll by keyboard."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything; Sphinx calls this."""
    app.add_config_value("crosscraft_places", elsewhere.Places(), "env")
    app.add_lexer(CellLexer.aliases[0], CellLexer)
    app.connect("doctree-read", colour_cells)
    app.connect("doctree-read", keep_nothing_remote)
    app.connect("doctree-read", lead_to_folders)
    app.connect("doctree-resolved", explain_terms)
    app.connect("html-page-context", tell_of_lesson)
    app.connect("build-finished", mend_pages)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def colour_cells(app: Sphinx, document: nodes.document) -> None:
    """Colour code cells by their magic; outputs are no code, and stay as they are."""
    for block in document.findall(nodes.literal_block):
        if "cell_input" in block.parent.get("classes", ()):
            block["language"] = CellLexer.aliases[0]


def keep_nothing_remote(app: Sphinx, document: nodes.document) -> None:
    """Put its words in the place of a picture that lies on another host, a badge say."""
    for image in list(document.findall(nodes.image)):
        if "://" in image["uri"]:
            image.replace_self(nodes.inline("", image.get("alt", "")))


def lead_to_folders(app: Sphinx, document: nodes.document) -> None:
    """Let a link to a folder lead to the page that lists it."""
    for link in document.findall(addnodes.pending_xref):
        if link.get("reftype") == "myst" and not link.get("refdomain"):
            here = posixpath.dirname(app.env.docname)
            page = posixpath.normpath(posixpath.join(here, link["reftarget"], "index"))
            if page in app.env.found_docs:
                link.attributes.update(refdomain="doc", reftarget=page, reftargetid=None)


def explain_terms(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Show a term's meaning when one points at its link."""
    meanings = _meanings(app)
    for link in document.findall(nodes.reference):
        page, _, term = link.get("refuri", "").partition("#")
        if page.endswith("glossary.html") and term in meanings:
            link["reftitle"] = meanings[term]
            link["classes"].append("term")


def tell_of_lesson(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template what it says above a lesson: minutes, and where to run it."""
    path = app.srcdir / f"{pagename}.ipynb"
    if pagename.startswith("notebooks/") and path.is_file():
        places = app.config.crosscraft_places
        context["lesson"] = series.read(path)
        context["openings"] = elsewhere.openings(f"{pagename}.ipynb", places)


def mend_pages(app: Sphinx, exception: Exception | None) -> None:
    """Make the pages that were written accessible where they are not."""
    for page in sorted(app.outdir.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for wrong, right in MENDS:
            text = text.replace(wrong, right)
        page.write_text(text, encoding="utf-8")


@functools.lru_cache(maxsize=1)
def _meanings(app: Sphinx) -> dict[str, str]:
    """What each term of the glossary means, by its anchor."""
    glossary = app.env.get_doctree(GLOSSARY)
    return {
        section["ids"][0]: " ".join(
            part.astext() for part in section.children if isinstance(part, nodes.paragraph)
        )
        for section in glossary.findall(nodes.section)
    }
