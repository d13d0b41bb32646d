"""The comparison of packages, used as a front end uses it."""

from __future__ import annotations

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.views.package_comparison import PackageComparison
from tests.support.drawn_pages import said


@pytest.fixture
def comparison(folder):
    made = PackageComparison(folder)
    made.wait()
    return made


def test_it_begins_with_two(comparison):
    page = said(comparison.pane.widget.value)
    assert page.startswith("Left: a-1-h0000000_0.conda. Right: b-1-h0000000_0.conda.")
    assert "subdir linux-64 linux-aarch64" in page


def test_swapped(comparison):
    comparison.swap.click()
    comparison.wait()
    assert "subdir linux-aarch64 linux-64" in said(comparison.pane.widget.value)
    assert repr(comparison) == (
        "PackageComparison of b-1-h0000000_0.conda with a-1-h0000000_0.conda"
    )


def test_a_package_with_itself(comparison):
    comparison.right.index = 0
    comparison.wait()
    assert "found no difference" in said(comparison.pane.widget.value)


def test_the_static_form_says_the_same(comparison, folder):
    assert said(comparison.static()) == said(comparison.pane.widget.value)
    assert "<script" not in comparison.static()
    assert str(folder) not in comparison.static()


def test_a_damaged_package_is_told_in_place(folder):
    (folder / "linux-64" / "z-1-0.conda").write_bytes(b"PK")
    comparison = PackageComparison(folder)
    comparison.wait()
    assert "Error:" in said(comparison.pane.widget.value)
    comparison.right.index = 2
    comparison.wait()
    assert "Error" not in said(comparison.pane.widget.value)


def test_one_package_is_not_enough(folder):
    with pytest.raises(CrosscraftError, match="one package to compare"):
        PackageComparison(folder / "linux-64")
