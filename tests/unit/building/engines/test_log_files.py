"""What is made of rattler-build's folders and logs."""

from __future__ import annotations

import os

import pytest

from crosscraft.building.engines import log_files
from crosscraft.building.engines.interface import Failure


@pytest.fixture
def log(tmp_path):
    """The log of an output called ``a``, with a function that adds to it."""
    path = tmp_path / "bld/rattler-build_a_1700000000/work/conda_build.log"
    path.parent.mkdir(parents=True)

    def add(text):
        with path.open("a") as file:
            file.write(text)

    return add


@pytest.fixture
def watch(tmp_path):
    seen = []
    found = log_files.LogFiles(tmp_path, seen.append)
    found.seen = seen
    yield found
    found.close()


def phases(watch):
    found = [(event.output, event.phase) for event in watch.seen]
    return list(dict.fromkeys(found))


def test_phases_are_told_once_each_and_in_order(watch, log):
    watch.poll()
    log("+ cmake -G Ninja\n-- Configuring done\n+ ninja -C build install\n[1/2] Building\n")
    watch.poll()
    log("[2/2] Linking\n-- Install configuration\n-- Installing: x\n[1/1] late\n")
    watch.poll()
    assert phases(watch) == [
        ("a", "environments"), ("a", "configure"), ("a", "compile"), ("a", "install")
    ]  # fmt: skip
    assert [(e.done, e.total) for e in watch.seen if e.total][:2] == [(1, 2), (2, 2)]


def test_a_script_without_cmake_builds(watch, log):
    log("+ mkdir x\nquiet\n")
    watch.poll()
    assert phases(watch) == [("a", "environments"), ("a", "compile")]


def test_a_variable_is_set_before_anything_is_done(watch, log):
    log("+ export A=1 B=2\n+ A=1\n+ B=2\n+ cmake -B build\n")
    watch.poll()
    assert phases(watch) == [("a", "environments"), ("a", "configure")]


def test_a_line_waits_until_it_is_whole(watch, log):
    log("+ cma")
    watch.poll()
    assert [event.line for event in watch.seen if event.line] == []
    log("ke -B build\nnext")
    watch.poll()
    assert [event.line for event in watch.seen if event.line] == ["+ cmake -B build"]


def test_every_line_of_the_log_is_reported(watch, log):
    lines = ["+ cmake", "anything", "", "[1/1] Building", "-- Install x", "end"]
    log("".join(f"{line}\n" for line in lines))
    watch.poll()
    assert [event.line for event in watch.seen if event.line] == [line for line in lines if line]


def test_a_test_is_a_phase(watch, log, tmp_path):
    log("+ true\n")
    watch.poll()
    (tmp_path / "test/test_aAbCdEf").mkdir(parents=True)
    watch.poll()
    assert phases(watch)[-1] == ("a", "test")


@pytest.mark.parametrize("stamp", ["_1700000000", ""])
def test_names_with_dashes_and_underscores(tmp_path, stamp):
    for name in ("cpp_math", "cpp_math-stubs"):
        (tmp_path / f"bld/rattler-build_{name}{stamp}/work").mkdir(parents=True)
    begun = [name for name, _ in log_files._started(tmp_path)]
    assert sorted(begun) == ["cpp_math", "cpp_math-stubs"]


def test_the_last_output_or_test_is_the_one_that_failed(watch, log, tmp_path):
    assert watch.failed("other", "x") == Failure("other", "x", "")
    log("+ true\n")
    watch.poll()
    assert watch.failed("dependencies", "x") == Failure("dependencies", "x", "a")
    (tmp_path / "bld/rattler-build_b-c_1700000000/work").mkdir(parents=True)
    watch.poll()
    assert watch.failed("dependencies", "x").output == "b-c"
    for second, name in enumerate(("aAbCdEf", "b-cAbCdEf", "aFeDcBa")):
        log_file = tmp_path / f"test/test_{name}/test/conda_build.log"
        log_file.parent.mkdir(parents=True)
        log_file.touch()
        os.utime(tmp_path / f"test/test_{name}", (second, second))
    assert watch.failed("test", "x") == Failure("test", "x", "a", 1)
    assert watch.paths()[-1] == ("test", tmp_path / "test/test_aFeDcBa/test/conda_build.log")
    log_file.unlink()
    assert [name for name, _ in watch.paths()] == ["a"]
