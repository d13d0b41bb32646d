"""The programs that can build a recipe, behind one interface."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crosscraft.engines.embedded import Embedded
from crosscraft.engines.interface import Engine
from crosscraft.errors import EngineError

__all__ = ["ENGINES", "Engine", "choose"]

ENGINES: Mapping[str, type[Engine]] = MappingProxyType({Embedded.name: Embedded})
"""All engines by name, the default first."""


def choose(name: str | None = None) -> Engine:
    """Return the engine called `name`; the embedded one if None.

    :raises EngineError: if there is none of that name.
    """
    wanted = name or next(iter(ENGINES))
    if wanted not in ENGINES:
        raise EngineError(
            f"there is no engine {wanted!r}", remedy=f"Known engines: {', '.join(ENGINES)}."
        )
    return ENGINES[wanted]()
