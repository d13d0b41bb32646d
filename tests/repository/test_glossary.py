"""Every term of the glossary is linked to it where a notebook first uses it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from crosscraft.paths import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# What stands in prose for a term, where it is not simply the term or its plural.
SPELLINGS = {
    "Emulation": r"emulat(?:es?|ed|ion|or|ing)",
    "Cross build": r"cross[ -](?:builds?|compil(?:es?|ed|ing|ation))",
    "Native build": r"native builds?|builds? natively",
    "Policy": r"polic(?:y|ies)",
    "Output": r"\*?outputs\*?",
    "Stub": r"(?:type )?stubs?",
    "ELF": r"ELF",
    "Variant": r"variants?",
}
# Prose without headings, tables, code and links: there a first use cannot be linked.
HIDDEN = re.compile(
    r"^#[^\n]*$|^\|[^\n]*$|^```[\s\S]*?^```|`[^`\n]*`|!?\[[^\]]*\]\([^)]*\)"
    r"|^\*\*What you'll[^\n]*$|\*\*[^*\n]*\*\*",
    re.M,
)


def anchor(term: str) -> str:
    """The fragment that GitHub and JupyterLab give a heading."""
    return term.lower().replace(" ", "-")


def pattern_of(term: str) -> re.Pattern[str]:
    plain = SPELLINGS.get(term, rf"{re.escape(term)}s?")
    return re.compile(rf"(?<![\w/.-])(?:{plain})(?![\w/-])", 0 if term.isupper() else re.I)


TERMS = {term: pattern_of(term) for term in re.findall(r"^## (.+)$", GLOSSARY, re.M)}


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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_term_is_linked_where_it_is_first_used(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    uses = {term: first_use(notebook, pattern) for term, pattern in TERMS.items()}
    assert not [term for term, use in uses.items() if use and not use[3]]


def test_every_link_to_the_glossary_finds_its_term() -> None:
    anchors = {anchor(term) for term in TERMS}
    for path in NOTEBOOKS:
        targets = re.findall(r"glossary\.md#([\w-]+)", path.read_text(encoding="utf-8"))
        assert set(targets) <= anchors, path.name
