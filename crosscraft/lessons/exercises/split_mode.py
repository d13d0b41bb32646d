"""Lesson 10: nanobind's split mode in the whole project, compiled for Arm and run."""

from __future__ import annotations

from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.lessons.evidence import finished, scripts
from crosscraft.lessons.evidence.finished import KEY
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, not_attempted, passed
from crosscraft.lessons.evidence.work import Work, copy_project, read
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import Platform, lookup, native

_ARM = lookup("linux-aarch64")
_RECIPE, _CMAKE = "recipe/recipe.yaml", "CMakeLists.txt"
_FINISHED = {name: (KEY / name).read_text(encoding="utf-8") for name in (_RECIPE, _CMAKE)}

_MODULE = "nanobind_add_module(cpp_math src/math.cpp)"
_SPLIT = "nanobind_add_module(cpp_math BACKEND_MODULE nanobind_backend src/math.cpp)"
_IMPORTED = "  add_executable(Python::Interpreter IMPORTED)\n"
_NAMED = f"{_IMPORTED}  set(Python_INTERPRETER_ID Python)\n"
_RUN = "      run:\n        - python\n"
_NEEDS = f"{_RUN}        - nanobind-backend\n"


def _with(*edits: tuple[str, str], needs: str = _NEEDS) -> dict[str, str]:
    """Return the files of an answer, with edits of CMakeLists.txt."""
    texts = {_CMAKE: changed(_FINISHED[_CMAKE], *edits)}
    return texts | ({_RECIPE: changed(_FINISHED[_RECIPE], (_RUN, needs))} if needs else {})


def check(work: Work) -> Verdict:
    """Configure by the recipe's script, count what the compiler gets, and run it on Arm."""
    project = copy_project(work.path, work.scratch / "project")
    for name in (_RECIPE, _CMAKE):
        if not (project / name).is_file():
            raise NotYet(f"There is no {name} in {work.path.name}. Copy the project again.")
    if all(read(project / name) == text for name, text in _FINISHED.items()):
        return not_attempted(f"The files in {work.path.name} are still as they were copied.")
    own = copy_project(project, work.scratch / "own")
    configured = scripts.configure(work, project, _ARM, scripts.script(work, project, _ARM))
    runs = scripts.compilations(work, configured)
    plural = "time" if len(runs) == 1 else "times"
    work.see(f"{configured.where}: the compiler runs {len(runs)} {plural}")
    if len(runs) > 1:
        raise NotYet(
            "nanobind's own files are still compiled into your extension. What did the small "
            "CMakeLists.txt say to `nanobind_add_module`?"
        )
    finished.works_as_before(work, own, (_ARM,))
    here = scripts.configure(
        work,
        copy_project(work.path, work.scratch / "native"),
        native(),
        scripts.script(work, project, native()),
    )
    if len(scripts.compilations(work, here)) > 1:
        raise NotYet("The build for Arm is in split mode now, and the native build isn't.")
    if _required(project, native()) != _required(project, _ARM):
        raise NotYet(
            "The package for this machine needs the same packages at run time as the one for Arm.",
            [f"{native().subdir}: run: {', '.join(_required(project, native()))}"],
        )
    finished.works_as_before(work, own, (native(),))
    return passed(
        "One file is compiled, and the package asks for nanobind's part by name. The interpreter "
        "was never run."
    )


def _required(project: Path, platform: Platform) -> list[str]:
    """Return what the extension's package requires at run time."""
    rendered = recipes.render(recipes.find_recipe(project), native(), platform)
    (output,) = (one for one in rendered.outputs if one.name == "cpp_math")
    return sorted(output.run_specs)


EXERCISE = Exercise(
    name="split-mode",
    lesson=10,
    minutes=8,
    title="split mode, cross-compiled",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FOLDER,
    path="split",
    base="cpp_math",
    hint=(
        "Change `nanobind_add_module` first, and build for Arm. The message names a line of "
        "`nanobind-config.cmake`, which is `$SP_DIR/nanobind/cmake/nanobind-config.cmake` in a "
        "`%%bash` cell. Which variable does nanobind look at there? After the build, think of the "
        "machine where your package is installed."
    ),
    part=(
        "Where the cross branch adds `Python::Interpreter`, it also has to "
        "`set(Python_INTERPRETER_ID Python)`. In the recipe, `nanobind-backend` is a requirement "
        "under `run` of the first output."
    ),
    solution=_with((_MODULE, _SPLIT), (_IMPORTED, _NAMED)),
    check=check,
    right=(
        _with(
            (_MODULE, "nanobind_add_module(cpp_math src/math.cpp BACKEND_MODULE nanobind_backend)"),
            ("project(cpp_math", 'set(Python_INTERPRETER_ID "Python")\nproject(cpp_math'),
            needs=f"{_RUN}        - nanobind-backend >=1.0\n",
        ),
        {
            _CMAKE: changed(_FINISHED[_CMAKE], (_MODULE, _SPLIT)),
            _RECIPE: changed(
                _FINISHED[_RECIPE],
                ("-DSTUBS_ONLY=OFF", "-DSTUBS_ONLY=OFF -DPython_INTERPRETER_ID=Python"),
                (_RUN, "      run: [nanobind-backend, python]\n"),
            ),
        },
    ),
    wrong=(
        Wrong(_with((_MODULE, _SPLIT)), "so nobody has told nanobind"),
        Wrong(
            _with((_MODULE, _SPLIT), (_IMPORTED, _NAMED), needs=""),
            "isn't in the environment",
            looks_right=True,
        ),
        Wrong(_with((_IMPORTED, _NAMED)), "still compiled into your extension"),
        Wrong(
            _with((_MODULE, _SPLIT), (_IMPORTED, _NAMED.replace("ID Python", "ID CPython"))),
            "so nobody has told nanobind",
            looks_right=True,
        ),
        Wrong(
            _with(
                (_MODULE, _SPLIT),
                (_IMPORTED, _NAMED),
                needs=f"{_RUN}        - if: aarch64\n          then: nanobind-backend\n",
            ),
            "linux-64: run: python",
            looks_right=True,
        ),
        Wrong(
            _with(
                (_MODULE, _SPLIT),
                (_IMPORTED, _NAMED),
                needs=f"{_RUN}        - nanobind_backend\n",
            ),
            "no package of that name",
            looks_right=True,
        ),
        Wrong(
            _with((_MODULE, _SPLIT), (_IMPORTED, _NAMED))
            | {
                "src/math.cpp": changed(
                    (KEY / "src/math.cpp").read_text(encoding="utf-8"),
                    (
                        "return a + b;",
                        "\n#ifdef __x86_64__\n    return a - b;\n#endif\n    return a + b;",
                    ),
                )
            },
            "no longer what it was",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"AssertionError",
            "A test of the recipe fails: the result of `add` is no longer what it was. Only "
            "CMakeLists.txt and the recipe need a change.",
        ),
        (
            r"Split mode requires CPython",
            "nanobind asks which Python it compiles for, and CMake would find out by running it. "
            "The target's can't be run here, so nobody has told nanobind what it expects. Read the "
            "line above the message in `nanobind-config.cmake`.",
        ),
        (
            r"is not installed|No module named",
            "The extension loads `nanobind_backend`, and that isn't in the environment. Which list "
            "of the recipe says what a package needs at run time?",
        ),
        (
            r"nanobind_backend",
            "There is no package of that name. The module has an underscore, and the package has "
            "a dash.",
        ),
    ),
)
