"""The rows of the catalog, held against each other and against the table of platforms."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from crosscraft.channel.catalog import (
    PREFIX,
    PYTHON,
    TARGETS,
    Deb,
    Package,
    Wheel,
    by_set_up,
    on_demand,
    packages,
)
from crosscraft.platforms import NOARCH, PLATFORMS, Platform

BUILDS = tuple(PLATFORMS.values())


@pytest.fixture(params=BUILDS, ids=lambda row: row.subdir)
def build(request: pytest.FixtureRequest) -> Platform:
    assert isinstance(request.param, Platform)
    return request.param


@pytest.fixture
def rows(build: Platform) -> tuple[Package, ...]:
    return (*packages(build, BUILDS), *on_demand(build, BUILDS))


def test_every_target_has_its_parts(rows: tuple[Package, ...], build: Platform) -> None:
    have = {(row.name, row.subdir) for row in rows}
    for target in PLATFORMS.values():
        for name in ("gcc", "gxx", "gcc_impl", "gxx_impl", "binutils", "binutils_impl"):
            assert (f"{name}_{target.subdir}", build.subdir) in have
        assert (target.sysroot_package, NOARCH) in have
        assert {("python", target.subdir), ("libgcc", target.subdir)} <= have
        assert ((target.emulator_package, build.subdir) in have) is (target is not build)


def test_each_platform_has_its_line() -> None:
    assert list(TARGETS) == list(PLATFORMS)


def test_set_up_makes_what_the_series_needs(build: Platform) -> None:
    names = {row.name for row in packages(build)}
    for target in PLATFORMS.values():
        made = target is build or target in by_set_up()
        assert (f"gxx_{target.subdir}" in names) is made
        library = ("zlib", target.subdir)
        assert (library in {(row.name, row.subdir) for row in packages(build)}) is made


def test_build_platform_is_always_a_target() -> None:
    build, other = BUILDS[:2]
    names = {row.name for row in packages(build, [other])}
    assert {f"gxx_{build.subdir}", f"gxx_{other.subdir}"} <= names


def test_no_package_twice(rows: tuple[Package, ...]) -> None:
    keys = [(row.name, row.subdir, row.version) for row in rows]
    assert len(keys) == len(set(keys))


def test_dependencies_are_in_the_channel(rows: tuple[Package, ...]) -> None:
    names = {row.name for row in rows}
    exports = [
        (*row.run_exports.strong, *row.run_exports.weak, *row.run_exports.noarch) for row in rows
    ]
    for specs in (*(row.depends for row in rows), *exports):
        for spec in specs:
            name = spec.split()[0]
            assert name in names or name.startswith("__"), spec


def test_version_comes_from_a_source(rows: tuple[Package, ...]) -> None:
    for row in rows:
        if row.version.startswith("="):
            debs = {source.name for source in row.sources if isinstance(source, Deb)}
            assert row.version[1:] in debs, row.name


def test_wheels_are_pinned(rows: tuple[Package, ...]) -> None:
    wheels = {source for row in rows for source in row.sources if isinstance(source, Wheel)}
    assert wheels
    for wheel in wheels:
        assert re.fullmatch("[0-9a-f]{64}", wheel.sha256), wheel


def test_noarch_agrees_with_the_folder(rows: tuple[Package, ...]) -> None:
    for row in rows:
        assert (row.subdir == NOARCH) is (row.noarch is not None), row.name


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_a_compiler_has_specs_with_its_sysroot(build: Platform, target: Platform) -> None:
    row = next(r for r in packages(build, [target]) if r.name == f"gcc_impl_{target.subdir}")
    ((path, (driver, text)),) = row.specs.items()
    # The driver sets GCC_EXEC_PREFIX to the third folder above the file, with its name.
    folder = Path(path).parents[2]
    assert (folder.parent.name, driver[:4]) == ("lib", "bin/")
    named = re.findall(r"GCC_EXEC_PREFIX (\S+?)[/)]*[) ]", text.replace("\n", " "))
    assert len(named) == 3
    for relative in named:
        inside = os.path.normpath(folder / relative)
        assert inside.startswith(target.sysroot_path)


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_a_python_takes_debians_folders_for_those_of_its_prefix(target: Platform) -> None:
    row = next(r for r in packages(target) if (r.name, r.subdir) == ("python", target.subdir))
    name, lib = target.triplet, f"lib/python{PYTHON}"
    pattern, replacement = row.edits[f"{lib}/_sysconfigdata__{name}.py"]
    for old, new in {
        "'/usr'": f"'{PREFIX}'",
        f"'--libdir=/usr/lib/{name}'": f"'--libdir={PREFIX}/lib'",
        f"/usr/lib/{name}/pkgconfig": f"{PREFIX}/lib/pkgconfig",
        f"/usr/{lib}/config-{PYTHON}-{name}": f"{PREFIX}/{lib}/config-{PYTHON}-{name}",
        f"/usr/include/{name}/python{PYTHON}": f"{PREFIX}/include/python{PYTHON}",
        f"/usr/lib/{name}-other/": f"{PREFIX}/lib/{name}-other/",
        "/usr/bin": f"{PREFIX}/bin",
        "/usr/bin/install -c -m 644": "/usr/bin/install -c -m 644",
        "/usr/share/lib/zoneinfo": "/usr/share/lib/zoneinfo",
    }.items():
        assert re.sub(pattern, replacement, old) == new


@pytest.mark.parametrize("target", BUILDS, ids=lambda row: row.subdir)
def test_exports_are_those_of_conda_forge(build: Platform, target: Platform) -> None:
    exports = {row.name: row.run_exports.strong for row in packages(build, [target])}
    assert exports[f"gcc_{target.subdir}"] == ("libgcc >=12",)
    assert exports[f"gxx_{target.subdir}"] == ("libstdcxx >=12", "libgcc >=12")
    assert exports[target.sysroot_package] == ("__glibc >=2.36,<3.0.a0",)
    assert not [name for name, strong in exports.items() if "_impl_" in name and strong]
