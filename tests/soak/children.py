"""Processes for the soak: started by a fork, so that a run begins with its work and a kill hits
that, not Python's start; killed at any moment, alone or with all their children."""

from __future__ import annotations

import ctypes
import hashlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.system import storage_errors

Work = Callable[[], object]


@dataclass
class Child:
    """A process that does some work, and ends with status 0 if that went well, 1 if it was
    refused in one line, 99 otherwise."""

    pid: int
    log: Path
    pipe: int | None = None
    """What tells of its changes, open while it lives: a pipe without a reader would stop it."""

    def wait(self) -> int:
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if self.pipe is not None:
            os.close(self.pipe)
        return status

    def said(self) -> str:
        return self.log.read_text(errors="replace")


_CHANGES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.symlink", "os.chmod")
"""Audit events of Python for what changes a folder; ``open`` is looked at more closely."""


def start(work: Work, log: Path, gate: int | None = None, changes: int | None = None) -> Child:
    """Start `work` in a process of its own, with its output in `log`.

    :param gate: a descriptor to read from first, so that many begin at the same moment.
    :param changes: a descriptor that gets a byte before each change of a folder or a file.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Child(pid, log)
    status = 99
    try:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(out, 1)
        os.dup2(out, 2)
        if gate is not None:
            os.read(gate, 1)
        if changes is not None:
            told = changes

            def hook(event: str, arguments: tuple[object, ...]) -> None:
                opened = event == "open" and int(str(arguments[2] or 0)) & (os.O_WRONLY | os.O_RDWR)
                if opened or event in _CHANGES:
                    os.write(told, b"c")

            sys.addaudithook(hook)
        try:
            work()
            status = 0
        except CrosscraftError as error:
            print(f"one line: {error}")
            status = 1
        except OSError as error:  # as the command line does it
            explained = storage_errors.explain(error)
            if explained is None:
                raise
            print(f"one line: {explained}")
            status = 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def run(work: Work, log: Path) -> float:
    """Run `work` to its end and return the seconds it took.

    :raises AssertionError: with all it said, if it did not go well.
    """
    began = time.monotonic()
    child = start(work, log)
    status = child.wait()
    assert status == 0, f"status {status}: {child.said()[-3000:]}"
    return time.monotonic() - began


def descendants(pid: int) -> Iterator[int]:
    """Yield all processes below `pid`, by what /proc says now."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))
    except OSError:
        return


def kill(child: Child, everything: bool) -> int:
    """kill -9 `child`, with all below it or alone, and return its exit status."""
    below = list(descendants(child.pid)) if everything else []
    for pid in (child.pid, *below):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return child.wait()


@dataclass(frozen=True)
class Kind:
    """Something that is killed while it is done."""

    prepare: Callable[[int], object]
    """Make the world as it is before; gets the number of the round."""
    work: Work
    """Do it."""
    glance: Callable[[], object]
    """Right after a kill: fail if something half-made is to be taken for whole."""
    state: Callable[[], Mapping[str, str]]
    """After a run to the end: all that was made, by name, as hashes; fail at leftovers."""


def kills(kind: Kind, rounds: int, folder: Path) -> dict[str, int | float]:
    """Kill `kind` at random moments until `rounds` kills were in time; after each, the next run
    must make all whole."""
    log = folder / "log"
    _adopt()
    kind.prepare(0)
    seconds = [run(kind.work, log)]
    kind.prepare(1)
    waiting, told = os.pipe()
    began = time.monotonic()
    counting = start(kind.work, log, changes=told)
    assert counting.wait() == 0, counting.said()
    seconds.append(time.monotonic() - began)
    os.close(told)
    total = len(os.read(waiting, 1 << 16))
    os.close(waiting)
    reference = kind.state()
    tried = survived = hits = 0
    while hits < rounds and tried < 3 * rounds:
        number, tried = tried, tried + 1
        kind.prepare(number)
        if number % 4 < 2:  # any moment
            child = start(kind.work, log)
            time.sleep(random.uniform(0, min(seconds)))
        else:  # a moment when something is being written, which is seldom otherwise
            child = _at_change(kind.work, log, random.randrange(total))
        status = kill(child, everything=bool(number % 2))
        hits += status == -signal.SIGKILL
        try:
            kind.glance()
            run(kind.work, log)
            if _outlived():  # they held what they worked in, and only the next run removes that
                run(kind.work, log)
            assert kind.state() == reference, differing(kind.state(), reference)
            survived += 1
        except Exception as error:  # what cannot even be read did not survive either
            print(f"  round {number}, killed {'all' if number % 2 else 'alone'}: {error}")
    return {"tried": tried, "survived": survived, "of these killed before the end": hits}


_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def _adopt() -> None:
    """Have the children of whoever is killed become ours."""
    assert ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def _outlived(patience: float = 30.0) -> bool:
    """Whether any child of the killed is still at work; wait for it, and fail if it goes on."""
    until = time.monotonic() + patience
    outlived = False
    while _has_children():
        outlived = True
        assert time.monotonic() < until, "a child of the killed goes on and on"
        time.sleep(0.01)
    return outlived


def _has_children() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _at_change(work: Work, log: Path, wanted: int) -> Child:
    """Start `work` and return within about a millisecond of its change number `wanted`."""
    waiting, told = os.pipe()
    child = start(work, log, changes=told)
    os.close(told)
    while wanted >= 0 and (seen := os.read(waiting, wanted + 1)):
        wanted -= len(seen)
    time.sleep(random.expovariate(1 / 0.0005))
    child.pipe = waiting
    return child


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """The names whose hashes differ between two states."""
    return f"differs: {sorted(dict(set(one.items()) ^ set(other.items())))[:8]}"


def hashes(folder: Path, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """The SHA-256 of every file below `folder`, by its path, and where links lead."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file() and path.name not in leave_out:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@contextmanager
def variables(**wanted: str) -> Iterator[None]:
    """Set variables of the environment while the context is open."""
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
