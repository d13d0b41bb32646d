"""The names of extensions in packages."""

from __future__ import annotations

import pytest

from crosscraft.building.check.detectors import extension_files, module_names
from tests.support.packages_of_facts import SITE, binary, conda

NAMES = [
    (f"{SITE}/libm.so", "PyInit_m", True),
    (f"{SITE}/p/m.dylib", "PyInit_m", True),
    (f"{SITE}/m.so.1", "PyInit_m", True),
    (f"{SITE}/libm.so", "PyInit_libm", False),
    (f"{SITE}/m.abi3.so", "PyInit_m", False),
    (f"{SITE}/m.cpython-311-aarch64-linux-gnu.so", "PyInit_m", False),
    ("lib/libm.so", "PyInit_m", False),
    (f"{SITE}/libm.so", "cos", False),
]


@pytest.mark.parametrize(("path", "function", "found"), NAMES)
def test_the_name_of_an_extension(path, function, found):
    package = conda({path: binary(function)})
    assert bool([*extension_files.extension_without_its_name_packed(package)]) is found


FOLDERS = [
    ([f"{SITE}/m/m.abi3.so"], True),
    ([f"{SITE}/m/m.abi3.so", f"{SITE}/m/__init__.py"], False),
    ([f"{SITE}/m.abi3.so"], False),
    ([f"{SITE}/p/m/m.abi3.so"], False),
    ([f"{SITE}/p/m.abi3.so"], False),
]


@pytest.mark.parametrize(("paths", "found"), FOLDERS)
def test_a_folder_of_the_same_name(paths, found):
    files = {path: binary("PyInit_m") if path.endswith(".so") else None for path in paths}
    assert bool([*module_names.namespace_package_packed(conda(files))]) is found
