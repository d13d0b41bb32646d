"""What changed between two versions of a lesson is said in short."""

from __future__ import annotations

import pytest

from crosscraft.jupyter.changes import describe

OLD = {"a": "# Title\n\nProse", "b": "%%bash\nls -l", "c": "Some **bold** words\nmore"}


def test_each_cell_is_named_by_its_heading_or_first_line() -> None:
    new = {"a": "# Title\n\nOther prose", "n": "\nSee [the page](../p.md) first.\nx", "b": OLD["b"]}
    assert describe(OLD, new) == (
        "- **New:** See the page first.\n- **Changed:** Title\n- **Gone:** Some bold words\n"
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("%%bash\n\ncmake $CMAKE_ARGS", "`cmake $CMAKE_ARGS`"),
        ("%%writefile {project}/a.cpp\nint a;", "`%%writefile {project}/a.cpp`"),
        ("`a_b` is <b>", "`a_b is <b>`"),
        ("", "an empty cell"),
        ("word " * 40, "word word word word word word word word word word word word word word …"),
    ],
)
def test_a_name_is_short_and_markdown_shows_it_as_it_is(source: str, name: str) -> None:
    assert describe({}, {"a": source}) == f"- **New:** {name}\n"


def test_a_long_list_is_cut() -> None:
    said = describe({}, {str(number): f"cell {number}" for number in range(13)})
    assert said.endswith("; cell 9; and 3 more\n")


def test_another_order_is_a_change() -> None:
    assert describe(OLD, dict(reversed(OLD.items()))) == "- The order of the cells\n"
