"""The only way to run a command.

A command is an argument list, never a string for a shell. It has a clean environment and a
process group. Its output is read line by line. If an interrupt or an error ends the wait, the
whole group is ended first, so no child outlives us.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import CommandError

__all__ = ["Completed", "Started", "clean_environment", "run", "start"]

_PASSED_ON = frozenset(
    (
        "HOME LANG LANGUAGE LOGNAME PATH SHELL TERM TMPDIR TZ USER "
        "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE"
    ).split()
)
_PASSED_ON_PREFIXES = ("LC_", "XDG_", "CROSSCRAFT_")
_NETWORK = frozenset(
    (
        "http_proxy https_proxy ftp_proxy all_proxy no_proxy "
        "HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY APT_CONFIG"
    ).split()
)
"""A proxy's URL may have a password, so only downloads get these."""

_GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL for a process group."""
_PASSING_ON = 0.5
"""Seconds for the other members after the leader has ended. ninja passes the signal on to each
command, which has a group of its own."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A command that has ended."""

    argv: tuple[str, ...]
    """The command."""
    status: int
    """Its exit status, or minus the number of the signal that ended it."""
    lines: tuple[str, ...]
    """The last lines of its output. stdout and stderr are one stream."""


def clean_environment(
    extra: Mapping[str, str] | None = None,
    *,
    prefixes: Sequence[str] = (),
    network: bool = False,
) -> dict[str, str]:
    """Return the environment of a child: an allow-list, so that no token or key leaks.

    :param extra: variables to set on top.
    :param prefixes: prefixes of more variables to pass on (``PIP_`` for pip).
    :param network: whether the child downloads something and needs the proxies.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON
        or (network and name in _NETWORK)
        or name.startswith((*_PASSED_ON_PREFIXES, *prefixes))
    }
    # Kernels and CI request colour with variables, but programs read these logs.
    kept["NO_COLOR"] = "1"
    return kept | dict(extra or {})


class Started:
    """A running command in its own process group. It is a context manager.

    The end of the context ends the group.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None,
        env: Mapping[str, str],
        stdin: str | None,
        later: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.argv = tuple(argv)
        try:
            self.process = subprocess.Popen(
                self.argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL if stdin is None and not later else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                bufsize=1,
                start_new_session=True,
                pass_fds=tuple(pass_fds),
            )
        except (FileNotFoundError, PermissionError) as error:
            # With an unreadable folder on PATH, a missing command is a PermissionError.
            if error.filename == cwd:
                raise
            raise CommandError(
                f"there is no command {self.argv[0]!r} on this machine",
                looked="PATH",
                remedy=f"Install the package that has {self.argv[0]!r} and run this again.",
            ) from None
        self._ended = False
        if stdin is not None:
            self.give(stdin)

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def give(self, text: str) -> None:
        """Write the whole input of the command."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
            pipe.write(text)

    def is_running(self, seconds: float) -> bool:
        """Wait at most `seconds`, and return whether the command is still running."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is None

    def wait(
        self, on_line: Callable[[str], object] = lambda line: None, keep: int = 200_000
    ) -> Completed:
        """Wait for the end of the command. Parameters as for :func:`run`."""
        lines: deque[str] = deque(maxlen=keep)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            on_line(lines[-1])
        return Completed(self.argv, self.process.wait(), tuple(lines))

    def end(self) -> None:
        """End the command and its children: SIGTERM first, then SIGKILL."""
        if self._ended:
            return  # its number may be another process's by now
        interrupted = self.process.poll() is None
        # Children may outlive the leader, so the signal goes to the group.
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
            except (ProcessLookupError, PermissionError):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE)
                if interrupted:
                    self._wait_for_members()
        self.process.wait()
        self._ended = True
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _wait_for_members(self) -> None:
        until = time.monotonic() + _PASSING_ON
        while _lives(self.process.pid) and time.monotonic() < until:
            time.sleep(0.01)


def _lives(group: int) -> bool:
    """Whether a process of `group` is alive. A zombie can still be signalled, and the init of
    some containers reaps late."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, own, *_ = stat.read_text(errors="replace").rpartition(")")[2].split()
            if int(own) == group and state not in "ZX":
                return True
    return False


def start(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    later: bool = False,
    pass_fds: Sequence[int] = (),
) -> Started:
    """Start `argv` and return at once.

    :param later: whether the input comes later, by :meth:`Started.give`.
    :raises CommandError: if there is no such command.
    """
    env = clean_environment() if env is None else env
    return Started(argv, cwd=cwd, env=env, stdin=stdin, later=later, pass_fds=pass_fds)


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    on_line: Callable[[str], object] = lambda line: None,
    check: bool = True,
    keep: int = 200_000,
    pass_fds: Sequence[int] = (),
) -> Completed:
    """Run `argv` and wait for its end.

    :param on_line: called with each line of output, without the line end.
    :param check: whether a status other than 0 is an error.
    :param keep: the number of last lines to return.
    :param pass_fds: descriptors of locks that the command holds too, also if we are killed.
    :raises CommandError: if there is no such command, or it failed. The error's detail has its
        last lines.
    """
    with start(argv, cwd=cwd, env=env, stdin=stdin, pass_fds=pass_fds) as started:
        done = started.wait(on_line, keep)
    if check and done.status != 0:
        raise CommandError(
            f"{Path(argv[0]).name} ended with exit status {done.status}",
            remedy="Its last lines are above.",
            detail=done.lines[-20:],
        )
    return done
