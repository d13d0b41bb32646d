"""How far a command is, told to a notebook: nothing waits, nothing breaks, nobody else listens."""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from collections.abc import Iterator

import pytest

from crosscraft.system import relay
from crosscraft.system.console import Console
from crosscraft.system.progress import HowFar
from crosscraft.system.relay import Receiver, Sender


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    made = Receiver()
    monkeypatch.setenv(relay.VARIABLE, str(made.path))
    yield made
    made.close()


def came(receiver: Receiver) -> list[tuple[int, HowFar | None]]:
    found = []
    while one := receiver.receive(wait=False):
        found.append(one)
    return found


def test_a_console_tells_steps_and_how_far_they_are(receiver: Receiver) -> None:
    with Console() as console:
        console.step("  packing")
        time.sleep(0.11)
        console.within(1, 2, "MB")
        console.within(2, 2, "MB")  # a moment later: it would not be seen
    me = os.getpid()
    assert came(receiver) == [
        (me, HowFar("packing")),
        (me, HowFar("packing", 1, 2, "MB")),
        (me, None),
    ]


def test_who_said_nothing_ends_nothing(receiver: Receiver) -> None:
    with Console() as console:
        console.say("a line")
    assert came(receiver) == []


def test_nobody_but_the_owner_can_listen(receiver: Receiver) -> None:
    assert stat.S_IMODE(receiver.path.parent.stat().st_mode) == 0o700


def test_a_notebook_that_reads_nothing_holds_nothing_up(receiver: Receiver) -> None:
    sender = Sender(str(receiver.path))
    began = time.monotonic()
    for number in range(2000):  # more than a socket keeps
        sender.show(HowFar(f"step {number}"))
    assert time.monotonic() - began < 5
    assert 0 < len(came(receiver)) < 2000


def test_a_notebook_that_is_gone_is_no_error(receiver: Receiver) -> None:
    receiver.close()
    assert not receiver.path.parent.exists()
    with Console() as console:
        console.step("goes on")


def test_no_variable_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(relay.VARIABLE, raising=False)
    with Console() as console:
        console.step("goes on")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 4000,
        b"{}",
        json.dumps({"from": "me", "title": None}).encode(),
        json.dumps({"from": 1, "title": 5, "done": 0, "total": None, "unit": ""}).encode(),
        json.dumps({"from": 1, "title": "t", "done": "0", "total": 1, "unit": ""}).encode(),
        json.dumps({"from": 1, "title": "t" * 5000, "done": 0, "total": 1, "unit": ""}).encode(),
    ],
)
def test_what_makes_no_sense_is_passed_over(receiver: Receiver, data: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(data, str(receiver.path))
    assert receiver.receive() is None
