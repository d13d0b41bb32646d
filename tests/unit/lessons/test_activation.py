"""`lesson.activate`, with a stand-in for `crosscraft shell`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crosscraft import lesson
from crosscraft.errors import LessonError, PlatformError, RecipeError
from crosscraft.jupyter.activation import ACTIVE
from crosscraft.lessons.evidence import session
from crosscraft.paths import ROOT
from crosscraft.system.processes import Completed


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The calls of `crosscraft shell`, which prints two variables or fails."""
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CROSSCRAFT_LESSON", "3")
    (tmp_path / "project/recipe").mkdir(parents=True)
    calls: list[Any] = []

    def run(argv: Sequence[str], **options: Any) -> Completed:
        calls.append((list(argv), options))
        if "vax" in argv:
            return Completed(tuple(argv), 1, ("crosscraft: no such output",))
        Path(argv[-1]).write_text("A=1\n2=3\0PKG_NAME=own\0PREFIX=/p\0SHLVL=1\0")
        return Completed(tuple(argv), 0, ())

    monkeypatch.setattr(session.processes, "run", run)
    yield calls
    ACTIVE.end()


def test_it_takes_the_variables_of_the_shell(shell, tmp_path, capsys):
    (tmp_path / "project/recipe/recipe.yaml").write_text("package: {name: own, version: 1}\n")
    lesson.activate("linux-aarch64", output="own")
    assert ACTIVE.env == {"A": "1\n2=3", "PKG_NAME": "own", "PREFIX": "/p"}
    ((argv, options),) = shell
    assert argv[1:9] == [
        "shell", "--quiet", "--target-platform", "linux-aarch64",
        "--project", str(tmp_path / "project"), "--output", "own",
    ]  # fmt: skip
    assert options["cwd"] == tmp_path / "project"
    assert capsys.readouterr().out == (
        "%%bash cells now have the variables of own for linux-aarch64.\n"
    )


def test_before_there_is_a_recipe_it_takes_the_finished_one(shell, capsys):
    lesson.activate()
    assert str(ROOT / "cpp_math") in shell[0][0]
    assert capsys.readouterr().out == (
        "%%bash cells now have the variables of own for linux-64, by the recipe of the finished "
        "project, because yours is not written yet.\n"
    )


def test_another_project_in_the_folder_has_its_own_recipe(shell, tmp_path, capsys):
    with pytest.raises(RecipeError):
        lesson.activate(project="naive")
    recipe = tmp_path / "project/naive/recipe/recipe.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("package: {name: own, version: 1}\n")
    lesson.activate(project="naive")
    assert str(tmp_path / "project/naive") in shell[0][0]
    assert capsys.readouterr().out == (
        "%%bash cells now have the variables of own for linux-64, by the recipe in naive.\n"
    )


def test_a_failure_leaves_nothing_active(shell):
    lesson.activate()
    with pytest.raises(LessonError, match="for linux-64 could not be made") as caught:
        lesson.activate(output="vax")
    assert caught.value.detail == ("crosscraft: no such output",)
    assert ACTIVE.env is None
    with pytest.raises(PlatformError):
        lesson.activate("vax")


def test_a_lesson_begins_without_it(shell, monkeypatch, tmp_path):
    lesson.activate()
    monkeypatch.chdir(tmp_path)
    lesson.begin(1)
    assert ACTIVE.env is None
    monkeypatch.delenv("CROSSCRAFT_LESSON")
    with pytest.raises(LessonError, match="no lesson has begun"):
        lesson.activate()
