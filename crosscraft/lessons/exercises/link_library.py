"""Lesson 08: the library in CMakeLists.txt, found in the target's environment and linked."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from crosscraft.inspection import conda_file, elf
from crosscraft.lessons.evidence import cmake, packages
from crosscraft.lessons.evidence.cmake import Configured, Situation
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import checksums
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.lessons.exercises.require_library import EXERCISE as REQUIRE_LIBRARY
from crosscraft.lessons.exercises.require_library import PLATFORMS
from crosscraft.lessons.exercises.wrap_function import EXERCISE as WRAP_FUNCTION
from crosscraft.platforms import lookup
from crosscraft.system import files

_SOURCE = "src/checksums.cpp"
_ADD = "  nanobind_add_module(checksums src/math.cpp)\n"
_FIND = "  find_package(ZLIB REQUIRED)\n"
_OWN = f"  nanobind_add_module(checksums {_SOURCE})\n"
_LINK = "  target_link_libraries(checksums PRIVATE ZLIB::ZLIB)\n"
_GIVEN = checksums.template("CMakeLists.txt")
_LIBRARY = "libz.so.1"
_USE = "import checksums; assert checksums.checksum('abc') == 891568578"
_SOLUTION = changed(_GIVEN, (_ADD, _FIND + _OWN + _LINK))


def check(work: Work) -> Verdict:
    """Configure a cross and a native build and the stubs, look at the command that links, and
    build the packages of the finished module.
    """
    project = checksums.write_template(work.scratch / "project")
    shutil.copyfile(work.path, project / "CMakeLists.txt")
    (project / "src/math.cpp").unlink()  # as the lesson does
    files.write(project / _SOURCE, "#include <zlib.h>\n")
    for situation in (Situation.CROSS, Situation.NATIVE):
        _is_linked(work, cmake.configure(work, project, situation, host=_finished()).accepted())
    stubs = cmake.configure(work, project, Situation.NATIVE, "-DSTUBS_ONLY=ON")
    if stubs.status:
        raise NotYet(
            "The stubs' build doesn't compile anything, and its host environment has no zlib. Look "
            "for zlib where the module is made, below `else()`.",
            [f"CMake, with STUBS_ONLY=ON: {_short(stubs.errors[0] if stubs.errors else '')}"],
        )
    files.write(project / _SOURCE, str(WRAP_FUNCTION.solution))
    files.write(project / "recipe/recipe.yaml", str(REQUIRE_LIBRARY.solution))
    made = packages.build_project(work, project, [lookup(subdir) for subdir in PLATFORMS])
    for subdir in PLATFORMS:
        _needs_the_library(made, subdir)
        python = packages.installed(work, made, [checksums.NAME], lookup(subdir))
        python.python(_USE, work.scratch)
        work.see(f"built, installed and called for {subdir}")
    return passed("Each build finds zlib below its own `$PREFIX`, and links with it.")


def _is_linked(work: Work, made: Configured) -> None:
    """:raises NotYet: if the module isn't linked with the shared zlib of its host environment."""
    compiled, linked = _commands(made)
    if _SOURCE not in compiled:
        raise NotYet(f"CMake compiles another file than `{_SOURCE}`.", [_short(compiled)])
    named = [word for word in linked.split() if "libz." in word or word == "-lz"]
    if not named:
        raise NotYet(
            "Your module isn't linked with zlib, so Python would miss its functions at the import. "
            "`target_link_libraries` links.",
            [f"the last command, {made.where}: {_short(linked)}"],
        )
    evidence = [f"{made.where}: {named[0]}"]
    if named[0].endswith(".a"):
        raise NotYet(
            "That copies the whole library into your module, from an archive. Then nobody can "
            "replace a zlib that has a bug. Take the shared library, by `ZLIB::ZLIB`.",
            evidence,
        )
    if not named[0].startswith(("-l", "$PREFIX/")):
        raise NotYet(
            "That's a zlib of this machine, and the package will run on others. The target's is "
            "below `$PREFIX`, where `find_package` looks.",
            evidence,
        )
    work.see(f"{made.where}: linked with {named[0]}")


def _needs_the_library(made: Packages, subdir: str) -> None:
    """:raises NotYet: if the extension would only find zlib's functions by chance."""
    package = made.facts(checksums.NAME, subdir)
    for file in (file for file in package.files if file.endswith(".so")):
        needed = elf.read(conda_file.open_member(package.path, file)).needed
        if _LIBRARY not in needed:
            raise NotYet(
                f"For {subdir}, your module isn't linked with zlib. It only works there because "
                "Python itself has loaded that library.",
                [f"{subdir}: {Path(file).name} needs {', '.join(needed)}"],
            )


def _finished() -> Path:
    """Return a copy of the project that requires the library. Its host environment is used."""
    recipe = str(REQUIRE_LIBRARY.solution)
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:8]
    folder = files.cache("checks") / f"library-{digest}"
    if not (folder / "recipe/recipe.yaml").exists():
        checksums.write_template(folder)
        files.write(folder / "recipe/recipe.yaml", recipe)
    return folder


def _commands(configured: Configured) -> tuple[str, str]:
    """Return the commands that compile and link the module.

    :raises Refused: if there is no module.
    """
    here = configured.session
    argv = ["ninja", "-C", str(configured.folder), "-t", "commands", checksums.NAME]
    done = here.run(argv, configured.folder)
    if done.status or not done.lines:
        raise Refused("ninja", [*done.lines, "there is no target checksums"])
    lines = [here.named(line) for line in done.lines]
    return "\n".join(lines[:-1]), lines[-1]


def _short(text: str) -> str:
    return text if len(text) < 200 else f"… {text[-200:]}"


EXERCISE = Exercise(
    name="link-library",
    lesson=8,
    minutes=5,
    title="a library in CMakeLists.txt",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path="checksums/CMakeLists.txt",
    hint="Three lines: find the package, name your source file, link. They belong below `else()`.",
    part=_FIND + _LINK,
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, (_FIND + _OWN, _OWN + _FIND)),
        changed(_SOLUTION, ("PRIVATE ZLIB::ZLIB", "PRIVATE ${ZLIB_LIBRARIES}")),
    ),
    wrong=(
        Wrong(changed(_GIVEN, (_ADD, _OWN)), "isn't linked with zlib"),
        Wrong(changed(_GIVEN, (_ADD, _FIND + _ADD + _LINK)), "has deleted `src/math.cpp`"),
        Wrong(changed(_SOLUTION, ("ZLIB::ZLIB", "ZLIB::zlib")), "ZLIB::zlib"),
        Wrong(
            changed(
                _SOLUTION,
                (_FIND, ""),
                ("if(STUBS_ONLY)", "find_package(ZLIB REQUIRED)\n\nif(STUBS_ONLY)"),
            ),
            "below `else()`",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (_FIND, ""),
                ("  add_executable(", "  find_package(ZLIB REQUIRED)\n  add_executable("),
            ),
            "ZLIB::ZLIB",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, ("PRIVATE ZLIB::ZLIB", "PRIVATE /usr/lib/x86_64-linux-gnu/libz.so.1")
            ),
            "a zlib of this machine",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("PRIVATE ZLIB::ZLIB", "PRIVATE $ENV{PREFIX}/lib/libz.a")),
            "from an archive",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, (_OWN, f"  nanobind_add_module(checksums src/math.cpp {_SOURCE})\n")
            ),
            "has deleted `src/math.cpp`",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("PRIVATE ZLIB", "ZLIB")), "`PRIVATE` before"),
        Wrong(
            changed(
                _SOLUTION,
                (_LINK, f'  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "ppc")\n  {_LINK}  endif()\n'),
            ),
            "For linux-ppc64le, your module",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("stub(checksums_stub", "stub(stub")),
            "for linux-64",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"keyword signature",
            "nanobind links with keywords, and then every call for this module needs one. Write "
            "`PRIVATE` before the library: your module uses it, and nobody links with your module.",
        ),
        (
            r"Cannot find source file",
            "CMake should compile your file alone. The lesson has deleted `src/math.cpp`.",
        ),
        (
            r"target was not found|not found: ZLIB|ZLIB::",
            "The target that `find_package(ZLIB)` defines is called `ZLIB::ZLIB`, in capitals. It "
            "only exists in the branches where CMake has run that `find_package`.",
        ),
    ),
)
