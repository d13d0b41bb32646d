"""Diagnosis: the lines of a log that matter, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscraft.building import failures, recipe
from crosscraft.building.engines.interface import Failure, Outcome
from crosscraft.errors import BuildError, StorageError
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup

WORK = "/cache/builds/build-x/work/bld/rattler-build_a_17/work"
NOISE = [f"[{n}/100] Building CXX object {n}.o" for n in range(100)]

LOGS = {
    "compiler": (
        [
            f"In file included from {WORK}/src/math.cpp:1:",
            f"{WORK}/src/math.cpp:6:12: error: expected ';'",
            "    6 | int x = 1",
            "      |          ^",
        ],
        [
            "In file included from src/math.cpp:1:",
            "src/math.cpp:6:12: error: expected ';'",
            "    6 | int x = 1",
            "      |          ^",
        ],
    ),
    "fatal": (["a.cpp:1:10: fatal error: no.h: No such file or directory"] * 1, None),
    "linker": (["ld: a.o: undefined reference to `f()'"], None),
    "CMake": (["CMake Error at CMakeLists.txt:3 (find_package):", "  Could not find it"], None),
    "CMake, with a line of its other stream between": (
        [
            "CMake Error at CMakeLists.txt:3 (message):",
            "-- Configuring incomplete, errors occurred!",
            "  It must be said",
        ],
        ["CMake Error at CMakeLists.txt:3 (message):", "  It must be said"],
    ),
    "ninja": (["ninja: error: unknown target 'stub'"], None),
    "Python": (["ModuleNotFoundError: No module named 'x'"], None),
    "shell": (["conda_build.sh: line 9: cmaek: command not found"], None),
}


@pytest.mark.parametrize(("lines", "shown"), LOGS.values(), ids=LOGS)
def test_the_error_lines_are_found_in_the_noise(lines, shown):
    found = failures.error_lines([*NOISE, *lines])
    assert found == (shown or lines)


def test_without_a_telling_line_the_last_ones_are_shown():
    assert failures.error_lines(NOISE) == NOISE[-8:]
    assert failures.error_lines([]) == []


def test_a_wall_of_errors_is_cut():
    lines = [f"a.cpp:{n}:1: error: x" for n in range(500)]
    assert failures.error_lines(lines) == lines[:24]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"{WORK}/CMakeLists.txt:1: error: x", "CMakeLists.txt:1: error: x"),
        ("$SRC_DIR/build/../src/a.cpp:1:1: error: x", "src/a.cpp:1:1: error: x"),
        ("../src/a.cpp:1:1: error: x", "src/a.cpp:1:1: error: x"),
        ("E: /t/host_env_placehold_placehold/lib/x", "E: $PREFIX/lib/x"),
        ("E: /t/rattler-build_a_17/build_env/bin/x", "E: $BUILD_PREFIX/bin/x"),
    ],
)
def test_folders_have_the_names_the_learner_knows(line, shown):
    assert failures.error_lines([line]) == [shown]


def outcome(tmp_path, kind, *lines):
    log = tmp_path / "log"
    log.write_text("\n".join(lines))
    return Outcome(Failure(kind, "the engine's words"), (("a", log),))


def fail(tmp_path, kind, *lines):
    found = outcome(tmp_path, kind, *lines)
    target = lookup("linux-aarch64")
    rendered = recipe.render(ROOT / "cpp_math/recipe/recipe.yaml", target, target)
    return failures.failed(found, rendered, target, tmp_path)


def test_the_log_is_kept_and_named(tmp_path):
    error = fail(tmp_path, "script", *NOISE, "a.cpp:1:1: error: x")
    kept = tmp_path / "logs/a-linux-aarch64.log"
    assert isinstance(error, BuildError)
    assert error.what == "a did not build for linux-aarch64"
    assert str(kept) in error.remedy
    assert kept.read_text().splitlines() == [*NOISE, "a.cpp:1:1: error: x"]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [("disk", []), ("script", ["a.s: Fatal error: No space left on device"])],
)
def test_a_full_disk_is_told_as_one(tmp_path, kind, lines):
    error = fail(tmp_path, kind, *lines)
    assert isinstance(error, StorageError)
    assert error.what.startswith("the disk is full")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    "line",
    ["it ended with status -9", "g++: fatal error: Killed signal terminated program cc1plus"],
)
def test_what_was_killed_is_told_as_such(tmp_path, line):
    """Nothing in the project is wrong; most likely the machine has too little memory."""
    error = fail(tmp_path, "script", "-- a line of CMake's", line)
    assert "its processes were killed (signal 9)" in str(error)
    assert "memory" in error.remedy
    assert not error.detail


def test_a_log_that_cannot_be_kept_is_not_promised(tmp_path):
    (tmp_path / "logs").write_text("a file in the way")
    assert "-v" in fail(tmp_path, "script", "x").remedy


def test_an_engine_that_says_more_than_a_line_is_shown_line_by_line(tmp_path):
    found = outcome(tmp_path, "other", "-- a line of the log")
    many = replace(found, failure=Failure("other", "not solved\nno candidates\n└─ for a"))
    target = lookup("linux-64")
    rendered = recipe.render(ROOT / "cpp_math/recipe/recipe.yaml", target, target)
    error = failures.failed(many, rendered, target, tmp_path)
    assert error.detail == ("not solved", "no candidates", "└─ for a")
    assert error.what == "a did not build for linux-64"
    alone = failures.failed(found, rendered, target, tmp_path)
    assert alone.what == "a did not build for linux-64: the engine's words"


def test_a_failed_test_is_told_as_one(tmp_path):
    assert fail(tmp_path, "test", "x").what == "a test of a failed on linux-aarch64"
