"""Decide conditions of recipes for a cross build, and the selectors of conda-build."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import Undefined
from jinja2.sandbox import SandboxedEnvironment

__all__ = ["decider", "variables"]

_LONGEST = 500
"""Characters of a condition."""


class _Unknown(Exception):
    """The condition reads something that no platform decides."""


class _Strict(Undefined):
    """A name that is unknown here: nothing can be decided with it."""

    def _refuse(self, *_: object, **__: object) -> bool:
        raise _Unknown

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _refuse  # type: ignore[assignment]
    __call__ = __getattr__ = __getitem__ = __iter__ = __contains__ = _refuse  # type: ignore[assignment]
    __hash__ = Undefined.__hash__
    __str__ = _refuse  # type: ignore[assignment]


class _Sandbox(SandboxedEnvironment):
    """Without the operators that make long values of short ones."""

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        raise _Unknown


_sandbox = _Sandbox(undefined=_Strict)


def variables(build: str, target: str) -> dict[str, object]:
    """Return the variables of a build on the platform `build` for `target` (subdirs).

    They are those of rattler-build, and the selectors of conda-build.
    """
    system, _, processor = target.partition("-")
    machine = {"64": "x86_64", "32": "x86"}.get(processor, processor)
    processors = ("x86_64", "x86", "aarch64", "arm64", "ppc64le", "s390x", "armv7l", "riscv64")
    return {
        "build_platform": build, "host_platform": target, "target_platform": target,
        "linux": system == "linux", "osx": system == "osx", "win": system == "win",
        "unix": system != "win", "linux64": target == "linux-64", "linux32": False,
        "win32": False, "win64": False, "emscripten": False, "wasm32": False,
        "py": 311, "py3k": True, "py2k": False, "cuda_compiler_version": "None",
        **{name: machine == name for name in processors},
        "arm": machine.startswith("arm"),
    }  # fmt: skip


def decider(known: Mapping[str, object]) -> Callable[[str], bool | None]:
    """Return a function that decides conditions with the variables `known`."""

    @cache
    def decide(condition: str) -> bool | None:
        if len(condition) > _LONGEST:
            return None
        plain = re.sub(r"\A\s*\$?\{\{(.*)\}\}\s*\Z", r"\1", condition, flags=re.S)
        if plain.strip().lower() in ("true", "false"):
            return plain.strip().lower() == "true"
        try:
            compiled = _sandbox.compile_expression(plain, undefined_to_none=False)
            return bool(compiled(**known))
        except Exception:  # a stranger's expression: whatever it raises, it is undecided
            return None

    return decide
