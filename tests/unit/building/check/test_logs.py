"""A message is found however a CI service, an engine or a terminal has dressed it."""

from __future__ import annotations

import pytest

from crosscraft.building.check import logs

CMAKE = (
    "CMake Error at FindPython/Support.cmake:248 (message):",
    "  FindPython: When cross-compiling, Interpreter and/or Compiler components",
    "  cannot be searched when CMAKE_CROSSCOMPILING_EMULATOR variable is not specified",
)
TRAP = "interpreter-of-the-target"
"""Its message stands on two lines, so what is before the second one matters."""

PREFIXES = {
    "GitHub": "2024-05-01T12:00:00.1234567Z ",
    "GitHub, an error": "2024-05-01T12:00:00.1234567Z ##[error]",
    "gh run view --log": "build (aarch64)\tBuild\t2024-05-01T12:00:00.1234567Z ",
    "Azure": "2024-05-01T12:00:00.1234567Z ##[debug]",
    "GitLab": "2024-05-01T12:00:00.123456Z 01O ",
    "GitLab, continued": "2024-05-01T12:00:00.123456Z 01E+",
    "Jenkins": "[2024-05-01T12:00:00.123Z] ",
    "Jenkins, a clock": "[12:00:00] ",
    "Travis": "12:00:00 ",
    "Drone": "[build:12] ",
    "BuildKit": "#12 3.456 ",
    "Docker Compose": "builder-1  | ",
    "Kubernetes": "2024-05-01T12:00:00.123456789Z stderr F ",
    "rattler-build": " │ │ ",
    "pixi": "  │ ",
    "a task of pixi in GitHub": "2024-05-01T12:00:00.1234567Z  │ │ ",
    "pip": "      ",
    "pip, an arrow": "  ╰─> ",
    "BitBake": "| ",
    "npm": "npm ERR! ",
    "a crate": "warning: words@0.1.0: ",
    "quoted in a mail": "> > ",
    "colour": "\x1b[31m",
    "a terminal's title": "\x1b]0;build\x07\x1b[0K",
}


def names(log: str) -> list[str]:
    return [found.trap.name for found in logs.find(log)]


@pytest.mark.parametrize("service", PREFIXES)
def test_a_message_is_found_behind_what_a_service_prints_before_each_line(service: str) -> None:
    log = "".join(f"{PREFIXES[service]}{line}\n" for line in ("-- start", *CMAKE, "-- end"))
    (found,) = logs.find(log)
    assert (found.trap.name, found.line) == (TRAP, 3)


@pytest.mark.parametrize("end", ["\r\n", "\n\n", "\x1b[0m\n", "\x1b[0K\r\n", " \n"])
def test_the_ends_of_lines_do_not_matter(end: str) -> None:
    assert names("".join(line + end for line in CMAKE)) == [TRAP]


def test_a_progress_bar_is_part_of_its_line() -> None:
    found = logs.find("\r".join(f"{n} %" for n in range(100)) + "\r" + "\r\n".join(CMAKE))
    assert [(each.trap.name, each.line) for each in found] == [(TRAP, 2)]


def test_colours_within_words_are_left_out() -> None:
    words = CMAKE[1].replace("Interpreter", "\x1b[1mInter\x1b[22mpreter")
    assert names("\n".join((CMAKE[0], words, CMAKE[2]))) == [TRAP]


def test_groups_of_a_service_may_begin_and_end_around_a_message() -> None:
    group = "section_start:1560896352:build[collapsed=true]\r\x1b[0K"
    ended = "section_end:1560896353:build\r\x1b[0K"
    assert names("\n".join((group + CMAKE[0], *CMAKE[1:], ended))) == [TRAP]


def test_the_words_alone_are_no_message() -> None:
    assert names("We say that Interpreter and/or Compiler may be asked for.") == []


NO_TRAPS = {
    "configure finds out that it crosses": (
        "configure:3464: cc -o conftest conftest.c",
        "./configure: line 3470: ./conftest: cannot execute binary file: Exec format error",
    ),
    "configure asks for a header": (
        "configure:5679: aarch64-conda-linux-gnu-cc -c conftest.c >&5",
        "conftest.c:55:10: fatal error: immintrin.h: No such file or directory",
    ),
    "configure asks for an option": (
        "configure:5679: aarch64-conda-linux-gnu-cc -c -mavx2 conftest.c >&5",
        "aarch64-conda-linux-gnu-cc: error: unrecognized command-line option '-mavx2'",
    ),
    "CMake asks for an option": (
        "[1/2] aarch64-conda-linux-gnu-cc -mavx2 -o CMakeFiles/cmTC_3aa4b.dir/src.c.o -c src.c",
        "aarch64-conda-linux-gnu-cc: error: unrecognized command-line option '-mavx2'",
    ),
    "Meson asks for a header": (
        "/b/meson-private/t/testfile.c:1:10: fatal error: immintrin.h: No such file or directory",
    ),
    "a package's files are compiled by mamba": (
        "/tmp/mambafX: line 4: /b/_h_env_pl/bin/python3.8: cannot execute binary file: "
        "Exec format error",
    ),
    "a script of another shell": ('./autogen.sh: 12: Syntax error: "(" unexpected',),
    "a macro that is not installed": (
        './configure: 2345: Syntax error: word unexpected (expecting ")")',
    ),
    "a tool that is not installed": (
        "FAILED: docs/index.html",
        "cd /b && doxygen /b/Doxyfile",
        "/bin/sh: 1: doxygen: not found",
    ),
    "a library that is not installed": (
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
    ),
    "a static program": ("$ ldd ./tool", "\tnot a dynamic executable"),
    "a library of another processor that is passed over": (
        "/usr/bin/ld: skipping incompatible /usr/lib/libc.so when searching for -lc",
    ),
    "a test that is to fail": ("-- Performing Test HAS_AVX2 - Failed",),
    "a bash script in dash": ('./build.sh: 12: Syntax error: "(" unexpected',),
    "a script without its first line": ("exec /entrypoint.sh: exec format error",),
    "a C project that tests an option of C++": (
        "  check_compiler_flag: CXX: needs to be enabled before use.",
        "Call Stack (most recent call first):",
        "  CMakeLists.txt:4 (check_cxx_compiler_flag)",
    ),
    "a native link on Arm": (
        "error: linking with `cc` failed: exit status: 1",
        '  = note: PATH="/rustlib/aarch64-unknown-linux-gnu/bin" "cc" "target/release/words.o"',
    ),
    "CMake goes on without pkg-config": (
        "-- Could NOT find PkgConfig (missing: PKG_CONFIG_EXECUTABLE)",
    ),
    "a linker script": ("OSError: /usr/lib/x86_64-linux-gnu/libc.so: invalid ELF header",),
}


@pytest.mark.parametrize("case", NO_TRAPS)
def test_what_only_looks_like_a_trap_is_none(case: str) -> None:
    assert names("\n".join(NO_TRAPS[case])) == []


def test_each_trap_is_told_once_at_its_first_line() -> None:
    both = "\n".join((*CMAKE, "", "error: exec format error", *CMAKE))
    assert [(each.trap.name, each.line) for each in logs.find(both)] == [(TRAP, 2)]


def test_a_message_is_found_behind_many_that_only_begin_like_it() -> None:
    other = "x.c:1: undefined reference to `rpl_other'\n" * 20
    assert names(f"{other}x.c:2: undefined reference to `rpl_malloc'\n") == ["rpl-malloc"]
