"""What a learner's work writes into the room, and what of it is read."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.lessons import room_file
from crosscraft.lessons.record import Entry

pytestmark = pytest.mark.usefixtures("small_course")

TRIED = Entry(
    tries=2,
    first_tried="2026-11-30T09:15",
    last_tried="2026-11-30T09:40",
    helped=1,
    last="Not yet. The third argument has no name.",
    accepted="ab" * 32,
    wrong=("Not yet. The third argument has no name.",),
)


def shared(verdict: str) -> str:
    text = room_file.to_text("seat 7", {"own-function": Entry(last=verdict)})
    last: str = json.loads(text)["exercises"]["own-function"]["last"]
    return last


def test_a_file_is_read_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    text = room_file.to_text("Süd 7", {"own-function": TRIED})
    assert TRIED.accepted not in text
    learner = room_file.of_text(text.encode())
    assert learner.name == "Süd 7"
    entry = learner.entries["own-function"]
    assert (entry.tries, entry.helped, entry.wrong) == (2, 1, TRIED.wrong)
    first, last = (room_file.as_time(t) for t in (entry.first_tried, entry.last_tried))
    assert first is not None and last is not None
    assert (last - first).total_seconds() == 25 * 60


def test_a_file_has_no_more_than_the_page_says() -> None:
    stored = json.loads(room_file.to_text("seat 7", {"own-function": TRIED}))
    assert set(stored) == {"learner", "exercises"}
    assert set(stored["exercises"]["own-function"]) == {
        "tries", "first_tried", "last_tried", "passed", "helped", "last", "wrong",
    }  # fmt: skip


def test_only_exercises_of_the_series_are_shared() -> None:
    text = room_file.to_text("seat 7", {"own-function": TRIED, "my diary": TRIED})
    assert list(json.loads(text)["exercises"]) == ["own-function"]


@pytest.mark.parametrize(
    ("verdict", "without"),
    [
        ("`my_secret` has no docstring.", "… has no docstring."),
        ("""You said 'my secret', and it's "our word".""", "You said …, and it's …."),
        ("The compiler reads “my word” here.", "The compiler reads … here."),
        ("The learners' files aren't there, and the file's name is.", None),
        ("Add `nb::arg` for each one, as in `m.def`.", None),
    ],
)
def test_quotations_from_the_learners_work_are_left_out(verdict: str, without: str | None) -> None:
    assert shared(f"Not yet. {verdict}") == f"Not yet. {without or verdict}"


def test_names_of_people_and_machines_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "jmeier")
    monkeypatch.setenv("HOME", "/home/jmeier")
    text = shared("Not yet. jmeier@example.org wrote /home/jmeier/a.cpp, says jmeier.")
    assert "jmeier" not in text
    assert "example.org" not in text


def test_a_long_verdict_ends_early() -> None:
    text = room_file.to_text("seat 7", {"own-function": Entry(tries=10**9, last="word " * 1000)})
    assert room_file.of_text(text.encode()).entries["own-function"].last.endswith("…")


def facts(**changed: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"tries": 1, "last": "Not yet. No.", "wrong": ["Not yet. No."]}
    return {"learner": "seat 7", "exercises": {"own-function": entry | changed}}


HOSTILE = {
    "empty": b"",
    "cut": json.dumps(facts()).encode()[:-9],
    "binary": bytes(range(256)),
    "null": b"null",
    "list": b"[]",
    "deep": b"[" * 90_000,
    "huge-number": b'{"learner": "a", "exercises": {"own-function": {"tries": '
    + b"9" * 9000
    + b"}}}",
    "no-name": json.dumps(facts() | {"learner": ""}).encode(),
    "long-name": json.dumps(facts() | {"learner": "a" * 41}).encode(),
    "name-of-numbers": json.dumps(facts() | {"learner": 7}).encode(),
    "exercises-in-a-list": json.dumps(facts() | {"exercises": ["own-function"]}).encode(),
    "entry-in-a-list": json.dumps({"learner": "a", "exercises": {"own-function": []}}).encode(),
    "negative": json.dumps(facts(tries=-1)).encode(),
    "many-tries": json.dumps(facts(tries=10**6)).encode(),
    "true": json.dumps(facts(tries=True)).encode(),
    "infinite": json.dumps(facts(tries=float("inf"))).encode(),
    "much-help": json.dumps(facts(helped=4)).encode(),
    "long-verdict": json.dumps(facts(last="a" * 251)).encode(),
    "long-mistake": json.dumps(facts(wrong=["a" * 251])).encode(),
    "mistake-of-numbers": json.dumps(facts(wrong=[7])).encode(),
    "time": json.dumps(facts(last_tried="yesterday")).encode(),
    "time-without-zone": json.dumps(facts(last_tried="2026-11-30T09:15")).encode(),
    "year-0": json.dumps(facts(last_tried="0000-11-30T09:15Z")).encode(),
}


def test_the_harmless_form_is_read() -> None:
    assert room_file.of_text(json.dumps(facts()).encode()).name == "seat 7"


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_anything_else_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        room_file.of_text(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("learner", "exercises", "own-function", *Entry.__slots__)), inner
        )
    ),
)


@given(name=JSON, entry=JSON)
def test_any_json_is_read_or_a_value_error(name: object, entry: object) -> None:
    data = json.dumps({"learner": name, "exercises": {"own-function": entry}}).encode()
    with suppress(ValueError):
        assert 0 < len(room_file.of_text(data).name) <= room_file.LONGEST_NAME
