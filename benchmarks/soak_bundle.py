"""A bundle, from end to end: what is damaged is refused, and a whole one needs no network.

    python benchmarks/soak_bundle.py [ROUNDS]

First ROUNDS copies of a tiny bundle, each damaged somewhere, are given to set-up's reader: it
refuses, or the damage is in what tar does not use and every part is as it was. Then a real
bundle is made, the repository unpacked from it with tar, and `make build BUNDLE=…` run there, in
a network namespace in which not even loopback is up, with an empty HOME.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crosscraft.channel import local
from crosscraft.errors import BundleError
from crosscraft.paths import ROOT
from crosscraft.setup import bundle, make_bundle
from crosscraft.system.console import Console

WANTED = ("x86_64: 1 + 2 = 3", "aarch64: 1 + 2 = 3")
"""How `make build` ends."""


def main(rounds: int) -> dict[str, int | float]:
    """Return what was counted.

    :param rounds: how many damaged bundles to try.
    :raises AssertionError: if one of them passed, or the second machine was not set up.
    """
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as scratch:
        refused, harmless = damaged(Path(scratch), rounds, random.Random(rounds))
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as scratch:
        megabytes, seconds = second_machine(Path(scratch))
    return {
        "damaged": rounds,
        "refused": refused,
        "harmless": harmless,
        "megabytes": megabytes,
        "seconds": seconds,
    }


def tiny(folder: Path) -> Path:
    """Write a bundle for this clone whose parts are a few bytes each, and return its path."""
    names = ("crosscraft/Makefile", "wheels/a-1-py3-none-any.whl", "pip/p.whl", "channel/x/y.conda")
    files = {}
    for name in names:
        files[name] = folder / "parts" / name
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_bytes(hashlib.sha256(name.encode()).digest() * 40)
        os.utime(files[name], (0, 0))
    parts = {name: bundle.hash_file(path) for name, path in files.items()}
    python, processor = bundle.here()
    manifest = bundle.Manifest(python, processor, bundle.pins(ROOT), local.key(), "x", parts)
    path = folder / "tiny.tar"
    with Console(io.StringIO()) as console:
        make_bundle.write(path, manifest, files, console)
    return path


def damaged(folder: Path, rounds: int, chance: random.Random) -> tuple[int, int]:
    """Return how many of `rounds` damaged bundles were refused, and how many had no harm."""
    whole = tiny(folder).read_bytes()
    bundle.unpack(folder / "tiny.tar", ROOT, folder / "whole")
    expected = contents(folder / "whole")
    refused = 0
    for number in range(rounds):
        path, target = folder / "damaged.tar", folder / f"out-{number}"
        path.write_bytes(damage(whole, chance))
        try:
            bundle.unpack(path, ROOT, target)
        except BundleError as error:
            assert "\n" not in str(error), str(error)
            refused += 1
        else:
            assert contents(target) == expected, f"round {number}: damage was taken for whole"
    return refused, rounds - refused


def damage(data: bytes, chance: random.Random) -> bytes:
    """Cut `data` short, or change, double or remove some bytes of it."""
    start = chance.randrange(len(data.rstrip(b"\0")))  # tar fills up its last record
    end = min(len(data), start + chance.choice((1, 1, 1, 7, 512, 2048)))
    return chance.choice(
        (
            lambda: data[:start],
            lambda: (
                data[:start] + bytes([data[start] ^ 1 << chance.randrange(8)]) + data[start + 1 :]
            ),
            lambda: data[:start] + chance.randbytes(end - start) + data[end:],
            lambda: data[:start] + data[end:],
            lambda: data[:end] + data[start:],
        )
    )()


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of `folder`."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def second_machine(folder: Path) -> tuple[float, float]:
    """Set a second machine up, and return the bundle's megabytes and the seconds of the build."""
    carried = folder / "carried.tar"
    with Console() as console:
        make_bundle.make(carried, console)
    subprocess.run(["tar", "-xf", carried, "crosscraft/"], cwd=folder, check=True)
    home = folder / "home"
    home.mkdir()
    python = getattr(sys, "_base_executable", sys.executable)
    argv = ["unshare", "-rn", "make", "build", f"BUNDLE={carried}", f"PYTHON={python}"]
    started = time.monotonic()
    with subprocess.Popen(
        argv,
        cwd=folder / "crosscraft",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [line.rstrip("\n") for line in process.stdout if print(line, end="") is None]
    assert process.returncode == 0, f"exit status {process.returncode}"
    assert tuple(lines[-2:]) == WANTED, lines[-2:]
    left = [path.name for path in (folder / "crosscraft").glob(".bundle-*")]
    assert not left, left
    return round(carried.stat().st_size / 1e6), round(time.monotonic() - started, 1)


if __name__ == "__main__":
    for name, number in main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000).items():
        print(f"{name}: {number}")
