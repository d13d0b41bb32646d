"""Reading the functions of a stub."""

from __future__ import annotations

import pytest

from crosscraft.lessons.evidence import stubs

STUB = '''"""Arithmetic, compiled."""

def add(a: int, b: int) -> int:
    """Return the sum."""

def mul(arg0: float, arg1: float, /) -> float: ...

def many(*args, key: int = 0): ...
'''


def test_what_a_stub_says() -> None:
    found = stubs.parse(STUB)
    assert found is not None
    assert found.docstring == "Arithmetic, compiled."
    add, mul, many = found.functions.values()
    assert (add.name, add.arguments, add.types) == ("add", ("a", "b"), ("int", "int"))
    assert (add.returns, add.docstring) == ("int", "Return the sum.")
    assert (add.is_positional, mul.is_positional) == (False, True)
    assert (add.is_plain, many.is_plain) == (True, False)
    assert (mul.docstring, many.returns) == ("", "")


@pytest.mark.parametrize(
    "line",
    [
        "def add(a: int, b: int) -> int",
        "def add(a, b)",
        "def add(arg0: float, arg1: int, /) -> int",
    ],
)
def test_a_function_is_shown_as_its_line(line: str) -> None:
    found = stubs.parse(f"{line}: ...")
    assert found is not None
    assert str(found.functions["add"]) == line


@pytest.mark.parametrize("text", ["int add(int a, int b);", "def add(", "\0", "(" * 5000])
def test_what_is_not_python_has_no_functions(text: str) -> None:
    assert stubs.parse(text) is None


def test_a_function_is_described_by_its_signature() -> None:
    found = stubs.described("add", "def add(a: int, /) -> int", "Sum.")
    assert (found.types, found.is_positional, found.is_plain) == (("int",), True, True)
    assert (str(found), found.docstring) == ("def add(a: int, /) -> int", "Sum.")


@pytest.mark.parametrize("signature", ["def add(a: std::string) -> int", "", "def other()"])
def test_a_signature_that_is_not_python_tells_no_types(signature: str) -> None:
    found = stubs.described("add", signature, "Sum.")
    assert (found.name, found.is_plain, found.docstring) == ("add", False, "Sum.")
