"""Find the engines on this machine, and choose one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from crosscraft.errors import EngineError

if TYPE_CHECKING:
    from crosscraft.building.engines.interface import Engine

__all__ = ["ENGINES", "VARIABLE", "choose", "found"]

VARIABLE = "CROSSCRAFT_ENGINE"
"""The variable that names the engine of `crosscraft build` if no option does."""


# Engines are imported on demand: the child process is in this package and must start fast.


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
"""A factory for each engine by name, the default first. It raises EngineError if the engine is
not on this machine."""


def choose(name: str | None = None) -> Engine:
    """Return the engine called `name`, or the embedded one if it is None.

    :raises EngineError: if the name is unknown, or the engine is not on this machine.
    """
    wanted = name or next(iter(ENGINES))
    if wanted not in ENGINES:
        raise EngineError(
            f"there is no engine {wanted!r}", remedy=f"Known engines: {', '.join(ENGINES)}."
        )
    return ENGINES[wanted]()


def found() -> tuple[Engine, ...]:
    """Return the engines that work on this machine, the default first."""
    engines = []
    for make in ENGINES.values():
        try:
            engines.append(make())
        except EngineError:
            continue
    return tuple(engines)
