"""See that a process group ends, compilers and all, when nobody reads its output any more.

    python -P -m crosscraft.building.engines.guard PROGRAM [ARGUMENT …]

becomes PROGRAM after that. A parent that is killed cannot end its children itself.
"""

from __future__ import annotations

import os
import select
import signal
import sys

__all__ = ["end_with_reader"]


def end_with_reader(*, also_if_replaced: bool = False) -> None:
    """Start a process that watches over this one, the leader of its process group.

    poll(2) reports a pipe without a reader (our output) as an error, and one without a writer
    (our sign of life, which the kernel closes) as hung up.

    :param also_if_replaced: whether to go on when another program takes the place of this one.
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
