"""The files of a project are read once, whatever the number of platforms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosscraft.building.check import texts
from crosscraft.building.check.check import check
from crosscraft.building.check.files import Files, is_file_of_a_project


def test_every_file_is_read_once_for_all_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CMakeLists.txt", "a.c", "notes.md"):
        (tmp_path / name).write_text("\n")
    read: list[str] = []
    opened = texts.open_regular

    def count(path: Path) -> object:
        read.append(path.name)
        return opened(path)

    monkeypatch.setattr(texts, "open_regular", count)
    check(tmp_path, ["linux-aarch64", "linux-ppc64le", "osx-arm64"])
    assert sorted(read) == ["CMakeLists.txt", "a.c"]


def test_files_are_found_by_their_names_and_words(tmp_path: Path) -> None:
    (tmp_path / "one.c").write_text("int one;\n")
    (tmp_path / "two.c").write_text("int two;\n")
    (tmp_path / "one.h").write_text("int one;\n")
    files = Files(tmp_path)
    assert [text.name for text in files.named("*.c")] == ["one.c", "two.c"]
    for _ in range(2):
        assert [text.name for text in files.containing(re.compile("one"), "*.c")] == ["one.c"]
    assert [text.name for text in files.containing(re.compile("one"), "*.h")] == ["one.h"]


def test_a_log_is_no_file_of_a_project() -> None:
    assert is_file_of_a_project(Path("recipe/meta.yaml"))
    assert not is_file_of_a_project(Path("build.log"))
