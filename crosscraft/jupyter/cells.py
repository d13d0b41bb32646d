"""The IPython extension of every kernel: programs, progress and errors of the cells.

``prefix/etc/ipython`` loads it in each kernel of this environment, in JupyterLab, nbclient and
nbval alike (IPython's documentation, "Setting configurable options").

Progress is shown only if the notebook is open in a page. nbval and nbclient store and compare
outputs, and they start kernels without a page.

Some errors become one line, and stay errors, so that "Run All" stops. A failed command has already
printed its message, and IPython's traceback shows only its own code. A name of the first cell is
missing because that cell has not run.
"""

from __future__ import annotations

import os
import signal
import traceback
from functools import partial
from subprocess import CalledProcessError
from types import TracebackType
from typing import TYPE_CHECKING

from crosscraft.jupyter import activation, lab
from crosscraft.jupyter.activate_cell import ActivateCell
from crosscraft.jupyter.first_cell import FirstCell, not_begun
from crosscraft.system.progress import KERNEL_VARIABLE

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["PAGE_VARIABLE", "load_ipython_extension", "message", "set_up"]

PAGE_VARIABLE = "JPY_SESSION_NAME"
"""jupyter_server sets it to the notebook's path in kernels that it starts for a page."""


def set_up() -> None:
    """Set up this kernel, unless that is done. Outside of IPython, only find our programs."""
    from IPython import get_ipython

    lab.put_programs_on_path()
    shell = get_ipython()
    if shell is not None:
        shell.extension_manager.load_extension(__name__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Set up the kernel of `shell`. IPython calls this once."""
    lab.put_programs_on_path()
    page = os.environ.get(PAGE_VARIABLE)
    if page:
        os.environ[KERNEL_VARIABLE] = str(os.getpid())
    first_cell = FirstCell(shell.user_ns, page)
    shell.input_transformers_cleanup.extend(
        [first_cell, ActivateCell(page, partial(_identity, shell))]
    )
    activation.set_up(shell, live=bool(page))

    def show(
        shell: InteractiveShell,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> list[str]:
        if isinstance(error, NameError) and first_cell.lacks(error.name):
            lines = not_begun()._render_traceback_()
        elif isinstance(error, CalledProcessError) and _is_of_cell(trace):
            lines = [" ".join(filter(None, (message(error), _trap(error, shell))))]
            if error.returncode is None:  # ipykernel's reply has it as a number
                error.returncode = -signal.SIGINT
        else:  # an error of the learner's own
            lines = shell.InteractiveTB.structured_traceback(
                kind, error, trace, tb_offset=tb_offset
            )
        shell._showtraceback(kind, error, lines)
        return lines

    errors = (*shell.custom_exceptions, CalledProcessError, NameError)
    shell.set_custom_exc(errors, show)  # type: ignore[no-untyped-call]


def _identity(shell: InteractiveShell) -> str:
    """Return the id of the cell that runs, which JupyterLab sends along with it."""
    request = getattr(shell, "parent_header", {})  # ipykernel's: the whole message
    return str(request.get("metadata", {}).get("cellId", ""))


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


def _trap(error: CalledProcessError, shell: InteractiveShell) -> str:
    """Return the line that names the trap, if the cell has printed a message of one."""
    from crosscraft.building.check import entries  # few cells fail

    return entries.named(error.output or _printed(shell))


def _printed(shell: InteractiveShell) -> str:
    """Return what the cell has printed. IPython keeps it, and has already counted the cell."""
    if shell.history_manager is None:
        return ""
    kept = shell.history_manager.outputs.get(shell.execution_count - 1, ())
    return "".join("".join(output.bundle.get("stream", "")) for output in kept)


def _is_of_cell(trace: TracebackType) -> bool:
    """Whether a ``%%bash`` cell has failed, and not the learner's own call of subprocess."""
    last = traceback.extract_tb(trace)[-1].filename
    return last == activation.__file__ or last.endswith("/magics/script.py")
