"""Find the engines of this machine, and choose one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from crosscraft.errors import EngineError

if TYPE_CHECKING:
    from crosscraft.building.engines.interface import Engine

__all__ = ["ENGINES", "choose", "found"]


# Each is loaded when it is asked for: the process that builds is in this package too.


def _embedded() -> Engine:
    from crosscraft.building.engines.embedded import Embedded

    return Embedded()


def _rattler_build() -> Engine:
    from crosscraft.building.engines.rattler_build import RattlerBuild

    return RattlerBuild()


def _pixi() -> Engine:
    from crosscraft.building.engines.pixi import Pixi

    return Pixi()


ENGINES: Mapping[str, Callable[[], Engine]] = MappingProxyType(
    {"py-rattler-build": _embedded, "rattler-build": _rattler_build, "pixi": _pixi}
)
"""What makes each engine, by its name, the default first; an EngineError if it is not on this
machine."""


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
    for make in ENGINES.values():
        try:
            there.append(make())
        except EngineError:
            continue
    return tuple(there)
