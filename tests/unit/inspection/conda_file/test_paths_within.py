"""Where a path inside a package leads."""

from __future__ import annotations

import pytest

from crosscraft.inspection.conda_file.paths_within import MAX_STEPS, resolve


@pytest.mark.parametrize(
    ("path", "links", "leads"),
    [
        ("a/b", {}, "a/b"),
        ("./a//b/.", {}, "a/b"),
        ("", {}, ""),
        ("a/../b", {}, "b"),
        ("..", {}, None),
        ("a/../../b", {}, None),
        ("/a", {}, None),
        ("lib64/x", {"lib64": "lib"}, "lib/x"),
        ("a/x", {"a": "b", "b": "c/d"}, "c/d/x"),
        ("a/..", {"a": "b/c"}, "b"),
        ("a/..", {"a": "."}, None),
        ("a", {"a": "/etc"}, None),
        ("lib/a", {"lib/a": "../../etc"}, None),
        ("a", {"a": "a"}, None),
        ("a" + "/a" * (MAX_STEPS - 2), {}, "a" + "/a" * (MAX_STEPS - 2)),
        ("a/" * MAX_STEPS * 2, {}, None),
    ],
)
def test_where_a_path_leads(path, links, leads):
    assert resolve(path, links) == leads
