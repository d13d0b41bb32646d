"""The line of a failed build that tells why."""

from __future__ import annotations

import pytest

from crosscraft.lessons.evidence import packages


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["+ ninja -Werror", "line 3: ninja: cannot execute binary file"], "line 3: ninja: cannot"),
        (["a.c: In function 'main':", "a.c:3:1: error: no"], "a.c:3:1: error: no"),
        (["CMake Error at CMakeLists.txt:3 (project):", "", "  No compiler."], "ct): No compiler."),
        (["one", "two", "trap: ldd: an error"], "two"),
        (["only:"], "only:"),
        (["trap: cmake: nothing else"], ""),
        ([], ""),
    ],
)
def test_the_first_line_that_tells_what_failed(lines: list[str], first: str) -> None:
    found = packages.first_error(lines)
    assert first in found
    assert bool(first) == bool(found)
