"""Diagnosis: the lines of a log that matter, and nothing else."""

from __future__ import annotations

import pytest

from crosscraft.building import failures, recipe
from crosscraft.building.check import catalogue
from crosscraft.building.engines.interface import Failure, Outcome
from crosscraft.errors import BuildError, InstallError, StorageError
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup, native
from tests.support.engine_errors import HEAD, building_error, write

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
    "Python, for -m": (["/usr/bin/python3: No module named nanobind"], None),
    "shell": (["conda_build.sh: line 9: cmaek: command not found"], None),
}


@pytest.mark.parametrize(("lines", "shown"), LOGS.values(), ids=LOGS)
def test_the_error_lines_are_found_in_the_noise(lines, shown):
    found = failures.error_lines([*NOISE, *lines])
    assert found == (shown or lines)


def test_the_same_error_of_many_sources_is_shown_once():
    error = ["cc1plus: error: unknown value", "note: valid are", "[2/9] Building", "FAILED: a.o"]
    assert failures.error_lines([*error, "c++ -c a.cpp", *error, "c++ -c b.cpp"]) == error


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


TARGET = lookup("linux-aarch64")


@pytest.fixture(scope="module")
def rendered():
    return recipe.render(ROOT / "cpp_math/recipe/recipe.yaml", native(), TARGET)


@pytest.fixture
def fail(tmp_path, rendered):
    """How a build fails that says `text`, with a log for each name."""

    def fail(failure, **logs):
        for name, lines in logs.items():
            (tmp_path / f"{name}.txt").write_text("\n".join(lines))
        outcome = Outcome(failure, tuple((name, tmp_path / f"{name}.txt") for name in logs))
        return failures.failed(outcome, rendered, TARGET, tmp_path)

    return fail


def test_the_log_of_the_output_that_failed_is_kept_and_named(tmp_path, fail, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    lines = [*NOISE, "a.cpp:1:1: error: x"]
    error = fail(Failure("script", "Script failed", "b"), a=["a: error: y"], b=lines)
    kept = tmp_path / "logs/b-linux-aarch64.log"
    assert isinstance(error, BuildError)
    assert error.what == "b did not build for linux-aarch64"
    assert error.detail == ("a.cpp:1:1: error: x",)
    assert str(kept) in error.remedy
    assert kept.read_text().splitlines() == lines
    recorded = tmp_path / "cache" / failures.LAST_FAILURE
    assert recorded.read_text() == f"{kept}\n"
    assert recorded.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("kind", "lines"),
    [("disk", []), ("script", ["a.s: Fatal error: No space left on device"])],
)
def test_a_full_disk_is_told_as_one(tmp_path, fail, kind, lines):
    error = fail(Failure(kind, "x", "a"), a=lines)
    assert isinstance(error, StorageError)
    assert error.what.startswith("the disk is full")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    "line",
    ["it ended with status -9", "g++: fatal error: Killed signal terminated program cc1plus"],
)
def test_what_was_killed_is_told_as_such(fail, line):
    """Nothing in the project is wrong; most likely the machine has too little memory."""
    error = fail(Failure("script", "Script failed", "a"), a=["-- a line of CMake's", line])
    assert "its processes were killed (signal 9)" in str(error)
    assert "memory" in error.remedy
    assert not error.detail


def test_a_log_that_cannot_be_kept_is_not_promised(tmp_path, fail):
    (tmp_path / "logs").write_text("a file in the way")
    assert "log" not in fail(Failure("script", "Script failed", "a"), a=["x"]).remedy


def test_a_script_that_prints_nothing_has_no_error_above(fail):
    error = fail(Failure("script", "Script failed", "a"), a=[])
    assert not error.detail
    assert "above" not in error.remedy


def test_an_unknown_message_is_shown_line_by_line_and_without_the_log_of_another(fail):
    text = "not solved\nno candidates\n└─ for a"
    error = fail(Failure("other", text, "b"), a=["a: error: y"])
    assert error.detail == (
        "the engine says:", "  not solved", "  no candidates", "  └─ for a",
    )  # fmt: skip
    assert error.what == "b did not build for linux-aarch64"
    assert "log" not in error.remedy


def test_an_engine_that_gives_no_reason_is_not_quoted(fail):
    error = fail(Failure("other", "it ended with status -6", "a"))
    assert "gave no reason, and it ended with status -6" in error.what
    assert not error.detail


def test_a_failure_before_any_output_names_the_recipes(fail):
    assert fail(Failure("other", "x")).what == "cpp_math did not build for linux-aarch64"


def test_a_failed_test_is_told_as_one(fail):
    error = fail(Failure("test", "Test failed", "b", 0), a=["x"], b=["y"], test=["z: error: no"])
    assert error.what == "a test of b failed on linux-aarch64"
    assert error.detail == ("z: error: no",)


def test_a_test_that_did_not_begin_is_not_told_by_the_log_of_the_build(fail):
    error = fail(Failure("test", "Test failed", "b", 0), b=["y: error: no"])
    assert error.detail == ("the engine says:", "  Test failed")


TRAP = catalogue.find("interpreter-of-the-target")
MESSAGE = TRAP.symptoms[0].example.splitlines()


def broken():
    return BuildError("b did not build", remedy="Fix it.", detail=["ninja: error: no"])


@pytest.fixture
def name(tmp_path):
    """The last line above an error's own, after a failure with a log for each output."""

    def name(error, failure, **logs):
        for output, lines in logs.items():
            (tmp_path / f"{output}.txt").write_text("\n".join(lines))
        outcome = Outcome(failure, tuple((one, tmp_path / f"{one}.txt") for one in logs))
        before = error.detail
        named = failures.name_trap(error, outcome).detail
        assert named[: len(before)] == before
        return named[len(before) :]

    return name


@pytest.mark.parametrize("kind", ["script", "test"])
def test_a_known_trap_is_named_below_the_error(name, kind):
    logs = {"test" if kind == "test" else "b": [*NOISE, *MESSAGE, *NOISE]}
    (line,) = name(broken(), Failure(kind, "Script failed", "b"), **logs)
    assert line.startswith(f"trap: {TRAP.name}: ")


def test_the_text_of_the_solver_is_read_too(name):
    unsolved = InstallError("nothing provides a", remedy="Ask for it.")
    (line,) = name(unsolved, Failure("dependencies", "\n".join(MESSAGE), "b"))
    assert TRAP.name in line


def test_no_trap_is_named_without_its_message(name):
    assert name(broken(), Failure("script", "Script failed", "b"), a=MESSAGE, b=NOISE) == ()


def test_a_full_disk_is_no_trap(name):
    full = StorageError("the disk is full", remedy="Free some space.")
    assert name(full, Failure("disk", "\n".join(MESSAGE), "b")) == ()


@pytest.fixture
def say(tmp_path, monkeypatch):
    """How the engine ends the build of a recipe, and the recipe, rendered."""
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "cache"))

    def say(text, **files):
        path = write(tmp_path / "a", {"recipe.yaml": HEAD + text, **files})
        failure = Failure("other", building_error(path), "a")
        rendered = recipe.render(path, native(), TARGET)
        return failures.failed(Outcome(failure, ()), rendered, TARGET, tmp_path)

    return say


def test_a_message_with_folders_of_the_build_is_told_with_the_names_of_variables(say):
    error = say('build: {script: ["echo $PREFIX/x > $RATTLER_BUILD_PACKAGE_FILES"]}')
    assert "lists $PREFIX/x in $RATTLER_BUILD_PACKAGE_FILES" in error.what


def test_the_sources_of_the_output_are_named(say):
    error = say("source: [{url: gopher://h/x, target_directory: x}, {url: gopher://h/y}]")
    assert "the source gopher://h/x or gopher://h/y could not be downloaded" in error.what


def test_the_patches_of_the_output_are_named_with_the_part_that_does_not_apply(say):
    one, two = (f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{n}\n+6\n" for n in (5, 1))
    files = {"src/x": "1\n", "one.patch": one, "two.patch": two}
    error = say("source: {path: src, patches: [one.patch, two.patch]}", **files)
    assert "the patch one.patch or two.patch does not apply" in error.what
    assert error.detail == ("@@ -1 +1 @@", "-5", "+6")


def test_the_script_of_the_output_is_named(say):
    assert "`nowhere.sh`" in say("build: {script: {file: nowhere.sh}}").what
    assert "`echo ${{ nope.x }}`" in say("build: {script: [true, 'echo ${{ nope.x }}']}").what
