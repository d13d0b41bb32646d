"""rattler-build by its Python bindings (py-rattler-build), in a child process.

The child is the leader of a process group: the bindings ignore an interrupt until the build
ends, a signal to the group ends compilers and all at once.
"""

from __future__ import annotations

import glob
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

from crosscraft import run
from crosscraft.engines import package_cache
from crosscraft.engines.interface import Event, Failure, Kind, OnEvent, Outcome, Request

__all__ = ["Embedded"]

_POLL = 0.1
"""Seconds between two looks at the logs."""

_PHASES = (
    (re.compile(r"^\[(\d+)/(\d+)\] "), "compile"),
    (re.compile(r"^-- Install"), "install"),
    (re.compile(r"^(\+ cmake |-- )"), "configure"),
    # A script that does without CMake. To set a variable tells nothing yet.
    (re.compile(r"^\+ (?!export |\w+=)"), "compile"),
)
"""What a line of a build log tells, the first that fits; other lines tell nothing new."""

_ORDER = ("environments", "configure", "compile", "install", "test")

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("No space left", "disk"),
    ("os error 28", "disk"),
    ("Failed to resolve dependencies", "dependencies"),
    ("Script failed", "script"),
    ("Test failed", "test"),
)


class Embedded:
    """rattler-build, embedded."""

    name = "py-rattler-build"

    def version(self) -> str:
        """Return the version of py-rattler-build."""
        from importlib.metadata import version

        return version("py-rattler-build")

    def build(self, request: Request, on_event: OnEvent) -> Outcome:
        """Build in a child process; see :class:`crosscraft.engines.interface.Engine`."""
        cache = package_cache.borrow(request.scratch / "cache", request.packages)
        env = run.clean_environment({"RATTLER_CACHE_DIR": str(cache), **_proxies(request)})
        if request.scripts:
            env["PATH"] = f"{request.scripts}:{env.get('PATH', '')}"
        # -P: no module of the folder that we are called in, which is the recipe's, is ours. The
        # request goes by a pipe: everybody can read arguments, and a channel may have a token.
        argv = [sys.executable, "-P", "-m", "crosscraft.engines.worker"]
        watch = _Watch(request.scratch, on_event)
        with run.start(argv, env=env, stdin=_to_json(request)) as worker:
            while worker.process.poll() is None:
                watch.look()
                time.sleep(_POLL)
            assert worker.process.stdout is not None
            said = worker.process.stdout.read().strip()
            status = worker.process.wait()
        watch.look()
        watch.close()
        failure = None
        if status != 0:
            text = _result(request.scratch) or said or f"it ended with status {status}"
            kind: Kind = next((kind for mark, kind in _KINDS if mark in text), "other")
            failure = Failure(kind, text)
        return Outcome(failure, tuple(_logs(request.scratch, list(watch.outputs))))


def _proxies(request: Request) -> dict[str, str]:
    """The proxy that sources and channels are fetched through, if anything is to be fetched.

    rattler-build hands the usual variables on to scripts, and a proxy's may hold a password.
    ALL_PROXY serves it as well, and stays with it.
    """
    remote = any(not url.startswith("file:") for url in request.channels)
    if not remote and not re.search(rb"\b(url|git)\b", request.recipe.read_bytes()):
        return {}
    given = run.clean_environment(network=True)
    names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
    proxy = next((given[name] for name in names if given.get(name)), "")
    return {"ALL_PROXY": proxy} if proxy else {}


class _Watch:
    """Follows the logs that rattler-build writes, and tells the phases they show."""

    def __init__(self, scratch: Path, on_event: OnEvent) -> None:
        self.scratch = scratch
        self.on_event = on_event
        self.outputs: dict[str, str] = {}  # name → its phase
        self._open: dict[str, IO[str]] = {}
        self._partial: dict[str, str] = {}

    def look(self) -> None:
        """Read what is new. Each output is read to its end before the next is begun."""
        begun = dict(_begun(self.scratch))
        new = [name for name in begun if name not in self.outputs]
        new.sort(key=lambda name: begun[name].parent.stat().st_mtime_ns)
        for name in [*self.outputs, *new]:
            if name in new:
                self._enter(name, "environments")
            if name not in self._open and begun[name].exists():
                self._open[name] = begun[name].open(encoding="utf-8", errors="replace")
            for line in self._new_lines(name):
                self._read(name, line)
            # rattler-build adds six random characters to the name.
            if any(self.scratch.glob(f"test/test_{glob.escape(name)}??????")):
                self._enter(name, "test")

    def close(self) -> None:
        for log in self._open.values():
            log.close()

    def _new_lines(self, name: str) -> list[str]:
        """The whole lines that were added to a log; one that is being written has to wait."""
        if name not in self._open:
            return []
        text = self._partial.get(name, "") + self._open[name].read()
        *lines, self._partial[name] = text.split("\n")
        return lines

    def _read(self, name: str, line: str) -> None:
        for pattern, phase in _PHASES:
            match = pattern.match(line)
            if match:
                done, total = (int(n) for n in match.groups()) if match.lastindex == 2 else (0, 0)
                self._enter(name, phase, done, total, line)
                return
        self.on_event(Event(name, self.outputs[name], line=line))

    def _enter(self, name: str, phase: str, done: int = 0, total: int = 0, line: str = "") -> None:
        """A phase is only ever entered forwards: logs of later phases look like earlier ones."""
        now = self.outputs.get(name)
        if now is None or _ORDER.index(phase) > _ORDER.index(now):
            self.outputs[name] = phase
        if line or now != self.outputs[name]:
            self.on_event(Event(name, self.outputs[name], done, total, line))


def _begun(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Each output that was begun, and where its log is or will be.

    rattler-build names the folder ``rattler-build_<name>_<seconds>``.
    """
    for folder in sorted(scratch.glob("bld/rattler-build_*/work")):
        name = folder.parent.name.removeprefix("rattler-build_").rsplit("_", 1)[0]
        yield name, folder / "conda_build.log"


def _logs(scratch: Path, order: list[str]) -> list[tuple[str, Path]]:
    """All logs: those of the outputs in `order`, then those of the tests."""
    builds = [(name, log) for name, log in _begun(scratch) if log.exists()]
    builds.sort(key=lambda item: order.index(item[0]))
    tests = scratch.glob("test/*/*/conda_build.log")
    return builds + [("test", log) for log in sorted(tests, key=lambda log: log.stat().st_mtime_ns)]


def _to_json(request: Request) -> str:
    facts = asdict(replace(request, packages=(), scripts=None)) | {
        "recipe": str(request.recipe),
        "scratch": str(request.scratch),
        "build": request.build.subdir,
        "target": request.target.subdir,
    }
    return json.dumps(facts)


def _result(scratch: Path) -> str:
    try:
        return str(json.loads((scratch / "result.json").read_text())["error"])
    except (OSError, ValueError, KeyError):
        return ""
