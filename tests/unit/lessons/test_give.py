"""Giving what an exercise starts from, as a notebook does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.errors import LessonError
from crosscraft.inspection import conda_file
from crosscraft.lessons import lesson, workspace
from crosscraft.lessons.evidence import packages, parts
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.system.console import LESSON_VARIABLE
from tests.support.tiny_elf import make

NAME = "find-liars"
SITE = "lib/python3.11/site-packages"
ALL = "Made liars/a.conda, liars/b.conda, liars/c.conda, liars/d.conda, liars/e.conda.\n"


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv(LESSON_VARIABLE, "6")


def build(subdir: str, triplet: str, machine: int) -> None:
    """Make a package, as the lesson's builds would."""
    index = {"name": "cpp_math", "version": "1", "build": "0", "depends": [], "subdir": subdir}
    name = f"{SITE}/cpp_math.cpython-311-{triplet}.so"
    made = Parts(index, {name: bytes(make(machine=machine).data)})
    parts.put_together(made, workspace.project() / f"output/{subdir}/{made.stem}.conda")


@pytest.fixture
def liars() -> Path:
    build("linux-64", "x86_64-linux-gnu", 62)
    build("linux-aarch64", "aarch64-linux-gnu", 183)
    return workspace.project() / "liars"


def test_the_packages_are_made_of_the_learners_own(
    liars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.give(NAME)
    assert capsys.readouterr().out == ALL
    own = packages.Packages(workspace.project() / "output").of("cpp_math", "linux-aarch64")
    assert own
    assert parts.take_apart(liars / "b.conda") == parts.take_apart(own)
    subdirs = [conda_file.read(path).subdir for path in sorted(liars.iterdir())]
    assert subdirs == [*["linux-aarch64"] * 4, "noarch"]


def test_files_that_are_there_stay(liars: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson.give(NAME)
    (liars / "a.conda").write_bytes(b"mine")
    (liars / "c.conda").unlink()
    capsys.readouterr()
    lesson.give(NAME)
    assert capsys.readouterr().out == "Made liars/c.conda.\n"
    assert (liars / "a.conda").read_bytes() == b"mine"
    lesson.give(NAME)
    assert capsys.readouterr().out == "You have all of its files already.\n"


def test_without_the_learners_packages_nothing_is_made() -> None:
    build("linux-64", "x86_64-linux-gnu", 62)
    with pytest.raises(LessonError, match="no package of cpp_math for linux-aarch64"):
        lesson.give(NAME)
    assert not (workspace.project() / "liars").exists()


def test_of_a_package_with_more_files_the_extension_is_taken(liars: Path) -> None:
    own = workspace.project() / "output/linux-aarch64/cpp_math-1-0.conda"
    taken = parts.take_apart(own)
    own.unlink()
    parts.put_together(replace(taken, files={**taken.files, "share/a.txt": b"more\n"}), own)
    lesson.give(NAME)
    assert all(len(conda_file.read(path).files) == 1 for path in liars.iterdir())


def test_a_package_without_an_extension_is_named(liars: Path) -> None:
    own = workspace.project() / "output/linux-aarch64/cpp_math-1-0.conda"
    taken = parts.take_apart(own)
    own.unlink()
    parts.put_together(replace(taken, files={"share/a.txt": b"more\n"}), own)
    with pytest.raises(LessonError, match=r"cpp_math-1-0.conda for linux-aarch64 has no extension"):
        lesson.give(NAME)
    assert not liars.exists()


def test_an_exercise_that_starts_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LessonError, match="own-function gives you nothing"):
        lesson.give("own-function")
    with pytest.raises(LessonError, match="there is no exercise 'lies'"):
        lesson.give("lies")
    monkeypatch.delenv(LESSON_VARIABLE)
    with pytest.raises(LessonError, match="no lesson has begun"):
        lesson.give(NAME)
