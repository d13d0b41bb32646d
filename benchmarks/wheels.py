"""The jobs about examples: a first `crosscraft build`, against pip's own wheel of the same source.

pip works in an environment of the same packages, with the variables of their activation, and so
with the same compiler. Neither side runs tests. `crosscraft build` also installs the environments
and packs the package. Examples without a pyproject.toml are left out, as pip cannot build
them.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.builds import CROSSCRAFT, empty_cache
from benchmarks.side_by_side import Action, Job, Prepare, call
from crosscraft.building import recipe
from crosscraft.channel import select
from crosscraft.environments import emulate, install
from crosscraft.platforms import native
from tests.support import examples


def build(name: str) -> Prepare:
    """`crosscraft build` of an example without its tests, by a compiler cache that is empty."""

    def prepare(folder: Path) -> Action:
        project = examples.copy(name, folder)
        argv = [CROSSCRAFT, "build", "--test", "skip", "--project", str(project)]
        cache = str(empty_cache())
        return lambda: call(argv, CROSSCRAFT_CACHE=cache)

    return prepare


def pip_wheel(name: str) -> Prepare:
    """`pip wheel` of the same, in an environment that is there."""

    def prepare(folder: Path) -> Action:
        project = examples.copy(name, folder)
        output = recipe.render(recipe.find_recipe(project), native(), native()).outputs[0]
        specs = [*output.build_specs, *output.host_specs]
        env = install.create(specs, native(), [select.choose()])
        argv = ["pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir"]
        command = emulate.command(env, [*argv, str(folder / "wheels"), str(project)], None)
        variables = emulate.variables(env)
        return lambda: call(command, cwd=project, **variables)

    return prepare


JOBS = tuple(
    Job(f"wheel-{name}", f"{name}, first build", "pip wheel", 1.5, build(name), pip_wheel(name))
    for name in sorted(examples.folders())
    if (examples.FOLDER / name / "pyproject.toml").is_file()
)
