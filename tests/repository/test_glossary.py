"""The glossary: its order, its links, and the links to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from crosscraft.paths import ROOT
from crosscraft.system import tracked

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [name for name in tracked.files(ROOT) if name.endswith((".md", ".ipynb"))]

# A heading, and the anchor above it.
HEADING = re.compile(r'^(?:<a id="([^"]+)"></a>\n\n)?## (.+)$', re.M)
# What stands in prose for a term, where it is not simply the term or its plural.
SPELLINGS = {
    "emulation": r"emulat(?:es?|ed|ion|or|ing)",
    "cross build": r"cross[ -](?:builds?|compil(?:es?|ed|ing|ation))",
    "native build": r"native builds?|builds? natively",
    "policy": r"polic(?:y|ies)",
    "output": r"\*?outputs\*?",
    "stub": r"(?:type )?stubs?",
    "variant": r"variants?",
}
# Words of nearly every lesson. A lesson links them where it explains them.
EVERYDAY = {
    *("ABI", "backend", "CMake", "CMake target", "conda", "conda-forge", "environment", "linker"),
    *("loader", "namespace package", "Ninja", "package", "pin", "pixi", "QEMU", "rattler-build"),
    *("shared library", "solver", "type checker"),
}
# Prose without headings, tables, code and links: there a first use cannot be linked.
HIDDEN = re.compile(
    r"^#[^\n]*$|^\|[^\n]*$|^```[\s\S]*?^```|`[^`\n]*`|!?\[[^\]]*\]\([^)]*\)"
    r"|^\*\*What you'll[^\n]*$|\*\*[^*\n]*\*\*",
    re.M,
)


def on_github(term: str) -> str:
    """The fragment that GitHub and the site give a heading."""
    return re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-")


def in_jupyterlab(term: str) -> str:
    """The fragment that JupyterLab gives a heading."""
    return term.replace(" ", "-")


def pattern_of(term: str) -> re.Pattern[str]:
    plain = SPELLINGS.get(term, rf"{re.escape(term)}s?")
    return re.compile(rf"(?<![\w/.-])(?:{plain})(?![\w/-])", 0 if term.isupper() else re.I)


TERMS = {term: pattern_of(term) for _, term in HEADING.findall(GLOSSARY)}


def first_use(notebook: Any, pattern: re.Pattern[str]) -> tuple[Any, int, int, bool] | None:
    """The cell, the place, and whether it is linked, of the first use of a term in prose."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        text = cell.source
        link = rf"\[[^\]]*{pattern.pattern}[^\]]*\]\([^)]*glossary\.md"
        linked = re.search(link, text, pattern.flags)
        shown = HIDDEN.sub(lambda m: "\0" * len(m[0]), text)
        bare = pattern.search(shown)
        if linked and (not bare or linked.start() < bare.start()):
            return cell, linked.start(), linked.end(), True
        if bare:
            return cell, bare.start(), bare.end(), False
    return None


def test_the_glossary_is_in_order() -> None:
    assert list(TERMS) == sorted(TERMS, key=str.lower)


def test_the_table_has_each_term_and_begins_with_conda() -> None:
    table = re.findall(r"\[([^\]]+)\]\(#([^)]+)\)", "".join(re.findall(r"(?m)^\|.*", GLOSSARY)))
    assert table[0] == ("conda", "conda")
    assert sorted(table) == sorted((term, on_github(term)) for term in TERMS)


def test_each_term_has_the_same_fragment_in_jupyterlab_as_on_github() -> None:
    """A heading with capitals needs an anchor above it."""
    for anchor, term in HEADING.findall(GLOSSARY):
        assert on_github(term) in (anchor, in_jupyterlab(term)), term


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_term_is_linked_where_it_is_first_used(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    uses = {term: first_use(notebook, TERMS[term]) for term in TERMS.keys() - EVERYDAY}
    assert not [term for term, use in uses.items() if use and not use[3]]


@pytest.mark.parametrize("name", PAGES)
def test_each_link_to_the_glossary_lands_on_a_term(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pattern = r"\]\(#([^)]+)\)" if name == "docs/glossary.md" else r"glossary\.md#([^)`\s]+)"
    assert set(re.findall(pattern, text)) <= {on_github(term) for term in TERMS}
