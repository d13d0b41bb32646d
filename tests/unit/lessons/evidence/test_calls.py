"""Calls that compare a module on two processors."""

from __future__ import annotations

import pytest

from crosscraft.lessons.evidence import calls, stubs
from crosscraft.lessons.evidence.verdict import Refused


@pytest.mark.parametrize("said", ["hello from C++\n{}", "{}\nhello at the end", "[]\n{}\n3"])
def test_what_the_module_prints_itself_is_ignored(said: str) -> None:
    said = said.format('[["add", "def add(a: int) -> int", "Sum."], ["odd", "def odd()", null]]')
    assert calls.functions(lambda code: said) == {
        "add": stubs.described("add", "def add(a: int) -> int", "Sum."),
        "odd": stubs.described("odd", "def odd()", ""),
    }


@pytest.mark.parametrize("said", ["", "hello", "[1", "{}"])
def test_a_module_that_ends_python_has_no_functions(said: str) -> None:
    with pytest.raises(Refused):
        calls.functions(lambda code: said)


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("def f(x: int, y: int) -> int", ["f(2, 9)", "f(9, 4)"]),
        ("def f(x: float, name: str) -> None", ["f(2.5, 'b\u00e7')", "f(9.0, 'a')"]),
        ("def f(data: bytes) -> int", ["f(b'a')", "f(b'b\\xe7')"]),
        ("def f(arg: bool, /) -> int", ["f(True)"]),
        ("def f() -> int", ["f()"]),
        ("def f(x: int, y: int = \\0) -> int", ["f(2, 9)", "f(9, 4)"]),
        ("def f(x: collections.abc.Sequence[int])", ["f([2, 9, 4, 7])", "f([2])"]),
        ("def f(x: list[int]) -> int", []),
        ("def f(*args) -> int", []),
        ("no signature", []),
    ],
)
def test_the_arguments_have_the_types_of_the_signature(signature: str, expected: list[str]) -> None:
    assert calls.of(stubs.described("f", signature, "")) == expected


def test_a_result_that_changes_is_said_to_change() -> None:
    said = 'hello\n["f(2)", "4"]\n["roll(6)", "1", "5"]\n["f(9)", "ValueError: no"]\n'
    assert calls.results(lambda code: said, ["f(2)"]) == {
        "f(2)": "4",
        "roll(6)": calls.VARIES,
        "f(9)": "ValueError: no",
    }


@pytest.mark.parametrize(
    ("call", "here", "there", "differs"),
    [
        ("f(2)", {"f(2)": "4"}, {"f(2)": "4"}, False),
        ("f(2)", {"f(2)": "4"}, {"f(2)": "5"}, True),
        ("f(2)", {"f(2)": "4"}, {}, True),
        ("f(2)", {}, {}, False),
        ("machine()", {"machine()": "'x86_64'"}, {"machine()": "'aarch64'"}, False),
        ("machine()", {"machine()": "'x86_64'"}, {}, True),
    ],
)
def test_a_function_without_arguments_may_name_its_processor(
    call: str, here: dict[str, str], there: dict[str, str], differs: bool
) -> None:
    assert calls.differs(call, here, there) is differs


def test_what_was_called_before_python_ended_counts() -> None:
    def python(code: str) -> str:
        raise Refused("running it", ["it was ended", '["f(2)", "4"]'])

    assert calls.results(python, ["f(2)", "f(9)"]) == {"f(2)": "4"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3", "3", True),
        ("3", "4", False),
        ("0.30000000000000004", "0.3", True),
        ("0.3", "0.4", False),
        ("inf", "inf", True),
        ("'a'", "'b'", False),
        ("1", "1.0", False),
    ],
)
def test_only_the_last_digits_may_differ(one: str, other: str, same: bool) -> None:
    assert calls.agree(one, other) is same
