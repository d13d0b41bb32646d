"""A JupyterHub on loopback for as long as it is needed: deploy/local, with ports of its own."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel import local
from crosscraft.paths import ROOT

CONFIG = ROOT / "deploy" / "local" / "jupyterhub_config.py"
_PORTS = 3
"""Of the proxy, of the hub, and of the proxy's own API."""


@dataclass(frozen=True, slots=True)
class Room:
    """A hub that is running."""

    url: str
    """Where its proxy answers, without a slash at the end."""
    password: str
    """Everybody's."""
    homes: Path
    """The folder with the learners' homes."""
    pid: int
    """Of the hub, the parent of the proxy and of the learners' servers."""
    log: Path
    """What all of them say."""
    shared: Path
    """The folder in which learners share their records."""


@contextmanager
def open_room(channels: Path) -> Iterator[Room]:
    """Run a hub, and end it and all that it started.

    :param channels: the folder of the local channels, which learners read.
    """
    with _readable_folder("hub") as folder, _running_hub(folder, channels) as room:
        yield room


@contextmanager
def shared_channels() -> Iterator[Path]:
    """Yield a folder with the local channel that other users may read: where it is, or a copy."""
    made = local.link_path()
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in made.parent.parents):
        yield made.parent
        return
    with _readable_folder("channels") as copy:
        shutil.copytree(local.find(), copy / local.find().name)
        (copy / made.name).symlink_to(local.find().name)
        yield copy


@contextmanager
def _readable_folder(what: str) -> Iterator[Path]:
    """A temporary folder that all users of the machine may enter, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix=f"crosscraft-{what}-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def _running_hub(folder: Path, channels: Path) -> Iterator[Room]:
    port, password = _free_ports(), secrets.token_urlsafe(12)
    env = os.environ | {
        "CROSSCRAFT_HUB": str(folder),
        "CROSSCRAFT_HUB_PORT": str(port),
        "CROSSCRAFT_HUB_PASSWORD": password,
        "CROSSCRAFT_CHANNELS": str(channels),
        "CROSSCRAFT_ROOM": str(folder / "room"),
    }
    (folder / "room").mkdir()
    (folder / "room").chmod(0o1733)
    env.pop("CROSSCRAFT_WORKSPACE", None)
    env.pop("CROSSCRAFT_CACHE", None)
    argv = [str(Path(sys.executable).with_name("jupyterhub")), "--config", str(CONFIG)]
    log = folder / "hub.log"
    with log.open("w") as said, subprocess.Popen(
        argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=said,
        stderr=subprocess.STDOUT, start_new_session=True,
    ) as hub:  # fmt: skip
        try:
            url, homes = f"http://127.0.0.1:{port}", folder / "homes"
            room = Room(url, password, homes, hub.pid, log, folder / "room")
            _wait_for(room, hub)
            yield room
        finally:
            hub.send_signal(signal.SIGTERM)  # it ends the servers and the proxy
            with contextlib.suppress(subprocess.TimeoutExpired):
                hub.wait(300)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(hub.pid, signal.SIGKILL)


def _wait_for(room: Room, hub: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if hub.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{room.url}/hub/health", timeout=5).close()
            return
        time.sleep(0.1)
    lines = room.log.read_text(errors="replace").splitlines()[-20:]
    sys.exit("\n".join([*lines, "the hub did not start; its last lines are above"]))


def _free_ports() -> int:
    """The first of some ports in a row that nobody listens at."""
    while True:
        first = random.randrange(20_000, 32_000, _PORTS)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + _PORTS):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
