"""Lesson 09: planted bugs that stop no build, so that nothing leads to the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check import catalogue
from crosscraft.building.recipe import find_recipe
from crosscraft.lessons.evidence import cmake, recipes
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise, Wrong, changed

_RECIPE = "recipe/recipe.yaml"
_CMAKE = "CMakeLists.txt"
_INSTALL = "    - cmake --install build\n"


_FOLDER = re.compile(r"-(?:I|L|isystem|idirafter) ?(\S+)")
"""An option that names a folder to the compiler or the linker."""


def _commands(work: Work, made: Packages) -> Iterator[tuple[Configured, str]]:
    """Yield the commands of a cross build and of a native build with CMake, a build each."""
    for situation in (Situation.CROSS, Situation.NATIVE):
        configured = cmake.configure(work, made.folder.parent, situation).accepted()
        argv = ["ninja", "-C", str(configured.folder), "-t", "commands"]
        yield configured, "\n".join(configured.session.run(argv, work.scratch).lines)


def _own_folders(work: Work, made: Packages) -> None:
    """:raises NotYet: if a command names a folder of neither the project nor the target."""
    for configured, text in _commands(work, made):
        allowed = (configured.session.prefix, work.scratch)
        for option in _FOLDER.finditer(text):
            path = configured.folder / option[1]
            if not any(path.is_relative_to(folder) for folder in allowed):
                raise NotYet(
                    "The compiler gets another folder, and that isn't the target's either. It "
                    "finds the headers below `$PREFIX` without help.",
                    [f"{configured.where}: {configured.session.named(option[0])}"],
                )


def _own_compiler(work: Work, made: Packages) -> None:
    """:raises NotYet: if a compiler is none of the build environment's."""
    for configured, text in _commands(work, made):
        if f"{configured.session.variables['BUILD_PREFIX']}/bin/" not in text:
            raise NotYet(
                "That build uses a compiler of this machine, so another machine gives another "
                "package. The recipe's compiler is in `$BUILD_PREFIX`.",
                [f"{configured.where}: {_without_launcher(configured, text)[:60]}"],
            )


def _without_launcher(configured: Configured, text: str) -> str:
    """Return the first command, without the compiler cache."""
    launcher = configured.session.variables.get("CMAKE_C_COMPILER_LAUNCHER", "")
    return text.removeprefix(launcher).strip()


def _skipped_on_arm(work: Work, made: Packages) -> None:
    """:raises NotYet: if a build on an Arm machine, for itself, still makes the package."""
    arm = "linux-aarch64"
    recipe = find_recipe(made.folder.parent)
    rendered = recipes.render(work, recipe, (arm,), build_is_host=True)[arm]
    if any(output.name == "two" for output in rendered.outputs):
        raise NotYet(
            "It's skipped in a cross build, but an Arm machine that builds for itself makes it.",
            [f"on {arm}, for {arm}: the recipe builds two"],
        )


def _wrong_words() -> Exercise:
    trap = catalogue.find("uname-for-target")
    files, file = repair.files_of(trap), "Makefile"
    asks, compares = "ARCH := $(shell uname -m)\n", "ifeq ($(ARCH),x86_64)\n"

    def makefile(*edits: tuple[str, str]) -> dict[str, str]:
        return {file: changed(files[file], *edits)}

    return repair.bug(
        "wrong-words",
        trap,
        minutes=6,
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
        minutes=5,
        title="a package that should be skipped",
        hint="Which of `build_platform`, `host_platform` and `target_platform` is Arm here?",
        part="In a cross build on this machine, `build_platform` is linux-64 for every target.",
        solution=skip('host_platform == "linux-aarch64"'),
        right=(
            skip('host_platform in ["linux-aarch64"]'),
            skip('target_platform == "linux-aarch64"'),
        ),
        more=_skipped_on_arm,
        wrong=(
            Wrong(skip('build_platform != "linux-64"'), "two-1.0.0"),
            Wrong(skip('host_platform == "linux-arm64"'), "two-1.0.0"),
            Wrong(
                skip('build_platform == "linux-64" and host_platform == "linux-aarch64"'),
                "an Arm machine that builds for itself",
                looks_right=True,
            ),
            Wrong(
                skip('host_platform not in ("linux-64", "noarch")'),
                "missing: the package two for linux-ppc64le",
                looks_right=True,
            ),
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
        minutes=7,
        title="a folder of this machine",
        hint="Read the compiler's command in the log of `crosscraft build -v`, option by option.",
        part="A folder below `/usr/local` has files for the machine that compiles.",
        solution=cmake(""),
        right=(
            cmake("include_directories($ENV{PREFIX}/include)\n"),
            cmake("# The compiler knows the folders of the target.\n"),
        ),
        more=_own_folders,
        wrong=(
            Wrong(
                cmake("include_directories(/usr/local/include/arm)\n"), "-I/usr/local/include/arm"
            ),
            Wrong(
                cmake("include_directories($ENV{BUILD_PREFIX}/include)\n"),
                "-I$BUILD_PREFIX/include",
                looks_right=True,
            ),
            Wrong(
                cmake(f"if(NOT CMAKE_CROSSCOMPILING)\n  {line}endif()\n"),
                "in a native conda build: -I/usr/local/include",
                looks_right=True,
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
        minutes=8,
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
        more=_own_compiler,
        wrong=(
            Wrong(cmake("set(CMAKE_C_COMPILER clang)\n"), "It doesn't work for linux-aarch64"),
            Wrong(
                cmake(f"if(NOT CMAKE_SYSTEM_NAME)\n  {line}endif()\n"),
                "a compiler of this machine",
                looks_right=True,
            ),
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
