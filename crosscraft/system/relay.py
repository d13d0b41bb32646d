"""From a command to the notebook whose cell runs it: how far it is.

One datagram for each change goes to a Unix socket in a folder that only its owner can enter; a
command finds its path in the environment. Datagrams are sent without waiting, and one that
nobody takes is lost: a kernel that is slow or dead holds up no build.

A datagram is a JSON object: ``{"from": 4711, "title": "…", "done": 3, "total": 12, "unit": ""}``
with a total of null if nobody knows it, or ``{"from": 4711, "title": null}`` at the end.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from crosscraft.system.progress import HowFar

__all__ = ["VARIABLE", "Receiver", "Sender", "sender"]

VARIABLE = "CROSSCRAFT_PROGRESS"
"""The path of the socket, in the environment of a notebook's commands."""

_LONGEST = 4096
"""Bytes of a datagram; a title that needs more is not shown."""
_EVERY = 0.1
"""Seconds between two datagrams about the same step: more would not be seen."""


class Sender:
    """A command's end."""

    def __init__(self, path: str | None) -> None:
        """:param path: of the socket; None if there is nobody to tell."""
        self._path = path
        self._title: str | None = None
        self._sent = 0.0

    def show(self, now: HowFar) -> None:
        """Tell how far it is, unless that was done a moment ago."""
        clock = time.monotonic()
        if now.title == self._title and clock - self._sent < _EVERY:
            return
        self._title, self._sent = now.title, clock
        self._send(asdict(now))

    def end(self) -> None:
        """Tell that nothing is under way, unless nothing was."""
        if self._title is not None:
            self._title = None
            self._send({"title": None})

    def _send(self, message: dict[str, object]) -> None:
        if self._path is None:
            return
        data = json.dumps({"from": os.getpid()} | message).encode()
        # Whatever keeps it from arriving, the work goes on.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(data, self._path)


def sender() -> Sender:
    """Return the end of this command."""
    return Sender(os.environ.get(VARIABLE))


class Receiver:
    """A notebook's end. Its folder goes with :meth:`close`."""

    def __init__(self) -> None:
        """:raises OSError: if there is no room for a socket, by the length of its path say."""
        self._folder = Path(tempfile.mkdtemp(prefix="crosscraft-progress-"))  # mode 0700
        self.path = self._folder / "socket"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._socket.bind(str(self.path))
        except OSError:
            self.close()
            raise

    def receive(self, *, wait: bool = True) -> tuple[int, HowFar | None] | None:
        """Return who sent something and how far that is, which is None at its end.

        :param wait: until something comes; or return None if nothing has, or nothing sensible.
        :raises OSError: if it is closed.
        """
        try:
            data = self._socket.recv(_LONGEST, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        return _read(data)

    def drop(self) -> None:
        """Forget what has come."""
        with contextlib.suppress(OSError):
            while True:
                self._socket.recv(_LONGEST, socket.MSG_DONTWAIT)

    def close(self) -> None:
        """End it. Commands that go on sending do not notice."""
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _read(data: bytes) -> tuple[int, HowFar | None] | None:
    """Read a datagram; a build script can send any."""
    try:
        match json.loads(data):
            case {"from": int(who), "title": None}:
                return who, None
            case {
                "from": int(who),
                "title": str(title),
                "done": int() | float() as done,
                "total": None | int() | float() as total,
                "unit": str(unit),
            }:
                return who, HowFar(title, done, total, unit)
    except (ValueError, RecursionError):
        pass
    return None
