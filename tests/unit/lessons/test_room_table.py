"""What an instructor sees of a room, whatever is in its folder."""

from __future__ import annotations

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosscraft.errors import LessonError, StorageError
from crosscraft.lessons import room_file, room_table
from crosscraft.lessons.exercises.model import Exercise
from crosscraft.lessons.record import Entry
from crosscraft.lessons.room_table import Room
from tests.support import rooms

pytestmark = pytest.mark.usefixtures("own_workspace", "small_course")

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
UNNAMED = "Not yet. The third argument has no name."


def ago(minutes: int) -> str:
    """A time as the record has it, in the zone of the machine."""
    return (NOW - timedelta(minutes=minutes)).astimezone().strftime("%Y-%m-%dT%H:%M")


def tried(since: int, last: int, tries: int = 2, *wrong: str) -> Entry:
    return Entry(tries, ago(since), ago(last), "", 1, (*wrong, UNNAMED)[0], "", wrong or (UNNAMED,))


def done(minutes: int, *wrong: str) -> Entry:
    return Entry(1, ago(minutes), ago(minutes), ago(minutes), 0, "Correct. So it is.", "", wrong)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "room"
    made.mkdir()
    return made


def sits(folder: Path, name: str, file: str = "", **entries: Entry) -> None:
    """Write the file of a learner, by exercise."""
    named = {exercise.replace("_", "-"): entry for exercise, entry in entries.items()}
    (folder / (file or f"{name}-0123abcd.json")).write_text(room_file.to_text(name, named))


def read(folder: Path) -> Room:
    return room_table.read(folder, NOW)


def test_a_row_says_where_a_learner_is(folder: Path) -> None:
    sits(folder, "seat 7", named_arguments=done(50), second_function=tried(31, 4))
    (row,) = read(folder).rows
    assert (row.learner, row.lesson, row.exercise) == ("seat 7", 1, "second-function")
    assert (row.passed, row.tries, row.helped) == (1, 2, 1)
    assert (row.minutes, row.stuck) == (4, 31)
    assert row.verdict == UNNAMED


def test_who_passed_goes_on_with_the_next(folder: Path) -> None:
    sits(folder, "seat 7", named_arguments=done(6))
    (row,) = read(folder).rows
    assert (row.exercise, row.minutes, row.stuck, row.tries) == ("second-function", 6, None, 0)


def test_who_only_joined_has_a_row(folder: Path) -> None:
    sits(folder, "seat 7")
    (row,) = read(folder).rows
    assert (row.exercise, row.minutes, row.passed) == ("named-arguments", None, 0)


def test_who_has_finished(folder: Path, small_course: tuple[Exercise, ...]) -> None:
    every = {exercise.name: done(3) for exercise in small_course}
    sits(folder, "seat 7", **every)
    found = read(folder)
    assert (found.rows[0].exercise, found.rows[0].lesson) == ("", None)
    assert "finished" in repr(room_table.page(found))


def test_seats_are_in_their_order(folder: Path) -> None:
    for name in ("seat 10", "Seat 9", "door", "7", "²"):
        sits(folder, name)
    assert [row.learner for row in read(folder).rows] == ["7", "door", "Seat 9", "seat 10", "²"]


def test_learners_of_one_name_are_told_apart(folder: Path) -> None:
    sits(folder, "seat 7", "seat-7-aaaa0000.json")
    sits(folder, "seat 7", "seat-7-bbbb0000.json")
    assert [row.learner for row in read(folder).rows] == ["seat 7 (aaaa)", "seat 7 (bbbb)"]


def test_a_wrong_verdict_is_counted_once_for_each_learner(folder: Path) -> None:
    sits(folder, "seat 1", second_function=tried(9, 1, 4, UNNAMED, "Not yet. It returns 7."))
    sits(folder, "seat 2", second_function=done(9, UNNAMED))
    sits(folder, "seat 3", named_arguments=tried(9, 1, 4, UNNAMED))
    counted = [(m.exercise, m.verdict, m.learners) for m in read(folder).mistakes]
    assert counted[0] == ("second-function", UNNAMED, 2)
    assert sorted(counted[1:]) == [
        ("named-arguments", UNNAMED, 1),
        ("second-function", "Not yet. It returns 7.", 1),
    ]


def test_who_is_stuck_longest_is_first_and_who_has_gone_home_is_not_there(folder: Path) -> None:
    sits(folder, "seat 1", second_function=tried(10, 2))
    sits(folder, "seat 2", second_function=tried(45, 1))
    sits(folder, "seat 3", second_function=tried(900, 800))
    sits(folder, "seat 4", named_arguments=done(5))
    text = repr(room_table.page(read(folder)))
    stuck = text.partition("Stuck longest")[2].partition("Most common")[0]
    assert stuck.index("seat 2") < stuck.index("seat 1")
    assert "seat 3" not in stuck and "seat 4" not in stuck


def test_a_clock_that_is_ahead_counts_as_now(folder: Path) -> None:
    sits(folder, "seat 7", second_function=tried(-30, -30))
    (row,) = read(folder).rows
    assert (row.minutes, row.stuck) == (0, 0)


def test_it_fits_80_columns(folder: Path) -> None:
    long = "Not yet. " + "The recipe of the second output names no platform that skips it. " * 3
    for seat in range(30):
        sits(folder, f"a seat with a long name {seat}", who_imports=tried(99, 98, 42, long[:250]))
    assert max(map(len, repr(room_table.page(read(folder))).splitlines())) <= 80


def test_what_others_have_put_there_is_counted_and_left_out(folder: Path, tmp_path: Path) -> None:
    sits(folder, "seat 7")
    own = tmp_path / "own.json"
    own.write_text(room_file.to_text("a file of the instructor", {}))
    (folder / "link.json").symlink_to(own)
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "notes.txt").write_text("hello")
    (folder / "half.json").write_text('{"learner": "a", "exerc')
    (folder / "zeros.json").touch()
    os.truncate(folder / "zeros.json", 10**12)
    large = {"learner": "a", "exercises": {}, "more": "a" * room_file.LARGEST}
    (folder / "large.json").write_text(json.dumps(large))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b[2J.json")).write_bytes(b"\xff")
    (folder / ".seat-8.new").write_text("{")
    found = read(folder)
    assert [row.learner for row in found.rows] == ["seat 7"]
    assert found.left_out == 9
    assert "Left out: 9 files" in repr(room_table.page(found))


def test_text_of_others_cannot_write_on_the_terminal_or_the_page(folder: Path) -> None:
    evil = "\x1b[2J\u202e<script>x</script>\r[red]"
    stored = {"tries": 1, "last": f"Not yet. {evil}", "wrong": [f"Not yet. {evil}"]}
    file = {"learner": evil, "exercises": {"own-function": stored, evil: stored}}
    (folder / "evil-0123abcd.json").write_text(json.dumps(file))
    page = room_table.page(read(folder))
    for text in (repr(page), page._repr_html_()):
        assert not {"\x1b", "\u202e", "\r"} & set(text)
    assert "<script>" not in page._repr_html_()
    assert "\\x1b[2J" in repr(page)


def test_a_crowd_of_files_is_not_read_to_its_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_table, "_MOST_FILES", 10)
    for number in range(40):
        sits(folder, f"seat {number}")
    assert len(read(folder).rows) == 10


def test_an_empty_room_says_how_to_join(folder: Path) -> None:
    assert "lesson.join" in repr(room_table.page(read(folder)))


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read: no such file"):
        read(tmp_path / "nowhere")


def test_a_notebook_takes_the_folder_of_the_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LessonError, match="CROSSCRAFT_ROOM"):
        room_table.room()
    sits(folder, "seat 7")
    monkeypatch.setenv("CROSSCRAFT_ROOM", str(folder))
    assert "seat 7" in room_table.room()._repr_html_()
    assert repr(room_table.room(folder)) == repr(room_table.room())


def test_a_room_of_thirty(folder: Path, tmp_path: Path) -> None:
    """They learn in processes of their own, while the instructor looks."""
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(6, mp_context=fork) as pool:
        working = [pool.submit(rooms.learn, seat, folder, tmp_path) for seat in range(30)]
        while not all(future.done() for future in working):
            found = room_table.read(folder)
            assert found.left_out == 0, "a file is half written"
        passed = [future.result() for future in working]
    found = room_table.read(folder)
    assert [row.learner for row in found.rows] == [f"seat {seat}" for seat in range(30)]
    assert [row.passed for row in found.rows] == passed
    assert {row.exercise for row in found.rows} == {"own-function"}
    assert [row.helped for row in found.rows] == [1 + seat % 3 for seat in range(30)]
    common = [m for m in found.mistakes if m.exercise == "own-function"]
    assert {(m.verdict, m.learners) for m in common} == {
        (f"Not yet. {rooms.mistake(number)}", 10) for number in range(3)
    }
    assert not list(folder.glob(".*"))
