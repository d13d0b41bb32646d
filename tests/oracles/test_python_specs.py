"""Our own reading of specs of Python, which browsers need, compared with rattler's."""

from __future__ import annotations

import pytest

from crosscraft.inspection import python_specs

VERSIONS = ("3.11", "3.11.2", "3.11.*", "3.11*", "3", "3.*", "3.12.0a0", "3.12.0rc1", "3.0")
OPERATORS = ("", "=", "==", "!=", ">=", "<=", ">", "<")
SIMPLE = [f"python {operator}{version}" for operator in OPERATORS for version in VERSIONS]
OTHERS = """\
python
Python >=3.8
python >=3.8,<4
python >=3.8, <4
python >= 3.8
python >=3.10,!=3.11.*,<3.14.0a0
python 3.10.*|3.11.*
python >=3.11,<3.12.0a0|>=3.13
python >=3.9|<3.5,!=3.3
python_abi 3.11.* *_cp311
python_abi 3.11 1_cp311
python 3.11.* *_cpython
python =3.11 *_cpython
python ~=3.9
python ~=3.9.1
python *
python * *_cpython
python >=3.7 # comment
python-dateutil >=2
ipython
python >
python >=
python [
""".splitlines()
TRIED = [f"3.{minor}{micro}" for minor in range(5, 16) for micro in ("", ".0", ".1", ".2", ".10")]


@pytest.mark.parametrize("text", [*SIMPLE, *OTHERS, ""])
def test_the_same_as_rattler(text: str) -> None:
    theirs, ours = python_specs.by_rattler(text), python_specs.parse(text)
    if theirs is None:
        assert ours is None
        return
    assert ours is not None
    assert (ours.name, ours.build) == (theirs.name, theirs.build)
    assert [one for one in TRIED if ours.matches(one)] == [
        one for one in TRIED if theirs.matches(one)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "python (>=3.8,<3.9)|>3.10",
        "python ^3.9$",
        "python foo",
        "python=3.11=*_cpython",
        "python[version='>=3.8']",
        "conda-forge::python >=3.9",
    ],
)
def test_an_unusual_form_is_not_guessed(text: str) -> None:
    assert python_specs.parse(text) is None
