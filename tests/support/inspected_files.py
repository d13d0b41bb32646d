"""Files to inspect in a browser, honest and otherwise, and what the command says of them."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crosscraft.views import report
from tests.support import real_package, tiny_elf
from tests.support.small_packages import Item, elf_header, package

__all__ = ["KINDS", "LARGE", "Native", "doubling", "hostile", "large", "native"]

LARGE = 50 * 2**20
"""Bytes of the large package."""


def _honest(folder: Path) -> Path:
    return real_package.write(folder / f"{real_package.NAME}.conda")


def _lying(folder: Path) -> Path:
    return real_package.write(folder / "lying.conda", index={"subdir": "linux-aarch64"})


def _truncated(folder: Path) -> Path:
    path = real_package.write(folder / "truncated.conda")
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _old_format(folder: Path) -> Path:
    return real_package.write(folder / f"{real_package.NAME}.tar.bz2")


def _noarch(folder: Path) -> Path:
    items = [Item("site-packages/a.py", b"a = 1\n"), Item("site-packages/a.so", elf_header(kind=3))]
    index = {"subdir": "noarch", "noarch": "python"}
    return package(folder / "a-1-h0000000_0.conda", items, index)


def _static_library(folder: Path) -> Path:
    data = b"!<arch>\n"
    for name, machine in (("intel.o/", 62), ("arm.o/", 183)):
        member = elf_header(machine)
        data += f"{name:16}{0:<12}{0:<6}{0:<6}{644:<8}{len(member):<10}`\n".encode() + member
    (folder / "liba.a").write_bytes(data)
    return folder / "liba.a"


def _binary(folder: Path) -> Path:
    (folder / "libarea.so.1").write_bytes(tiny_elf.make().data)
    return folder / "libarea.so.1"


def large(folder: Path, size: int = LARGE) -> Path:
    """Write a package of about `size` bytes."""
    noise = random.Random(0).randbytes(size)
    return package(folder / f"large-{size}-h0000000_0.conda", [Item("share/noise", noise)])


def _other(folder: Path) -> Path:
    (folder / "text.conda").write_text("This is no package.\n")
    return folder / "text.conda"


KINDS: dict[str, Callable[[Path], Path]] = {
    "honest": _honest,
    "lying": _lying,
    "truncated": _truncated,
    "old format": _old_format,
    "noarch": _noarch,
    "static library": _static_library,
    "binary": _binary,
    "large": large,
    "not a package": _other,
}
"""What writes a file of each kind into a folder."""


def hostile(folder: Path, monkeypatch: pytest.MonkeyPatch, levels: int) -> Path:
    """Write a library that exports one function, whose name doubles with each of `levels`."""
    name = doubling(levels).encode()
    start = len(tiny_elf.STRINGS)
    monkeypatch.setattr(tiny_elf, "STRINGS", tiny_elf.STRINGS + name + b"\0")
    tiny = tiny_elf.make()
    tiny.put(tiny.at["symbols"] + 24, "I", start)  # st_name of the second symbol
    (folder / "hostile.so").write_bytes(tiny.data)
    return folder / "hostile.so"


def doubling(levels: int) -> str:
    """Return the name of a function with `levels` parameters, each twice as long as the one before:
    A, P<A, A>, P<P<A, A>, P<A, A> >, …"""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def substitution(number: int) -> str:
        number -= 1
        if number < 0:
            return "S_"
        return f"S{digits[number // 36] if number >= 36 else ''}{digits[number % 36]}_"

    parts = (f"S0_I{substitution(n)}{substitution(n)}E" for n in range(2, levels))
    return "_Z1f1A1PIS_S_E" + "".join(parts)


@dataclass(frozen=True, slots=True)
class Native:
    """What ``crosscraft inspect --json --verify`` prints."""

    json: str
    """Its stdout."""
    error: str
    """Its stderr, without the name of the program."""


def native(*paths: Path) -> Native:
    """Inspect files in their common folder, as the command does."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(paths[0].parent),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        report.report([path.name for path in paths], as_json=True, verify=True)
    lines = stderr.getvalue().splitlines()
    errors = [line for line in lines if line.startswith("crosscraft: ")]
    return Native(stdout.getvalue(), "\n".join(errors).removeprefix("crosscraft: "))
