"""The error reference is what its tool writes."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from crosscraft.building.check import catalogue
from crosscraft.building.check.model import Trap
from crosscraft.paths import ROOT
from tools import errors

AGAIN = "run .venv/bin/python -m tools.errors"


def test_the_pages_are_those_of_the_traps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    kept = {path.name: path.read_text(encoding="utf-8") for path in errors.FOLDER.glob("*.md")}
    made = errors.pages(kept[errors.INDEX], catalogue.traps())
    assert kept.keys() == made.keys(), AGAIN
    assert not [name for name in made if kept[name] != made[name]], AGAIN


@pytest.mark.parametrize("trap", catalogue.traps(), ids=lambda trap: trap.name)
def test_braces_in_sentences_are_fields(trap: Trap) -> None:
    """A shell's `${NAME}` is written `${{NAME}}` there."""
    for sentence in (trap.happens, trap.cure):
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        assert not {name for name in names if not re.fullmatch("[a-z][a-z_]*", name)}
