"""The environments that checks run Python in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.environments.install import Environment
from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.platforms import native


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    runner._with_python.cache_clear()


def test_a_program_that_says_nothing_is_described_by_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_SECONDS", 1)
    monkeypatch.setattr(
        runner.emulate, "command", lambda where, argv, _: [sys.executable, *argv[1:]]
    )
    here = Runner(Environment(tmp_path, native()), None)
    for code, end in (
        ("while True: pass", "it took longer than 1 seconds, so it was ended"),
        ("import os; os.kill(os.getpid(), 11)", "it was ended by the signal SIGSEGV"),
        ("raise SystemExit(3)", "it ended with status 3"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ):
        with pytest.raises(Refused) as refused:
            here.python(code, tmp_path)
        assert refused.value.lines[0] == end


def test_an_environment_that_was_removed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make(*_: object) -> Runner:
        made.append(tmp_path / str(len(made)))
        (made[-1] / "bin").mkdir(parents=True)
        (made[-1] / "bin/python").touch()
        return Runner(Environment(made[-1], native()), None)

    runner._with_python.cache_clear()
    monkeypatch.setattr(runner, "with_packages", make)
    monkeypatch.setattr(runner.select, "choose", lambda: None)
    assert runner.of(native()) is runner.of(native())
    (made[0] / "bin/python").unlink()
    assert runner.of(native()).environment.prefix == made[1]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (
            "print('Traceback'); raise SystemExit('a.b.SomeError: no\\n  more of it')",
            "a.b.SomeError: no",
        ),
        ("print('the last line'); raise SystemExit(3)", "the last line"),
        ("raise SystemExit(3)", "it ended with status 3"),
    ],
)
def test_the_first_line_says_how_a_program_ended(command: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    with pytest.raises(Refused) as refused:
        Runner(Environment(tmp_path, native()), None).python(command, tmp_path)
    assert refused.value.lines[0] == reason
