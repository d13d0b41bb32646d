"""Fields of index.json that were written differently in the past."""

from __future__ import annotations

import pytest

from crosscraft.inspection.conda_file import index_json


@pytest.mark.parametrize(
    ("value", "noarch"),
    [
        (True, "generic"),
        (False, ""),
        (None, ""),
        ("python", "python"),
        ("generic", "generic"),
        ("Python", "python"),
    ],
)
def test_noarch(value, noarch):
    assert index_json.noarch({"noarch": value}) == noarch


@pytest.mark.parametrize("value", ["", "foo", "true", 1, ["python"], {"type": "python"}])
def test_another_noarch(value):
    with pytest.raises(ValueError, match="neither 'python' nor 'generic'"):
        index_json.noarch({"noarch": value})


@pytest.mark.parametrize(
    ("index", "subdir"),
    [
        ({"subdir": "linux-64"}, "linux-64"),
        ({"subdir": "noarch", "platform": "linux", "arch": "x86_64"}, "noarch"),
        ({"platform": "linux", "arch": "x86_64"}, "linux-64"),
        ({"platform": "win", "arch": "x86"}, "win-32"),
        ({"platform": "linux", "arch": "armv6l"}, "linux-armv6l"),
        ({"subdir": None, "platform": "osx", "arch": "arm64"}, "osx-arm64"),
        ({"platform": None, "arch": None}, "noarch"),
        ({"platform": "linux", "arch": None}, "noarch"),
        ({"noarch": True}, "noarch"),
        ({"noarch": "python"}, "noarch"),
        ({"noarch": False}, ""),
        ({}, ""),
    ],
)
def test_subdir(index, subdir):
    assert index_json.subdir(index) == subdir


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [
        (None, None),
        (0, 0),
        (-1, None),
        (1_500_000_000, 1_500_000_000_000),
        (1_500_000_000.25, 1_500_000_000_250),
        (1_700_000_000_123, 1_700_000_000_123),
        (253_402_300_799, 253_402_300_799_000),
        (253_402_300_800, 253_402_300_800),
        (10**400, 10**400),
    ],
)
def test_timestamp(value, milliseconds):
    assert index_json.timestamp({"timestamp": value}) == milliseconds


@pytest.mark.parametrize("value", ["1500000000", True, [], float("nan"), float("inf")])
def test_another_timestamp(value):
    with pytest.raises(ValueError, match="'timestamp' is not a number"):
        index_json.timestamp({"timestamp": value})
