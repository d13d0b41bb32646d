"""Install what a target needs beyond the environment: a dependency group of pyproject.toml.

    python -m crosscraft.setup.extras NAME…

Each package is pinned by hash in ``requirements/NAME.txt``. The second time needs no network.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crosscraft.paths import ROOT
from crosscraft.system import files, pip, processes, program

__all__ = ["NAMES", "install", "main", "requirements"]

NAMES = ("lint", "site", "browser", "hub", "bench", "mutants")
"""All groups but ``build`` and ``test``, which are part of every environment."""


def main(argv: list[str]) -> int:
    """Install the named groups, and return the exit status."""

    def work() -> None:
        for name in argv:
            install(name)

    return program.exit_status("extras", work)


def requirements(name: str) -> Path:
    """Return the file with the pins of the group `name`."""
    return ROOT / "requirements" / f"{name}.txt"


def install(name: str) -> None:
    """Install the group `name` into this environment, unless it is installed.

    :raises DownloadError: if a package cannot be fetched, or does not have the pinned hash.
    """
    pins = requirements(name).read_text(encoding="utf-8")
    stamp = Path(sys.prefix) / f"crosscraft-extra-{name}.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == pins:
        return
    print(f"installing what '{name}' needs, each package checked against its hash", flush=True)
    argv = pip.command("install", "--quiet", "--requirement", str(requirements(name)))
    done = processes.run(argv, env=pip.environment(), check=False)
    if done.status != 0:
        raise pip.error(done.lines, f"the packages of {name!r}", f"requirements/{name}.txt")
    files.write(stamp, pins)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
