"""The traps: one TOML file each in ``crosscraft/traps/``. docs/errors/README.md has the format."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from crosscraft.building.check.model import Recorded, Replacement, Reproduction, Symptom, Trap

__all__ = ["FOLDER", "find", "read", "traps"]

FOLDER = Path(__file__).parents[2] / "traps"
"""The folder of the files."""


@cache
def traps() -> tuple[Trap, ...]:
    """Return all traps, by name."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.toml")))


def find(name: str) -> Trap:
    """Return the trap called `name`.

    :raises KeyError: if there is none.
    """
    return {trap.name: trap for trap in traps()}[name]


def read(path: Path) -> Trap:
    """Return the trap in a file."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return Trap(
        name=path.stem,
        symptoms=tuple(Symptom(**row) for row in facts.pop("symptoms", ())),
        reproduction=_reproduction(facts.pop("reproduction", None)),
        recorded=tuple(Recorded(**row) for row in facts.pop("recorded", ())),
        sources=tuple(facts.pop("sources")),
        **{key: value.strip() for key, value in facts.items()},
    )


def _reproduction(facts: Mapping[str, Any] | None) -> Reproduction | None:
    if facts is None:
        return None
    rest = {key: value for key, value in facts.items() if key not in ("edits", "fix")}
    lists = {key: tuple(value) for key, value in rest.items() if isinstance(value, list)}
    return Reproduction(
        edits=tuple(Replacement(**row) for row in facts["edits"]),
        fix=tuple(Replacement(**row) for row in facts.get("fix", ())),
        **(rest | lists),
    )
