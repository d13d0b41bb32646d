"""A check as a cell runs it: with progress, interrupted, and two at once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.lessons.evidence.verdict import Result, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises import answers, checking, judge
from crosscraft.lessons.exercises.checking import NOT_RIGHT
from crosscraft.system import processes
from crosscraft.system.progress import KERNEL_VARIABLE, LESSON_VARIABLE
from tests.support import exercises

EXERCISE = judge.find("own-function")
CHECKING = (sys.executable, "-m", "crosscraft.lessons.exercises.checking", EXERCISE.name)


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv(LESSON_VARIABLE, "8")
    handed_in = exercises.hand_in(EXERCISE, EXERCISE.solution, tmp_path)
    assert isinstance(handed_in, Path)
    return handed_in


def start(answer: Path, kernel: int | None = None) -> subprocess.Popen[str]:
    env = os.environ | ({KERNEL_VARIABLE: str(kernel)} if kernel else {})
    process = subprocess.Popen(
        CHECKING, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(answers.encode(answer))
    return process


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with process.stdout as pipe:
        return pipe.read()


def test_without_a_page_only_the_verdict_is_printed(answer: Path) -> None:
    process = start(answer)
    said = read(process)
    assert process.wait() == 0
    assert said.startswith("  read checksums/src/checksums.cpp (60 lines)\n")
    assert said.endswith("Correct. Now raise the version, add a test, and build.\n")


def test_below_a_cell_it_says_what_it_does(answer: Path) -> None:
    process = start(answer, kernel=os.getpid())
    said = read(process)
    assert process.wait() == 0
    assert "    compiling checksums.cpp for linux-64" in said
    assert "    compiling checksums.cpp for linux-aarch64" in said


def test_a_wrong_answer_has_an_exit_status_of_its_own(answer: Path) -> None:
    answer.write_text("int x;\n")
    process = start(answer)
    assert "Not yet." in read(process)
    assert process.wait() == NOT_RIGHT


def test_an_interrupt_ends_it_and_leaves_nothing(answer: Path) -> None:
    answer.write_text("#include <nanobind/nanobind.h>\n" + EXERCISE.solution)  # type: ignore[operator]
    process = start(answer, kernel=os.getpid())
    assert process.stdout is not None
    said = ""
    while "compiling" not in said:
        said += os.read(process.stdout.fileno(), 4096).decode()
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    said += read(process)
    assert process.wait() == 130
    assert time.monotonic() - before < 10
    assert "Traceback" not in said
    assert "interrupted" in said


def test_what_never_ends_is_ended(
    answer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def waits(work: Work) -> Verdict:
        processes.run(["sleep", "60"])
        return passed("It has ended.")

    monkeypatch.setattr(checking, "_SECONDS", 1)
    monkeypatch.setattr(judge, "find", lambda name: replace(EXERCISE, check=waits))
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers.encode(answer)))
    assert checking._check(EXERCISE.name) is Result.NOT_YET
    assert "Not yet. The check ended itself" in capsys.readouterr().out


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    texts = [EXERCISE.solution, EXERCISE.wrong[-1].answer]
    handed_in = [exercises.hand_in(EXERCISE, *pair) for pair in zip(texts, folders, strict=True)]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda one: judge.judge(EXERCISE, one), handed_in * 2))
    assert [verdict.result for verdict in verdicts] == [Result.PASSED, Result.NOT_YET] * 2
