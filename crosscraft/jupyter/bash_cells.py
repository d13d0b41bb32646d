"""What a learner sees of the commands of a ``%%bash`` cell.

While they work: how far they are, if the notebook is open in a page. nbval and nbclient compare
and store outputs, and start their kernels without a page.

When they fail: their own words, and a line. IPython raises an error then, so that "Run All" ends
there, and draws it as a traceback of its own call with the whole cell in it. The commands have
said what is wrong; the error stays, and the traceback becomes a line.
"""

from __future__ import annotations

import os
import signal
import traceback
from subprocess import CalledProcessError
from types import TracebackType
from typing import TYPE_CHECKING

from crosscraft.system.progress import KERNEL_VARIABLE

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["PAGE_VARIABLE", "arrange", "words"]

PAGE_VARIABLE = "JPY_SESSION_NAME"
"""jupyter_server sets it for a kernel that it starts for a page, to the notebook's path."""


def arrange() -> None:
    """Set this up for the cells of this notebook, if it is one."""
    from IPython import get_ipython

    if PAGE_VARIABLE in os.environ:
        os.environ[KERNEL_VARIABLE] = str(os.getpid())
    shell = get_ipython()
    if shell is not None and CalledProcessError not in shell.custom_exceptions:
        shell.set_custom_exc((*shell.custom_exceptions, CalledProcessError), _show)


def words(error: CalledProcessError) -> str:
    """Return the line about `error`."""
    # After Stop, IPython may not have waited for their end, or asyncio not have seen it: then there
    # is no status, or 255.
    stopped = isinstance(error.__context__, KeyboardInterrupt)
    if stopped or error.returncode in (None, -signal.SIGINT, -signal.SIGTERM):
        return "The commands of this cell were stopped."
    if error.returncode < 0:
        return f"The commands of this cell were ended by signal {-error.returncode}."
    return f"The commands of this cell ended with exit status {error.returncode}: see above."


def _show(
    shell: InteractiveShell,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> list[str]:
    ended_in = traceback.extract_tb(trace)[-1].filename
    if isinstance(error, CalledProcessError) and ended_in.endswith("/magics/script.py"):
        drawn = [words(error)]
    else:  # the learner's own call of subprocess
        drawn = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    shell._showtraceback(kind, error, drawn)
    return drawn
