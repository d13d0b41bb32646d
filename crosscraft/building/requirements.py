"""The environments of a build: fetch their packages, or name the one that cannot be had.

The engine doesn't verify the contents of its package cache. So each package is verified by its
checksum before the engine runs (:mod:`crosscraft.environments.store`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from platform import libc_ver
from typing import Any

from crosscraft.building.engines.interface import Failure
from crosscraft.building.recipe import Output, Rendered
from crosscraft.channel import names, select
from crosscraft.channel.select import Channel
from crosscraft.environments import install, solver, store
from crosscraft.environments.store import Wanted
from crosscraft.errors import CrosscraftError, InstallError
from crosscraft.platforms import Platform, native

__all__ = ["Fetched", "explain", "fetch", "of_variant"]

_ANY_GLIBC = "2.99"
"""A build runs no program of the host environment, so its packages may need any glibc version."""

_LANGUAGES = {"perl": "perl", "r": "r-base", "ruby": "ruby"}
"""The package that the engine adds to a test in a language. It adds no ``python``."""


@dataclass(frozen=True, slots=True)
class _Environment:
    """An environment that the engine installs for an output."""

    kind: str
    """``build``, ``host``, ``run`` or ``test``."""
    specs: Mapping[str, str]
    """What asked for each match spec, as a phrase."""
    platform: Platform
    """The platform of its packages."""
    constraints: Sequence[str] = ()
    """Match specs for packages that other packages bring."""
    program: str = ""
    """The package of the interpreter that the test needs, if no spec has to name it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The packages of a build, by their store entries."""

    packages: tuple[Path, ...]
    """Those of all environments."""
    compiled_with: tuple[Path, ...]
    """Those of the build and host environments, which the result of a compiler depends on."""


_Solver = Callable[[_Environment], list[Wanted]]
"""Returns the packages of an environment that its specs name."""


def fetch(
    rendered: Rendered,
    build: Platform,
    target: Platform,
    channels: Sequence[Channel],
    *,
    tests: bool = True,
) -> Fetched:
    """Fetch the packages of all environments of the outputs.

    An environment without a solution is left out. The engine fails then, and :func:`explain`
    reports the reason.

    :param tests: whether the engine will run tests.
    :raises DownloadError: if a package does not match its checksum in the index.
    """
    own = {output.name for output in rendered.outputs}
    found: dict[str, Wanted] = {}
    compiled_with: dict[str, Wanted] = {}

    @cache  # the outputs of a recipe often have the same requirements
    def solved(specs: frozenset[str], platform: Platform) -> Sequence[Wanted]:
        try:
            records = solver.solve(sorted(specs), platform, channels, glibc=_ANY_GLIBC)
        except CrosscraftError:
            return ()
        packages = store.wanted(records)
        install.fetch(packages, platform, channels)
        return packages

    def solve(environment: _Environment) -> list[Wanted]:
        specs = frozenset(spec for spec in environment.specs if names.of_spec(spec) not in own)
        packages = {one.url: one for one in solved(specs, environment.platform)} if specs else {}
        found.update(packages)
        if environment.kind in ("build", "host"):
            compiled_with.update(packages)
        return _named(specs, packages.values())

    for output in rendered.outputs:
        tested = tests and (output.noarch or build is target)
        _solve_each(output, build, target, solve, output.tests if tested else ())
    every, these = (tuple(map(store.entry_of, one.values())) for one in (found, compiled_with))
    return Fetched(every, these)


def explain(
    rendered: Rendered,
    failed: Failure,
    build: Platform,
    target: Platform,
    channels: Sequence[Channel],
    own: Path,
) -> None:
    """Find the requirement that the channels cannot satisfy, and raise an error that names it.

    The engine's error does not name it. An environment with a solution is also installed, which
    reveals a full disk or a damaged package.

    :param failed: the failure. Only the output and the test that it names are examined.
    :param own: the engine's folder, with the packages that the build has made so far.
    :raises InstallError: if a requirement has no solution.
    :raises ChannelError: if a channel does not answer.
    """
    indexed = list(own.glob("*/repodata.json"))  # pixi's folder is not a channel
    made = {names.of_file(path)[0] for one in indexed for path in one.parent.glob("*.conda")}
    first = [select.in_folder(own, "this build")] if indexed else []
    outputs = {output.name: output.noarch for output in rendered.outputs}

    def check(output: Output, environment: _Environment) -> list[Wanted]:
        # The engine makes these, perhaps elsewhere. They have no package for another platform.
        expected = {
            name for name, noarch in outputs.items() if noarch or environment.platform is target
        }
        specs = {
            spec: asked
            for spec, asked in environment.specs.items()
            if names.of_spec(spec) not in expected - made
        }
        if not specs:
            return []
        needed = replace(environment, specs=specs)
        try:
            solved = _packages(output, needed, [*first, *channels], outputs)
        except InstallError as error:
            error.looked = f"the channels {', '.join(channel.name for channel in channels)}"
            raise
        if failed.kind == "dependencies":
            others = [spec for spec in specs if names.of_spec(spec) not in outputs]
            install.create(others, environment.platform, channels, glibc=_ANY_GLIBC)
        return _named(specs, solved)

    # The engine names a staging output after the recipe.
    known = failed.output in {output.name for output in rendered.outputs}
    for output in rendered.outputs:
        if output.name == failed.output or not known:
            tests = _failed_tests(output, failed)
            _solve_each(output, build, target, partial(check, output), tests)


def _solve_each(
    output: Output,
    build: Platform,
    target: Platform,
    solve: _Solver,
    tests: Iterable[Mapping[str, Any]],
) -> None:
    """Call `solve` with each environment of an output, in the engine's order.

    run_exports go from one environment to the next, as in conda-build (CEP 12).
    """
    of_build = solve(_Environment("build", _direct(output, "build"), build))
    strong = _exported(output, of_build, "strong")
    of_host = solve(_Environment("host", _direct(output, "host") | strong, target))
    if output.noarch:
        inherited = _exported(output, of_host, "noarch")
    else:
        inherited = strong | _exported(output, of_host, "strong", "weak")
    run = _Environment("run", _direct(output, "run") | inherited, target, output.run_constraints)
    solve(run)
    for test in tests:
        for environment in _of_test(test, run, build):
            solve(environment)


def _direct(output: Output, kind: str) -> dict[str, str]:
    """Return the specs of the recipe, with the variant's version for a bare name.

    The engine gives bare names in `build` and `host` the variant's version.
    """
    from rattler import MatchSpec

    variant = {_key(name): value for name, value in output.variant.items()}
    asked = f"`requirements: {kind}` asks for it."
    found = {output.exact_pins.get(name, name): asked for name in output.pins[kind]}
    for spec in getattr(output, f"{kind}_specs"):
        match = MatchSpec(spec)
        value = variant.get(_key(names.of_spec(spec)))
        if kind == "run" or value is None or match.version or match.build:
            found[spec] = asked
        else:
            found[of_variant(names.of_spec(spec), value)] = (
                f"`requirements: {kind}` asks for {spec}, and the variant for {value}."
            )
    return found


def of_variant(name: str, value: str) -> str:
    """Return the match spec for the package `name` in a variant with this value."""
    # The engine takes a plain version as the start of one.
    pinned = f"={value}" if re.fullmatch(r"[\w.]+", value) else value
    return f"{name} {pinned}"


def _key(name: str) -> str:
    """Return the variant key for the package `name`, in the form in which the engine compares."""
    return re.sub(r"[-.]", "_", name)


def _exported(output: Output, packages: Iterable[Wanted], *kinds: str) -> dict[str, str]:
    """Return the run_exports of `packages` that the recipe does not ignore."""
    ignored = output.ignore_run_exports
    return {
        spec: f"The run_exports of {package.name} ask for it."
        for package in packages
        if package.name not in ignored.get("from_package", ())
        for kind in kinds
        for spec in store.run_exports(package, kind)
        if names.of_spec(spec) not in ignored.get("by_name", ())
    }


def _of_test(test: Mapping[str, Any], run: _Environment, build: Platform) -> Iterator[_Environment]:
    """Yield the environments of one test. Each but the first of a script has the package."""
    required = test.get("requirements") or {}
    if required.get("build"):
        asked = dict.fromkeys(required["build"], "`requirements: build` of a test asks for it.")
        yield _Environment("test", asked, build)
    extra = dict.fromkeys(required.get("run") or (), "`requirements: run` of a test asks for it.")
    extra |= {
        package: f"A test in the language `{language}` asks for it."
        for language, package in _LANGUAGES.items()
        if language in test
    }
    python = test.get("python")
    if python and python.get("pip_check", True):
        extra["pip"] = "A Python test asks for it, unless it has `pip_check: false`."
    versions = (python or {}).get("python_version") or []
    for version in [versions] if isinstance(versions, str) else versions or [""]:
        of_version = f"python ={version}"
        asked = {of_version: "`python_version` of a test asks for it."} if version else {}
        program = "python" if python else ""
        yield replace(run, kind="test", specs={**run.specs, **extra, **asked}, program=program)


def _packages(
    output: Output,
    environment: _Environment,
    channels: Sequence[Channel],
    own: Container[str],
) -> list[Wanted]:
    """Return all packages of an environment.

    :raises InstallError: if it has no solution.
    """
    specs, platform, kind = environment.specs, environment.platform, environment.kind
    glibc = None if platform is native() else libc_ver()[1] or None
    try:
        records = solver.solve(
            [*specs], platform, channels, glibc=glibc, constraints=environment.constraints
        )
    except InstallError as error:
        lacking = solver.unsatisfied(specs, platform, channels, glibc=glibc)
        if not lacking:
            error.what = f"the {kind} environment of {output.name} cannot be made: {error.what}"
            raise
        spec, found = next(iter(lacking.items()))
        offered = f"{spec} for {platform.subdir}, and {solver.offer(spec, found)}" if found else ""
        error.what = f"{output.name} needs, in its {kind} environment: {offered or error.what}"
        if kind == "build" and spec in output.exact_pins.values():
            error.remedy = "This build makes it for the target, so pin it without `exact=True`."
        elif names.of_spec(spec) in own:
            error.remedy = (
                f"It is an output of this recipe, so build the recipe for {platform.subdir} first."
            )
        error.remedy = f"{specs[spec]} {error.remedy}"
        raise
    packages = store.wanted(records)
    if environment.program and environment.program not in {one.name for one in packages}:
        raise InstallError(
            f"{output.name} has a test that needs {environment.program}, and nothing in its run "
            f"environment depends on {environment.program}",
            remedy=f"Add {environment.program} to `requirements: run`.",
        )
    return packages


def _named(specs: Iterable[str], packages: Iterable[Wanted]) -> list[Wanted]:
    """Return the packages that the specs name."""
    named = {names.of_spec(spec) for spec in specs}
    return [package for package in packages if package.name in named]


def _failed_tests(output: Output, failed: Failure) -> Sequence[Mapping[str, Any]]:
    """Return the test that failed, or all tests if it is unknown which of them."""
    if failed.kind != "test":
        return ()
    if failed.test is None or not output.tests:
        return output.tests
    # Variants of an output have the same name, and their tests are counted together.
    return [output.tests[failed.test % len(output.tests)]]
