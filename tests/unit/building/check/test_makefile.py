"""What is in a makefile: variables, rules, and what stands in conditions."""

from __future__ import annotations

from crosscraft.building.check.makefile import Makefile, read
from crosscraft.building.check.texts import Text


def made(content: str) -> Makefile:
    return read(Text("Makefile", content))


def test_variables_of_every_kind() -> None:
    found = made("A = 1\nexport B:=2 # two\nC?=3\nD += 4\noverride E ::= 5\nF != date\n")
    assert [(each.name, each.operator, each.value, each.line) for each in found.variables] == [
        ("A", "=", "1", 1), ("B", ":=", "2", 2), ("C", "?=", "3", 3), ("D", "+=", "4", 4),
        ("E", "::=", "5", 5), ("F", "!=", "date", 6),
    ]  # fmt: skip


def test_a_rule_with_its_commands() -> None:
    (rule,) = made("x y: a \\\n  b | c # d\n\t@-one \\\n\t  two\n\n\t# no\n\tthree\n").rules
    assert (rule.targets, rule.prerequisites, rule.line) == (("x", "y"), ("a", "b", "|", "c"), 1)
    assert [(each.text, each.line) for each in rule.commands] == [("one  \t  two", 3), ("three", 7)]


def test_what_stands_in_a_condition_is_left_out() -> None:
    found = made("ifeq ($(A),1)\nCC = gcc\nx: y\n\tone\nelse\nCC = cc\nendif\nz:\n\ttwo\n")
    assert (found.variables, found.asked) == ((), {"CC"})
    assert [(rule.targets, len(rule.commands)) for rule in found.rules] == [(("z",), 1)]


def test_what_is_defined_in_lines_is_left_out() -> None:
    assert made("define A\nCC = gcc\nendef\n").variables == ()


def test_known_variables_are_filled_in() -> None:
    found = made("A = bin\nB = $(A)/gen\nC = 1\nC = 2\n$(B): ${A} $(C) $(D)\n")
    assert found.rules[0].targets == ("bin/gen",)
    assert found.rules[0].prerequisites == ("bin", "$(C)", "$(D)")
    assert found.expand("$(B)") == "bin/gen"


def test_a_variable_that_contains_itself_ends() -> None:
    assert "$(A)" in made("A = $(A) x\n").expand("$(A)")


def test_another_makefile_may_change_everything() -> None:
    assert made("include config.mk\n").includes
    assert not made("-include $(OBJS:.o=.d)\nA = include x\n").includes


def test_a_variable_of_one_target_is_no_rule() -> None:
    assert made("x: CC = gcc\n").variables == ()
