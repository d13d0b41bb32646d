"""The progress and the errors of commands in ``%%bash`` cells.

Progress is shown only if the notebook is open in a page. nbval and nbclient store and compare
outputs, and they start kernels without a page.

If a command fails, IPython raises an error, so that "Run All" stops. It also prints a traceback of
its own code with the whole cell. The command has already printed its message, so we replace the
traceback by one line and keep the error.
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

__all__ = ["PAGE_VARIABLE", "message", "set_up"]

PAGE_VARIABLE = "JPY_SESSION_NAME"
"""jupyter_server sets it to the notebook's path in kernels that it starts for a page."""


def set_up() -> None:
    """Set up progress and errors for the cells of this kernel. Do nothing outside of IPython."""
    from IPython import get_ipython

    if PAGE_VARIABLE in os.environ:
        os.environ[KERNEL_VARIABLE] = str(os.getpid())
    shell = get_ipython()
    if shell is not None and CalledProcessError not in shell.custom_exceptions:
        shell.set_custom_exc((*shell.custom_exceptions, CalledProcessError), _show)


def message(error: CalledProcessError) -> str:
    """Return the line that reports `error`."""
    # After Stop, IPython may not wait for the commands, or asyncio may miss their end. Then the
    # status is None or 255.
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
        lines = [message(error)]
    else:  # the learner's own call of subprocess
        lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
    return lines
