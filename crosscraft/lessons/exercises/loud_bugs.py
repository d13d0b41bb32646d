"""Lesson 09: planted bugs that stop the build, whose log leads to the cause."""

from __future__ import annotations

from crosscraft.building.check import catalogue
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Exercise, Wrong, changed
from crosscraft.platforms import lookup, native

_RECIPE = "recipe/recipe.yaml"
_LIBRARY = "libfast.so"
_CALL = f"import ctypes; print(ctypes.CDLL('./{_LIBRARY}').first())"
"""Calls the function of the C library in the working directory."""


def _returns_one(work: Work, made: Packages) -> None:
    """:raises NotYet: if the function of a package returns another number than before."""
    for platform in (native(), lookup("linux-aarch64")):
        package = made.facts("tiny", platform.subdir).path
        folder = work.scratch / f"library-{platform.subdir}"
        folder.mkdir()
        (folder / _LIBRARY).write_bytes(conda_file.open_member(package, f"lib/{_LIBRARY}"))
        said = runner.of(platform).python(_CALL, folder)
        work.see(f"{platform.subdir}: first() = {said}")
        if said != "1":
            raise NotYet(
                "It compiles, and the function returns another number than the fast one. Work out "
                "what the two instructions return: the first fills four lanes with a number, and "
                "the second reads the lowest lane."
            )


def _unknown_option() -> Exercise:
    trap = catalogue.find("m64-flag")
    files, file = repair.files_of(trap), "Makefile"

    def flags(new: str) -> dict[str, str]:
        return {file: changed(files[file], ("CFLAGS += -m64 -O2\n", new))}

    return repair.bug(
        "unknown-option",
        trap,
        minutes=4,
        title="an option that one compiler has",
        hint="Which program prints the first line with `error`, and which file gave it the option?",
        part="Every compiler makes the code of its own target without this option.",
        solution=flags("CFLAGS += -O2\n"),
        right=(
            flags("CFLAGS := -O2 $(CFLAGS)\n"),
            flags("ifeq ($(target_platform),linux-64)\nCFLAGS += -m64\nendif\nCFLAGS += -O2\n"),
        ),
        wrong=(
            Wrong(flags("CFLAGS += -m32 -O2\n"), "unrecognized command-line option ‘-m32’"),
            Wrong(
                {
                    _RECIPE: changed(
                        files[_RECIPE], ("- make\n    - inst", "- make CFLAGS=\n    - inst")
                    )
                },
                "the cause is still there",
                looks_right=True,
            ),
            Wrong(
                flags("CC := gcc\nCFLAGS += -O2\n"),
                "bin/words is for linux-64, not for linux-aarch64",
                looks_right=True,
            ),
        ),
    )


def _missing_header() -> Exercise:
    trap = catalogue.find("x86-intrinsics")
    file = "fast.c"
    include, function = repair.files_of(trap)[file].splitlines(keepends=True)
    plain = "int first(void) { return 1; }\n"

    return repair.bug(
        "missing-header",
        trap,
        minutes=5,
        title="a header that one compiler has",
        hint="Which processor has the instructions that this header declares?",
        part=(
            "Ask the compiler what it compiles for: `__SSE2__` is defined for x86-64 and not for "
            "Arm. Both the header and the function that uses it need the condition, and Arm needs "
            "a function too."
        ),
        solution={file: f"#if defined(__SSE2__)\n{include}{function}#else\n{plain}#endif\n"},
        right=(
            {file: f"#ifndef __x86_64__\n{plain}#else\n{include}{function}#endif\n"},
            {file: plain},
            {file: f"#if __has_include(<immintrin.h>)\n{include}{function}#else\n{plain}#endif\n"},
        ),
        more=_returns_one,
        wrong=(
            Wrong(
                {
                    file: f"#if defined(__SSE2__)\n{include}{function}#else\n"
                    f"{plain.replace('1', '0')}#endif\n"
                },
                "linux-aarch64: first() = 0",
                looks_right=True,
            ),
            Wrong(
                {file: f"#ifdef __linux__\n{include}{function}#else\n{plain}#endif\n"},
                "immintrin.h: No such file or directory",
            ),
            Wrong(
                {file: f"#if defined(__SSE2__)\n{include}#endif\n{function}"},
                "undefined reference",
                looks_right=True,
            ),
            Wrong(
                {file: f"#if defined(__SSE2__)\n{include}{function}#endif\n"},
                "the function first of lib/libfast",
                looks_right=True,
            ),
        ),
    )


def _refused_search() -> Exercise:
    trap = catalogue.find("interpreter-of-the-target")
    file = "CMakeLists.txt"
    planted = repair.files_of(trap)[file]
    search = "find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)\n"
    headers = search.replace("Interpreter ", "")

    def with_search(new: str) -> dict[str, str]:
        return {file: changed(planted, (search, new))}

    return repair.bug(
        "refused-search",
        trap,
        minutes=6,
        title="a search that CMake refuses",
        hint="Which call of `CMakeLists.txt` does the message come from, and what does it ask for?",
        part="Nothing in this project runs Python. It needs the headers alone.",
        solution=with_search(headers),
        right=(
            with_search(f"if(CMAKE_CROSSCOMPILING)\n  {headers}else()\n  {search}endif()\n"),
            with_search(
                "set(parts Development.Module)\nif(NOT CMAKE_CROSSCOMPILING)\n"
                "  list(APPEND parts Interpreter)\nendif()\n"
                "find_package(Python REQUIRED COMPONENTS ${parts})\n"
            ),
        ),
        wrong=(
            Wrong(with_search(""), 'Unknown CMake command "Python_add_library"'),
            Wrong({file: changed(planted, ("...4.2", ""))}, "Could NOT find Python"),
            Wrong(
                {
                    file: changed(
                        planted,
                        (search, headers),
                        ("Python_add_library(tiny MODULE WITH_SOABI", "add_library(tiny MODULE"),
                    )
                },
                "Python.h: No such file",
                looks_right=True,
            ),
        ),
    )


def _cannot_execute() -> Exercise:
    trap = catalogue.find("build-tools-in-host")
    planted = repair.files_of(trap)[_RECIPE]
    host, build = "  host:\n    - ninja\n", "  build:\n"

    def recipe(*edits: tuple[str, str]) -> dict[str, str]:
        return {_RECIPE: changed(planted, *edits)}

    return repair.bug(
        "cannot-execute",
        trap,
        minutes=6,
        title="a tool that cannot run here",
        hint="The message names a program by its path. Which of the two environments is it in?",
        part="Programs that run during the build are build requirements. Ninja is one.",
        solution=recipe((host, ""), (build, "  build:\n    - ninja\n")),
        right=(
            recipe((build, "  build:\n    - ninja\n")),
            recipe(
                (host, ""),
                (
                    "script: ninja install",
                    "script:\n    - mkdir -p $PREFIX/lib\n"
                    "    - $CC -shared -o $PREFIX/lib/libseven.so seven.c",
                ),
            ),
        ),
        wrong=(
            Wrong(
                recipe(("ninja install", "$BUILD_PREFIX/bin/ninja install")),
                "No such file or directory",
            ),
            Wrong(
                recipe(
                    ("ninja install", "ninja -n install"),
                    (host, ""),
                    (build, "  build:\n    - ninja\n"),
                ),
                "missing in seven",
                looks_right=True,
            ),
            Wrong(recipe((host, ""), (build, "  build:\n    - ninjas\n")), "ninjas"),
        ),
    )


def _not_found() -> Exercise:
    trap = catalogue.find("runs-target-python")
    files, file = repair.files_of(trap), "CMakeLists.txt"
    start, end = files[file].index("execute_process("), files[file].index("install(")
    call = files[file][start:end]
    recipe = changed(files[_RECIPE], ("cmake, ninja]", "cmake, ninja, python]"))

    def asks(new: str) -> dict[str, str]:
        return {file: changed(files[file], (call, new))}

    return repair.bug(
        "not-found",
        trap,
        minutes=5,
        title="a word that no shell knows",
        hint="The last line of the log names a file. Which program is it, and what is it for?",
        part=(
            "The project asks the target's Python for the folder of its modules. `$SP_DIR` has the "
            "answer, and CMake reads it as `$ENV{SP_DIR}`."
        ),
        solution=asks('set(folder "$ENV{SP_DIR}")\n'),
        right=(
            {file: changed(files[file], (call, ""), ("${folder}", "$ENV{SP_DIR}"))},
            asks('set(folder "$ENV{PREFIX}/lib/python$ENV{PY_VER}/site-packages")\n'),
            asks('set(folder "lib/python$ENV{PY_VER}/site-packages")\n'),
            asks(
                f'if(CMAKE_CROSSCOMPILING)\n  set(folder "$ENV{{SP_DIR}}")\nelse()\n{call}endif()\n'
            ),
        ),
        wrong=(
            Wrong(asks(""), "install FILES given no DESTINATION"),
            Wrong(asks(call.replace("/bin/python", "/bin/python3")), "not found"),
            Wrong(asks('set(folder "lib")\n'), "a file is in another folder", looks_right=True),
            Wrong(
                {**asks(call.replace("ENV{PREFIX}", "ENV{BUILD_PREFIX}")), _RECIPE: recipe},
                "missing in tiny",
                looks_right=True,
            ),
        ),
    )


EXERCISES = (
    _unknown_option(),
    _missing_header(),
    _refused_search(),
    _cannot_execute(),
    _not_found(),
)
