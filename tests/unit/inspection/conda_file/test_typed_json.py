"""JSON of others, with the types it should have."""

from __future__ import annotations

import pytest

from crosscraft.inspection.conda_file import typed_json


def test_values_of_the_right_type():
    table = typed_json.table(b'{"a": 1, "b": "x", "c": ["y"], "d": null}', "it")
    assert typed_json.get(table, "a", int) == 1
    assert typed_json.get(table, "b", str) == "x"
    assert typed_json.get(table, "d", str, "default") == "default"
    assert typed_json.get(table, "e", int, 7) == 7
    assert typed_json.get_texts(table, "c") == ("y",)
    assert typed_json.get_texts(table, "e") == ()


def test_a_value_that_is_no_object():
    assert typed_json.parse(b'["a", 1]', "it") == ["a", 1]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"[1]", "it is not an object"),
        (b"{", "it: "),
        (b"\xff\xff", "it: "),
        (b"[" * 200_000, "it is nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "it: "),
    ],
    ids=["list", "cut short", "no text", "deep", "gigantic"],
)
def test_what_is_no_object(text, word):
    with pytest.raises(ValueError, match=word):
        typed_json.table(text, "it")


@pytest.mark.parametrize("value", ["x", True, 1.5, [], {}])
def test_a_value_of_another_type(value):
    with pytest.raises(ValueError, match="'a' is not a whole number"):
        typed_json.get({"a": value}, "a", int)
    with pytest.raises(ValueError, match="'a' is missing"):
        typed_json.get({}, "a", int)
    with pytest.raises(ValueError, match="one of 'a' is not a text"):
        typed_json.get_texts({"a": [value, 3]}, "a")


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(
    ("start", "each", "end"),
    [('{"a": ', "[", "]" * 9), ("", '{"a":', "}" * 9), ('{"a": [1', ",1", "]}")],
)
def test_a_text_has_a_limited_number_of_values(monkeypatch, start, each, end, more):
    count = 8 + more
    monkeypatch.setattr(typed_json, "MAX_VALUES", 8 + start.count("{") + start.count("["))
    text = start + each * count
    text += end if each == ",1" else f"1{end[:count]}" + "}" * start.count("{")
    if more:
        with pytest.raises(ValueError, match=r"it has more than \d+ values"):
            typed_json.table(text.encode(), "it")
    else:
        assert typed_json.table(text.encode(), "it")
