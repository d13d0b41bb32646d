"""A channel on loopback, in the layout of conda-forge: ``/conda-forge/SUBDIR/FILE``."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = "/conda-forge"


@dataclass
class Served:
    """What is served, and what was asked for."""

    port: int = 0
    password: str = ""
    """What the user ``user`` has to give, if anything."""
    asked: list[str] = field(default_factory=list)
    """Paths that were given out."""

    @property
    def alias(self) -> str:
        """What CONDA_CHANNEL_ALIAS is for it."""
        user = f"user:{self.password}@" if self.password else ""
        return f"http://{user}127.0.0.1:{self.port}"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, served: Served, **kwargs: object) -> None:
        self.served = served
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def _answer(self, give) -> None:  # type: ignore[no-untyped-def]
        wanted = base64.b64encode(f"user:{self.served.password}".encode()).decode()
        if self.served.password and self.headers["Authorization"] != f"Basic {wanted}":
            self.send_error(401)
        elif not self.path.startswith(f"{NAME}/"):
            self.send_error(404)
        else:
            self.served.asked.append(self.path)
            self.path = self.path.removeprefix(NAME)
            give()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve(folder: Path, password: str = "") -> Iterator[Served]:
    """Serve the channel in `folder`."""
    served = Served(password=password)
    handler = partial(_Handler, directory=str(folder), served=served)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        served.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield served
        server.shutdown()
        thread.join()
