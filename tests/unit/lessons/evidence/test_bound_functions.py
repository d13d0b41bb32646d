"""The functions of a module, as Python prints them."""

from __future__ import annotations

import pytest

from crosscraft.lessons.evidence.bound_functions import Function, functions
from crosscraft.lessons.evidence.verdict import Refused


@pytest.mark.parametrize("said", ["hello from C++\n{}", "{}\nhello at the end", "[]\n{}\n3"])
def test_what_the_module_prints_itself_is_ignored(said: str) -> None:
    said = said.format('[["add", "def add(a: int) -> int", "Sum."], ["odd", "def odd()", null]]')
    assert functions(lambda code: said) == {
        "add": Function("add", "def add(a: int) -> int", "Sum."),
        "odd": Function("odd", "def odd()", ""),
    }


@pytest.mark.parametrize("said", ["", "hello", "[1", "{}"])
def test_a_module_that_ends_python_has_no_functions(said: str) -> None:
    with pytest.raises(Refused):
        functions(lambda code: said)
