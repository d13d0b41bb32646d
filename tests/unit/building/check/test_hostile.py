"""Files that were written to break their reader: each is refused, and the rest is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crosscraft.building.check import files, texts
from crosscraft.building.check.check import Checked, check

RECIPE = """
package: {name: a, version: 1}
build:
  script: meson setup build
requirements:
  build: ["${{ compiler('c') }}", meson]
"""
"""A recipe with a trap, so that what is read beside a hostile file shows."""
TRAP = "meson-without-cross-file"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe/recipe.yaml").write_text(RECIPE)
    (tmp_path / "unused.c").write_text("#include <immintrin.h>\n")  # so that build files are read
    return tmp_path


def found(root: Path) -> Checked:
    checked = check(root, ["linux-aarch64"])
    assert [finding.trap.name for finding in checked.findings] == [TRAP]
    assert all("\n" not in error.what for error in checked.unread)
    return checked


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 20))
HOSTILE = {
    "a bomb of aliases": ("other/recipe.yaml", BOMB),
    "deep YAML": ("other/recipe.yaml", "a: " + "[" * 50_000),
    "an alias of itself": ("other/recipe.yaml", "a: &a [*a]"),
    "a tab": ("other/recipe.yaml", "a:\n\tb: c"),
    "deep templates": ("other/meta.yaml", "a: {{ " + "(" * 50_000 + "\n"),
    "YAML's objects": ("other/recipe.yaml", "!!python/object/apply:os.system ['true']"),
    "deep TOML": ("pyproject.toml", "a = " + "[" * 50_000),
    "TOML's tables": ("pyproject.toml", "[" + ".".join("a" * 20_000) + "]"),
    "parentheses of CMake": ("CMakeLists.txt", "(" * 100_000),
    "commands of CMake": ("CMakeLists.txt", "a(" * 50_000),
    "brackets of CMake": ("CMakeLists.txt", "[" + "=" * 100_000 + "[" + "]==" * 100_000),
    "references of CMake": ("CMakeLists.txt", f"set(a {'${a}' * 1000})\ninclude(${{a}})\n" * 20),
    "parentheses of Python": ("setup.py", "ext_modules = " + "(" * 10_000),
    "a chain of Python": ("setup.py", "ext_modules = " + "a." * 50_000 + "b"),
    "a sum of Python": ("setup.py", "if ext_modules" + "+1" * 50_000 + ": pass"),
    "parentheses of Meson": ("meson.build", "a(" * 300_000),
    "negations of Meson": ("meson.build", "if " + "not " * 300_000 + "a\nendif\n"),
    "calls of Meson": ("meson.build", "a" + ".b()" * 100_000),
    "an open string of Meson": ("meson.build", "'''" * 100_001),
    "Meson that reads itself": ("meson.build", "subdir('.')\nsubdir('../x')\nsubdir('')\n"),
    "blanks of make": ("Makefile", "a" + " " * 1_000_000 + "b\n"),
    "references of make": ("Makefile", f"a = {'$(a)' * 5000}\n$(a): $(a)\n\t$(a)\n" * 3),
    "continuations of make": ("Makefile", "a \\\n" * 300_000),
    "quotes of autoconf": ("configure.ac", "AC_RUN_IFELSE([" * 20_000),
    "strings of Rust": ("build.rs", 'r#"' * 300_000 + "target_arch"),
    "comments of Rust": ("build.rs", "/*" * 300_000 + "target_arch"),
    "quotes of the shell": ("other/build.sh", "a '" * 100_000),
    "a long line of the shell": ("other/build.sh", "a;" * 300_000),
    "a name that is no source": ("setup.py", "a" * 300_000),
    "here-documents": ("other/build.sh", "cat <<A <<B\n" * 50_000),
    "NULs": ("CMakeLists.txt", "project(a)\0"),
    "too long": ("CMakeLists.txt", "#" * (texts.LARGEST + 1)),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_hides_nothing_of_the_others(name: str, root: Path) -> None:
    path, text = HOSTILE[name]
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text)
    if path == "other/build.sh":
        (root / "other/recipe.yaml").write_text("package: {name: b, version: 1}\n")
    assert len(found(root).unread) <= 1


@pytest.mark.parametrize("target", ["/etc/passwd", "loop", "../nowhere"])
def test_a_link_out_of_the_project_is_not_followed(target: str, root: Path) -> None:
    (root / "loop").symlink_to("loop")
    (root / "CMakeLists.txt").symlink_to(target)
    (error,) = found(root).unread
    assert "'CMakeLists.txt' cannot be checked" in error.what
    assert "root:" not in str(error)


def test_folders_that_lead_to_themselves_are_entered_once(root: Path) -> None:
    (root / "inner").symlink_to(root, target_is_directory=True)
    assert found(root).unread == ()


def test_a_named_pipe_does_not_wait(root: Path) -> None:
    (root / "other").mkdir()
    os.mkfifo(root / "other/recipe.yaml")
    (error,) = found(root).unread
    assert "is a named pipe" in error.what


def test_a_file_of_somebody_else_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = texts.open_regular

    def refuse(path: Path) -> object:
        if path.name == "Makefile":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    (root / "Makefile").write_text("all:\n")
    monkeypatch.setattr(texts, "open_regular", refuse)
    (error,) = found(root).unread
    assert error.what == "'Makefile' cannot be checked: permission denied"


def test_of_very_many_files_only_some_are_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST", 20)
    folder = root / "zoo"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.cmake").write_text("")
    read: list[Path] = []
    opened = texts.open_regular

    def count(path: Path) -> object:
        read.append(path)
        return opened(path)

    monkeypatch.setattr(texts, "open_regular", count)
    found(root)
    assert len(read) == 20


def test_a_binary_log_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(bytes(range(256)) * 100)
    (error,) = check(log, []).unread
    assert error.exit_status == 2
    assert "it is no text" in error.what
