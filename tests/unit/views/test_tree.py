"""Paths as a tree of folders that open and close."""

from __future__ import annotations

import pytest

from crosscraft.views.tree import Line, Tree

MANY = [f"lib/deep/down/f{i:02}" for i in range(80)]


def shown(tree):
    return [(line.path, line.depth, line.opened) for line in tree.lines()]


def test_a_small_tree_begins_open():
    tree = Tree(["b/c", "a"])
    assert shown(tree) == [("b/", 0, True), ("b/c", 1, False), ("a", 0, False)]


def test_a_large_tree_begins_closed_and_opens_what_is_alone():
    tree = Tree([*MANY, "a"])
    assert shown(tree) == [("lib/", 0, False), ("a", 0, False)]
    tree.toggle("lib/")
    assert tree.open == {"lib/", "lib/deep/", "lib/deep/down/"}
    assert len(shown(tree)) == 84
    tree.toggle("lib/deep/")
    assert shown(tree)[:2] == [("lib/", 0, True), ("lib/deep/", 1, False)]


def test_a_filter_looks_into_closed_folders():
    tree = Tree(MANY)
    assert [line.path for line in tree.matching("F07")] == ["lib/deep/down/f07"]
    assert not list(tree.matching("g"))


@pytest.mark.parametrize("path", ["/a", "a//b", "../a", "a/", "/", "//", "", "x/" * 3000 + "y"])
def test_paths_that_no_package_should_have(path):
    tree = Tree([path, "ok"])
    paths = [line.path for line in tree.lines()]
    assert "ok" in paths
    for folder in [line.path for line in tree.lines() if line.folder]:
        tree.toggle(folder)
        assert list(tree.lines())


def test_ten_thousand_files_in_one_long_chain_of_folders():
    tree = Tree(["/".join(["d"] * 200) + f"/f{i}" for i in range(10_000)])
    tree.toggle("d/")
    assert sum(1 for _ in tree.lines()) == 10_200


@pytest.mark.parametrize(("path", "name"), [("a/b/", "b"), ("a/b", "b"), ("/", "/")])
def test_the_name_of_a_line(path, name):
    assert Line(path, 0).name == name
