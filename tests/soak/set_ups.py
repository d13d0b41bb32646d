"""Kill set-up at random moments: the next one completes, and takes nothing half-made for whole.

Each round begins with a copy of this clone that has no .venv, or one that is out of date. Set-up
is killed (SIGKILL) at a random moment; what it started goes on or ends as it may. Then two
set-ups are begun at once. Both have to succeed, one after the other, and the environment has to
be, file by file, what an undisturbed set-up makes. The requirements are a few small ones of
ours, from a folder of wheels that is filled once, so that a round takes seconds.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel import local
from crosscraft.paths import ROOT
from crosscraft.setup import make_bundle
from crosscraft.system import processes, tracked

NEEDED = ("anyio", "click", "filelock", "flit-core", "idna", "platformdirs", "py-rattler")
"""Enough for `crosscraft channel use`, and for a while of installing."""


@dataclass(frozen=True)
class Clone:
    """A copy of this clone, to be set up again and again."""

    folder: Path
    env: dict[str, str]

    def start(self) -> subprocess.Popen[str]:
        """Begin a set-up."""
        python = getattr(sys, "_base_executable", sys.executable)
        channel = str(local.find())
        argv = ["make", "--no-print-directory", "setup", f"PYTHON={python}", f"CHANNEL={channel}"]
        return subprocess.Popen(
            argv, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def forget(self, chance: random.Random) -> None:
        """Make the next set-up one that has all to do."""
        if chance.random() < 0.5:
            shutil.rmtree(self.folder / ".venv", ignore_errors=True)
        else:
            with (self.folder / "requirements.txt").open("a") as file:
                file.write("# moved\n")

    def installed(self) -> dict[str, int]:
        """Return the files of the environment with their sizes; not what Python compiles."""
        venv = self.folder / ".venv"
        return {
            str(path.relative_to(venv)): path.lstat().st_size
            for path in venv.rglob("*")
            if not path.is_dir() and "__pycache__" not in path.parts
        }


def kills(rounds: int) -> dict[str, int | float]:
    """Kill set-up, and compare what the next two make with what an undisturbed one makes."""
    chance = random.Random(random.random())
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as scratch:
        clone = make_clone(Path(scratch))
        started = time.monotonic()
        said, status = finish(clone.start())
        assert status == 0, said
        whole = time.monotonic() - started
        expected = clone.installed()
        survived = killed = 0
        for number in range(rounds):
            clone.forget(chance)
            killed += killed_after(clone, chance.uniform(0, whole))
            both = [clone.start(), clone.start()]
            ended = [finish(process) for process in both]
            printed = "\n".join(text for text, _ in ended)
            made = clone.installed()
            if [status for _, status in ended] != [0, 0]:
                print(f"  round {number}: {printed}")
            elif printed.count("making the virtual environment") > 1:
                print(f"  round {number}: both made the environment: {printed}")
            elif made != expected:
                print(f"  round {number}: differs: {sorted(made.items() ^ expected.items())[:8]}")
            else:
                survived += 1
    return {"tried": rounds, "survived": survived, "of these killed before the end": killed}


def make_clone(folder: Path) -> Clone:
    """Copy this clone into `folder`, with a few small requirements in a folder of wheels."""
    for name in tracked.files(ROOT):
        target = folder / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    requirements = folder / "clone" / "requirements.txt"
    blocks = re.findall(r"^([\w.-]+)==.*\n(?:    --hash.*\n)*", requirements.read_text(), re.M)
    assert set(NEEDED) <= set(blocks)
    chosen = [
        match[0]
        for match in re.finditer(
            r"^([\w.-]+)==.*\n(?:    --hash.*\n)*", requirements.read_text(), re.M
        )
        if match[1] in NEEDED
    ]
    requirements.write_text("".join(chosen))
    make_bundle.fetch_wheels(requirements, folder / "wheels")
    env = processes.clean_environment(
        {
            "HOME": str(folder / "home"),
            "CROSSCRAFT_CACHE": str(folder / "cache"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(folder / "wheels"),
            "PIP_CONFIG_FILE": os.devnull,
        }
    )
    return Clone(folder / "clone", env)


def finish(process: subprocess.Popen[str]) -> tuple[str, int]:
    """Return what a set-up said, and its status."""
    said, _ = process.communicate(timeout=600)
    return said, process.returncode


def killed_after(clone: Clone, seconds: float) -> bool:
    """Begin a set-up, kill it after `seconds`, and say whether it still ran."""
    with clone.start() as process:
        time.sleep(seconds)
        ran = process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # make and bootstrap; pip has its own group
        assert process.stdout is not None
    return ran
