"""A cell is known by its id after an edit, and by its source where no page tells an id."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscraft.errors import LessonError
from crosscraft.jupyter.activate_cell import ActivateCell

NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "id": "above", "source": ["%%bash\n", "echo above"]},
        {"cell_type": "code", "id": "activate", "source": ['lesson.activate("linux-64")']},
        {"cell_type": "code", "id": "below", "source": ["%%bash\n", "echo below"]},
        {"cell_type": "markdown", "id": "text", "source": ["lesson.activate(no code)"]},
    ]
}


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A notebook, saved before it was edited."""
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    return str(path)


@pytest.mark.parametrize(
    ("identity", "text"), [("below", "below"), ("below", "edited"), ("", "below"), ("new", "below")]
)
def test_a_cell_below_is_stopped(page: str, identity: str, text: str) -> None:
    cell = ActivateCell(page, lambda: identity)
    with pytest.raises(LessonError, match=r'the variables of `lesson\.activate\("linux-64"\)`'):
        cell(["%%bash\n", f"echo {text}\n"])


@pytest.mark.parametrize(
    ("identity", "text"), [("above", "above"), ("above", "below"), ("", "above"), ("new", "new")]
)
def test_another_cell_is_not(page: str, identity: str, text: str) -> None:
    lines = ["%%bash\n", f"echo {text}\n"]
    assert ActivateCell(page, lambda: identity)(lines) == lines
