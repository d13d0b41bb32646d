"""The programs that can build a recipe, behind one interface."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crosscraft.engines.embedded import Embedded
from crosscraft.engines.interface import Engine
from crosscraft.engines.pixi import Pixi
from crosscraft.engines.rattler_build import RattlerBuild
from crosscraft.errors import EngineError

__all__ = ["ENGINES", "Engine", "choose", "found"]

ENGINES: Mapping[str, type[Engine]] = MappingProxyType(
    {engine.name: engine for engine in (Embedded, RattlerBuild, Pixi)}
)
"""All engines by name, the default first."""


def choose(name: str | None = None) -> Engine:
    """Return the engine called `name`; the embedded one if None.

    :raises EngineError: if there is none of that name, or it is not on this machine.
    """
    wanted = name or next(iter(ENGINES))
    if wanted not in ENGINES:
        raise EngineError(
            f"there is no engine {wanted!r}", remedy=f"Known engines: {', '.join(ENGINES)}."
        )
    return ENGINES[wanted]()


def found() -> tuple[Engine, ...]:
    """Return the engines that can be used on this machine, the default first."""
    there = []
    for engine in ENGINES.values():
        try:
            there.append(engine())
        except EngineError:
            continue
    return tuple(there)
