"""What makes a compile faster gives what the compiler gives: tests that try to fool it."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from crosscraft.building import speed
from crosscraft.channel.activation import DRIVER_SCRIPT, script
from crosscraft.inspection import conda_file
from crosscraft.platforms import PLATFORMS, native

BY_HEADERS = Path(speed.__file__).with_name("by_headers.sh")


@pytest.fixture
def launcher(tmp_path):
    """``by_headers.sh`` before a ccache that says how it was called.

    /b/source is a project, /b/host and /b/build are the environments.
    """
    work = tmp_path / "source"
    (work / "src").mkdir(parents=True)
    (work / "build").mkdir()
    for prefix in ("host", "build"):
        (tmp_path / prefix / "include").mkdir(parents=True)
    (tmp_path / "began").touch()
    ccache = tmp_path / "ccache"
    ccache.write_text(
        '#!/bin/bash\necho "${CCACHE_NODIRECT:-list}${CCACHE_SLOPPINESS:+,any-time}" "$@"\n'
    )
    ccache.chmod(0o755)

    def call(sources: str, *words: str, **env: str) -> list[str]:
        env = {
            "PATH": os.environ["PATH"],
            "CROSSCRAFT_CCACHE": str(ccache),
            "CCACHE_NODIRECT": "preprocessor",
            "CROSSCRAFT_BEGAN": str(tmp_path / "began"),
            "PREFIX": str(tmp_path / "host"),
            "BUILD_PREFIX": str(tmp_path / "build"),
            "SRC_DIR": str(work),
        } | env
        told = [word.replace("/b/", f"{tmp_path}/") for word in words]
        done = subprocess.run(
            ["bash", BY_HEADERS, sources, "g++", *told],
            cwd=work / "build",
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.replace(f"{tmp_path}/", "/b/").split()

    call.work = work
    call.ccache = ccache
    return call


@pytest.mark.parametrize(
    "words",
    [
        "-I/b/host/include -c x.cpp",
        "-isystem /b/host/include --sysroot=/b/build/sysroot -O2 -c x.cpp",
        "-I /b/build/include -MD -MT x.o -MF x.d -o x.o -c /b/source/x.cpp",
    ],
)
def test_packages_alone_may_go_by_the_list_of_headers(launcher, words):
    # Another build that links the same headers changes the times of their inodes.
    assert launcher("packages", *words.split()) == ["list,any-time", "g++", *words.split()]


@pytest.mark.parametrize(
    "words",
    [
        "-I/b/source/src -c x.cpp",
        "-Isrc -c x.cpp",
        "-I src -c x.cpp",
        "-I/b/host/../source -c x.cpp",
        "-I/b/hostile -c x.cpp",
        "-isystem /usr/include -c x.cpp",
        "-isystem/usr/include -c x.cpp",
        "-iquote src -c x.cpp",
        "-idirafter src -c x.cpp",
        "-include first.h -c x.cpp",
        "-B/elsewhere -c x.cpp",
        "--sysroot=/ -c x.cpp",
        "--include-directory=src -c x.cpp",
        "--prefix=/b/build -c x.cpp",
        "-MMD -c x.cpp",  # does not name what -isystem finds
        "-Wp,-Isrc -c x.cpp",
        "-Xpreprocessor -Isrc -c x.cpp",
        "@words -c x.cpp",
        "-specs=x -c x.cpp",
        "-fplugin=x.so -c x.cpp",
    ],
)
def test_any_other_folder_takes_the_preprocessor(launcher, words):
    assert launcher("packages", *words.split()) == ["preprocessor", "g++", *words.split()]


def test_the_project_counts_with_the_names_of_its_files(launcher):
    words = ["-I/b/source/src", "-I/b/source", "-I/b/host/include", "-c", "/b/source/src/x.cpp"]
    assert launcher("project", *words) == ["list,any-time", "g++", *words]
    assert launcher("packages", *words)[0] == "preprocessor"


@pytest.mark.parametrize(
    "words",
    [
        "-I/b/sourceer -c /b/source/x.cpp",
        "-c /elsewhere/x.cpp",
        "-I/b/source/src/../.. -c x.cpp",
        "-I/b/source/build/CMakeFiles -c x.cpp",
        "-isystem /b/source/build/CMakeFiles/x.dir -c x.cpp",
        "-c /b/source/build/CMakeFiles/x.cpp",
    ],
)
def test_what_is_beside_the_project_takes_the_preprocessor(launcher, words):
    assert launcher("project", *words.split()) == ["preprocessor", "g++", *words.split()]


@pytest.mark.parametrize("name", ["CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"])
@pytest.mark.parametrize("sources", ["packages", "project"])
def test_folders_in_the_environment_take_the_preprocessor(launcher, sources, name):
    assert launcher(sources, "-c", "x.cpp", **{name: "/elsewhere"})[0] == "preprocessor"


@pytest.mark.parametrize(
    "text",
    [
        'asm(".incbin \\"data\\"");',
        '#if __has_include("x.h")',
        '#if __has_embed("x")',
        '#  embed "data"',
        '#include "CMakeFiles/x.h"',
        "#include <../build/CMakeFiles/x.h>",
        '\0#if __has_include("x.h")',
    ],
)
def test_a_project_that_finds_files_by_other_means_takes_the_preprocessor(launcher, text):
    (launcher.work / "src/deep").mkdir()
    (launcher.work / "src/deep/any.inc").write_text(f"int a;\n{text}\n")
    assert launcher("project", "-c", "x.cpp")[0] == "preprocessor"


def test_a_project_with_a_link_takes_the_preprocessor(launcher):
    (launcher.work / "src/link").symlink_to("/elsewhere")
    assert launcher("project", "-c", "x.cpp")[0] == "preprocessor"


def test_what_cmake_makes_for_itself_does_not_count(launcher):
    own = launcher.work / "build/CMakeFiles/4.0/CompilerIdCXX"
    own.mkdir(parents=True)
    (own / "id.cpp").write_text("#if __has_include(<x>)")
    (own / "link").symlink_to("/elsewhere")
    (launcher.work / "build/build.ninja").write_text("include CMakeFiles/rules.ninja")
    (launcher.work / "build/cmake_install.cmake").write_text('include("/x/CMakeFiles/y.cmake")')
    assert launcher("project", "-c", "x.cpp")[0] == "list,any-time"
    (launcher.work / "src/CMakeFiles").mkdir()
    (launcher.work / "src/CMakeFiles/x.h").write_text("#if __has_include(<x>)")
    assert launcher("project", "-c", "x.cpp")[0] == "preprocessor"


def test_the_names_of_the_project_are_part_of_the_name(launcher, tmp_path):
    (tmp_path / "ccache").write_text('#!/bin/bash\necho "$CCACHE_NAMESPACE"\n')

    def name() -> str:
        return " ".join(launcher("project", "-c", "x.cpp", CCACHE_NAMESPACE="packages"))

    before = name()
    assert before.startswith("packages ")
    assert launcher("packages", "-c", "x.cpp", CCACHE_NAMESPACE="packages") == ["packages"]
    for product in ("x.cpp.o", "libx.a", "x.cpp.o.d", ".ninja_log"):
        (launcher.work / "build" / product).write_text("what a build makes")
    for header in ("src/x.o", "build/a.d", "build/a.d.h", "a.a"):
        assert name() == before
        (launcher.work / header).write_text("")
        assert name() != before
        (launcher.work / header).unlink()
    (launcher.work / "src").joinpath("a.h").mkdir()
    assert name() != before
    (launcher.work / "src/a.h").rmdir()
    assert name() == before
    (launcher.work / "src/a.h").write_text("")
    assert name() != before


@pytest.mark.parametrize("sources", ["packages", "project"])
def test_what_a_script_puts_among_the_packages_takes_the_preprocessor(launcher, sources, tmp_path):
    words = [
        sources,
        "-I/b/host/include",
        "--sysroot=/b/build/include",
        "-I/b/host/none",
        "-c",
        "x.cpp",
    ]
    assert launcher(*words)[0] == "list,any-time"
    (tmp_path / "host/include/x.h").write_text("")
    assert launcher(*words)[0] == "preprocessor"
    (tmp_path / "began").touch()
    assert launcher(*words)[0] == "list,any-time"
    (tmp_path / "build/include/x").mkdir()
    assert launcher(*words)[0] == "preprocessor"
    (tmp_path / "began").unlink()
    assert launcher(*words)[0] == "preprocessor"


def test_what_an_assembler_includes_is_not_for_ccache(launcher):
    compiler = ["project", "-iquote", "x"]
    assert launcher(*compiler)[0] == "preprocessor"
    (launcher.work / "src/x.cpp").write_text('asm(".include \\"x.inc\\"");')
    assert _runs_the_compiler_itself(launcher, *compiler)


def test_a_ccache_that_was_removed_is_done_without(launcher):
    launcher.ccache.unlink()
    assert _runs_the_compiler_itself(launcher, "packages")


def _runs_the_compiler_itself(launcher, *words) -> bool:
    compiler = launcher.work / "build/g++"
    compiler.write_text("#!/bin/bash\necho the compiler")
    compiler.chmod(0o755)
    path = f"{compiler.parent}:{os.environ['PATH']}"
    return launcher(*words, PATH=path) == ["the", "compiler"]


@pytest.fixture
def namespace(tmp_path):
    """What the objects of a compiler are kept under, of two environments' packages."""
    script = tmp_path / "script"
    script.write_text("\n".join(speed._ccache(Path("/x/ccache"))))

    def name(**packages: str) -> str:
        for prefix in ("build", "host"):
            meta = tmp_path / prefix / "conda-meta"
            meta.mkdir(parents=True, exist_ok=True)
            text = packages.get(prefix, "")
            # Only the package's own checksum is at the first level; its files' are deeper.
            paths = [{"sha256": os.urandom(8).hex()}]
            (meta / "x-1-0.json").write_text(json.dumps({"sha256": text, "paths": paths}, indent=2))
        done = subprocess.run(
            ["bash", "-ec", f'. {script}; echo "$CCACHE_NAMESPACE $CCACHE_BASEDIR"'],
            env={
                "PATH": os.environ["PATH"],
                "BUILD_PREFIX": str(tmp_path / "build"),
                "PREFIX": str(tmp_path / "host"),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[-1] == str(tmp_path)
        return done.stdout

    return name


def test_objects_are_kept_by_the_checksums_of_all_packages(namespace):
    first = namespace(build="compiler 1", host="nanobind 1")
    assert namespace(build="compiler 1", host="nanobind 1") == first
    assert namespace(build="compiler 2", host="nanobind 1") != first
    assert namespace(build="compiler 1", host="nanobind 2") != first


def test_a_compiler_runs_the_drivers_script_only_if_there_is_one(tmp_path):
    activation = tmp_path / "activate.sh"
    activation.write_text(script(native(), PLATFORMS["linux-aarch64"]))
    env = {"PATH": os.environ["PATH"], "PREFIX": "/p", "BUILD_PREFIX": "/b"}
    argv = ["bash", "-euc", f'. {activation}; echo "${{SAID-nothing}} $CXX"']
    plain = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    assert plain.stdout == "nothing /b/bin/aarch64-linux-gnu-g++\n"
    hook = tmp_path / DRIVER_SCRIPT
    hook.write_text("SAID=something\n")
    hook.chmod(0o755)
    env["PATH"] = f"{tmp_path}:{env['PATH']}"
    hooked = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    assert hooked.stdout == "something /b/bin/aarch64-linux-gnu-g++\n"


RECIPE = """\
package: {name: shadow, version: "1"}
source: {path: ., filter: {exclude: [output]}}
build:
  script:
    - cmake -G Ninja -S . -B build ${CMAKE_ARGS}
    - ninja -C build -v
    - install -D build/shadow $PREFIX/bin/shadow
requirements:
  build: ["${{ compiler('cxx') }}", cmake, ninja]
tests:
  - script: [shadow]
"""


MAIN = "#include <cstdio>\nint main() { std::puts(VALUE); }\n"
TOLD = {
    # ccache's list of last time's headers does not name one that was not there.
    "header": '#include "value.h"\n',
    "asked for": '#if __has_include("value.h")\n#include "value.h"\n#endif\n',
    "data": """\
asm(".data\\nvalue: .incbin \\"value.txt\\"\\n.byte 0\\n.text");
extern "C" const char value[];
#define VALUE value
""",
}


@pytest.mark.builds
@pytest.mark.parametrize("told", TOLD)
def test_what_comes_first_is_seen(make_project, crosscraft, own_cache, told):
    folder = make_project(RECIPE, main=TOLD[told] + MAIN)
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.19)\nproject(shadow CXX)\n"
        "include_directories(first second)\nadd_executable(shadow main.cpp)\n"
    )
    for name in ("first", "second"):
        (folder / name).mkdir()
    (folder / "second/value.h").write_text('#define VALUE "second"\n')
    (folder / "second/value.txt").write_text("second")

    def said() -> tuple[str, str]:
        done = crosscraft("build", "-v", "--force", cwd=folder)
        assert done.returncode == 0, done.stderr
        (package,) = folder.glob("output/linux-64/*.conda")
        program = conda_file.open_member(package, "bin/shadow")
        launched = "by headers" if "by_headers.sh project" in done.stdout else "plain"
        return "first" if b"first\0" in program else "second", launched

    assert said() == ("second", "by headers")
    assert said() == ("second", "by headers")
    (folder / "first/value.h").write_text('#define VALUE "first"\n')
    (folder / "first/value.txt").write_text("first")
    assert said() == ("first", "by headers")
    (folder / "first/value.h").write_text('#define VALUE "first" " of all"\n')
    (folder / "first/value.txt").write_text("first of all")
    assert said() == ("second", "by headers")  # neither has "first" at its end


@pytest.mark.builds
def test_the_extension_is_the_same_from_the_cache(project, crosscraft, own_cache):
    """All that is in it; and the plain form has the same sections, and a size within a page."""

    def extension(**env: str) -> bytes:
        done = crosscraft("build", "--test", "skip", "--force", cwd=project, env=env)
        assert done.returncode == 0, done.stderr
        (package,) = project.glob("output/linux-64/*.conda")
        return conda_file.open_member(
            package, "lib/python3.11/site-packages/cpp_math.cpython-311-x86_64-linux-gnu.so"
        )

    def code(library: bytes) -> dict[str, bytes]:
        # The build id is made of the build's own folder too.
        sections = ELFFile(io.BytesIO(library)).iter_sections()
        return {
            section.name: section.data() for section in sections if "build-id" not in section.name
        }

    first = extension()
    assert code(extension()) == code(first)
    plain = extension(CROSSCRAFT_PLAIN="1")
    assert list(code(plain)) == list(code(first))
    assert abs(len(plain) - len(first)) <= 4096
