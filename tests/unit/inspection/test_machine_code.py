"""Machine code for other systems: told by its first bytes, and never mistaken for it."""

from __future__ import annotations

import struct

import pytest

from crosscraft.inspection import machine_code


def mach(order: str, bits: int, processor: int, kind: int) -> bytes:
    magic = 0xFEEDFACF if bits == 64 else 0xFEEDFACE
    return struct.pack(f"{order}7I", magic, processor, 3, kind, 0, 0, 0) + bytes(4)


def fat(order: str, *processors: int, wide: bool = False) -> bytes:
    start = struct.pack(f"{order}II", 0xCAFEBABF if wide else 0xCAFEBABE, len(processors))
    return start + b"".join(
        struct.pack(f"{order}5I", one, 3, 0x4000, 0x1000, 14) + bytes(12 if wide else 0)
        for one in processors
    )


def pe(machine: int, flags: int = 0, place: int = 0x80) -> bytes:
    start = b"MZ\x90\0" + bytes(56) + struct.pack("<I", place)
    return (
        start.ljust(place, b"\0")
        + b"PE\0\0"
        + struct.pack("<HHIIIHH", machine, 6, 0, 0, 0, 240, flags)
    )


def coff(machine: int, sections: int = 3, optional: int = 0) -> bytes:
    return struct.pack("<HHIIIHH", machine, sections, 0, 200, 9, optional, 0) + bytes(40)


X86_64, ARM64 = 0x01000007, 0x0100000C
FILES = {
    "dylib": (mach("<", 64, ARM64, 6), "a library for macOS (Mach-O), arm64", {"osx-arm64"}),
    "bundle": (mach("<", 64, X86_64, 8), "a library for macOS (Mach-O), x86_64", {"osx-64"}),
    "program": (mach("<", 32, 7, 2), "a program for macOS (Mach-O), i386", {"osx-32"}),
    "PowerPC": (mach(">", 32, 18, 1), "an object file for macOS (Mach-O), ppc", set()),
    "PowerPC, 64-bit": (mach(">", 64, 0x01000012, 2), "a program for macOS (Mach-O), ppc64", set()),
    "unknown": (mach("<", 64, 99, 77), "a file for macOS (Mach-O), processor 0x63", set()),
    "universal": (
        fat(">", X86_64, ARM64),
        "a program or a library for macOS (Mach-O), x86_64, arm64", {"osx-64", "osx-arm64"},
    ),
    "universal, 64-bit": (
        fat(">", ARM64, ARM64, wide=True),
        "a program or a library for macOS (Mach-O), arm64", {"osx-arm64"},
    ),
    "universal, swapped": (
        fat("<", X86_64), "a program or a library for macOS (Mach-O), x86_64", {"osx-64"}
    ),
    "exe": (pe(0x8664), "a program for Windows (PE), x86-64", {"win-64"}),
    "dll": (pe(0xAA64, 0x2022, 0xF8), "a library for Windows (PE), arm64", {"win-arm64"}),
    "32-bit": (pe(0x14C), "a program for Windows (PE), x86", {"win-32"}),
    ".NET": (
        pe(0x14C, 0x2102) + struct.pack("<H", 0x10B) + bytes(206) + b"\x08\x20\0\0\x48\0\0\0",
        "a .NET assembly (PE), for processors that are not read", set(),
    ),
    ".NET, 64-bit": (
        pe(0x8664, 0x2022) + struct.pack("<H", 0x20B) + bytes(222) + b"\x08\x20\0\0\x48\0\0\0",
        "a .NET assembly (PE), for processors that are not read", set(),
    ),
    "not .NET": (
        pe(0x8664, 0x2022) + struct.pack("<H", 0x20B) + bytes(222 - 8) + b"12345678" + bytes(8),
        "a library for Windows (PE), x86-64", {"win-64"},
    ),
    ".NET, with the version of a linker": (
        pe(0x14C, 0x2102) + b"\x0b\x01\x0e\x1d" + bytes(204) + b"\x08\x20\0\0\x48\0\0\0",
        "a .NET assembly (PE), for processors that are not read", set(),
    ),
    "not .NET, with more after it": (
        pe(0x8664, 0x2022) + struct.pack("<H", 0x20B) + bytes(222 + 8) + b"1",
        "a library for Windows (PE), x86-64", {"win-64"},
    ),
    "32-bit Arm": (pe(0x1C4), "a program for Windows (PE), arm", set()),
    "unknown to us": (pe(0x9999), "a program for Windows (PE), processor 0x9999", set()),
    "wasm": (
        b"\0asm\1\0\0\0", "WebAssembly, which fits every processor",
        {"emscripten-wasm32", "wasi-wasm32"},
    ),
    "DOS": (b"MZ" + bytes(62), "a program for DOS or Windows (MZ)", set()),
    "bitcode": (b"BC\xc0\xde1234", "LLVM bitcode, for a processor that is not read", set()),
    "wrapped": (b"\xde\xc0\x17\x0b", "LLVM bitcode, for a processor that is not read", set()),
}  # fmt: skip


@pytest.mark.parametrize(("data", "text", "subdirs"), FILES.values(), ids=FILES)
def test_the_kinds(data, text, subdirs):
    found = machine_code.find(data)
    assert (found.text, found.subdirs) == (text, subdirs)
    assert machine_code.find_object(data) == found


@pytest.mark.parametrize(
    ("data", "portable"),
    [
        (b"\0asm\1\0\0\0", True),
        (b"BC\xc0\xde", None),
        (mach("<", 64, ARM64, 6), False),
        (FILES[".NET"][0], None),
        (FILES["exe"][0], False),
    ],
)
def test_some_code_is_for_every_processor(data, portable):
    assert machine_code.find(data).portable is portable


OTHERS = {
    "empty": b"",
    "ELF": b"\x7fELF\2\1\1" + bytes(60),
    "Java": bytes.fromhex("cafebabe0000003400100a00"),
    "Java 1.1": bytes.fromhex("cafebabe0000002d00100a00"),
    "old Java": bytes.fromhex("cafebabe0003002d00100a00"),
    "Java preview": bytes.fromhex("cafebabeffff004100100a00"),
    "text": b"MZ is the name of a format. " * 10,
    "short MZ": b"MZ\0",
    "short universal": b"\xca\xfe\xba\xbe",
    "short Mach-O": b"\xcf\xfa\xed\xfe",
    "COFF": coff(0x8664),
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_what_is_no_machine_code(data):
    assert machine_code.find(data) is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (coff(0x8664), "an object file for Windows (COFF), x86-64"),
        (coff(0xAA64), "an object file for Windows (COFF), arm64"),
        (b"\0\0\xff\xff\0\0\x64\x86" + bytes(30), "an object file for Windows (COFF), x86-64"),
        (coff(0x8664)[:20], "an object file for Windows (COFF), x86-64"),
        (coff(0x8664)[:19], None),
        (coff(0x8664, optional=240), None),
        (coff(0x8664, sections=0), None),
        (coff(0x7777), None),
        (b"\x64\x86", None),
        (b"plain text, long enough", None),
    ],
)
def test_objects_for_windows_have_no_magic_number(data, text):
    found = machine_code.find_object(data)
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("path", "data", "holds"),
    [
        ("x86_64-w64-mingw32/lib/libm.dll", pe(0x8664), True),
        ("lib/x86_64-pc-windows-gnu/libm.dll", pe(0x8664), True),
        ("arm64-apple-darwin20.0.0/lib/libm.dylib", mach("<", 64, ARM64, 6), True),
        ("arm64-apple-darwin20.0.0/lib/libm.dll", pe(0x8664), False),
        ("lib/a-mingw32", pe(0x8664), False),
        ("x86_64-w64-mingw32/lib/a", b"BC\xc0\xde", False),
    ],
)
def test_the_folders_of_cross_compilers(path, data, holds):
    assert machine_code.find(data).is_in_toolchain(path) is holds


@pytest.mark.parametrize(
    ("size", "processors"),
    [(12, ("x86_64",)), (31, ("x86_64",)), (32, ("x86_64", "arm64")), (200, ("x86_64", "arm64"))],
)
def test_a_universal_file_is_read_as_far_as_it_goes(size, processors):
    data = (fat(">", X86_64, ARM64) + bytes(200))[:size]
    assert machine_code.find(data).processors == processors
