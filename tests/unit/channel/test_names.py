"""The names of packages, in match specs and in file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.channel import names


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("python", "python"),
        ("python >=3.11,<4", "python"),
        ("conda-forge::gxx_linux-64 12.*", "gxx_linux-64"),
        ("__glibc >=2.17", "__glibc"),
        ("nanobind[version='>=2']", "nanobind"),
        ("Jinja2=3", "jinja2"),
    ],
)
def test_the_name_in_a_spec(spec: str, name: str) -> None:
    assert names.of_spec(spec) == name


@pytest.mark.parametrize("ending", [".conda", ".json"])
def test_the_parts_of_a_file_name(ending: str) -> None:
    path = Path("output") / f"cpp_math-stubs-0.1.0-pyh4616a5c_0{ending}"
    assert names.of_file(path) == ("cpp_math-stubs", "0.1.0", "pyh4616a5c_0")
