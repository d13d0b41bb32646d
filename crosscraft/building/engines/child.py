"""The child process that py-rattler-build works in, and the environment of every engine.

The child is the leader of a process group: the bindings ignore an interrupt until the build
ends, a signal to the group ends compilers and all at once.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from crosscraft.building.engines.interface import Request
from crosscraft.system import processes

__all__ = ["environment", "work"]

_POLL = 0.1
"""Seconds between two looks at what the child has done."""


def environment(
    request: Request, cache: Path, extra: Mapping[str, str] | None = None, *, network: bool = False
) -> dict[str, str]:
    """Return the variables that an engine gets, with a folder for what is temporary: one that is
    ended leaves there what it unpacked.

    :param cache: its package cache.
    :param network: whether it is known to fetch something.
    """
    proxies = _proxies(request, network)
    temporary = request.scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    env = processes.clean_environment(
        {
            "RATTLER_CACHE_DIR": str(cache),
            "TMPDIR": str(temporary),
            **proxies,
            **(extra or {}),
        }
    )
    if request.scripts:
        env["PATH"] = f"{request.scripts}:{env.get('PATH', '')}"
    return env


def work(
    facts: Mapping[str, object],
    request: Request,
    env: Mapping[str, str],
    tick: Callable[[], object] = lambda: None,
) -> str | None:
    """Have the child do what `facts` ask, and return what went wrong, or None.

    :param request: what has the scratch folder and the locks.
    :param env: the environment that it works in.
    :param tick: called now and then meanwhile.
    """
    # -P: no module of the folder that we are called in, which is the recipe's, is ours. The
    # request goes by a pipe: everybody can read arguments, and a channel may have a token.
    argv = [sys.executable, "-P", "-m", "crosscraft.building.engines.worker"]
    with processes.start(argv, later=True, pass_fds=request.held) as worker:
        worker.give(json.dumps({**facts, "environment": dict(env)}))
        while worker.is_running(_POLL):
            tick()
        assert worker.process.stdout is not None
        said = worker.process.stdout.read().strip()
        status = worker.process.wait()
    tick()
    return (
        None
        if status == 0
        else (_result(request.scratch) or said or f"it ended with status {status}")
    )


def _proxies(request: Request, network: bool) -> dict[str, str]:
    """The proxy that sources and channels are fetched through, if anything is to be fetched.

    rattler-build hands the usual variables on to scripts, and a proxy's may hold a password.
    ALL_PROXY serves it as well, and stays with it.
    """
    remote = network or any(not url.startswith("file:") for url in request.channels)
    if not remote and not re.search(rb"\b(url|git)\b", request.recipe.read_bytes()):
        return {}
    given = processes.clean_environment(network=True)
    names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
    proxy = next((given[name] for name in names if given.get(name)), "")
    around = {name: given[name] for name in ("no_proxy", "NO_PROXY") if given.get(name)}
    return {"ALL_PROXY": proxy, **around} if proxy else {}


def _result(scratch: Path) -> str:
    try:
        return str(json.loads((scratch / "result.json").read_text())["error"])
    except (OSError, ValueError, KeyError):
        return ""
