"""The checks behind conda-forge's rules: each yields the places where a recipe breaks its rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import rattler
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from rattler.exceptions import InvalidVersionError

from crosscraft.building.conda_forge.recipe_text import Recipe, commands, flat, leaves

_ONE = "schema_version context package source build requirements tests about extra".split()
_SEVERAL = "schema_version context recipe source build outputs about extra".split()
_SECTIONS = ["build", "host", "run"]
_BACKENDS = frozenset(
    "flit flit-core hatchling jupyter_packaging maturin meson-python pdm-backend pdm-pep517 poetry "
    "poetry-core pymsbuild scikit-build-core setuptools sphinx-theme-builder uv-build whey".split()
)
_PINNED = frozenset(
    "bzip2 expat gmp libcurl libffi libxml2 mpfr ncurses numpy openblas openssl perl python "
    "readline sqlite xz zlib zstd".split()
)
"""What conda-forge's global pinning has a version for, among the packages of a Debian machine."""
_PYTHON_MIN = r"\$\{\{ python_min \}\}"


def order(recipe: Recipe) -> Iterator[str]:
    """Unknown sections, and sections out of order."""
    known = _SEVERAL if recipe.outputs else _ONE
    yield from (key for key in recipe.whole if key not in known)
    if not _is_sorted(recipe.whole, known):
        yield ", ".join(recipe.whole)
    for package in recipe.packages:
        if not _is_sorted(package.requirements, _SECTIONS):
            yield f"{package.place}requirements"


def _is_sorted(keys: Mapping[str, Any], order: list[str]) -> bool:
    numbers = [order.index(key) for key in keys if key in order]
    return numbers == sorted(numbers)


def about(recipe: Recipe) -> Iterator[str]:
    """What is missing of ``about``."""
    for key in ("homepage", "license", "summary"):
        if not recipe.section("about").get(key):
            yield f"about.{key}"


def licence(recipe: Recipe) -> Iterator[str]:
    """A licence that is no SPDX expression."""
    licence = recipe.section("about").get("license")
    try:
        if licence:
            canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        yield f"about.license: {licence}"


def licence_file(recipe: Recipe) -> Iterator[str]:
    """A licence file that is not named or, if the sources are here, not there."""
    files = [str(file) for file in flat(recipe.section("about").get("license_file"))]
    if not files:
        yield "about.license_file"
    sources = list(_sources(recipe))
    if all("path" in source for _, source in sources):
        near = [recipe.path.parent]
        near += [recipe.path.parent / source["path"] for _, source in sources]
        yield from (file for file in files if not any(any(place.glob(file)) for place in near))


def maintainers(recipe: Recipe) -> Iterator[str]:
    """No list of maintainers."""
    listed = recipe.section("extra").get("recipe-maintainers")
    if not listed or not isinstance(listed, list):
        yield "extra.recipe-maintainers"


def name_and_version(recipe: Recipe) -> Iterator[str]:
    """A wrong name or version, and numbers in place of versions."""
    top = "recipe" if recipe.outputs else "package"
    name, version = (recipe.filled(recipe.section(top).get(key, "")) for key in ("name", "version"))
    if "${{" not in name and not re.fullmatch(r"[a-z0-9_.-]+", name):
        yield f"{top}.name: {name}"
    try:
        if "${{" not in version:
            rattler.Version(version)
    except InvalidVersionError:
        yield f"{top}.version: {version}"
    for place, value in leaves(recipe.whole):
        if isinstance(value, float):
            yield f"{place}: {value}"


def number(recipe: Recipe) -> Iterator[str]:
    """No build number."""
    if recipe.section("build").get("number") is None:
        yield "build.number"


def tests(recipe: Recipe) -> Iterator[str]:
    """Packages without a test that can fail."""
    for package in recipe.packages:
        if not package.is_staging and not any(map(_can_fail, package.tests)):
            yield f"{package.place}tests"


def _can_fail(test: Mapping[str, Any]) -> bool:
    if "script" in test:
        idle = re.compile(r"\s*(echo\b|true\b|:|exit 0|#|$)|.*\|\| *true\s*$")
        return any(not idle.match(line) for line in commands(test["script"]))
    return any(True for _ in leaves(test))


def _sources(recipe: Recipe) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (("source", source) for source in flat(recipe.whole.get("source")))
    for number, output in enumerate(recipe.outputs):
        for source in flat(output.get("source")):
            yield f"outputs[{number}].source", source


def checksums(recipe: Recipe) -> Iterator[str]:
    """Downloads without a checksum."""
    for place, source in _sources(recipe):
        if "url" in source and not {"sha256", "md5"} & source.keys():
            yield place


def spaces(recipe: Recipe) -> Iterator[str]:
    """Requirements with more or fewer spaces than one."""
    for package in recipe.packages:
        for place, spec in leaves(package.requirements, f"{package.place}requirements"):
            if not isinstance(spec, str) or place.endswith(".if"):
                continue
            if re.match(r"[\w.-]+(\s*[<>=!]+\s|[<>=!])", spec):
                yield f"{place}: {spec}"


def stdlib(recipe: Recipe) -> Iterator[str]:
    """Compilers without the C library, and sysroots by name."""
    for package in recipe.packages:
        build = package.specs("build")
        compiles = any(
            re.match(r"\$\{\{ compiler\(.(c|cxx|fortran|rust|go-cgo)\b", spec) for spec in build
        )
        if compiles and not any(re.match(r"\$\{\{ stdlib\(.c.\)", spec) for spec in build):
            yield f"{package.place}requirements.build"
        if any(spec.startswith("sysroot_linux") for spec in build):
            yield f"{package.place}requirements.build: sysroot"


def pins(recipe: Recipe) -> Iterator[str]:
    """Versions that the global pinning decides on."""
    for package in recipe.packages:
        for name in sorted(_PINNED):
            match package.of("host", name):
                case [spec] if spec != name and "${{" not in spec:
                    yield f"{package.place}requirements.host: {spec}"


def python(recipe: Recipe) -> Iterator[str]:
    """Python at build time alone, and bounds on Python."""
    for package in recipe.packages:
        if package.is_staging or "noarch" in package.build:
            continue
        host, run = package.of("host", "python"), package.of("run", "python")
        if host and not run:
            yield f"{package.place}requirements.run"
        if not package.version_independent:
            for spec in (*host, *run):
                if re.match(r"python\s+[<>]", spec):
                    yield f"{package.place}requirements: {spec}"


def python_min(recipe: Recipe) -> Iterator[str]:
    """A noarch Python package that is not made for ``python_min`` and later."""
    for package in recipe.packages:
        if package.build.get("noarch") != "python":
            continue
        for section, operator in (("host", "=?=?"), ("run", ">=")):
            wanted = rf"python\s+{operator}{_PYTHON_MIN}"
            if not any(re.match(wanted, spec) for spec in package.of(section, "python")):
                yield f"{package.place}requirements.{section}"
        tests = [test for test in package.tests if {"python", "script"} & test.keys()]
        if tests and not any(re.search(_PYTHON_MIN, str(test)) for test in tests):
            yield f"{package.place}tests"


def both_ends(recipe: Recipe) -> Iterator[str]:
    """What serves several Pythons and is imported by the oldest alone."""
    for package in recipe.packages:
        serves_several = package.build.get("noarch") == "python" or package.version_independent
        if not serves_several or any("<" in spec for spec in package.of("run", "python")):
            continue
        for test in package.tests:
            if "python" in test and "*" not in flat(test["python"].get("python_version")):
                yield f"{package.place}tests"


def noarch_conditions(recipe: Recipe) -> Iterator[str]:
    """Conditions in a noarch package."""
    for package in recipe.packages:
        if "noarch" in package.build:
            for section in package.requirements:
                if any(isinstance(spec, Mapping) for spec in package.requirements[section] or ()):
                    yield f"{package.place}requirements.{section}"
            if "skip" in package.build and not recipe.outputs:
                yield "build.skip"


def subpackage(recipe: Recipe) -> Iterator[str]:
    """Pins to an output that is none, and the other way round."""
    for package in recipe.packages:
        for place, spec in leaves(package.requirements, f"{package.place}requirements"):
            found = re.search(r"pin_(subpackage|compatible)\(\s*(['\"]?)([\w.-]+)", str(spec))
            if found:
                name = found[3] if found[2] else recipe.filled(f"${{{{ {found[3]} }}}}")
                if (name in recipe.names) != (found[1] == "subpackage"):
                    yield f"{place}: {spec}"


def pip(recipe: Recipe) -> Iterator[str]:
    """Python projects without pip or without a build backend."""
    for package in recipe.packages:
        if any("setup.py install" in line for line in commands(package.build.get("script"))):
            yield f"{package.place}build.script"
        host = {spec.split()[0] for spec in package.specs("host")}
        if "pip" in host and not host & _BACKENDS:
            yield f"{package.place}requirements.host"


def abi3audit(recipe: Recipe) -> Iterator[str]:
    """Packages for the stable ABI that nothing audits."""
    for package in recipe.packages:
        is_abi3 = package.version_independent and package.of("host", "python-abi3")
        if is_abi3 and "abi3audit" not in str(package.tests):
            yield f"{package.place}tests"


def is_abi3(recipe: Recipe) -> Iterator[str]:
    """Comparisons of ``is_abi3`` with text."""
    for found in re.finditer(r"is_abi3 *[!=]= *['\"]", recipe.text):
        yield f"line {recipe.text.count(chr(10), 0, found.start()) + 1}"
