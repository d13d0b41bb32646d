"""Install what a target needs beyond the environment: a dependency group of pyproject.toml.

    python -m crosscraft.setup.extras NAME…

Each is pinned by hash in ``requirements/NAME.txt``. What is installed is not asked for again,
so that it needs no network the second time.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crosscraft.paths import ROOT
from crosscraft.system import files, pip, processes, program

__all__ = ["NAMES", "install", "main", "requirements"]

NAMES = ("site", "browser", "hub", "bench")
"""All groups but ``build`` and ``test``, which are part of every environment."""


def main(argv: list[str]) -> int:
    """Install the groups that are named, and return the exit status."""

    def work() -> None:
        for name in argv:
            install(name)

    return program.run("extras", work)


def requirements(name: str) -> Path:
    """Return the file with the pins of the group `name`."""
    return ROOT / "requirements" / f"{name}.txt"


def install(name: str) -> None:
    """Install the group `name` into this environment, unless that is done.

    :raises DownloadError: if a package cannot be fetched, or has another hash than its pin.
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
