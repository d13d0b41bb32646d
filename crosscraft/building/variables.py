"""The variables of the user's environment that a recipe asks for by name.

A recipe reads them with ``env.get`` and ``env.exists`` when it is rendered, and its build script
gets those under ``secrets``. No other variable reaches a build. The format:
https://rattler.build/latest/reference/recipe_file/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import BuildError, RecipeError

__all__ = ["Secrets", "names", "values"]

_CALL = re.compile(r"\benv\s*\.\s*(?:get|exists)\s*\(\s*(?:\\?(['\"])([^'\"\\]+)\\?\1)?")
"""A call, and the name if it is literal. A YAML string may escape the quotes."""
_COMMENT = re.compile(r"^[ \t]*#.*$", re.M)

_SHORTEST = 6
"""Fewest characters of a secret to search for. Shorter values occur in other words."""


def names(file: Path) -> tuple[str, ...]:
    """Return the variables that a recipe or a variants file reads.

    :raises RecipeError: if the name of a variable is an expression.
    """
    text = _COMMENT.sub("", file.read_text(encoding="utf-8", errors="replace"))
    found = []
    for call in _CALL.finditer(text):
        if call[2] is None:
            raise RecipeError(
                f"{file.name} computes the name of a variable in line "
                f"{text.count(chr(10), 0, call.start()) + 1}: {call[0]}…",
                looked=str(file),
                remedy='Write the name in quotes, such as env.get("VERSION"). A build gets only '
                "the variables that its recipe names.",
            )
        found.append(call[2])
    return tuple(dict.fromkeys(found))


def values(asked: Sequence[str]) -> dict[str, str]:
    """Return the variables of `asked` that are set, with their values."""
    return {name: os.environ[name] for name in asked if name in os.environ}


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a build. An empty variable is no secret."""

    given: dict[str, str]
    """The values by the names of their variables."""
    missing: tuple[str, ...] = ()
    """The variables that a recipe asks for and that are not set."""

    @classmethod
    def of(cls, asked: Sequence[str]) -> Secrets:
        """Return the secrets called `asked` from the environment."""
        given = {name: os.environ[name] for name in asked if os.environ.get(name)}
        return cls(given, tuple(name for name in dict.fromkeys(asked) if name not in given))

    def described(self) -> list[str]:
        """Return a line about each secret, without its value."""
        given = [f"secret   {name}, from your environment" for name in self.given]
        asked = "the recipe asks for this secret, and it is not set"
        return given + [f"missing  {name}: {asked}" for name in self.missing]

    def hidden(self, text: str) -> str:
        """Return `text` without the values, as the engine hides them in its own log."""
        for _, line in self._lines():
            text = text.replace(line, "********")
        return text

    def hide_in(self, log: Path) -> None:
        """Hide the values in the file `log`. Without any, it is not written, as the disk may be
        full."""
        text = log.read_text(errors="replace")
        if self.hidden(text) != text:
            log.write_text(self.hidden(text))

    def check(self, packages: Sequence[Path]) -> None:
        """Check that the files of `packages` contain no value.

        :raises BuildError: if one does.
        """
        found = (
            (package, file, name)
            for package in packages
            for name, file in _occurrences(package, self._lines())
        )
        for package, file, name in found:
            raise BuildError(
                f"{package.stem} contains the secret {name}, so it was not published",
                looked=f"{file} in the package",
                remedy="Remove the value there in the build script, and replace the secret if "
                "others may have seen it.",
            )

    def _lines(self) -> list[tuple[str, str]]:
        """Return the names and the lines of the values. A log has one line after the other."""
        return [
            (name, line)
            for name, value in self.given.items()
            for line in value.splitlines()
            if len(line) >= _SHORTEST
        ]


def _occurrences(package: Path, lines: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the name of each secret in a ``.conda`` file, and the file that contains it."""
    if not lines:
        return
    from conda_package_streaming.package_streaming import CondaComponent, stream_conda_component

    for component in CondaComponent:
        for tar, member in stream_conda_component(package, component=component):
            content = tar.extractfile(member) if member.isreg() else None
            data = content.read() if content else b""
            yield from ((name, member.name) for name, line in lines if line.encode() in data)
