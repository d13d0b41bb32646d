"""Lesson 10: a unity build in the recipe, for every platform, with batches of equal size."""

from __future__ import annotations

from pathlib import Path

from crosscraft.lessons.evidence import finished, scripts
from crosscraft.lessons.evidence.cmake import Configured
from crosscraft.lessons.evidence.finished import KEY
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, not_attempted, passed
from crosscraft.lessons.evidence.work import Work, copy_project, read
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import Platform, lookup, native

_ARM = lookup("linux-aarch64")
_RECIPE = "recipe/recipe.yaml"
_FINISHED = (KEY / _RECIPE).read_text(encoding="utf-8")
_OFF = "-DSTUBS_ONLY=OFF"
_ON = "-DCMAKE_UNITY_BUILD=ON"
_SIX = "-DCMAKE_UNITY_BUILD_BATCH_SIZE=6"
_LINE = "        - cmake -G Ninja -S . -B build ${CMAKE_ARGS} -DSTUBS_ONLY=OFF\n"


def _with(options: str) -> dict[str, str]:
    """Return the files of an answer with more options for CMake."""
    return {_RECIPE: changed(_FINISHED, (_OFF, f"{_OFF} {options}"))}


def check(work: Work) -> Verdict:
    """Configure by the recipe's script, count what the compiler gets, build and import."""
    project = copy_project(work.path, work.scratch / "project")
    if not (project / _RECIPE).is_file():
        raise NotYet(f"There is no {_RECIPE} in {work.path.name}. Copy the project again.")
    if (read(project / _RECIPE), _cmakelists(project)) == (_FINISHED, _cmakelists(KEY)):
        return not_attempted(f"The files in {work.path.name} are still as they were copied.")
    own = copy_project(project, work.scratch / "own")
    configured, joined = _batches(work, project, native())
    if not joined:
        raise NotYet(
            "This build compiles none of nanobind's own files, so there is nothing to join. Split "
            "mode is for the folder `split`."
        )
    if max(joined) == 1:
        unused = [line.strip() for line in configured.lines if "UNITY" in line]
        raise NotYet(
            "CMake still hands each file to the compiler alone. Look at the name of the variable, "
            "and at the output whose script has it.",
            [f"CMake, not used by the project: {line}" for line in unused[:1]],
        )
    work.see(f"files of nanobind in each batch: {', '.join(map(str, joined))}")
    if len(joined) == 1:
        raise NotYet(
            "One batch has all of nanobind's files, so only one core works on them. Make two "
            "batches."
        )
    if len(joined) > 2:
        raise NotYet("Each batch reads the same headers again. Make two larger batches.")
    if joined[0] - joined[1] > 1:
        raise NotYet(
            "One batch is much larger than the other, so one core waits. Which size splits eleven "
            "files nearly in half?"
        )
    _, on_arm = _batches(work, copy_project(work.path, work.scratch / "arm"), _ARM)
    if on_arm != joined:
        raise NotYet(
            "The build for linux-aarch64 joins other files than the native one, so it gains less "
            "or nothing. Where does it get its options?"
        )
    finished.works_as_before(work, own, (_ARM,))
    return passed("Three compiler runs in place of twelve, for every platform.")


def _batches(work: Work, project: Path, platform: Platform) -> tuple[Configured, list[int]]:
    """Configure a build by the recipe's script, and count nanobind's files in each run of the
    compiler, the largest number first.
    """
    lines = scripts.script(work, project, platform)
    configured = scripts.configure(work, project, platform, lines)
    runs = scripts.compilations(work, configured)
    plural = "time" if len(runs) == 1 else "times"
    work.see(f"{configured.where}: the compiler runs {len(runs)} {plural}")
    joined = (len(run.sources) for run in runs if run.target != "cpp_math")
    return configured, sorted(joined, reverse=True)


def _cmakelists(folder: Path) -> str:
    return read(folder / "CMakeLists.txt")


EXERCISE = Exercise(
    name="unity",
    lesson=10,
    minutes=6,
    title="a unity build in the recipe",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path="fast",
    base="cpp_math",
    hint=(
        "The recipe's script calls CMake once for each output. Options with `-D` go there, as in "
        "the cell above. A second variable of CMake has the largest number of files in a batch."
    ),
    part=(
        "The second variable is `CMAKE_UNITY_BUILD_BATCH_SIZE`, and eleven files in two batches "
        "are six and five."
    ),
    solution=_with(f"{_ON} {_SIX}"),
    check=check,
    right=(
        {
            "CMakeLists.txt": changed(
                (KEY / "CMakeLists.txt").read_text(encoding="utf-8"),
                (
                    "option(",
                    "set(CMAKE_UNITY_BUILD TRUE)\nset(CMAKE_UNITY_BUILD_BATCH_SIZE 6)\noption(",
                ),
            )
        },
        {
            _RECIPE: changed(
                _FINISHED,
                (
                    "script:\n" + _LINE + "        - ninja -C build install\n",
                    "script: |\n        cmake -G Ninja -S . -B fast ${CMAKE_ARGS} \\\n"
                    "          -D CMAKE_UNITY_BUILD_BATCH_SIZE=6 -D CMAKE_UNITY_BUILD=1\n"
                    "        cmake --build fast --target install\n",
                ),
            )
        },
        {
            _RECIPE: changed(
                _FINISHED,
                (
                    "script:\n" + _LINE + "        - ninja -C build install\n",
                    f"script:\n        env:\n          UNITY: {_ON} {_SIX}\n        content:\n"
                    f"          - cmake -G Ninja -S . -B build ${{CMAKE_ARGS}} {_OFF} $UNITY\n"
                    "          - ninja -C build install\n",
                ),
            )
        },
        {
            _RECIPE: changed(
                _FINISHED,
                (
                    "script:\n" + _LINE + "        - ninja -C build install\n",
                    "script: build.sh\n",
                ),
            ),
            "recipe/build.sh": f"cmake -G Ninja -S . -B build $CMAKE_ARGS {_OFF} {_ON} {_SIX}\n"
            "ninja -C build install\n",
        },
    ),
    wrong=(
        Wrong(_with("-DUNITY_BUILD=ON -DUNITY_BUILD_BATCH_SIZE=6"), "name of the variable"),
        Wrong(_with(_ON), "one core waits"),
        Wrong(_with(f"{_ON} -DCMAKE_UNITY_BUILD_BATCH_SIZE=0"), "only one core works"),
        Wrong(
            {
                _RECIPE: changed(
                    _FINISHED,
                    (
                        _LINE,
                        "        - if: build_platform == host_platform\n"
                        f"          then: {_LINE.strip()[2:]} {_ON} {_SIX}\n"
                        f"          else: {_LINE.strip()[2:]}\n",
                    ),
                )
            },
            "so it gains less",
            looks_right=True,
        ),
        Wrong(
            {
                "CMakeLists.txt": changed(
                    (KEY / "CMakeLists.txt").read_text(encoding="utf-8"),
                    (
                        'message(STATUS "Branch: native")\n',
                        'message(STATUS "Branch: native")\n  set(CMAKE_UNITY_BUILD ON)\n'
                        "  set(CMAKE_UNITY_BUILD_BATCH_SIZE 6)\n",
                    ),
                )
            },
            "so it gains less",
            looks_right=True,
        ),
        Wrong(
            {_RECIPE: changed(_FINISHED, ("-DSTUBS_ONLY=ON", f"-DSTUBS_ONLY=ON {_ON} {_SIX}"))},
            "output whose script has it",
            looks_right=True,
        ),
        Wrong(_with(f"{_ON} -DCMAKE_UNITY_BUILD_BATCH_SIZE=4"), "two larger batches"),
        Wrong(
            _with(f"{_ON} {_SIX}")
            | {
                "src/math.cpp": "#include <immintrin.h>\n"
                + (KEY / "src/math.cpp").read_text(encoding="utf-8")
            },
            "immintrin.h",
            looks_right=True,
        ),
        Wrong(
            {
                _RECIPE: changed(
                    _FINISHED,
                    (
                        f"{_OFF}\n        - ninja -C build install",
                        f"{_OFF} {_ON} {_SIX}\n        - ninja -C build",
                    ),
                )
            },
            "cpp_math",
            looks_right=True,
        ),
    ),
)
