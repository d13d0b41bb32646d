"""The child process that runs py-rattler-build, and the environment of every engine.

The child leads a process group. The bindings ignore an interrupt until the build ends, but a
signal to the group ends compilers and all at once.
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
"""Seconds between two looks at the child's logs."""


def environment(
    request: Request, cache: Path, extra: Mapping[str, str] | None = None, *, network: bool = False
) -> dict[str, str]:
    """Return the variables of an engine. Its temporary folder is in the scratch folder, because
    an engine that is killed leaves files there.

    :param cache: the package cache.
    :param network: whether the engine certainly downloads something.
    """
    proxies = _proxies(request, network)
    temporary = request.scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    env = processes.clean_environment(
        {
            **request.variables,
            "RATTLER_CACHE_DIR": str(cache),
            "TMPDIR": str(temporary),
            **proxies,
            **(extra or {}),
        }
    )
    if request.scripts:
        # Without a PATH there is no colon, because an empty entry is the current folder.
        env["PATH"] = ":".join(filter(None, (str(request.scripts), env.get("PATH"))))
    return env


def work(
    facts: Mapping[str, object],
    request: Request,
    env: Mapping[str, str],
    tick: Callable[[], object] = lambda: None,
) -> str | None:
    """Send `facts` to the child, wait for its end, and return the error, or None.

    :param request: the request with the scratch folder and the locks.
    :param env: the variables of the build.
    :param tick: called every tenth of a second.
    """
    # -P ignores modules in the current folder, which is the recipe's. The request goes through a
    # pipe, because everybody can read arguments and a channel's URL may have a token.
    argv = [sys.executable, "-P", "-m", "crosscraft.building.engines.worker"]
    with processes.start(argv, later=True, pass_fds=request.held) as worker:
        worker.give(json.dumps({**facts, "environment": dict(env)}))
        while worker.is_running(_POLL):
            tick()
        assert worker.process.stdout is not None
        output = worker.process.stdout.read().strip()
        status = worker.process.wait()
    tick()
    return (
        None
        if status == 0
        else (_result(request.scratch) or output or f"it ended with status {status}")
    )


def _proxies(request: Request, network: bool) -> dict[str, str]:
    """Return the proxy for sources and channels, if the build downloads anything.

    rattler-build passes the usual variables on to scripts, and a proxy's URL may have a password.
    It also reads ALL_PROXY, and does not pass that on.
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
