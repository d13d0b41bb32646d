"""``crosscraft check``: what it prints, and with which status it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import call

MAKEFILE = "CC = gcc\na: a.c\n\t$(CC) -o a a.c\n"
LOG = "strip: Unable to recognise the format of the input file `a'\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Makefile").write_text(MAKEFILE)
    return folder


def test_a_project_with_a_trap(project: Path) -> None:
    done = call("check", project)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{project}/Makefile:1: makefile-names-compiler: `CC = gcc`")
    assert "-CC = gcc\n+CC ?= gcc\n" in done.stdout
    assert done.stderr == ""


def test_the_current_folder_is_the_project(project: Path) -> None:
    assert call("check", cwd=project).stdout.startswith("Makefile:1: makefile-names-compiler: ")


def test_one_file_of_a_project(project: Path) -> None:
    assert call("check", "Makefile", cwd=project).stdout.startswith("Makefile:1: ")


def test_a_native_build_has_no_trap(project: Path) -> None:
    done = call("check", project, "--platform", "linux-64")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_log_and_a_project_together_as_json(project: Path, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LOG)
    done = call("check", tmp_path / "log", project, "--format", "json")
    assert done.returncode == 1
    assert [row["trap"] for row in json.loads(done.stdout)] == [
        "strip-of-the-build-machine",
        "makefile-names-compiler",
    ]


def test_what_cannot_be_read_hides_no_finding(project: Path) -> None:
    (project / "pyproject.toml.log").write_bytes(b"\0" * 100)
    done = call("check", project, project / "pyproject.toml.log", "--format", "github")
    assert done.returncode == 2
    assert done.stdout.startswith("::error file=")
    assert done.stderr.count("\n") == 1
    assert "it is no text" in done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "no such file or directory"),
        ("empty-folder", "there is no file that builds something"),
        ("damaged.conda", "damaged.conda"),
        ("damaged.whl", "damaged.whl"),
    ],
)
def test_what_is_no_project_no_log_and_no_package(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "damaged.conda").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "damaged.whl").write_bytes(b"")
    done = call("check", tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("crosscraft: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_log_has_no_trap(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    done = call("check", tmp_path / "log")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_unknown_platform_is_named(project: Path) -> None:
    done = call("check", project, "--platform", "linux-arm64")
    assert done.returncode != 0
    assert "there is no platform 'linux-arm64'" in done.stderr
