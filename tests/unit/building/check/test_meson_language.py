"""What is in a ``meson.build``: calls, arguments, and what a cross build reaches."""

from __future__ import annotations

import pytest

from crosscraft.building.check.meson_language import Call, Statement, statements
from crosscraft.building.check.texts import Text

KNOWN = {"true": True, "meson.is_cross_build()": True, "host_machine.system()": "linux"}


def read(content: str) -> list[Statement]:
    return list(statements(Text("meson.build", content), KNOWN))


def call(content: str) -> Call:
    return read(content)[0].calls[0]


def test_a_call_over_several_lines() -> None:
    found = call("x = executable(\n  'x', # not 'y'\n  files('a.c'),\n  native: true,\n)\n")
    assert (found.name, found.line, found.end) == ("executable", 1, 5)
    assert [argument[0].text for argument in found.arguments] == ["x", "files"]
    assert found.is_native() is True


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("cc.run('x')", "cc.run"),
        ("meson.get_compiler('c').run('x')", "meson.get_compiler"),
        ("if not (a and b.c())\nendif", "b.c"),
    ],
)
def test_what_is_called(content: str, name: str) -> None:
    assert call(content).name == name


def test_a_method_of_a_result() -> None:
    calls = read("meson.get_compiler('c', native: true).run('x')")[0].calls
    assert calls[1].name == "meson.get_compiler('c',native:true).run"


def test_strings_contain_no_calls() -> None:
    assert call("message('a.b()', '''\nc()\n''', f'@d()@', 'it\\'s e()')").name == "message"
    assert len(read("x = '''\nrun()\n'''\ny = 1\n")) == 2


@pytest.mark.parametrize(
    ("condition", "reached"),
    [
        ("true", True),
        ("meson.is_cross_build()", True),
        ("not meson.is_cross_build()", False),
        ("host_machine.system() == 'linux'", True),
        ("host_machine.system() != 'linux'", False),
        ("get_option('x')", None),
        ("get_option('x') or true", True),
        ("get_option('x') and not (true or true)", False),
        ("flag", True),
        ("changed", None),
        ("host_machine.system() in ['linux']", None),
    ],
)
def test_what_a_cross_build_reaches(condition: str, reached: bool | None) -> None:
    before = "flag = meson.is_cross_build()\nchanged = true\nchanged = false\n"
    found = read(f"{before}if {condition}\n  inner()\nelse\n  other()\nendif\nafter()\n")
    at = {each.calls[0].name: each.reached for each in found if each.calls and not each.keyword}
    assert at["inner"] is reached
    assert at["other"] is (None if reached is None else not reached)
    assert at["after"] is True


def test_a_later_branch_depends_on_the_earlier_ones() -> None:
    found = read("if x\na()\nelif true\nb()\nelse\nc()\nendif\nif true\nelif true\nd()\nendif\n")
    at = {each.calls[0].name: each.reached for each in found if each.calls}
    assert at == {"a": None, "b": None, "c": False, "d": False}


def test_a_loop_may_run_or_not() -> None:
    assert [each.reached for each in read("foreach a : b\n  c()\nendforeach\n")][1] is None
