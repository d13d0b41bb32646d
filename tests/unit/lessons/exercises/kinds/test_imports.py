"""Predictions of imports are compared with what Python did with each file."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import extension, runner
from crosscraft.lessons.evidence.extension import Extension
from crosscraft.lessons.evidence.verdict import NotYet, Result
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import imports
from crosscraft.lessons.exercises.kinds.imports import LOADED, NOT_FOUND, NOT_LOADED, File
from crosscraft.platforms import Platform, lookup
from crosscraft.system import processes
from crosscraft.system.console import Console

WHYS = {LOADED: "not that easy", NOT_FOUND: "look at the name", NOT_LOADED: "look at the code"}
FILES = (
    File("a", "cpp_math.py", "linux-aarch64", WHYS),
    File("b", "libcpp_math.py", "linux-aarch64", WHYS),
    File("c", "cpp_math.py", "linux-64", WHYS),
)
RIGHT = {"a": LOADED, "b": NOT_FOUND, "c": NOT_LOADED}


class OwnPython:
    """Stands in for the runner of the target's Python: this interpreter, without its packages."""

    def python(self, code: str, folder: Path) -> str:
        return "\n".join(processes.run([sys.executable, "-S", "-c", code], cwd=folder).lines)


@pytest.fixture(autouse=True)
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make Python modules in the place of extensions. That for linux-64 does not load."""

    def compile_file(work: Work, source: Path, platform: Platform) -> Extension:
        path = work.scratch / f"{platform.subdir}.py"
        loads = platform == lookup("linux-aarch64")
        path.write_text("def add(a, b): return a + b" if loads else "raise ImportError('wrong')")
        return Extension("cpp_math", platform, path)

    monkeypatch.setattr(extension, "compile_file", compile_file)
    monkeypatch.setattr(runner, "of", lambda platform: OwnPython())


def check(answer: object, folder: Path) -> list[str]:
    """Check an answer, and return the evidence."""
    work = Work(answer, folder, Console(io.StringIO()), -1)
    verdict = imports.check(FILES, (LOADED, NOT_FOUND, NOT_LOADED), "Good.")(work)
    assert verdict.result is Result.PASSED
    return work.evidence


def test_each_file_is_imported_and_shown(tmp_path: Path) -> None:
    assert check(RIGHT, tmp_path) == [
        "cpp_math.py: 1 + 2 = 3",
        "a: you said works, and it was: works",
        "libcpp_math.py: No module named 'cpp_math'",
        "b: you said not found, and it was: not found",
        "cpp_math.py: wrong",
        "c: you said not loaded, and it was: not loaded",
    ]


@pytest.mark.parametrize(
    ("key", "word"), [("a", NOT_FOUND), ("b", LOADED), ("b", NOT_LOADED), ("c", LOADED)]
)
def test_a_wrong_prediction_gets_its_own_text(key: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(NotYet, match=WHYS[word]):
        check(RIGHT | {key: word}, tmp_path)
