"""A cell is coloured in the language that it is in."""

from __future__ import annotations

import pytest
from pygments.lexers import get_lexer_by_name

from tools.site.cells import CellLexer, body


@pytest.mark.parametrize(
    ("magic", "argument", "language"),
    [
        ("bash", "", "bash"),
        ("writefile", " {project}/src/math.cpp", "cpp"),
        ("writefile", " {project}/CMakeLists.txt", "cmake"),
        ("writefile", " {project}/recipe/recipe.yaml", "yaml"),
        ("writefile", " {project}/pixi.toml", "toml"),
        ("writefile", " {project}/typed.py", "python"),
        ("writefile", " {project}/hand/link.sh", "bash"),
        ("writefile", " {project}/no-such.language", "text"),
        ("time", " 1 + 1", "text"),
    ],
)
def test_a_magic_says_the_language_of_its_body(magic: str, argument: str, language: str) -> None:
    assert type(body(magic, argument)) is type(get_lexer_by_name(language))


@pytest.mark.parametrize(
    "source",
    ["answer = ...\n", "%%bash\nls *.conda | wc -l\n", "%%writefile a.cpp\nint a;\n", "%%bash\n"],
)
def test_all_of_a_cell_is_shown(source: str) -> None:
    assert "".join(value for _, value in CellLexer().get_tokens(source)) == source
    places = [(place, value) for place, _, value in CellLexer().get_tokens_unprocessed(source)]
    assert all(source.startswith(value, place) for place, value in places)
