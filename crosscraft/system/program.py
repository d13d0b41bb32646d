"""How a program of ours ends: an exit status, and one line for an error instead of a traceback.

Set-up runs before anything is installed, so this module imports the standard library alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from crosscraft.errors import CrosscraftError, StorageError
from crosscraft.system import files, storage_errors
from crosscraft.text import safe_lines

__all__ = ["exit_status", "fail"]


def exit_status(
    name: str, work: Callable[[], object], interrupted: str = "No partial result was kept."
) -> int:
    """Do `work` and return the exit status: 0, that of an error, or 130 after an interrupt.

    :param name: what the program is called in front of a message.
    :param interrupted: the message after an interrupt.
    """
    files.keep_from_others()
    try:
        work()
    except CrosscraftError as error:
        return fail(name, error)
    except KeyboardInterrupt:
        print(f"{name}: interrupted. {interrupted}", file=sys.stderr)
        return 130
    except OSError as error:
        reason = StorageError(str(error), remedy="Fix that and run the command again.")
        return fail(name, storage_errors.explain(error) or reason)
    return 0


def fail(name: str, error: CrosscraftError) -> int:
    """Print `error`, its details first, and return its exit status."""
    for line in error.detail:
        print(f"  {line}", file=sys.stderr)
    print(f"{name}: {safe_lines(str(error))}", file=sys.stderr)
    return error.exit_status
