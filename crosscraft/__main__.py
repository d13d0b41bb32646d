"""The command ``crosscraft``, also as ``python -m crosscraft``."""

from __future__ import annotations

import signal
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line. An interrupt during the import ends the process without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from crosscraft.cli import main as commands

    commands.main()


if __name__ == "__main__":
    main()
