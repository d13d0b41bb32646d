"""A page of blocks, as a terminal, a pipe and a notebook show it."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient

from crosscraft.jupyter.kernels import AsyncSocketManager
from crosscraft.views.blocks import Paragraph, Table
from crosscraft.views.page import Page

PAGE = Page((Table("Packages", ("name", "size"), [("a<b>", "7\x1b[2J")]), Paragraph("That's all.")))


def test_it_is_text() -> None:
    text = repr(PAGE)
    assert text.splitlines()[0] == "Packages"
    assert "7\\x1b[2J" in text
    assert text.splitlines()[-1] == "That's all."


def test_it_is_a_table() -> None:
    html = PAGE._repr_html_()
    assert "<table" in html and "a&lt;b&gt;" in html and "\x1b" not in html


def test_a_cell_shows_it_once() -> None:
    """rich has a display of its own in kernels."""
    source = (
        "from crosscraft.views.blocks import Paragraph\n"
        "from crosscraft.views.page import Page\n"
        'Page((Paragraph("here"),))'
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(
        notebook, kernel_manager_class=AsyncSocketManager, kernel_name="python3"
    ).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "here"
    assert "<p" in output.data["text/html"]
