"""The functions of a module, as Python prints them."""

from __future__ import annotations

from crosscraft.lessons.evidence.bound_functions import Function, functions


def test_what_the_module_prints_itself_is_ignored() -> None:
    said = 'hello from C++\n[["add", "def add(a: int) -> int", "Sum."], ["odd", "def odd()", null]]'
    assert functions(lambda code: said) == {
        "add": Function("add", "def add(a: int) -> int", "Sum."),
        "odd": Function("odd", "def odd()", ""),
    }
