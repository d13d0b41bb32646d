"""Make a second environment, .venv-newest, with the newest release of every dependency.

    python -m tools.newest

It takes nothing from requirements.txt but the names to compare with, so it shows today what the
next `make update` will meet. Versions that pyproject.toml itself bounds stay within that.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap
from crosscraft.system import processes, settings

__all__ = ["VENV", "compare", "main", "make", "pinned"]

VENV = ROOT / ".venv-newest"


def main() -> int:
    """Make the environment anew, say where it differs from the pins, and return the status."""
    try:
        installed = make(VENV)
    except CrosscraftError as error:
        for line in error.detail:
            print(f"  {line}", file=sys.stderr)
        print(f"newest: {error}", file=sys.stderr)
        return error.exit_status
    pins = pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    differing = compare(pins, installed)
    for line in differing:
        print(f"  {line}")
    print(f"{len(differing)} of {len(installed)} packages are not at their pins", flush=True)
    return 0


def make(venv: Path) -> dict[str, str]:
    """Make `venv` with this clone and the newest of what it needs, and return the versions.

    :raises DownloadError: if a package could not be fetched.
    :raises ChannelError: if the recorded channel is of no use to the new environment.
    """
    print(f"making {venv.name} with the newest releases", flush=True)
    python = venv / "bin" / "python"
    processes.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)])
    env = processes.clean_environment(prefixes=("PIP_",), network=True)
    # This environment's pip installs into that one, which may have been made without ensurepip.
    pip = [sys.executable, "-P", "-m", "pip", "--disable-pip-version-check"]
    pip += ["--python", str(python)]
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    for what in (
        ["pip", *build["requires"]],
        ["--no-build-isolation", "--editable", f"{ROOT}[test]"],
    ):
        done = processes.run(
            [*pip, "install", "--quiet", "--no-input", *what], env=env, check=False
        )
        if done.status != 0:
            raise bootstrap.pip_error(done.lines)
    processes.run([str(venv / "bin" / "crosscraft"), "channel", "use", settings.channel()])
    listed = processes.run([*pip, "list", "--format=json"], env=env).lines
    rows = json.loads(next(line for line in listed if line.startswith("[")))
    return {
        _normal(row["name"]): row["version"]
        for row in rows
        if "editable_project_location" not in row
    }


def pinned(requirements: str) -> dict[str, str]:
    """Return the versions that the text of a requirements.txt pins, by normalised name."""
    rows = re.findall(r"^([\w.-]+)==([^\s;]+)", requirements, re.MULTILINE)
    return {_normal(name): version for name, version in rows}


def compare(pins: dict[str, str], installed: dict[str, str]) -> list[str]:
    """Return a line for each package that is not at its pin, in order."""
    return [
        f"{name} {installed[name]}, pinned {pins.get(name, 'nowhere')}"
        for name in sorted(installed)
        if installed[name] != pins.get(name) and name != "pip"
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
