"""C++ sources: what is hidden, what is called, what is included."""

from __future__ import annotations

import pytest

from crosscraft.building.check import cxx_language


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("a; // b\nc;", "a;     \nc;"),
        ("a /* b\nc */ d", "a     \n     d"),
        ('f("x, /* y")', 'f("       ")'),
        ('f(R"x(a)" b)x")', 'f("          ")'),
        ("int n = 1'000'000;", "int n = 1'000'000;"),
        ("c = '\"'; d", 'c = " "; d'),
        ("a /* never closed", "a                "),
    ],
)
def test_comments_and_texts_are_blanked_at_their_length(source, bare):
    assert cxx_language.bare(source) == bare
    assert len(bare) == len(source)


def test_includes_but_not_those_in_comments():
    source = '#include <a.h>\n// #include <b.h>\n # include "c/d.h"\n/*\n#include <e.h>\n*/\n'
    assert cxx_language.includes(source) == (("a.h", False, 0), ("c/d.h", True, 33))


def test_the_arguments_of_calls():
    code = "m.def(a, [](int b, c<d, e> f) { return b > 1 ? g(b, 2) : 0; }, h); n.def(i"
    calls = [arguments for _, arguments in cxx_language.calls(code, r"\.def")]
    assert [each[:1] for each in calls] == [["a"]]
    assert calls[0][1].startswith("[](int b, c<d, e> f)")


@pytest.mark.parametrize(
    ("text", "end"), [("(a[b(c)])d", 8), ("<a<b>>c", 5), ("(a]", -1), ("(", -1)]
)
def test_the_closing_bracket(text, end):
    assert cxx_language.balanced(text, 0) == end
