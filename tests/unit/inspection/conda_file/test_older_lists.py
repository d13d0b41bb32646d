"""The lists of files of before paths.json. tests/oracles compares them with rattler's reading."""

from __future__ import annotations

import pytest

from crosscraft.inspection.conda_file import older_lists
from crosscraft.inspection.conda_file.older_lists import PLACEHOLDER


def rows(prefixes: bytes, files: bytes = b"bin/a\nbin/my b\n", **kinds: str) -> list[object]:
    """The rows of the table, without the names of the keys."""
    texts = {"info/files": files, "info/has_prefix": prefixes}
    table = older_lists.as_paths(texts, {"bin/a": kinds["a"]} if kinds else {})
    assert isinstance(table["paths"], list)
    return [tuple(row.values()) for row in table["paths"]]


NOTHING = (None, None)


@pytest.mark.parametrize(
    ("prefixes", "of_a", "of_b"),
    [
        (b"", NOTHING, NOTHING),
        (b"bin/a\n", (PLACEHOLDER, "text"), NOTHING),
        (b'"bin/my b"\n', NOTHING, (PLACEHOLDER, "text")),
        (b"/old binary bin/a\n", ("/old", "binary"), NOTHING),
        (b"'/old b' text 'bin/a'\n", ("/old b", "text"), NOTHING),
        (b'"/old" text "bin/my b"\n', NOTHING, ("/old", "text")),
        (b"# a comment\n\n  bin/a  \n", (PLACEHOLDER, "text"), NOTHING),
        (b"/1 text bin/a\n/2 binary bin/a\n", ("/2", "binary"), NOTHING),
    ],
)
def test_prefixes(prefixes, of_a, of_b):
    assert rows(prefixes) == [("bin/a", "hardlink", *of_a), ("bin/my b", "hardlink", *of_b)]


def test_files():
    assert rows(b"", b"bin/a\r\n\n#odd\n\xff", a="softlink") == [
        ("bin/a", "softlink", None, None),
        ("#odd", "hardlink", None, None),
        ("\udcff", "hardlink", None, None),
    ]
    assert older_lists.as_paths({"info/files": b""}, {}) == {"paths": []}


@pytest.mark.parametrize("line", ["bin/my b", "/old loud bin/a", "/old text bin/my b", '"bin/a'])
def test_a_line_in_no_form(line):
    with pytest.raises(ValueError, match="info/has_prefix has the line"):
        rows(line.encode())


def test_long_lines_are_read_in_no_time():
    for line in (b"a" * 2**20, b"' text " * 2**17, b"/a text " * 2**17):
        with pytest.raises(ValueError, match="has the line"):
            rows(line + b" '")
