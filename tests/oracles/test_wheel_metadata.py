"""The rows of pure packages agree with the metadata of their wheels."""

from __future__ import annotations

import email.parser
import re
from email.message import Message
from functools import cache

import pytest
from conda_package_streaming.package_streaming import stream_conda_component
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from crosscraft.channel import local
from crosscraft.channel.catalog import PYTHON, Package, on_demand
from crosscraft.platforms import native

ROWS = [row for row in on_demand(native(), [native()]) if row.noarch == "python" and row.sources]

OTHER_NAMES = {"python-build": "build"}
"""conda-forge's names that are not the project's."""

BEYOND = {
    "pip": {"setuptools", "wheel"},
    "meson": {"ninja"},
    "meson-python": {"ninja"},
    "pybind11": {"pybind11-global"},
}
"""What conda-forge's packages depend on, beyond the wheel's own requirements."""

FOR = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.2", "extra": ""}


@cache
def made() -> dict[tuple[str, str], str]:
    """The files of the packages in the local channel, by name and version."""
    return {(one.name, one.version): one.file for one in local.listing(local.find())}


def metadata(row: Package) -> Message:
    """Return the wheel's metadata, from the package."""
    file = made().get((row.name, row.version))
    if file is None:
        pytest.skip(f"the local channel has no {row.name}: `crosscraft channel add {row.name}`")
    pattern = r"site-packages/[^/]+\.dist-info/(METADATA|INSTALLER)"
    path = local.find() / file
    with path.open("rb") as opened:
        found = {}
        for tar, member in stream_conda_component(file, opened):
            if match := re.fullmatch(pattern, member.name):
                content = tar.extractfile(member)
                assert content is not None
                found[match[1]] = member.name.rpartition("/")[0], content.read().decode()
    # Both are in the folder that pip reads.
    assert found["METADATA"][0] == found["INSTALLER"][0]
    assert found["INSTALLER"][1] == "conda\n"
    return email.parser.HeaderParser().parsestr(found["METADATA"][1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_says_what_its_wheel_says(row: Package) -> None:
    said = metadata(row)
    assert canonicalize_name(said["Name"]) == canonicalize_name(OTHER_NAMES.get(row.name, row.name))
    assert said["Version"] == row.version
    assert said["License-Expression"] in (None, row.license)
    assert SpecifierSet(said["Requires-Python"] or "").contains(f"{PYTHON}.2")

    needed = {
        canonicalize_name(one.name): one.specifier
        for one in map(Requirement, said.get_all("Requires-Dist") or ())
        if one.marker is None or one.marker.evaluate(FOR)
    }
    stated = {
        canonicalize_name(OTHER_NAMES.get(one.name, one.name)): one.specifier
        for one in map(Requirement, row.depends)
        if one.name != "python" and one.name not in BEYOND.get(row.name, ())
    }
    assert stated == needed
