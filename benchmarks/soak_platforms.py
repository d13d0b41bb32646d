"""All platforms of the table, by one command: each package inspected, each extension run, emulated.

The channel gets the platforms that set-up leaves out in a cache of our own, from the machine's
Debian mirror; the user's own channel stays as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crosscraft.channel import local, make
from crosscraft.inspection import inspect
from crosscraft.paths import ROOT
from crosscraft.platforms import ALL, PLATFORMS, Platform
from crosscraft.system import files

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))
PROGRAM = (
    "import cpp_math, platform, sys; print(platform.machine(), sys.byteorder, cpp_math.add(1, 2))"
)


def main(rounds: int) -> dict[str, int | float]:
    """Build the answer key for all platforms `rounds` times; a try is one platform."""
    tried = survived = 0
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name:
        cache = Path(name) / "cache"
        env = os.environ | {"CROSSCRAFT_CACHE": str(cache)}
        link_channel(cache / "channels")
        call(["channel", "build", "--platform", ALL], env, Path(name))
        for number in range(rounds):
            project = Path(name) / f"round-{number}"
            skipped = shutil.ignore_patterns("output", "build")
            shutil.copytree(ROOT / "cpp_math", project, ignore=skipped)
            try:
                call(["build", "--target-platform", ALL], env, project)
            except AssertionError as error:
                print(f"  build: {error}")
            for platform in PLATFORMS.values():
                tried += 1
                try:
                    check(project, platform, env)
                    survived += 1
                except AssertionError as error:
                    print(f"  {platform.subdir}: {error}")
            shutil.rmtree(project)
    return {"tried": tried, "survived": survived, "platforms": len(PLATFORMS)}


def check(project: Path, platform: Platform, env: dict[str, str]) -> None:
    """The package is for the platform, by its binary, and the extension works there."""
    packages = list((project / "output" / platform.subdir).glob("cpp_math-*.conda"))
    assert len(packages) == 1, f"{len(packages)} packages"
    found = inspect.inspect(packages[0])
    assert {verdict.holds for verdict in found.verdicts} == {True}, str(found)
    said = call(
        ["run", "-q", "--platform", platform.subdir, "--with", "cpp_math", "--",
         "python", "-c", PROGRAM], env, project,
    )  # fmt: skip
    assert said.split() == [platform.processor, platform.endianness, "3"], said


def call(arguments: list[str], env: dict[str, str], folder: Path) -> str:
    """Run crosscraft, and return what it said; fail if it failed."""
    done = subprocess.run(
        [CROSSCRAFT, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def link_channel(folder: Path) -> None:
    """Have this machine's channel in `folder` too: its packages as hard links where it may."""
    shutil.copytree(local.find(), folder / local.find().name, copy_function=files.link_or_copy)
    make.link_channel(folder / local.key(), folder / local.find().name, local.find().name)
