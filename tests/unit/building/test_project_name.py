"""Which names a project can have, and what is said of the others."""

from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.building import project_name
from crosscraft.errors import ProjectError

GOOD = ["a", "x9", "geo_tools", "q_2x", "a_1_b", "sine", "cpp_math", "core", "a" * 50]

BAD = [
    ("a" * 51, "more than 50 characters"),
    ("x" * 100, "more than 50 characters"),
    ("", "a name has lower-case letters"),
    ("Geo", "a name has lower-case letters"),
    ("geo-tools", "a name has lower-case letters"),
    ("geo tools", "a name has lower-case letters"),
    ("geo.tools", "a name has lower-case letters"),
    ("9a", "a name has lower-case letters"),
    ("_a", "a name has lower-case letters"),
    ("a_", "a name has lower-case letters"),
    ("a__b", "a name has lower-case letters"),
    ("größe", "a name has lower-case letters"),
    ("geo\n", "a name has lower-case letters"),
    ("../geo", "a name has lower-case letters"),
    ("a٣", "a name has lower-case letters"),
    ("lambda", "keyword of Python"),
    ("math", "Python has a module"),
    ("test", "every build"),
    ("double", "in C and C++"),
    ("linux", "in C and C++"),
    ("z", "the C library or zlib"),
    ("install", "every build"),
    ("build", "every build"),
    ("numpy", "a package"),
    ("nanobind", "a package"),
    ("python", "a package"),
    ("scikit_build_core", "a package"),
    ("zlib", "Python has a module"),
    ("stdcxx", "a package"),
    ("table", "a file of that name"),
]


@pytest.mark.parametrize("name", GOOD)
def test_good_names_pass(name: str) -> None:
    project_name.check(name, {"table"})


@pytest.mark.parametrize(("name", "reason"), BAD)
def test_bad_names_are_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(ProjectError, match=re.escape(reason)) as caught:
        project_name.check(name, {"table"})
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Geo-Tools", "geo_tools"),
        ("Fast Fourier", "fast_fourier"),
        ("9", "geo_tools"),
        ("ümlaut", "geo_tools"),
    ],
)
def test_a_legal_spelling_is_proposed(name: str, remedy: str) -> None:
    with pytest.raises(ProjectError) as caught:
        project_name.check(name, ())
    assert caught.value.remedy.endswith(f" {remedy}.")


@given(st.text("ab_09-.Aé", min_size=1, max_size=6))
def test_what_passes_is_legal_everywhere(name: str) -> None:
    try:
        project_name.check(name, ())
    except ProjectError:
        return
    assert name.isidentifier() and not keyword.iskeyword(name)
    assert name.isascii() and name == name.lower()
    assert re.fullmatch(r"[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?", name, re.I)  # packaging.python.org
