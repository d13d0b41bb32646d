"""Where a type checker finds stubs."""

from __future__ import annotations

import pytest

from crosscraft.building.check.detectors import stubs
from tests.support.packages_of_facts import SITE, conda

FILES = [
    ([f"{SITE}/m/m.pyi"], True),
    (["site-packages/m/m.pyi"], True),
    ([f"{SITE}/m/m.pyi", f"{SITE}/m/py.typed"], False),
    ([f"{SITE}/m/m.pyi", f"{SITE}/m/__init__.py"], False),
    ([f"{SITE}/m-stubs/__init__.pyi"], False),
    ([f"{SITE}/m.pyi"], False),
]


@pytest.mark.parametrize(("paths", "found"), FILES)
def test_the_folder_of_stubs(paths, found):
    assert bool([*stubs.stubs_not_found(conda(dict.fromkeys(paths)))]) is found
