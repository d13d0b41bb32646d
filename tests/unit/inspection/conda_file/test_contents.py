"""What examining a payload takes: one file at a time, and that once."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import io
import struct
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import contents
from crosscraft.inspection.machine_code import MachineCode
from tests.support.small_packages import Item, elf_header, package
from tests.support.tiny_elf import make

MB = 2**20


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    """What only a collection of cycles would let go is held."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("start", [elf_header(), contents.AR_MAGIC], ids=["elf", "archive"])
def test_of_several_large_binaries_one_is_held_once(tmp_path: Path, start: bytes) -> None:
    data = start + bytes(8 * MB)
    path = package(tmp_path / "a.conda", [Item(f"lib/{n}", data) for n in range(4)])
    contents.examine(path)  # what is imported and cached comes first
    tracemalloc.start()
    contents.examine(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 8 * MB < peak < 12 * MB


def test_a_member_is_held_once(tmp_path: Path) -> None:
    path = package(tmp_path / "a.conda", [Item("a", bytes(8 * MB))])
    conda_file.open_member(path, "a")
    tracemalloc.start()
    assert len(conda_file.open_member(path, "a")) == 8 * MB
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 8 * MB < peak < 12 * MB


def test_facts_do_not_keep_the_binary() -> None:
    data = bytes(make().data)
    before = sys.getrefcount(data)
    elf.read(data)
    assert sys.getrefcount(data) == before


def test_a_large_file_in_another_format_is_not_held(tmp_path: Path) -> None:
    start = bytes.fromhex("cffaedfe0c0000010000000006000000")
    path = package(tmp_path / "a.conda", [Item("lib/a.dylib", start + bytes(8 * MB))])
    contents.examine(path)
    tracemalloc.start()
    found = contents.examine(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MB
    assert [code.processors for code in found.foreign.values()] == [("arm64",)]
    assert (found.binaries, found.unread) == ({}, {})


def archive(*objects: bytes) -> io.BytesIO:
    """A static library."""
    members = (
        f"{f'{number}.o/':<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(data):<10}`\n".encode() + data
        for number, data in enumerate(objects)
    )
    return io.BytesIO(contents.AR_MAGIC + b"".join(members))


def test_a_static_library_gives_one_object_of_each_kind() -> None:
    """The first 20 bytes of an ELF header are its kind, and the processor of a COFF object."""
    first, other_version = elf_header(), bytearray(elf_header())
    other_version[20] = 9
    windows = struct.pack("<HHIIIHH", 0x8664, 3, 0, 200, 9, 0, 0) + bytes(40)
    library = archive(
        first, bytes(other_version), windows, elf_header(183), windows, b"plain text, and more text"
    )
    found = dict(contents.one_of_each(library))
    assert list(found) == ["0.o", "2.o", "3.o"]
    assert isinstance(found["2.o"], MachineCode)
    assert [found[name].machine for name in ("0.o", "3.o")] == ["EM_X86_64", "EM_AARCH64"]


def test_of_many_binaries_only_what_the_verdicts_need_is_held() -> None:
    symbols = tuple(
        elf.Symbol(name, name, "STT_FUNC", "STB_GLOBAL", 0, 0, "")
        for name in ("add", "PyInit_m", "mul", "PyInit_n")
    )
    facts = dataclasses.replace(elf.read(bytes(make().data)), exported=symbols)
    short = contents.shortened(facts)
    assert [symbol.name for symbol in short.exported] == ["PyInit_m", "PyInit_n"]
    assert facts.sections
    assert short == dataclasses.replace(facts, sections=(), exported=short.exported)


COFF = struct.pack("<HHIIIHH", 0x8664, 3, 0, 200, 9, 0, 0) + bytes(40)


@pytest.mark.parametrize(
    ("name", "is_code"), [("lib/a.o", True), ("lib/a.obj", True), ("lib/a.dat", False)]
)
def test_an_object_for_windows_is_told_by_its_name(
    tmp_path: Path, name: str, is_code: bool
) -> None:
    found = contents.examine(package(tmp_path / "a.conda", [Item(name, COFF)]))
    assert list(found.foreign) == [name] * is_code


def test_progress_is_told_to_the_end_of_the_file(tmp_path: Path) -> None:
    path = package(tmp_path / "a.tar.bz2", [Item("a", bytes(range(256)) * 4000)])
    seen: list[int] = []
    contents.examine(path, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size
    seen.clear()
    assert [content.read() for _, content in conda_file.payload(path, seen.append) if content]
    assert seen


@pytest.mark.parametrize("more", [0, 1])
def test_a_static_library_is_examined_up_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    data = archive(elf_header() + bytes(8000), elf_header(183)).getvalue()
    monkeypatch.setattr(contents, "MAX_MEMBER", len(data) - more)
    found = contents.examine(package(tmp_path / "a.conda", [Item("lib/a.a", data)]))
    assert list(found.unread) == ["lib/a.a"] * more
    assert list(found.binaries) == ["lib/a.a(0.o)", "lib/a.a(1.o)"] * (not more)
    assert found.files[0].sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("noarch", ["python", "generic"])
def test_the_kind_of_a_noarch_package(tmp_path: Path, noarch: str) -> None:
    path = package(tmp_path / "a.conda", index={"noarch": noarch, "subdir": "noarch"})
    assert conda_file.read(path).noarch == noarch
