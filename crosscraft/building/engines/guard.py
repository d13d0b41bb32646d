"""Kill a process group with all its compilers when the reader of its output is gone.

    python -P -m crosscraft.building.engines.guard PROGRAM [ARGUMENT …]

starts the guard and becomes PROGRAM. A parent that is killed cannot end its children itself.
"""

from __future__ import annotations

import os
import select
import signal
import sys

__all__ = ["end_with_reader"]


def end_with_reader(*, also_if_replaced: bool = False) -> None:
    """Start a process that watches this one, which leads its process group.

    poll(2) reports POLLERR for a pipe without a reader, here our output. It reports POLLHUP for a
    pipe without a writer, here a pipe that the kernel closes when this process ends.

    :param also_if_replaced: whether to keep watching after this process calls exec.
    """
    alive, held_open = os.pipe()
    if os.fork():
        os.close(alive)
        os.set_inheritable(held_open, also_if_replaced)
        return
    os.close(held_open)
    watched = select.poll()
    watched.register(1, 0)
    watched.register(alive, select.POLLIN)
    if 1 in dict(watched.poll()):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    end_with_reader(also_if_replaced=True)
    os.execv(sys.argv[1], sys.argv[1:])
