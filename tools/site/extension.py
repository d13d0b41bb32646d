"""The Sphinx extension of the site."""

from __future__ import annotations

import base64
import functools
import hashlib
import posixpath
import re
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
INSPECT = "inspect.html"
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; connect-src 'self'; "
    "worker-src 'self' blob:; img-src 'self' data:; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'wasm-unsafe-eval' {scripts}"
)
"""The content security policy of the page that inspects files. The theme and our views use inline
styles. The theme's inline scripts are named by their hashes."""
ANCHOR = re.compile(r'<a id="[^"]+"></a>')

FIXES = (
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ('<div class="output text_html">', '<div tabindex="0" class="output text_html">'),
)
"""Replacements for HTML of the theme and Docutils that axe rejects: levels for headings, names for
landmarks, and keyboard focus for scrolling boxes."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension. Sphinx calls this."""
    app.add_config_value("crosscraft_places", elsewhere.Places(), "env")
    app.add_lexer(CellLexer.aliases[0], CellLexer)
    app.connect("doctree-read", colour_cells)
    app.connect("doctree-read", replace_remote_images)
    app.connect("doctree-read", link_folders_to_listings)
    app.connect("doctree-read", drop_anchors)
    app.connect("doctree-resolved", explain_terms)
    app.connect("html-page-context", add_lesson_context)
    app.connect("build-finished", fix_accessibility)
    app.connect("build-finished", add_policy)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def colour_cells(app: Sphinx, document: nodes.document) -> None:
    """Highlight code cells by their magic, and leave outputs without highlighting."""
    for block in document.findall(nodes.literal_block):
        if "cell_input" in block.parent.get("classes", ()):
            block["language"] = CellLexer.aliases[0]


def replace_remote_images(app: Sphinx, document: nodes.document) -> None:
    """Replace an image on another host, such as a badge, by its alternative text."""
    for image in list(document.findall(nodes.image)):
        if "://" in image["uri"]:
            image.replace_self(nodes.inline("", image.get("alt", "")))


def link_folders_to_listings(app: Sphinx, document: nodes.document) -> None:
    """Change links to folders into links to their listings."""
    for link in document.findall(addnodes.pending_xref):
        if link.get("reftype") == "myst" and not link.get("refdomain"):
            here = posixpath.dirname(app.env.docname)
            page = posixpath.normpath(posixpath.join(here, link["reftarget"], "index"))
            if page in app.env.found_docs:
                link.attributes.update(refdomain="doc", reftarget=page, reftargetid=None)


def drop_anchors(app: Sphinx, document: nodes.document) -> None:
    """Drop the anchors for JupyterLab. On the site, the headings below them have the same ids."""
    for paragraph in list(document.findall(nodes.paragraph)):
        if ANCHOR.fullmatch(paragraph.astext()):
            paragraph.parent.remove(paragraph)


def explain_terms(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Add a term's meaning as a tooltip to the links to it."""
    meanings = _meanings(app)
    for link in document.findall(nodes.reference):
        page, _, term = link.get("refuri", "").partition("#")
        if page.endswith("glossary.html") and term in meanings:
            link["reftitle"] = meanings[term]
            link["classes"].append("term")


def add_lesson_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add the minutes of a lesson, and links that run it, to the template's context."""
    path = app.srcdir / f"{pagename}.ipynb"
    if pagename.startswith("notebooks/") and path.is_file():
        places = app.config.crosscraft_places
        context["lesson"] = series.read(path)
        context["openings"] = elsewhere.openings(f"{pagename}.ipynb", places)


def fix_accessibility(app: Sphinx, exception: Exception | None) -> None:
    """Apply the accessibility fixes to all pages."""
    for page in sorted(app.outdir.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for wrong, right in FIXES:
            text = text.replace(wrong, right)
        page.write_text(text, encoding="utf-8")


def add_policy(app: Sphinx, exception: Exception | None) -> None:
    """Add the content security policy to the page that inspects files, if there is one."""
    page = app.outdir / INSPECT
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        scripts = " ".join(map(_source, re.findall(r"<script>(.*?)</script>", text, re.S)))
        policy = POLICY.format(scripts=scripts)
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        page.write_text(text.replace("<head>", f"<head>{meta}", 1), encoding="utf-8")


def _source(script: str) -> str:
    """Return the expression that allows an inline script in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@functools.lru_cache(maxsize=1)
def _meanings(app: Sphinx) -> dict[str, str]:
    """Return the meanings of the terms in the glossary, by anchor."""
    glossary = app.env.get_doctree(GLOSSARY)
    return {
        section["ids"][0]: " ".join(
            part.astext() for part in section.children if isinstance(part, nodes.paragraph)
        )
        for section in glossary.findall(nodes.section)
    }
