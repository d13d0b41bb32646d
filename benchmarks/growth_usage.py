"""What a command takes: seconds, processor time, and memory at its peak.

    python benchmarks/growth_usage.py COMMAND…      # one line of JSON on stderr

It runs as a process of its own: the peak that wait4(2) tells of a child begins with the memory
of the parent it was forked from, so the parent has to be small.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LOOK = 0.1
"""Seconds between two looks at the memory of all processes together."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run took."""

    seconds: float
    """On the clock. What others do on the machine is in it."""
    cpu: float
    """Seconds of processor time, of the command and all that it waited for."""
    largest: int
    """Peak RSS of its largest process in bytes, as the kernel counts it: ru_maxrss."""
    together: int
    """Peak of all its processes at one moment: the sum of their PSS, looked at every tenth of
    a second. 0 if it ended before the first look."""


def run(argv: Sequence[str], **variables: str) -> Usage:
    """Run a command in silence, and return what it took.

    :param variables: of the environment, besides those of this process.
    """
    import psutil

    together = 0
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, *argv],
            env=os.environ | variables,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        root = psutil.Process(child.pid)
        while child.poll() is None:
            together = max(together, sum(_pss(one.pid) for one in root.children(recursive=True)))
            time.sleep(LOOK)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if child.returncode:
        sys.exit(f"{argv[0]} failed:\n{text[-4000:]}")
    return Usage(together=together, **json.loads(text.splitlines()[-1]))


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def median(usages: Sequence[Usage]) -> dict[str, float]:
    """Return the median of each number; of an even count the lower one of the middle."""
    rows = [asdict(usage) for usage in usages]
    return {key: sorted(row[key] for row in rows)[(len(rows) - 1) // 2] for key in rows[0]}


def _main(argv: list[str]) -> int:
    began = time.perf_counter()
    child = subprocess.Popen(argv)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    told = {
        "seconds": round(seconds, 3),
        "cpu": round(used.ru_utime + used.ru_stime, 3),
        "largest": used.ru_maxrss * 1024,
    }
    print(json.dumps(told), file=sys.stderr)
    return child.returncode


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
