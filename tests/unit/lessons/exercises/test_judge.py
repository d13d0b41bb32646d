"""What a check gets to see, and what becomes of what tools and checks say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscraft.errors import ChannelError, LessonError
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Result, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises import judge
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind

GIVEN = "answer = ____\n"


def reads(work: Work) -> Verdict:
    """A check that looks at the file."""
    if "right" not in work.text():
        raise NotYet("It isn't right.", ["seen: wrong"])
    return passed("It's right.")


FILE = Exercise(
    name="a-file",
    lesson=1,
    minutes=5,
    title="a file",
    kind=Kind.FILL,
    hint="",
    part="",
    solution="right\n",
    check=reads,
    right=(),
    wrong=(),
    hands_in=HandsIn.FILE,
    path="src/a.txt",
    given=GIVEN,
)


def says(exercise: Exercise, answer: Any) -> str:
    return str(judge.judge(exercise, answer))


def test_a_missing_file_is_not_attempted(tmp_path: Path) -> None:
    assert says(FILE, tmp_path / "a.txt") == (
        "Not attempted. There is no file a.txt yet. Make it first."
    )
    assert "There is no file src/a.txt yet" in says(FILE, tmp_path / "src/a.txt")
    assert "There is no file aaa" in says(FILE, tmp_path / ("a" * 300))


def test_another_kind_of_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.cpp").write_text("right")
    assert "a.cpp is another file. The one asked for ends in `.txt`." in says(
        FILE, tmp_path / "a.cpp"
    )


def test_an_empty_file_is_not_attempted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(" \n")
    assert says(FILE, path) == "Not attempted. a.txt is empty. Write it first."


@pytest.mark.parametrize(
    "line", ["# was: ____", "right  // ____", "# ____", "right____", "right_________"]
)
def test_a_comment_and_a_longer_word_are_no_blank(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"right\n{line}\n")
    assert "Correct." in says(FILE, path)


def test_a_file_that_was_given_without_blanks_may_have_some(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("right ____\n")
    assert "Correct." in says(replace(FILE, given="wrong\n"), path)


def test_blanks_are_counted_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(GIVEN)
    assert "still has a blank in line 1." in says(FILE, path)
    path.write_text(f"right\n{GIVEN}{GIVEN}")
    assert "still has a blank in lines 2, 3." in says(FILE, path)


def test_a_file_without_blanks_may_have_a_line_that_looks_like_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("right  # ____\n")
    assert "Correct." in says(replace(FILE, given="wrong\n"), path)


def test_a_file_as_it_was_given_is_not_attempted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("wrong\n\n")
    exercise = replace(FILE, given="wrong\n")
    assert "still as it was given" in says(exercise, path)


@pytest.mark.parametrize("answer", ["src/a.txt", None, 3, ["a"], object()])
def test_a_file_is_handed_in_by_its_path(answer: Any) -> None:
    assert 'Hand in the file itself: `lesson.check("a-file", project / "src/a.txt")`.' in says(
        FILE, answer
    )


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert f"{tmp_path.name} is not a file" in says(FILE, tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe\0", b"x" * 2_000_000])
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    verdict = judge.judge(FILE, path)
    assert verdict.result is Result.NOT_YET
    assert "a.txt" in verdict.text


def test_the_verdict_quotes_what_was_read_and_seen(tmp_path: Path) -> None:
    path = tmp_path / "src/a.txt"
    path.parent.mkdir()
    path.write_text("wrong\nstill\n")
    assert says(FILE, path) == "  read src/a.txt (2 lines)\n  seen: wrong\nNot yet. It isn't right."
    path.write_text("right\n")
    assert says(FILE, path) == "  read src/a.txt (1 line)\nCorrect. It's right."


def test_another_file_is_called_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text("wrong\n")
    assert "  read b.txt (1 line)" in says(FILE, path)


def refuses(work: Work) -> Verdict:
    raise Refused("the compiler", ["math.cpp:1:1: error: \x1b[31mno  such", "details: use of x"])


@pytest.mark.parametrize(
    ("meanings", "text"),
    [
        ((), "Not yet. The message above is the first thing to fix. Then check again."),
        ((("no match", "a"), ("use of x", "b")), "Not yet. b"),
    ],
)
def test_a_tools_first_line_comes_with_its_meaning(
    tmp_path: Path, meanings: tuple[tuple[str, str], ...], text: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("wrong\n")
    lines = says(replace(FILE, check=refuses, meanings=meanings), path).splitlines()
    assert lines[1] == r"  the compiler: math.cpp:1:1: error: \x1b[31mno such"
    assert lines[-1] == text


def test_what_a_learners_program_says_is_printable(tmp_path: Path) -> None:
    def check(work: Work) -> Verdict:
        work.see("verify stopped: \x1b[31m\ud800")
        raise ValueError("\x07")

    path = tmp_path / "a.txt"
    path.write_text("right\n")
    assert says(replace(FILE, check=check), path).splitlines()[1:] == [
        r"  verify stopped: \x1b[31m\ud800",
        r"Not yet. a.txt cannot be checked (\x07). The question says what the answer should look "
        "like.",
    ]


def test_a_trap_of_the_catalogue_is_named(tmp_path: Path) -> None:
    def check(work: Work) -> Verdict:
        error = "ImportError: dynamic module does not define module export function (PyInit_a)"
        raise Refused("Python", [error])

    path = tmp_path / "a.txt"
    path.write_text("wrong\n")
    assert "  trap: renamed-in-one-place: " in says(replace(FILE, check=check), path)


def test_a_check_that_cannot_be_made_is_not_the_learners_fault(tmp_path: Path) -> None:
    def check(work: Work) -> Verdict:
        raise ChannelError("there is no channel", remedy="Run `make setup`.")

    path = tmp_path / "a.txt"
    path.write_text("right\n")
    with pytest.raises(ChannelError):
        judge.judge(replace(FILE, check=check), path)


@pytest.mark.parametrize("error", [NotYet, Refused])
def test_the_copy_of_a_project_has_the_learners_name(
    tmp_path: Path, error: type[NotYet] | type[Refused]
) -> None:
    def check(work: Work) -> Verdict:
        raise error("the build", [f"there is no recipe in '{work.scratch}/project'"])

    exercise = replace(FILE, hands_in=HandsIn.FOLDER, path="planted/bug", check=check)
    project = tmp_path / "planted/bug"
    project.mkdir(parents=True)
    assert "there is no recipe in 'planted/bug'\n" in says(exercise, project)


def test_the_temporary_folder_is_gone_after_a_check(tmp_path: Path) -> None:
    seen: list[Path] = []

    def check(work: Work) -> Verdict:
        (work.scratch / "made").touch()
        seen.append(work.scratch)
        return passed("")

    path = tmp_path / "a.txt"
    path.write_text("right\n")
    judge.judge(replace(FILE, check=check), path)
    assert not seen[0].exists()


ABSURD = [
    *(None, 0, -1, 1e308, float("nan"), "", " ", "\0", "x" * 100_000, "{" * 5000, b""),
    *([], {}, set(), [[]], [None], {None: None}, {"a": [1]}, {"a": ...}, object(), print),
    *(Path("/nowhere/at/all"), Path("/")),
]


@pytest.mark.parametrize(
    "exercise",
    [one for one in judge.all_exercises().values() if one.hands_in is not HandsIn.FOLDER],
    ids=lambda exercise: exercise.name,
)
def test_no_answer_at_all_makes_an_exercise_raise(exercise: Exercise) -> None:
    for answer in ABSURD:
        verdict = judge.judge(exercise, answer)
        assert verdict.result is not Result.PASSED, answer
        assert "Traceback" not in str(verdict)


def test_an_unknown_exercise_is_named_with_those_there_are() -> None:
    with pytest.raises(LessonError, match=r"no exercise 'nosuch'.*own-function"):
        judge.find("nosuch")
