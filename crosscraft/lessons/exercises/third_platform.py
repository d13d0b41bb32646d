"""Lesson 05: the same project for a third platform, built and run without given commands."""

from __future__ import annotations

import functools
import io
from dataclasses import replace
from pathlib import Path

from crosscraft.lessons.evidence import extension, own_package, parts, recipes, runner
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Maker, Wrong, changed
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup
from crosscraft.system.console import Console

_PLATFORM = lookup("linux-ppc64le")
_RECIPE, _SOURCE = "recipe/recipe.yaml", "src/math.cpp"
_FOLDER = f"output/{_PLATFORM.subdir}"
_BUILD = f"crosscraft build --target-platform {_PLATFORM.subdir} --output-dir output\n"

_CALL = """
import cpp_math, json, platform
names = [name for name in dir(cpp_math) if name[0] != "_"]
print(json.dumps([platform.machine(), cpp_math.add(1, 2), cpp_math.add(20, 22), names]))
"""
"""Prints the processor, two sums, and the names in the module."""


def check(work: Work) -> Verdict:
    """Inspect the package, compare it with the recipe, install it, and run it under QEMU."""
    package = _package(work)
    own_package.inspect(
        work,
        package,
        _PLATFORM,
        "What the package says isn't so. A compiler makes code for a platform, and an edited label "
        "doesn't.",
    )
    _compare_with_recipe(work, package)
    installed = own_package.installed(work, package, _PLATFORM)
    found = runner.listed(installed.python(_CALL, work.scratch))
    work.see(f"installed and run under QEMU: {found[0]}: 1 + 2 = {found[1]}")
    source = _project(work) / _SOURCE
    expected = runner.listed(extension.compile_file(work, source, _PLATFORM).python(_CALL))
    if found != expected:
        raise NotYet(
            "Your `src/math.cpp` does something else than the package, which is older. Build it "
            "again.",
            [f"src/math.cpp, compiled now: 1 + 2 = {expected[1]}, with {', '.join(expected[3])}"],
        )
    return passed("A third processor, from the same sources. You changed no line for it.")


def _project(work: Work) -> Path:
    """Return the project of the folder that was handed in."""
    project = work.path.parent.parent
    for name in (_RECIPE, _SOURCE):
        if not (project / name).is_file():
            raise NotYet(
                f"There is no {name} in {project.name}, the folder that has your packages."
            )
    return project


def _package(work: Work) -> Path:
    """Return the newest package of the extension."""
    found = own_package.newest(work.path)
    if found:
        return found
    below = next(work.path.glob("*/cpp_math-[0-9]*.conda"), None)
    if below:
        raise NotYet(
            f"There is no package of `cpp_math` in {work.path.name} itself, and there are some in "
            f"its folder {below.parent.name}. `crosscraft build` makes a folder for each platform, "
            "below the one that you name. The check takes `output/linux-ppc64le`."
        )
    raise NotYet(
        f"There is no package of `cpp_math` in {work.path.name} yet. Which option of `crosscraft "
        "build` names the platform?"
    )


def _compare_with_recipe(work: Work, package: Path) -> None:
    recipe = _project(work) / _RECIPE
    rendered = recipes.render(work, recipe, [_PLATFORM.subdir])[_PLATFORM.subdir]
    now = [f"{one.name}-{one.version}-{one.build}" for one in rendered.outputs]
    if package.stem not in now:
        raise NotYet(
            "The package isn't the one that your recipe describes now. Build it again.",
            [f"your recipe, rendered for {_PLATFORM.subdir}: {', '.join(now)}"],
        )


@functools.cache
def _compiled(subdir: str) -> Parts:
    """Return a package of the finished project, compiled once in a process, without an engine."""
    with works.begin(..., Console(io.StringIO())) as work:
        made = parts.finished(work, subdir)
    return replace(made, index={**made.index, "build": "haef0f4a_0"})


def _handed_in(
    subdir: str = _PLATFORM.subdir, *, lie: bool = False, **edits: tuple[str, str]
) -> Maker:
    """Return what makes a project with a package in the folder of the platform.

    :param subdir: the platform that the extension is compiled for.
    :param lie: whether the package and the extension have the names of the platform.
    :param edits: the edits of the recipe or of the source, made after that.
    """

    def make(folder: Path) -> Path:
        project = works.copy_project(ROOT / "cpp_math", folder / "project")
        made = _compiled(subdir)
        if lie:
            ((name, code),) = made.files.items()
            name = name.replace("aarch64-linux-gnu", _PLATFORM.triplet)
            index = {**made.index, "subdir": _PLATFORM.subdir}
            made = replace(made, index=index, files={name: code})
        for kind, edit in edits.items():
            path = project / {"recipe": _RECIPE, "source": _SOURCE}[kind]
            path.write_text(changed(path.read_text(encoding="utf-8"), edit), encoding="utf-8")
        return parts.put_together(made, project / _FOLDER / f"{made.stem}.conda").parent

    return make


EXERCISE = Exercise(
    name="third-platform",
    lesson=5,
    minutes=7,
    title="a third platform",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path=_FOLDER,
    base="cpp_math",
    hint=(
        "The build for linux-aarch64 took one command. Which word of it names the platform? "
        "`crosscraft run` takes the same name."
    ),
    part=f"`crosscraft build` with `--target-platform {_PLATFORM.subdir}` makes the package.",
    solution=_BUILD
    + f"crosscraft run --quiet --platform {_PLATFORM.subdir} --with cpp_math -- "
    + "python -c 'import cpp_math; print(cpp_math.add(1, 2))'\n",
    check=check,
    right=(
        _handed_in(source=("return a + b", "return b + a")),
        _handed_in(recipe=("cmake\n        - ninja", "ninja\n        - cmake")),
    ),
    wrong=(
        Wrong(f"mkdir -p {_FOLDER}\n", "no package of `cpp_math`"),
        Wrong(_handed_in("linux-aarch64"), "doesn't change what's in it", looks_right=True),
        Wrong(_handed_in("linux-aarch64", lie=True), "an edited label doesn't", looks_right=True),
        Wrong(
            _handed_in(recipe=("version: 0.1.0", "version: 0.2.0")),
            "your recipe describes now",
            looks_right=True,
        ),
        Wrong(
            _handed_in(source=("return a + b", "return b - a")), "which is older", looks_right=True
        ),
    ),
)
