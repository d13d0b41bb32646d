"""Predictions, as learners write them."""

from __future__ import annotations

import pytest

from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.exercises.kinds import predict

WORDS = ("SP_DIR", "PREFIX")


@pytest.mark.parametrize(
    "answer", [{"a": "SP_DIR", "b": "PREFIX"}, {"B": " prefix ", "a": "sp_dir", "more": 1}]
)
def test_words_are_spelled_as_in_the_question(answer: object) -> None:
    assert predict.read(answer, ["a", "b"], WORDS) == {"a": "SP_DIR", "b": "PREFIX"}
    assert predict.read({"x_1.json": "PREFIX"}, ["x_1.json"], WORDS) == {"x_1.json": "PREFIX"}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (["SP_DIR", "PREFIX"], '`{"a": "…", "b": "…"}`'),
        ({"a": "SP_DIR"}, "'b' is not in your answer yet"),
        ({"a": ..., "b": "PREFIX"}, "'a' is not in your answer yet"),
        ({"a": "x" * 99, "b": "PREFIX"}, f'"SP_DIR", "PREFIX", and {"x" * 40!r} is none'),
        ({"a": 3, "b": "PREFIX"}, "'3' is none of them"),
    ],
)
def test_another_form_is_explained(answer: object, says: str) -> None:
    with pytest.raises(NotYet) as raised:
        predict.read(answer, ["a", "b"], WORDS)
    assert says in raised.value.text


def test_the_spelling_of_a_word_does_not_matter() -> None:
    answer = {"(A)": " sp-dir.", "b:": "'Prefix'"}
    assert predict.read(answer, ["a", "b"], WORDS) == {"a": "SP_DIR", "b": "PREFIX"}
    assert predict.read({"x_1.json": "PREFIX"}, ["x_1.json"], WORDS) == {"x_1.json": "PREFIX"}
