"""The macros of a ``configure.ac``, and their arguments."""

from __future__ import annotations

import pytest

from crosscraft.building.check.autoconf_language import macros
from crosscraft.building.check.texts import Text


def arguments(content: str) -> list[tuple[str, ...]]:
    return [each.arguments for each in macros(Text("configure.ac", content), ("AC_RUN_IFELSE",))]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("AC_RUN_IFELSE([a])", ("[a]",)),
        ("AC_RUN_IFELSE([a, b], [c],\n  [d], [e])", ("[a, b]", "[c]", "[d]", "[e]")),
        ("AC_RUN_IFELSE([AC_LANG_PROGRAM([[f(a, b)]], [g])], x(1, 2), )",
         ("[AC_LANG_PROGRAM([[f(a, b)]], [g])]", "x(1, 2)", "")),
        ("AC_RUN_IFELSE([a", ()),
    ],
)  # fmt: skip
def test_arguments(content: str, expected: tuple[str, ...]) -> None:
    assert arguments(content) == [expected]


def test_a_macro_in_another_one_is_found_at_its_line() -> None:
    text = Text("configure.ac", "AC_CACHE_CHECK([x], [y],\n[AC_RUN_IFELSE([a])])\n")
    assert [each.line for each in macros(text, ("AC_RUN_IFELSE",))] == [2]


def test_comments_contain_no_macros() -> None:
    assert arguments("dnl AC_RUN_IFELSE([a])\n# AC_RUN_IFELSE([a])\nx dnl AC_RUN_IFELSE(\n") == []


def test_other_names_are_other_macros() -> None:
    assert arguments("MY_AC_RUN_IFELSE([a])\nAC_RUN_IFELSES([a])\n") == []
