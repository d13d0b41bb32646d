"""A release: three packages that are what the sources give, and that run on both processors."""

from __future__ import annotations

import tomllib
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.recipe import Output
from crosscraft.errors import RecipeError
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import calls, own_tests, packages, release, type_checker
from crosscraft.lessons.evidence.recipes import render
from crosscraft.lessons.evidence.release import Expected
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, not_attempted, passed
from crosscraft.lessons.evidence.work import Work, copy_project, read
from crosscraft.platforms import NOARCH, lookup, native

__all__ = ["BUILD", "PLATFORMS", "check"]

_PACKAGES = {
    "linux-64": (Expected("cpp_math", "linux-64"), Expected("cpp_math-stubs", NOARCH)),
    "linux-aarch64": (Expected("cpp_math", "linux-aarch64"),),
}
"""The packages of a release, by the platform whose build makes them."""
PLATFORMS = tuple(_PACKAGES)
"""The platforms that a release is built for."""
BUILD = (
    "`crosscraft build --project mine --target-platform linux-64,linux-aarch64 --output-dir "
    "mine/output` builds for both."
)
"""How a release is built."""
_OLD = "0.2.0"
"""The version that the lesson has built."""
_GIVEN = ("add", "mul")
"""The functions that the lesson has written."""


def check(work: Work) -> Verdict:
    """Read the packages, compare them with a fresh build, call them on both processors."""
    project = copy_project(work.path, work.scratch / "project")
    output = _output(work, project)
    if output.version == _OLD:
        return not_attempted(f"The recipe's version is still {_OLD}. Make a release of your own.")
    _versions_agree(project, output.version)
    own = _handed_in(work.path / "output", output.version)
    _are_fresh(work, project, own)
    channel = release.channel(list(own.values()), work.scratch / "channel")
    names = _run(work, project, output, channel)
    return passed(
        f"Three packages of version {output.version}, two processors, one set of stubs, and "
        f"{' and '.join(f'`{name}`' for name in names)} on both. That is a release."
    )


def _output(work: Work, project: Path) -> Output:
    """Return the extension, as the learner's recipe renders it for this machine.

    :raises NotYet: if it is gone, or its version is an old one.
    """
    import rattler

    try:
        recipe = recipes.find_recipe(project)
    except RecipeError as error:
        # The learner's folder, and not the copy.
        what = error.what.replace(str(project), work.path.name)
        raise Refused("crosscraft", [what]) from None
    outputs = render(work, recipe, [native().subdir])[native().subdir].outputs
    found = next((output for output in outputs if output.name == "cpp_math"), None)
    if found is None:
        raise NotYet("The recipe makes no package cpp_math any more.")
    # `0.2` is the same version as 0.2.0, in other words.
    version, old = rattler.Version(found.version), rattler.Version(_OLD)
    if version < old or (version == old and found.version != _OLD):
        raise NotYet(
            f"The recipe's version is {found.version}, and {_OLD} is built already. Raise "
            "`version` at the top of the recipe, and build."
        )
    return found


def _versions_agree(project: Path, version: str) -> None:
    """:raises NotYet: if `pixi.toml` has another version than the recipe."""
    try:
        facts = tomllib.loads(read(project / "pixi.toml"))
        other = str(facts["package"]["version"])
    except tomllib.TOMLDecodeError as error:
        raise NotYet("`pixi.toml` isn't TOML any more.", [f"pixi.toml: {error}"]) from None
    except (KeyError, TypeError):
        other = "none"
    if other != version:
        raise NotYet(
            "A version is written twice, and the two differ.",
            [f"recipe/recipe.yaml: {version}", f"pixi.toml: {other}"],
        )


def _handed_in(folder: Path, version: str) -> dict[Expected, CondaFile]:
    """Return the learner's packages.

    :raises NotYet: if one is missing.
    """
    found = {}
    for expected in (expected for every in _PACKAGES.values() for expected in every):
        package = release.find(folder, expected, version)
        if package is None:
            raise NotYet(
                f"There is no package {expected} of version {version} in `mine/output` yet. {BUILD}"
            )
        found[expected] = package
    return found


def _are_fresh(work: Work, project: Path, own: dict[Expected, CondaFile]) -> None:
    """:raises NotYet: if a package is not what a build of the sources gives now."""
    for subdir, every in _PACKAGES.items():
        made = packages.build_project(work, project, [lookup(subdir)])
        for expected in every:
            package = own[expected]
            fresh = release.find(made.folder, expected, package.version)
            differs = release.difference(package, fresh) if fresh else "the recipe skips it now"
            shown = f"{expected.subdir}/{package.path.name}"
            if differs:
                raise NotYet(
                    "That package isn't what your files give now: something has changed since it "
                    f"was built. Build it again. {BUILD}",
                    [f"{shown}: {differs}"],
                )
            work.see(f"{shown}: as your files give it, {release.machine(package)}")
            doubts = packages.doubts(package.path)
            if doubts:
                raise NotYet("`crosscraft inspect --verify` doubts that package.", doubts[:3])


def _run(work: Work, project: Path, output: Output, channel: packages.Packages) -> list[str]:
    """Test the learner's functions on both processors, and return their names."""
    tests, needed = own_tests.scripts(output), own_tests.requirements(output)
    specs = [f"cpp_math =={output.version}", *needed]
    here = packages.installed(work, channel, [*specs, "cpp_math-stubs"], native())
    names = _own_functions(here, work.scratch)
    missed = own_tests.unnoticed(work, here, tests, names, project)
    if missed:
        raise NotYet(
            f"No test in the recipe notices when `{missed[0]}` returns something wrong: each one "
            "passed with a broken one in its place. Compare its result, with `assert … == …`."
        )
    types = type_checker.revealed(here, work.scratch, names)
    for name, type_ in types.items():
        work.see(f"mypy --strict: {name} is {type_}")
    arm = packages.installed(work, channel, specs, lookup(PLATFORMS[1]))
    for test in tests:
        try:
            arm.script(test, work.scratch / "arm-tools", project)
        except Refused as refused:
            raise Refused(f"a test of the recipe, on {PLATFORMS[1]}", refused.lines) from None
    missed = own_tests.unnoticed(work, arm, tests, names, project)
    if missed:
        raise NotYet(
            f"On Arm, no test in the recipe notices when `{missed[0]}` returns something wrong. "
            "Does a test ask which machine it's on?"
        )
    work.see(f"tested on both processors: {', '.join(names)}")
    return names


def _own_functions(runner: Runner, folder: Path) -> list[str]:
    found = calls.functions(lambda code: runner.python(code, folder))
    for name in (name for name in _GIVEN if name not in found):
        raise NotYet(f"Your package has no `{name}` any more, and other people use it.")
    names = [name for name in found if name not in _GIVEN]
    if not names:
        raise NotYet(
            "The package has no function of your own. Its module has "
            f"{' and '.join(f'`{name}`' for name in found) or 'none'}. Solve `own-function` first."
        )
    return names
