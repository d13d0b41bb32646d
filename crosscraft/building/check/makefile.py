"""Read makefiles: variables, and rules with their commands. Nothing is run.

The language is that of the manual of GNU make, chapters 4 to 7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crosscraft.building.check.texts import Text

__all__ = ["Command", "Makefile", "Rule", "Variable", "read"]

_ASSIGNMENT = re.compile(
    r"(?:(?:export|override|private)\s+)*([\w.-]+)\s*(=|:{1,3}=|\?=|\+=|!=)\s*(.*)"
)
_CONDITION = re.compile(r"\s*(ifeq|ifneq|ifdef|ifndef|else|endif|define|endef)\b")
_OPENS, _CLOSES = ("ifeq", "ifneq", "ifdef", "ifndef", "define"), ("endif", "endef")
_INCLUDE = re.compile(r"[-s]?include\s(?!.*(?:\.d\b|dep|DEP|\.P\b))")
_REFERENCE = re.compile(r"\$[({]([\w.-]+)[)}]")
_LONGEST = 20_000
"""Characters of a line with its continuations."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that is set."""

    name: str
    """Its name."""
    operator: str
    """``=``, ``:=``, ``?=``, ``+=`` or another one."""
    value: str
    """As written."""
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a rule."""

    text: str
    """The command with its continuations, without ``@``, ``-`` and ``+``."""
    line: int
    """From 1."""


@dataclass(slots=True)
class Rule:
    """A rule."""

    targets: tuple[str, ...]
    """What it makes, with the variables that are known."""
    prerequisites: tuple[str, ...]
    """What that is made from, likewise."""
    line: int
    """From 1."""
    commands: list[Command] = field(default_factory=list)
    """Its commands outside of conditions."""


@dataclass(frozen=True, slots=True)
class Makefile:
    """A makefile, without what stands in conditions."""

    variables: tuple[Variable, ...]
    """The variables that are set."""
    rules: tuple[Rule, ...]
    """The rules."""
    asked: frozenset[str]
    """The variables that are set in a condition too."""
    includes: bool = False
    """Whether it includes another makefile, but for lists of prerequisites."""

    def expand(self, word: str) -> str:
        """Return `word` with the variables that have one value, three levels deep."""
        for _ in range(3):
            word = _REFERENCE.sub(lambda found: self.values.get(found[1], found[0]), word)
            word = word[:_LONGEST]
        return word

    @property
    def values(self) -> Mapping[str, str]:
        """The variables that have one value."""
        seen: dict[str, set[str]] = {}
        for each in self.variables:
            seen.setdefault(each.name, set()).add(each.value)
        return {
            name: next(iter(each))
            for name, each in seen.items()
            if len(each) == 1 and name not in self.asked
        }


def read(text: Text) -> Makefile:
    """Return what is in a makefile."""
    reader = _Reader()
    for line, number in _joined(text.lines):
        reader.read(line, number)
    made = Makefile(tuple(reader.variables), (), frozenset(reader.asked), reader.includes)
    values = made.values
    return replace(made, rules=tuple(_expanded(rule, values) for rule in reader.rules))


class _Reader:
    """What has been read of a makefile."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.rules: list[Rule] = []
        self.asked: set[str] = set()
        self.includes = False
        self.depth = 0
        self.rule: Rule | None = None

    def read(self, line: str, number: int) -> None:
        condition = _CONDITION.match(line)
        if line.startswith("\t"):
            self._command(line.strip().lstrip("@-+ "), number)
        elif condition:
            self.depth += condition[1] in _OPENS
            self.depth = max(0, self.depth - (condition[1] in _CLOSES))
        else:
            self._other(line.strip(), number)

    def _command(self, text: str, number: int) -> None:
        if self.rule and not self.depth and text and not text.startswith("#"):
            self.rule.commands.append(Command(text, number))

    def _other(self, line: str, number: int) -> None:
        self.includes = self.includes or bool(_INCLUDE.match(line))
        assignment = _ASSIGNMENT.match(line)
        if assignment and self.depth:
            self.asked.add(assignment[1])
        elif assignment:
            value = assignment[3].partition(" #")[0].strip()
            self.variables.append(Variable(assignment[1], assignment[2], value, number))
        elif line and not line.startswith("#"):
            self._begin(line.partition("#")[0], number)

    def _begin(self, line: str, number: int) -> None:
        targets, colon, rest = line.partition(":")
        self.rule = None
        if colon and not self.depth and "=" not in targets and not rest.lstrip(":").startswith("="):
            prerequisites = rest.lstrip(":").partition(";")[0]
            self.rule = Rule((targets,), (prerequisites,), number)
            self.rules.append(self.rule)


def _expanded(rule: Rule, values: Mapping[str, str]) -> Rule:
    targets = _words(rule.targets[0], values)
    return Rule(targets, _words(rule.prerequisites[0], values), rule.line, rule.commands)


def _words(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    for _ in range(3):
        text = _REFERENCE.sub(lambda found: values.get(found[1], found[0]), text)[:_LONGEST]
    return tuple(text.split())


def _joined(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the lines, with what a backslash continues, and the number of the first of them."""
    waiting, first = "", 0
    for number, ended in enumerate(lines, 1):
        line = ended.rstrip("\r")
        first = first or number
        if line.endswith("\\") and len(waiting) < _LONGEST:
            waiting += line[:-1] + " "
            continue
        yield waiting + line, first
        waiting, first = "", 0
    if waiting:
        yield waiting, first
