"""Which real engines are on PATH, and conda. Set-up brings none: PyPI, npm and Debian have none.

python -m tests.support.real_engines says so in a line, after the tests of `make test-engines`.
"""

from __future__ import annotations

import shutil
import subprocess

BACKEND = "pixi-build-rattler-build"
_PROGRAMS = {"rattler-build": ("rattler-build",), "pixi": ("pixi", BACKEND)}
"""Each engine, and the programs that it needs."""


def missing(engine: str) -> list[str]:
    """Return the programs of `engine` that are not on PATH."""
    return [name for name in _PROGRAMS[engine] if shutil.which(name) is None]


def version(engine: str) -> str:
    """Return the version that a real `engine` prints: ``0.77.0``."""
    done = subprocess.run([engine, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def main() -> None:
    """Print which engines are real here, and why others are not."""
    here = [f"{name} {version(name)}" for name in _PROGRAMS if not missing(name)]
    absent = [
        f"{name} was a stand-in ({' and '.join(missing(name))} not on PATH)"
        for name in _PROGRAMS
        if missing(name)
    ]
    conda = version("conda") if shutil.which("conda") else "not on PATH"
    print("; ".join([f"real engines: {', '.join(here) or 'none'}", *absent, f"conda: {conda}"]))


if __name__ == "__main__":
    main()
