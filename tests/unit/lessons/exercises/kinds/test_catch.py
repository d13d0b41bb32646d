"""Tests that catch bugs, with modules of Python in the place of compiled ones."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import catch
from crosscraft.lessons.exercises.kinds.catch import Bug
from crosscraft.platforms import Platform, native
from crosscraft.system.console import Console

SOURCE = "def twice(number): return number + number\n"
BUGS = (
    Bug("it squares", (("+ number", "* number"),), "Not every number tells them apart."),
    Bug("it has another argument", (("number", "n"),), "Call it by name."),
)
GOOD = "import spam\nassert spam.twice(number=3) == 6\n"


class Stand:
    """Runs a module of Python. For another platform it can fail."""

    def __init__(self, platform: Platform, foreign: str) -> None:
        self.code = "" if platform == native() else foreign

    def python(self, code: str, folder: Path, *modules: Path) -> str:
        done = subprocess.run(
            [sys.executable, "-B", "-c", f"{self.code}\n{code}"],
            cwd=folder,
            env={"PYTHONPATH": ":".join(map(str, modules))},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (done.stdout + done.stderr).splitlines()
            raise Refused("running it", [lines[-1], *lines])
        return done.stdout


def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, foreign: str = "") -> Work:
    """Check a test, and return the work with its evidence."""

    def compile_file(work: Work, source: Path, platform: Platform, name: str) -> SimpleNamespace:
        folder = work.scratch / f"compiled-{len(list(work.scratch.iterdir()))}"
        folder.mkdir()
        (folder / f"{name}.py").write_text(source.read_text())
        return SimpleNamespace(path=folder / f"{name}.py")

    monkeypatch.setattr(catch.extension, "compile_file", compile_file)
    monkeypatch.setattr(catch.runner, "of", lambda platform: Stand(platform, foreign))
    own = tmp_path / "test_spam.py"
    own.write_text(test)
    (tmp_path / "scratch").mkdir()
    work = Work(own, tmp_path / "scratch", Console(io.StringIO()), -1)
    catch.check(SOURCE, BUGS, "All caught.", "spam")(work)
    return work


def test_a_test_that_catches_every_bug_passes_and_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = judged(tmp_path, monkeypatch, GOOD).evidence
    assert "wrong module 1: caught, because it squares" in evidence
    assert "wrong module 2: caught, because it has another argument" in evidence
    assert evidence[-1] == "linux-aarch64, the right module: passes"


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("import spam\nassert spam.twice(number=2) == 4\n", "Not every number"),
        ("import spam\nassert spam.twice(3) == 6\n", "Call it by name"),
        ("import spam\nspam.twice(number=3) == 6\n", "compares nothing"),
        ("import spam\ndef test():\n    assert spam.twice(number=3) == 6\n", "compares nothing"),
        ("import sys\nsys.exit(0)\n", "compares nothing"),
        ("", "compares nothing"),
        ("import spam\nassert spam.twice(number=3) == 7\n", "fails with the right module"),
        ("import eggs_that_nobody_has\n", "fails with the right module"),
        ("assert (\n", "fails with the right module"),
    ],
)
def test_another_test_is_told_what_slips_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, says: str
) -> None:
    with pytest.raises(NotYet, match=says):
        judged(tmp_path, monkeypatch, test)


def test_a_bug_that_slips_through_is_not_named_in_the_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Work, "see", lambda work, line: seen.append(line))
    with pytest.raises(NotYet):
        judged(tmp_path, monkeypatch, "import spam\nassert spam.twice(number=2) == 4\n")
    assert "wrong module 1: your test passes" in seen
    assert not any("squares" in line for line in seen)


def test_a_failure_is_shown_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Work, "see", lambda work, line: seen.append(line))
    with pytest.raises(NotYet):
        judged(tmp_path, monkeypatch, "import spam\n\nassert spam.twice(3) == 7\n")
    (line,) = seen
    assert line.endswith("line 3, `assert spam.twice(3) == 7`: AssertionError")


def test_a_test_that_passes_only_once_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = f"pathlib.Path({str(tmp_path / 'seen')!r})"
    once = f"import pathlib\n{GOOD}assert not {seen}.exists()\n{seen}.touch()\n"
    with pytest.raises(NotYet, match="leave something behind"):
        judged(tmp_path, monkeypatch, once)


def test_a_test_that_knows_this_machine_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotYet, match="for Arm"):
        judged(tmp_path, monkeypatch, GOOD, foreign="raise SystemExit('another machine')")
