"""JupyterLab as a user starts it: ``crosscraft lab`` in a clone, and the URL it says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from crosscraft.paths import ROOT
from crosscraft.system import tracked

_URL = re.compile(r"^\s+(http://127\.0\.0\.1:\S+)")
_OURS = (
    "CROSSCRAFT_SERVED",
    "CROSSCRAFT_WORKSPACE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)
"""Variables that would lead out of the folder that all this is in."""


@dataclass(frozen=True)
class Lab:
    """A server that runs."""

    url: str
    """What it said to open, with its token."""
    clone: Path
    """The clone it serves; the learner's workspace is in it."""
    environment: dict[str, str]
    """The variables of the server."""

    @property
    def lessons(self) -> Path:
        """The learner's copies of the lessons."""
        return self.clone / "workspace" / "lessons"

    def url_of(self, path: str) -> str:
        """The address of a file, in a layout with nothing else in it."""
        said = urlsplit(self.url)
        query = urlencode({"token": parse_qs(said.query)["token"][0], "reset": ""})
        return f"{said.scheme}://{said.netloc}/lab/tree/{path}?{query}"


@contextmanager
def serving(folder: Path, cache: Path, **variables: str) -> Iterator[Lab]:
    """Copy the clone, start the server in it with an empty home, and end it.

    :param cache: a cache that has the local channel.
    :param variables: more variables of the server.
    """
    clone, home = folder / "clone", folder / "home"
    for name in tracked.files(ROOT):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, clone / name)
    home.mkdir()
    env = {key: value for key, value in os.environ.items() if key not in _OURS}
    env |= {"HOME": str(home), "CROSSCRAFT_CACHE": str(cache), "PYTHONPATH": str(clone)}
    # The process of a check gets no PYTHONPATH, so it would write to this clone's workspace.
    env |= {"CROSSCRAFT_WORKSPACE": str(clone / "workspace"), **variables}
    env.pop("PYTEST_CURRENT_TEST", None)  # ipykernel behaves otherwise where it is set
    program = str(Path(sys.executable).with_name("crosscraft"))
    with subprocess.Popen(
        [program, "lab", f"--port={_free_port()}", "--no-browser"],
        cwd=clone,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            yield Lab(_url_said(server.stdout), clone, env)
        finally:
            server.terminate()  # it ends its kernels before it ends
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def _url_said(lines: Iterator[str]) -> str:
    said: list[str] = []
    for line in lines:
        said.append(line)
        if found := _URL.match(line):
            # What it says later has to go somewhere, or it would wait for us to read.
            threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()
            return found[1]
    raise AssertionError("the server ended before it said a URL:\n" + "".join(said))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
