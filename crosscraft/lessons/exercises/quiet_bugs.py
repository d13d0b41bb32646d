"""Lesson 09: planted bugs that stop no build, so that nothing leads to the cause."""

from __future__ import annotations

from crosscraft.building.check import catalogue
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise, Wrong, changed

_RECIPE = "recipe/recipe.yaml"
_CMAKE = "CMakeLists.txt"
_INSTALL = "    - cmake --install build\n"


def _wrong_words() -> Exercise:
    trap = catalogue.find("uname-for-target")
    files, file = repair.files_of(trap), "Makefile"
    asks, compares = "ARCH := $(shell uname -m)\n", "ifeq ($(ARCH),x86_64)\n"

    def makefile(*edits: tuple[str, str]) -> dict[str, str]:
        return {file: changed(files[file], *edits)}

    return repair.bug(
        "wrong-words",
        trap,
        title="a program that is wrong about itself",
        hint="Who chooses the text that the program prints, and which machine does it ask?",
        part=(
            "`uname` describes the machine that compiles. The compiler knows the target: `$(CC) "
            "-dumpmachine` prints it, and `$(target_platform)` names it."
        ),
        solution=makefile((asks, ""), (compares, "ifeq ($(target_platform),linux-64)\n")),
        right=(
            makefile((asks, "ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))\n")),
            {
                file: changed(
                    files[file],
                    (asks, ""),
                    (compares, ""),
                    ("CFLAGS += -DCODE='\"x86-64\"'\nendif\n", ""),
                ),
                "main.c": changed(
                    files["main.c"],
                    ("#ifndef CODE\n", '#ifdef __x86_64__\n#define CODE "x86-64"\n#else\n'),
                ),
            },
        ),
        wrong=(
            Wrong(makefile(("uname -m", "arch")), "code for x86-64"),
            Wrong(
                makefile((asks, "ARCH := aarch64\n")),
                "it should print: code for x86-64",
                looks_right=True,
            ),
            Wrong(
                {"main.c": changed(files["main.c"], ('"code for " CODE', '"code for Arm"'))},
                "the cause is still there",
                looks_right=True,
            ),
            Wrong(makefile(("uname -m", "echo x86_64")), "code for x86-64"),
        ),
    )


def _one_too_many() -> Exercise:
    trap = catalogue.find("skip-by-build-platform")
    planted = repair.files_of(trap)[_RECIPE]
    condition = 'build_platform == "linux-aarch64"'

    def skip(new: str) -> dict[str, str]:
        return {_RECIPE: changed(planted, (condition, new))}

    return repair.bug(
        "one-too-many",
        trap,
        title="a package that should be skipped",
        hint="Which of `build_platform`, `host_platform` and `target_platform` is Arm here?",
        part="In a cross build on this machine, `build_platform` is linux-64 for every target.",
        solution=skip('host_platform == "linux-aarch64"'),
        right=(
            skip('host_platform not in ("linux-64", "noarch")'),
            skip('host_platform in ["linux-aarch64"]'),
        ),
        wrong=(
            Wrong(skip('build_platform != "linux-64"'), "two-1.0.0"),
            Wrong(skip('host_platform == "linux-arm64"'), "two-1.0.0"),
            Wrong(skip("true"), "missing: the package two for linux-64", looks_right=True),
            Wrong(
                {_RECIPE: planted.partition("  - package:\n      name: two\n")[0]},
                "missing: the package two for linux-64",
                looks_right=True,
            ),
            Wrong(
                {
                    _RECIPE: changed(
                        planted,
                        ("name: two\n    build", "name: others\n    build"),
                        (condition, 'host_platform == "linux-aarch64"'),
                    )
                },
                "missing: the package two",
            ),
        ),
    )


def _works_today() -> Exercise:
    trap = catalogue.find("build-machine-folders")
    files = repair.files_of(trap)
    line = "include_directories(/usr/local/include)\n"

    def cmake(new: str) -> dict[str, str]:
        return {_CMAKE: changed(files[_CMAKE], (line, new))}

    return repair.bug(
        "works-today",
        trap,
        title="a folder of this machine",
        hint="Read the compiler's command in the log of `crosscraft build -v`, option by option.",
        part="A folder below `/usr/local` has files for the machine that compiles.",
        solution=cmake(""),
        right=(
            cmake("include_directories($ENV{PREFIX}/include)\n"),
            cmake("# The compiler knows the folders of the target.\n"),
        ),
        wrong=(
            Wrong(
                cmake("include_directories(/usr/local/include/arm)\n"), "-I/usr/local/include/arm"
            ),
            Wrong(
                {_RECIPE: changed(files[_RECIPE], (" --verbose", ""))},
                "the cause is still there",
                looks_right=True,
            ),
            Wrong(
                {_RECIPE: changed(files[_RECIPE], (_INSTALL, "")), **cmake("")},
                "removes more than the bug",
                looks_right=True,
            ),
        ),
    )


def _quiet_bug() -> Exercise:
    trap = catalogue.find("plain-compiler")
    files = repair.files_of(trap)
    line = "set(CMAKE_C_COMPILER gcc)\n"

    def cmake(new: str) -> dict[str, str]:
        return {_CMAKE: changed(files[_CMAKE], (line, new))}

    return repair.bug(
        "quiet-bug",
        trap,
        title="a bug that stops nothing",
        hint="Build it for linux-aarch64, and inspect the package. Whose code is in it?",
        part=(
            "The compiler's package sets `$CC`, and CMake reads it. Look in `CMakeLists.txt` for "
            "what overrides it."
        ),
        solution=cmake(""),
        right=(
            cmake("set(CMAKE_C_COMPILER $ENV{CC})\n"),
            cmake("# CMake reads $CC.\n"),
        ),
        wrong=(
            Wrong(cmake("set(CMAKE_C_COMPILER clang)\n"), "It doesn't work for linux-aarch64"),
            Wrong(
                cmake("set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)\n"),
                "wrong for linux-64",
                looks_right=True,
            ),
            Wrong(
                {_RECIPE: changed(files[_RECIPE], (_INSTALL, "")), **cmake("")},
                "removes more than the bug",
                looks_right=True,
            ),
            Wrong(
                {_RECIPE: changed(files[_RECIPE], ("  script:", "  skip: true\n  script:"))},
                "nothing was built for linux-aarch64",
            ),
            Wrong(cmake("set(CMAKE_C_COMPILER cc)\n"), "isn't right for linux-aarch64"),
        ),
    )


EXERCISES = (_wrong_words(), _one_too_many(), _works_today(), _quiet_bug())
