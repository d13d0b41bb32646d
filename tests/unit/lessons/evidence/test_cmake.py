"""What a check learns from CMake: its commands, its errors and its cache. CMake is a script."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import cmake, work
from crosscraft.lessons.evidence.cmake import Call, Configured, Situation
from crosscraft.lessons.evidence.session import Session
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.platforms import Platform
from crosscraft.system.console import Console

ERROR = """\
CMake Error at /build/share/FindPython/Support.cmake:46 (message):
  Python: no Interpreter
  in a cross build
Call Stack (most recent call first):
  CMakeLists.txt:10 (find_package)


CMake Error: the second

-- Configuring incomplete, errors occurred!
"""
SCRIPT = """\
#!/bin/sh
echo "$@" > {folder}/arguments
env > {folder}/environment
for word in "$@"; do
  case $word in --trace-redirect=*) cp {folder}/trace "${{word#*=}}";; esac
done
mkdir -p "$6"; cp {folder}/cache "$6/CMakeCache.txt"
cat {folder}/output
exit $(cat {folder}/status)
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a `cmake` that records its arguments and writes what the folder says."""
    tools = tmp_path / "build" / "bin"
    tools.mkdir(parents=True)
    (tools / "cmake").write_text(SCRIPT.format(folder=tmp_path))
    (tools / "cmake").chmod(0o755)
    variables = {
        "BUILD_PREFIX": str(tmp_path / "build"),
        "PREFIX": str(tmp_path / "host"),
        "SP_DIR": str(tmp_path / "host" / "site-packages"),
        "PY_VER": "3.11",
        "CMAKE_ARGS": "-DONE=1 -DTWO=2",
        "PATH": f"{tools}:{tmp_path / 'host'}/bin:/usr/bin:/bin",
    }
    monkeypatch.setattr(
        cmake.session, "of", lambda platform, project=None: Session(platform, variables)
    )
    monkeypatch.setattr(cmake, "_own_python", lambda: tmp_path / "own")
    for name, text in {"trace": "", "cache": "", "output": "-- fine\n", "status": "0"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "project").mkdir()
    return tmp_path


def configured(
    folder: Path, situation: Situation, *options: str, without: Sequence[str] = ()
) -> Configured:
    with work.begin(folder / "project", Console(io.StringIO())) as made:
        return cmake.configure(made, folder / "project", situation, *options, without=without)


def test_it_has_the_commands_of_the_learners_file_alone(stand_in: Path) -> None:
    own = str(stand_in / "project" / "CMakeLists.txt")
    entries = (
        {"version": {"major": 1}},
        {"file": own, "line": 2, "cmd": "PROJECT", "args": ["cpp_math"]},
        {"file": "/other/CMakeLists.txt", "line": 1, "cmd": "project", "args": []},
        {"file": own, "line": 3, "cmd": "set", "args": ["A", f"{stand_in}/host/site-packages/b"]},
        {"file": own, "line": 4, "cmd": "set", "args": ["B", f"{stand_in}/own/bin/python"]},
    )
    (stand_in / "trace").write_text("\n".join(map(json.dumps, entries)))
    made = configured(stand_in, Situation.CROSS)
    assert made.calls == (
        Call(2, "project", ("cpp_math",)),
        Call(3, "set", ("A", "$SP_DIR/b")),
        Call(4, "set", ("B", "(this machine's Python)/bin/python")),
    )
    assert str(made.calls[1]) == "line 3: set(A $SP_DIR/b)"
    assert made.ran("set") == made.calls[1:]
    assert made.ran("set", "B") == made.calls[2:]
    assert not made.ran("project", "other")


def test_a_refusal_begins_with_the_first_error_and_has_no_call_stack(stand_in: Path) -> None:
    (stand_in / "output").write_text(ERROR.replace("/build", f"{stand_in}/build"))
    (stand_in / "status").write_text("1")
    made = configured(stand_in, Situation.NATIVE)
    first = (
        "CMake Error at $BUILD_PREFIX/share/FindPython/Support.cmake:46 (message): Python: no "
        "Interpreter in a cross build"
    )
    assert made.errors[0] == first
    assert made.errors[1].startswith("CMake Error: the second")
    with pytest.raises(Refused) as refused:
        made.accepted()
    assert refused.value.who == "CMake, in a native conda build"
    assert refused.value.lines[0] == first


def test_the_cache_has_names_and_values(stand_in: Path) -> None:
    (stand_in / "cache").write_text(
        f"# text=no\n//more=no\n\nA:PATH={stand_in}/host/x\nB:BOOL=a=b\n"
    )
    assert configured(stand_in, Situation.NATIVE).cache == {"A": "$PREFIX/x", "B": "a=b"}


def environment(folder: Path) -> dict[str, str]:
    return dict(
        line.split("=", 1) for line in (folder / "environment").read_text().splitlines() if line
    )


def test_outside_of_a_conda_build_nothing_names_python(stand_in: Path) -> None:
    made = configured(stand_in, Situation.OUTSIDE, "-DTHREE=3")
    assert not {"PREFIX", "PY_VER", "SP_DIR"} & environment(stand_in).keys()
    assert environment(stand_in)["CMAKE_ARGS"]
    arguments = (stand_in / "arguments").read_text().split()
    assert {"-DONE=1", "-DTWO=2", "-DTHREE=3"} <= set(arguments)
    assert made.where == "cross-compiling outside of a conda build"


def test_cmake_runs_again_in_the_folder_of_an_earlier_run(stand_in: Path) -> None:
    project = stand_in / "project"
    with work.begin(project, Console(io.StringIO())) as making:
        first = cmake.configure(making, project, Situation.NATIVE)
        (stand_in / "cache").write_text("A:BOOL=ON\n")
        again = cmake.configure(making, project, Situation.ALONE, "-DA=ON", again=first)
        other = cmake.configure(making, project, Situation.CROSS)
    assert again.folder == first.folder != other.folder
    assert (first.cache, again.cache) == ({}, {"A": "ON"})
    assert again.where == "compiling natively outside of a conda build"


def test_without_its_arguments_cmake_gets_none(stand_in: Path) -> None:
    made = configured(stand_in, Situation.CROSS, without=["CMAKE_ARGS"])
    assert "-DONE=1" not in (stand_in / "arguments").read_text()
    assert "CMAKE_ARGS" not in environment(stand_in)
    assert environment(stand_in)["PREFIX"]
    assert made.where == "in a cross build for linux-aarch64 without $CMAKE_ARGS"


def test_a_python_of_this_machine_comes_after_the_two_environments(stand_in: Path) -> None:
    configured(stand_in, Situation.CROSS)
    first = [f"{stand_in}/{name}/bin" for name in ("build", "host", "own")]
    assert environment(stand_in)["PATH"].split(":")[:4] == [*first, "/usr/bin"]


def test_the_platform_is_the_one_asked_for(stand_in: Path) -> None:
    seen: list[Platform] = [configured(stand_in, Situation.CROSS).session.platform]
    with work.begin(stand_in / "project", Console(io.StringIO())) as made:
        other = cmake.configure(made, stand_in / "project", Situation.CROSS, arm="linux-ppc64le")
    seen.append(other.session.platform)
    assert [platform.subdir for platform in seen] == ["linux-aarch64", "linux-ppc64le"]
    assert other.where == "in a cross build for linux-ppc64le"
