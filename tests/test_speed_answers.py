"""What CMake found out before is taken only where it would find out the same: tests that try to
have it take something else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosscraft.building import speed
from crosscraft.channel import select
from crosscraft.environments import install
from crosscraft.platforms import native
from crosscraft.system import files

SPEED = Path(speed.__file__).parent
HOLDS = "What CMake found out before about compilers and Python still holds"
FOR_ANOTHER = "What CMake found out for another output about compilers holds here too"
OF_PYTHON = FOR_ANOTHER.replace("compilers", "Python")
OF_FLAGS = FOR_ANOTHER.replace("compilers", "flags")
PROJECT = """\
cmake_minimum_required(VERSION 3.19...4.0)
project(asked CXX)
find_package(Python 3.10 COMPONENTS Interpreter Development.Module REQUIRED)
add_library(asked SHARED asked.cpp)
get_cmake_property(names VARIABLES)
list(FILTER names INCLUDE REGEX "^(CMAKE_|Python_)")
list(FILTER names EXCLUDE REGEX "DEPRECATED|MATCH_|^CMAKE_ARG")
foreach(name IN LISTS names)
  string(REPLACE "\\n" " " value "${${name}}")
  file(APPEND "${CMAKE_BINARY_DIR}/found.txt" "${name}=${value}\\n")
endforeach()
"""


@pytest.fixture(scope="module")
def prefixes():
    channels = [select.choose()]
    tools = ["cmake", "ninja", f"gxx_{native().subdir}"]
    return (
        install.create(tools, native(), channels).prefix,
        install.create(["python", "nanobind"], native(), channels, glibc="2.99").prefix,
    )


@pytest.fixture
def configure(tmp_path, prefixes):
    """Configure a project in an empty build folder; returns what CMake said, and found."""
    tools, python = prefixes
    source = tmp_path / "source"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(PROJECT)
    (source / "asked.cpp").write_text("int asked() { return 1; }\n")
    (activation,) = tools.glob("etc/conda/activate.d/*.sh")
    script = (
        f'. {activation}; rm -rf $REMOVED; cmake -G Ninja -S . -B build $CMAKE_ARGS "$@"; '
        "ninja -C build -t commands >build/commands.txt"
    )

    def run(*words: str, fresh: bool = True, **variables: str) -> tuple[str, dict[str, str]]:
        env = {
            "PATH": f"{tools}/bin:{python}/bin:{os.environ['PATH']}",
            "BUILD_PREFIX": str(tools),
            "PREFIX": str(python),
            "CMAKE_TOOLCHAIN_FILE": str(SPEED / "project.cmake"),
            "CROSSCRAFT_ANSWERS": str(tmp_path / "answers"),
            "CROSSCRAFT_ASKED": "packages and variables",
            "REMOVED": "build" if fresh else "build/found.txt",
        }
        done = subprocess.run(
            ["bash", "-euc", script, "bash", *words],
            cwd=source,
            env=env | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        files = {path.name: path.read_text() for path in (source / "build").glob("*.txt")}
        return done.stdout, files

    run.source = source
    run.answers = tmp_path / "answers"
    return run


@pytest.mark.builds
def test_the_second_time_finds_what_the_first_one_found(configure):
    said, first = configure()
    assert HOLDS not in said
    assert "The CXX compiler identification is GNU" in said
    # What was not found may come to be there.
    (entries,) = configure.answers.glob("*/entries.cmake")
    assert "NOTFOUND" not in entries.read_text()
    said, second = configure()
    assert HOLDS in said
    assert "identification" not in said
    assert "Found Python" in said
    assert first["commands.txt"] == second["commands.txt"]

    def found(files: dict[str, str]) -> set[str]:
        return set(files["found.txt"].splitlines())

    # How a compiler was detected is known only to who detected it. CMake itself does without in
    # a folder that it configures again, and that is what the kept answers are like.
    again = configure(fresh=False)[1]
    assert found(second) - found(again) <= found(first)
    assert _names(found(first) ^ found(second)) <= _names(found(first) ^ found(again))
    assert any(line.startswith("CMAKE_OBJCOPY=/") for line in found(second))


def _names(lines: set[str]) -> set[str]:
    return {line.split("=")[0] for line in lines}


CHANGES = {
    "a package or a variable": lambda source: ((), {"CROSSCRAFT_ASKED": "others"}),
    "a word of the command": lambda source: (("-DCMAKE_CXX_FLAGS=-O1",), {}),
    "a variable of the project's": lambda source: (("-DASKED=1",), {}),
    "CMakeLists.txt": lambda source: _add(source / "CMakeLists.txt", "# another\n"),
    "a CMake file": lambda source: _add(source / "more.cmake", "set(MORE 1)\n"),
    "a CMake file, deep": lambda source: _add(source / "a/b/CMakeLists.txt", "set(MORE 1)\n"),
    "a preset": lambda source: _add(source / "CMakePresets.json", '{"version": 3}\n'),
}


def _add(path: Path, text: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)
    return (), {}


@pytest.mark.builds
def test_whatever_it_hangs_on_is_seen(configure):
    configure()
    assert HOLDS in configure()[0]
    for what, change in CHANGES.items():
        words, variables = change(configure.source)
        assert HOLDS not in configure(*words, **variables)[0], what
        assert HOLDS in configure(*words, **variables)[0], what


@pytest.mark.builds
def test_an_edited_source_is_nothing_to_ask_again_for(configure):
    configure()
    (configure.source / "asked.cpp").write_text("int asked() { return 2; }\n")
    assert HOLDS in configure()[0]


@pytest.mark.builds
def test_nothing_is_kept_of_a_project_that_fails(configure):
    (configure.source / "CMakeLists.txt").write_text(
        f'{PROJECT}if(DEFINED FAIL)\n message(FATAL_ERROR "no")\nendif()\n'
    )
    with pytest.raises(AssertionError, match="no"):
        configure("-DFAIL=1")
    assert not list(configure.answers.glob("*"))


@pytest.mark.builds
def test_nothing_is_kept_of_a_python_elsewhere_on_the_machine(configure):
    """No checksum names it, so nobody would see it become another one."""
    listfile = configure.source / "CMakeLists.txt"
    listfile.write_text(PROJECT.replace(" Development.Module", ""))
    configure()
    assert len(list(configure.answers.glob("*"))) == 1
    configure(f"-DPython_EXECUTABLE={Path(sys.executable).resolve()}")
    assert len(list(configure.answers.glob("*"))) == 1


# ── what they hang on, as the driver's script says it ───────────────────────────────────


@pytest.fixture
def asked(tmp_path):
    """What the script of a build says that the answers hang on."""
    script = tmp_path / "script.sh"
    script.write_text("\n".join(speed._answers(["own", "own-stubs"])))
    for prefix in ("build", "host"):
        (tmp_path / prefix / "conda-meta").mkdir(parents=True)

    (tmp_path / "work/deep").mkdir(parents=True)

    def put(name: str, sha256: str, files: dict[str, str] | None = None) -> None:
        for path, text in (files or {}).items():
            target = tmp_path / "host" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        rows = [{"_path": path, "sha256": os.urandom(8).hex()} for path in files or {}]
        text = json.dumps({"sha256": sha256, "paths_data": {"paths": rows}}, indent=2)
        (tmp_path / "host/conda-meta" / f"{name}-1-h0_0.json").write_text(text)

    def say(**variables: str) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "BUILD_PREFIX": str(tmp_path / "build"),
            "PREFIX": str(tmp_path / "host"),
            "SRC_DIR": str(tmp_path / "work"),
        }
        return subprocess.run(
            ["bash", "-ec", f'. {script}; echo "$CROSSCRAFT_ASKED"'],
            env=env | variables,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    say.put = put
    say.work = tmp_path / "work"
    return say


def test_a_package_counts_by_its_checksum(asked, own_cache):
    asked.put("nanobind", "one", {"share/file": "1"})
    first = asked()
    asked.put("nanobind", "one", {"share/file": "2"})
    assert asked() == first
    asked.put("nanobind", "two")
    assert asked() != first


def test_a_package_of_the_recipe_counts_by_its_files(asked, own_cache):
    module = "lib/python3.11/site-packages/own.cpython-311-x86_64-linux-gnu.so"
    asked.put("own", "one", {module: "1", "bin/python3.11-config": "1"})
    first = asked()
    asked.put("own", "two", {module: "2", "bin/python3.11-config": "1"})
    assert asked() == first, "nobody asks an extension module"
    asked.put("own", "two", {module: "2", "bin/python3.11-config": "2"})
    assert asked() != first
    asked.put("own-other", "one")
    other = asked()
    asked.put("own-other", "two")
    assert asked() != other, "its name begins like a package of the recipe, and it is none"


def test_a_package_in_the_other_environment_is_another(asked, own_cache, tmp_path):
    asked.put("tool", "one")
    first = asked()
    (meta,) = (tmp_path / "host/conda-meta").glob("tool*")
    meta.rename(tmp_path / "build/conda-meta" / meta.name)
    assert asked() != first


def test_every_variable_counts_but_the_time(asked, own_cache):
    first = asked()
    assert asked(SOURCE_DATE_EPOCH="1700000000") == first
    for name in ("CXXFLAGS", "Python_ROOT_DIR", "VIRTUAL_ENV", "CPATH", "SOURCE_DATE_EPOCH_2"):
        assert asked(**{name: "x"}) != first, name
    assert asked(FLAGS="a\nSOURCE_DATE_EPOCH=1") != asked(FLAGS="a\nSOURCE_DATE_EPOCH=2")


def test_every_file_of_the_project_counts_but_its_sources(asked, own_cache):
    first = asked()
    for name in ("a.c", "a.cpp", "deep/a.c++", "deep/a.H", "a.hpp", "a.cc", "conda_build.log"):
        (asked.work / name).write_text("")
        assert asked() == first, name
    seen = {first}
    for name in ("flags.txt", "deep/flags", ".hidden", "a.ch.in", "cpp", "conda_build.sh"):
        for text in ("", "-std=c++17"):
            (asked.work / name).write_text(text)
            seen.add(asked())
    assert len(seen) == 13


def test_nothing_is_asked_about_a_project_with_a_link(asked, own_cache):
    (asked.work / "deep/link").symlink_to("/elsewhere")
    assert asked() == "\n"


def test_it_stays_short(asked, own_cache):
    """It is passed on to every command in one variable, and Linux has a limit of 128 kB for one."""
    for number in range(2000):
        (asked.work / f"deep/{number:0100}.md").touch()
    assert len(asked(ANY="x" * 100_000)) < 200


@pytest.mark.parametrize("taken", ["answers.lock", "answers"])
def test_where_nothing_can_be_kept_nothing_is(tmp_path, monkeypatch, taken):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    assert speed._answers([])
    if taken == "answers":
        monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
        assert speed._ccache(Path("/x/ccache")) == []
    else:
        (tmp_path / "cache" / taken).unlink()
        (tmp_path / "cache" / taken).mkdir()
    assert speed._answers([]) == []


def test_no_more_than_some_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    kept = tmp_path / "cache/answers"
    for number in range(speed._ANSWERS + 5):
        (kept / f"{number:03}").mkdir(parents=True)
        os.utime(kept / f"{number:03}", (number, number))
    speed._answers([])
    assert sorted(path.name for path in kept.iterdir())[0] == "005"


def test_what_is_in_use_is_not_the_oldest(configure, tmp_path):
    configure()
    (kept,) = (tmp_path / "answers").iterdir()
    os.utime(kept, (1000, 1000))
    said, _ = configure()
    assert HOLDS in said
    assert kept.stat().st_mtime > 1000


def test_who_removes_waits_for_who_reads(tmp_path, monkeypatch, prefixes):
    """A build that reads old answers holds the lock: none is removed under its eyes."""
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(speed, "_ANSWERS", 1)
    kept = files.cache("answers")
    (kept / "one").mkdir()
    (kept / "other").mkdir()
    reads = tmp_path / "reads.cmake"
    reads.write_text(
        f'file(LOCK "{kept}.lock")\nfile(TOUCH "{tmp_path}/held")\n'
        "execute_process(COMMAND sleep 1)\n"
        f'file(GLOB found "{kept}/*")\nlist(LENGTH found count)\nmessage("still ${{count}}")\n'
    )
    cmake = [prefixes[0] / "bin" / "cmake", "-P", reads]
    with subprocess.Popen(cmake, stderr=subprocess.PIPE, text=True) as reader:
        while not (tmp_path / "held").exists():
            assert reader.poll() is None
            time.sleep(0.01)
        speed._answers([])
        assert "still 2" in reader.communicate()[1]
    assert len(list(kept.iterdir())) == 1


@pytest.mark.parametrize("name", ["entries.cmake", "CMakeCXXCompiler.cmake", "sums"])
@pytest.mark.parametrize("size", [None, 0, 100])
def test_answers_that_are_not_whole_are_none(configure, tmp_path, name, size):
    configure()
    (kept,) = (tmp_path / "answers").iterdir()
    (kept / name).unlink() if size is None else os.truncate(kept / name, size)
    said, found = configure()
    assert HOLDS not in said
    assert found
    assert HOLDS in configure()[0]


# ── compilers, for the other outputs ────────────────────────────────────────────────────


@pytest.fixture
def output(configure, tmp_path):
    """Configure for one output of a recipe; its variables and words may differ from another's."""
    began = tmp_path / "began"
    began.touch()
    later = time.time() + 3600  # other tests use the environments
    os.utime(began, (later, later))

    def run(*words: str, **variables: str) -> tuple[bool, dict[str, str]]:
        given = {"CROSSCRAFT_BEGAN": str(began), "SRC_DIR": str(configure.source)}
        said, files = configure(*words, **(given | variables))
        assert HOLDS not in said
        assert (FOR_ANOTHER in said) != ("identification" in said)
        return FOR_ANOTHER in said, files

    run.source, run.answers, run.began = configure.source, configure.answers, began
    return run


@pytest.mark.builds
def test_another_output_hears_of_compilers_what_the_first_one_heard(output):
    taken, first = output("-DASKED=1", PKG_NAME="one", SUBDIR="linux-64")
    assert not taken
    taken, second = output("-DASKED=2", PKG_NAME="other", SUBDIR="noarch")
    assert taken
    assert first["commands.txt"] == second["commands.txt"]
    plain = output("-DASKED=3", CROSSCRAFT_ASKED="")[1]  # nothing is kept, or taken
    assert plain["commands.txt"] == second["commands.txt"]
    found = [set(files["found.txt"].splitlines()) for files in (plain, second)]
    # What was looked for while the compiler was identified, and how (see above), is not there.
    assert _names(found[1] - found[0]) == {"CMAKE_MODULE_PATH"}


COMPILERS_CHANGES = {
    "the flags": lambda run: (("-DCMAKE_CXX_FLAGS=-O1",), {}),
    "another variable of CMake's": lambda run: (("-DCMAKE_SYSROOT=/",), {}),
    "what a compiler reads": lambda run: ((), {"COMPILER_PATH": "/nowhere"}),
    "any variable": lambda run: ((), {"ANYTHING": "else"}),
    "a package": lambda run: ((), {"CROSSCRAFT_ASKED": "other packages"}),
    "a CMake file": lambda run: _add(run.source / "more.cmake", "set(MORE 1)\n"),
    "CMakeLists.txt": lambda run: _add(run.source / "CMakeLists.txt", "# another\n"),
    "a file in an environment": lambda run: os.utime(run.began, (1, 1)) or ((), {}),
    "nobody knows": lambda run: run.began.unlink() or ((), {}),
    "the end of project()": lambda run: ((f"-DCMAKE_PROJECT_INCLUDE={run.source}/more",), {}),
}


@pytest.mark.builds
@pytest.mark.parametrize("change", COMPILERS_CHANGES.values(), ids=COMPILERS_CHANGES)
def test_whatever_compilers_are_found_by_is_seen(output, change):
    (output.source / "more").touch()
    assert not output()[0]
    assert output("-DASKED=1")[0]
    words, variables = change(output)
    assert not output("-DASKED=2", *words, **variables)[0]


@pytest.mark.builds
@pytest.mark.parametrize(
    "word",
    [
        "-DCMAKE_PROJECT_INCLUDE={}",
        "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES={}",
        "-DCMAKE_USER_MAKE_RULES_OVERRIDE_CXX={}",
        "-DCMAKE_MODULE_PATH=/no/such",
    ],
)
def test_a_project_that_has_a_part_in_it_does_without(output, word):
    (output.source / "more").touch()
    for number in (1, 2):
        assert not output(f"-DASKED={number}", word.format(output.source / "more"))[0]


@pytest.mark.builds
def test_a_project_of_long_ago_keeps_its_policies(output):
    """What our files set for themselves is not set for it."""
    (output.source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.5)\nproject(asked CXX)\n"
        "cmake_policy(GET CMP0077 found)\n"
        'file(WRITE "${CMAKE_BINARY_DIR}/found.txt" "<${found}>")\n'
    )
    for number, taken in ((1, False), (2, True)):
        said, files = output(f"-DASKED={number}")
        assert (said, files["found.txt"]) == (taken, "<>")


@pytest.mark.builds
@pytest.mark.parametrize(
    ("name", "type_", "kept"), [("Fortran", "FILEPATH", True), ("CXX", "STRING", False)]
)
def test_compilers_that_no_file_is_about_are_not_kept(configure, name, type_, kept):
    """One of another language, without its entry; one elsewhere, by whatever type, not at all."""
    listfile = configure.source / "CMakeLists.txt"
    where = "$ENV{BUILD_PREFIX}" if kept else "/elsewhere"
    listfile.write_text(
        f'{PROJECT}set(CMAKE_{name}_COMPILER "{where}/bin/other" CACHE {type_} "" FORCE)\n'
    )
    configure()
    entries = [file.read_text() for file in configure.answers.glob("*/entries.cmake")]
    assert bool(entries) == kept
    assert not any("bin/other" in one for one in entries)


@pytest.mark.builds
def test_a_file_beside_the_recipe_that_a_flag_names_is_on_no_list(configure, tmp_path):
    for _ in range(2):
        said, _ = configure(
            f"-DCMAKE_CXX_FLAGS=-I{tmp_path}/recipe", RECIPE_DIR=f"{tmp_path}/recipe"
        )
        assert HOLDS not in said
    assert not list(configure.answers.glob("*"))


@pytest.fixture
def compilers(tmp_path):
    """What compilers' answers hang on, as a script would have it said at its end."""
    for folder in ("work", "work/build", "build/lib", "host/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "there").write_text("1")
    (tmp_path / "began").touch()
    time.sleep(0.05)

    def say(**variables: str) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "BUILD_PREFIX": str(tmp_path / "build"),
            "PREFIX": str(tmp_path / "host"),
            "SRC_DIR": str(tmp_path / "work"),
            "CROSSCRAFT_BEGAN": str(tmp_path / "began"),
            "CROSSCRAFT_ASKED": "common\nof the output",
        }
        argv = ["bash", str(SPEED / "compilers.sh"), str(tmp_path / "work/build")]
        done = subprocess.run(argv, env=env | variables, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout

    return say


def test_what_a_compiler_asks_for_counts_and_what_an_output_is_called_does_not(compilers):
    said = compilers()
    assert said.startswith("common\n")
    assert "of the output" not in said
    for name in ("PKG_NAME", "PKG_HASH", "SUBDIR", "SOURCE_DATE_EPOCH", "CCACHE_NAMESPACE"):
        assert compilers(**{name: "x"}) == said, name
    for name in ("PKG_NAMES", "CPATH", "GCC_EXEC_PREFIX"):
        assert compilers(**{name: "x"}) != said, name
    assert compilers(A="1\nCPATH=/x") != compilers(A="1", CPATH="/x")


def test_what_a_script_changed_is_seen(compilers, tmp_path):
    (tmp_path / "work/build/CMakeCache.txt").touch()
    (tmp_path / "work/conda_build.log").touch()
    assert compilers() != ""
    for path in ("build/lib/there", "build/new", "host/lib/new", "work/there", "work/flags.rsp"):
        before = (tmp_path / path).stat() if (tmp_path / path).exists() else None
        (tmp_path / path).write_text("2")
        assert compilers() == "", path
        if before is None:
            (tmp_path / path).unlink()
        (tmp_path / "began").touch()
        time.sleep(0.05)
        assert compilers() != "", path
    there = tmp_path / "work/there"
    times = there.stat()
    there.write_text("3")
    os.utime(there, (times.st_atime, times.st_mtime))  # as `cp -p` does
    assert compilers() == ""


@pytest.mark.builds
def test_a_language_that_is_enabled_later_is_asked_for(output):
    """By then the project may have set what it is found by."""
    (output.source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.19)\n"
        "if(LATER)\n project(asked CXX)\n if(DEFINED CACHE{CMAKE_C_COMPILER})\n"
        '  message(FATAL_ERROR "of another output")\n endif()\n'
        " set(CMAKE_C_FLAGS -m32)\n enable_language(C)\n"
        'else()\n project(asked C CXX)\nendif()\nfile(WRITE "${CMAKE_BINARY_DIR}/found.txt" '
        '"${CMAKE_C_SIZEOF_DATA_PTR}")\n'
    )
    assert output()[1]["found.txt"] == "8"
    # That does not link here, which is what has to be found out.
    with pytest.raises(AssertionError, match=r"(?s)The C compiler.*is not able to compile"):
        output("-DLATER=1")


# ── Python and nanobind's questions, for the other outputs ──────────────────────────────

LATER = """\
cmake_minimum_required(VERSION 3.19...4.0)
project(asked CXX)
include(${CMAKE_SOURCE_DIR}/before_python OPTIONAL)
find_package(Python 3.10 COMPONENTS Interpreter Development.Module REQUIRED)
include(${CMAKE_SOURCE_DIR}/before_nanobind OPTIONAL)
file(GLOB nanobind_ROOT "${Python_SITELIB}/nanobind/cmake")
find_package(nanobind CONFIG REQUIRED)
get_cmake_property(names CACHE_VARIABLES)
list(FILTER names INCLUDE REGEX "^_Python_|^NB_HAS_")
list(FILTER names EXCLUDE REGEX "_REASON_FAILURE$")
foreach(name IN LISTS names)
  file(APPEND "${CMAKE_BINARY_DIR}/found.txt" "${name}=$CACHE{${name}}\\n")
endforeach()
"""


@pytest.fixture
def later(output, configure, prefixes, tmp_path):
    """Configure for an output with a Python in a folder of its own; says what was taken."""
    (output.source / "CMakeLists.txt").write_text(LATER)

    def run(*words: str, name: str, **variables: str) -> tuple[set[str], dict[str, str]]:
        tools, python = prefixes
        own = tmp_path / name / "host_env"
        if not own.exists():
            own.parent.mkdir()
            subprocess.run(["cp", "-al", python, own], check=True)
        given = {
            "PATH": f"{tools}/bin:{own}/bin:{os.environ['PATH']}",
            "PREFIX": str(own),
            "SRC_DIR": str(output.source),
            "CROSSCRAFT_BEGAN": str(output.began),
            "PKG_NAME": name,
        }
        said, files = configure(*words, f"-DNAME={name}", **(given | variables))
        taken = {line for line in (FOR_ANOTHER, OF_PYTHON, OF_FLAGS) if line in said}
        assert (OF_FLAGS in taken) != ("Performing Test NB_HAS" in said)
        return taken, files["found.txt"]

    run.source = output.source
    return run


@pytest.mark.builds
def test_another_output_hears_of_its_own_python(later, tmp_path):
    assert later(name="one")[0] == set()
    taken, found = later(name="other")
    assert taken == {FOR_ANOTHER, OF_PYTHON, OF_FLAGS}
    assert str(tmp_path / "other") in found
    assert str(tmp_path / "one") not in found
    # To the letter what it finds out by itself, with its signatures: it would ask again otherwise.
    plain = later(name="other", CROSSCRAFT_ASKED="")
    assert plain[0] == set()
    assert plain[1].splitlines() == found.splitlines()
    assert re.findall(r"^_Python_\w+_SIGNATURE=\w{32}$", found, re.M)
    assert re.findall(r"^NB_HAS_\w+=1$", found, re.M)


@pytest.mark.builds
@pytest.mark.parametrize(
    ("place", "line", "still"),
    [
        ("before_python", "set(Python_FIND_STRATEGY VERSION)", {OF_FLAGS}),
        ("before_python", "set(Python_USE_STATIC_LIBS TRUE)", {OF_FLAGS}),
        ("before_python", "set(CMAKE_LIBRARY_ARCHITECTURE other)", set()),
        ("before_python", "unset(CMAKE_CXX_COMPILER_VERSION)", set()),
        (
            "before_python",
            "execute_process(COMMAND touch -d 2hours $ENV{PREFIX}/bin/more)",
            {OF_FLAGS},
        ),
        (
            "before_python",
            "file(GLOB folder $ENV{PREFIX}/lib/python3*/site-packages)\n"
            "execute_process(COMMAND touch -d 2hours ${folder}/more.pth)",
            {OF_FLAGS},
        ),
        ("before_nanobind", 'set(CMAKE_CXX_FLAGS "-O1")', {OF_PYTHON}),
        ("before_nanobind", 'set(CMAKE_REQUIRED_FLAGS "-O1")', {OF_PYTHON}),
    ],
)
def test_whatever_an_output_sets_otherwise_is_seen(later, place, line, still):
    (later.source / place).write_text(f"if(NAME STREQUAL other)\n{line}\nendif()\n")
    assert later(name="one")[0] == set()
    assert later(name="third")[0] == {FOR_ANOTHER, OF_PYTHON, OF_FLAGS}
    assert later(name="other")[0] == {FOR_ANOTHER, *still}


@pytest.mark.builds
@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("CMakeLists.txt", "list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/more)"),
        (
            "CMakeLists.txt",
            "if(NOT CMAKE_MODULE_PATH)\n  set(CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/more)\nendif()",
        ),
        ("before_python", "list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/more)"),
    ],
)
def test_modules_of_others_come_first(later, where, line):
    """Those of the project, and of a package (which are on no list of CMake files)."""
    more = later.source / "more"
    more.mkdir()
    for name in ("FindPython", "CheckCXXCompilerFlag"):
        real = f'include("${{CMAKE_ROOT}}/Modules/{name}.cmake")\n'
        (more / f"{name}.cmake").write_text(f'{real}set(_Python_{name} 1 CACHE BOOL "")\n')
    if where == "CMakeLists.txt":
        text = LATER.replace("project(asked CXX)", f"project(asked CXX)\n{line}")
        (later.source / where).write_text(text)
    else:
        (later.source / where).write_text(f"{line}\n")
    for name, taken in (("one", set()), ("other", {FOR_ANOTHER})):
        said, found = later(name=name)
        assert said == taken
        assert {"_Python_FindPython=1", "_Python_CheckCXXCompilerFlag=1"} < set(found.splitlines())


@pytest.mark.builds
def test_python_asks_again_if_its_policy_is_another(later):
    """No variable tells of a policy; FindPython's own signature does."""
    line = "if(NAME STREQUAL other)\n  cmake_policy(SET CMP0094 OLD)\nendif()\nfind_package(Python"
    (later.source / "CMakeLists.txt").write_text(LATER.replace("find_package(Python", line))
    later(name="one")
    found = later(name="other")[1]
    assert found == later(name="other", CROSSCRAFT_ASKED="")[1]
    # The policy does make a difference, in the same folders.
    (later.source / "CMakeLists.txt").write_text(LATER)
    assert found != later(name="other", CROSSCRAFT_ASKED="")[1]


@pytest.mark.builds
@pytest.mark.parametrize(
    ("old", "new"),
    [("${look_for}:${_Python_EXECUTABLE}", "more"), ("_Python_SIGNATURE}", "_Python_SIGNS}")],
)
def test_a_findpython_that_signs_otherwise_is_asked(later, tmp_path, old, new):
    """As that of another CMake may; here it is our own reckoning that is changed."""
    other = shutil.copytree(SPEED, tmp_path / "speed")
    module = other / "modules/FindPython.cmake"
    text = module.read_text()
    assert old in text
    module.write_text(text.replace(old, new))
    toolchain = {"CMAKE_TOOLCHAIN_FILE": str(other / "project.cmake")}
    later(name="one", **toolchain)
    taken, found = later(name="other", **toolchain)
    assert taken == {FOR_ANOTHER, OF_FLAGS}
    assert found == later(name="other", CROSSCRAFT_ASKED="")[1]


@pytest.mark.builds
def test_the_second_output_of_a_build_has_its_own_paths(project, crosscraft, own_cache, tmp_path):
    """What it is told about compilers and Python is what it finds out by itself, to the letter."""
    recipe = project / "recipe/recipe.yaml"
    mine = tmp_path / "found"
    asked = r"^(_Python_[A-Z_]*(EXECUTABLE|DIR|PROPERTIES|SIGNATURE)|NB_HAS_\w+):"
    lines = [
        f"mkdir -p {mine}",
        f"cp build/CMakeFiles/*/CMakeCXXCompiler.cmake {mine}/$PKG_NAME",
        f"grep -E '{asked}' build/CMakeCache.txt >{mine}/$PKG_NAME-cache",
    ]
    text = recipe.read_text()
    for line in ("- ninja -C build cpp_math_stub", "- ninja -C build install"):
        text = text.replace(line, "\n        ".join([line, *(f"- {one}" for one in lines)]))
    recipe.write_text(text)

    def build(**env: str) -> dict[str, str]:
        done = crosscraft("build", "-v", "--force", cwd=project, env=env)
        assert done.returncode == 0, done.stderr
        found = {path.name: path.read_text() for path in mine.iterdir()}
        about = (FOR_ANOTHER, OF_PYTHON, OF_FLAGS)
        return found | {"taken": str([done.stdout.count(line) for line in about])}

    taken = build()
    assert taken.pop("taken") == "[1, 1, 1]"
    plain = build(CROSSCRAFT_PLAIN="1")
    assert plain.pop("taken") == "[0, 0, 0]"
    assert plain == taken
    for name in ("cpp_math", "cpp_math-stubs"):
        assert plain[name]
        assert {line.split(":")[0] for line in plain[f"{name}-cache"].splitlines()} >= {
            "_Python_EXECUTABLE",
            "_Python_INTERPRETER_PROPERTIES",
            "_Python_INTERPRETER_SIGNATURE",
            "NB_HAS_MTLS_GNU2",
        }


# ── nanobind's files, dealt ─────────────────────────────────────────────────────────────


def _deal(takes, count, folder, cmake):
    """The names of files of `takes` times 1,200 bytes, as they are dealt into `count` lists."""
    for name, number in takes.items():
        (folder / f"{name}.cpp").write_bytes(bytes(number * 1200))
    files = ";".join(str(folder / f"{name}.cpp") for name in takes)
    lines = [f'include("{SPEED / "deal.cmake"}")', f'crosscraft_deal("{files}" {count})']
    lines += [f'message("${{together_{number}}}")' for number in range(1, count + 1)]
    script = folder / "script.cmake"
    script.write_text("\n".join(lines))
    said = subprocess.run([cmake, "-P", script], capture_output=True, text=True, check=True).stderr
    return [re.findall(r"(\w+)\.cpp(?:;|$)", line) for line in said.splitlines()]


def test_files_are_dealt_by_what_they_take(tmp_path, prefixes):
    # The size of nb_enum says nothing.
    takes = {"nb_type": 80, "nb_enum": 0, "nb_internals": 45, "more": 40, "common": 28, "few": 2}
    dealt = _deal(takes, 3, tmp_path, prefixes[0] / "bin/cmake")
    assert dealt == [["nb_type", "few"], ["nb_enum", "common"], ["nb_internals", "more"]]


def test_of_two_lists_each_has_what_shares_templates(tmp_path, prefixes):
    takes = {"nb_type": 80, "nb_enum": 0, "nb_internals": 45, "more": 40, "common": 28, "few": 2}
    dealt = _deal(takes, 2, tmp_path, prefixes[0] / "bin/cmake")
    assert dealt == [["nb_type", "nb_enum"], ["nb_internals", "more", "common", "few"]]


@pytest.mark.builds
def test_a_build_takes_them(project, crosscraft, own_cache):
    """Both outputs, also the one whose environment has the other in it, which was edited."""

    def build(**env: str) -> int:
        done = crosscraft("build", "-v", cwd=project, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout.count(HOLDS)

    source = project / "src/math.cpp"
    assert build() == 0
    source.write_text(source.read_text().replace("a + b", "b + a"))
    assert build() == 2
    source.write_text(source.read_text().replace("b + a", "a + b + 0"))
    assert build(CROSSCRAFT_PLAIN="1") == 0
