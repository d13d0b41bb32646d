"""A release: packages that are what the sources give, and that run on three processors."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from crosscraft.building import recipe as recipes
from crosscraft.building.recipe import Output
from crosscraft.errors import RecipeError
from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.lessons.evidence import calls, own_tests, packages, release, type_checker
from crosscraft.lessons.evidence import runner as runners
from crosscraft.lessons.evidence.recipes import output as output_of
from crosscraft.lessons.evidence.recipes import render
from crosscraft.lessons.evidence.release import Expected
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, not_attempted, passed
from crosscraft.lessons.evidence.work import Work, copy_project, read
from crosscraft.lessons.exercises.kinds.checksums import NAME
from crosscraft.platforms import NOARCH, lookup, native

__all__ = ["BUILD", "PLATFORMS", "check"]

_PACKAGES = {
    "linux-64": (Expected(NAME, "linux-64"), Expected(f"{NAME}-stubs", NOARCH)),
    "linux-aarch64": (Expected(NAME, "linux-aarch64"),),
    "linux-ppc64le": (Expected(NAME, "linux-ppc64le"),),
}
"""The packages of a release, by the platform whose build makes them."""
PLATFORMS = tuple(_PACKAGES)
"""The platforms that a release is built for."""
BUILD = (
    f"`crosscraft build --target-platform {','.join(PLATFORMS)}`, in the folder `{NAME}`, builds "
    "all of them."
)
"""How a release is built."""
_OLD = "0.1.0"
"""The version that the lesson has built."""
_LIBRARY = "libz.so.1"
"""The library that the extension is linked with."""
_GIVEN = ("checksum", "sizes", "decompress", "Crc32")
"""The functions and the class that the lesson has written."""

_NAMES = f"""
import json, {NAME}
print(json.dumps([name for name, one in vars({NAME}).items() if name[0] != "_" and callable(one)]))
"""
"""Prints the names of the functions and classes."""


def check(work: Work) -> Verdict:
    """Read the packages, compare them with a fresh build, test them on each processor."""
    project = copy_project(work.path, work.scratch / "project")
    output = _output(work, project)
    if output.version == _OLD:
        return not_attempted(f"The recipe's version is still {_OLD}. Make a release of your own.")
    _versions_agree(project, output.version)
    own = _handed_in(work.path / "output", output.version)
    _are_fresh(work, project, own)
    _is_linked(work, own)
    channel = release.channel(list(own.values()), work.scratch / "channel")
    names = _run(work, project, output, channel)
    return passed(
        f"Version {output.version}: three processors, one set of types, and "
        f"{len(names)} names that are tested on all of them. Your library is ready for others."
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
    found = next((output for output in outputs if output.name == NAME), None)
    if found is None:
        raise NotYet(f"The recipe makes no package {NAME} any more.")
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
                f"There is no package {expected} of version {version} in `{NAME}/output` yet. "
                f"{BUILD}"
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


def _is_linked(work: Work, own: dict[Expected, CondaFile]) -> None:
    """:raises NotYet: if an extension doesn't use the library, or nothing installs it."""
    for expected, package in own.items():
        for file in (file for file in package.files if file.endswith(".so")):
            needed = elf.read(conda_file.open_member(package.path, file)).needed
            if _LIBRARY not in needed:
                raise NotYet(
                    "That extension doesn't use zlib's shared library. Is it copied from an "
                    "archive?",
                    [f"{expected}: needs {', '.join(needed)}"],
                )
        if expected.subdir != NOARCH and not any(
            spec.startswith("libzlib ") for spec in package.depends
        ):
            raise NotYet(
                "Nothing installs zlib with that package. `zlib` in `host` adds it.",
                [f"{expected}: depends on {', '.join(package.depends)}"],
            )
    work.see(f"each extension needs {_LIBRARY}, and its package depends on libzlib")


def _run(work: Work, project: Path, output: Output, channel: packages.Packages) -> list[str]:
    """Test the learner's functions on each processor, and return their names."""
    tests, needed = own_tests.scripts(output), own_tests.requirements(output)
    _are_tested(work, project, tests)
    specs = [f"{NAME} =={output.version}", *needed]
    here = packages.installed(work, channel, [*specs, f"{NAME}-stubs"], native())
    names = _names(here, work.scratch)
    missed = own_tests.unnoticed(work, here, tests, names, project, NAME)
    if missed:
        raise NotYet(
            f"No test in the recipe notices when `{missed[0]}` returns something wrong: each one "
            "passed with a broken one in its place. Compare its result, with `assert … == …`."
        )
    types = type_checker.revealed(here, work.scratch, names, NAME)
    for name, type_ in types.items():
        work.see(f"mypy --strict: {name} is {type_}")
    for subdir in PLATFORMS[1:]:
        there = packages.installed(work, channel, specs, lookup(subdir))
        _does_the_same(work, here, there)
        for test in tests:
            try:
                there.script(test, work.scratch / f"tools-{subdir}", project)
            except Refused as refused:
                raise Refused(f"a test of the recipe, on {subdir}", refused.lines) from None
    work.see(f"tested on {len(PLATFORMS)} processors: {', '.join(names)}")
    return names


def _are_tested(work: Work, project: Path, tests: Sequence[str]) -> None:
    """:raises NotYet: if the recipe has other tests for another platform."""
    rendered = render(work, recipes.find_recipe(project), PLATFORMS)
    for subdir in PLATFORMS:
        if own_tests.scripts(output_of(rendered, NAME, subdir)) != tuple(tests):
            raise NotYet(
                f"The recipe has other tests for {subdir} than for this machine. Somebody with "
                "that processor runs those of the package."
            )


def _does_the_same(work: Work, here: Runner, there: Runner) -> None:
    """:raises NotYet: if a function does something else on another processor."""
    own, other = (partial(runner.python, folder=work.scratch) for runner in (here, there))
    every = calls.functions(own, NAME).values()
    wanted = [call for function in every for call in calls.of(function)]
    one, two = (calls.results(python, wanted, NAME) for python in (own, other))
    subdir = there.environment.platform.subdir
    for call in (call for call in wanted if calls.differs(call, one, two)):
        raise NotYet(
            f"`{call.partition('(')[0]}` does something else on {subdir} than on this machine, "
            "and no test says so. What in it depends on the processor?",
            [f"{call}: {one.get(call, calls.LOST)} here, {two.get(call, calls.LOST)} there"],
        )


def _names(runner: Runner, folder: Path) -> list[str]:
    """Return the names of the functions and classes of the module."""
    found = runners.listed(runner.python(_NAMES, folder))
    for name in (name for name in _GIVEN if name not in found):
        raise NotYet(f"Your package has no `{name}` any more, and other people use it.")
    if len(found) == len(_GIVEN):
        raise NotYet(
            "The package has no function of your own. Its module has "
            f"{', '.join(f'`{name}`' for name in found)}. Solve `own-function` first."
        )
    return [str(name) for name in found]
