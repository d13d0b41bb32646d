"""What a cross build reaches in a project's CMake files."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check.project import Project


def reached(folder: Path, files: dict[str, str]) -> dict[str, bool | None]:
    """The calls of message, by their texts."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    project = Project(folder, "linux-aarch64")
    return {each.words[-1]: each.reached for each in project.cmake if each.name == "message"}


def test_a_file_is_as_certain_as_what_includes_it(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": "if(WITH_TESTS)\n  add_subdirectory(t)\nendif()\nadd_subdirectory(src)\n",
        "t/CMakeLists.txt": "message(maybe)\nif(WIN32)\n  message(never)\nendif()\n",
        "src/CMakeLists.txt": "message(always)\n",
    }
    assert reached(tmp_path, files) == {"maybe": None, "never": False, "always": True}


def test_what_only_may_end_ends_nothing(tmp_path: Path) -> None:
    text = (
        "cmake_minimum_required(VERSION 3.5 FATAL_ERROR)\nif(X)\n  return()\nendif()\nmessage(a)\n"
    )
    assert reached(tmp_path, {"CMakeLists.txt": text}) == {"a": True}


def test_include_finds_a_module_by_its_name(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": 'list(APPEND CMAKE_MODULE_PATH "${X}/cmake")\ninclude(Checks)\n',
        "cmake/Checks.cmake": "message(here)\n",
    }
    assert reached(tmp_path, files) == {"here": True}


def test_a_name_that_two_modules_have_is_followed_to_none(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": "include(Checks)\n",
        "a/Checks.cmake": "message(a)\n",
        "b/Checks.cmake": "message(b)\n",
    }
    assert reached(tmp_path, files) == {}


@pytest.mark.parametrize("last", ["return()", 'message(FATAL_ERROR "no")'])
def test_nothing_is_reached_after_the_end(last: str, tmp_path: Path) -> None:
    text = f"if(CMAKE_CROSSCOMPILING)\n  message(a)\n  {last}\nendif()\nmessage(b)\n"
    assert "b" not in reached(tmp_path, {"CMakeLists.txt": text})


CONDITIONS = {
    'CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$"': False,
    '"${CMAKE_SYSTEM_PROCESSOR}" STREQUAL "aarch64"': True,
    "CMAKE_SYSTEM_NAME STREQUAL Linux AND UNIX": True,
    "CMAKE_CXX_COMPILER_ID MATCHES GNU|Clang": True,
    "CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL x86_64": None,
    "FAST": True,
    "SLOW": False,
    "GIVEN": None,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_every_cross_build_says(condition: str, tmp_path: Path) -> None:
    options = 'option(FAST "a" ON)\noption(SLOW "a" OFF)\noption(GIVEN "a" ON)\n'
    text = f"{options}if({condition})\n  message(a)\nendif()\n"
    files = {"CMakeLists.txt": text, "build.sh": "cmake ${CMAKE_ARGS} -DGIVEN=$MAYBE .\n"}
    assert reached(tmp_path, files) == {"a": CONDITIONS[condition]}
