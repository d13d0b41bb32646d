"""Machine code in other formats than ELF: the kind of a file and its processors, from its start.

Sources: Apple's ``mach-o/loader.h`` and ``mach-o/fat.h``, Microsoft's "PE Format", the
WebAssembly core specification's "Binary Format", and LLVM's "LLVM Bitcode File Format".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["SUBDIRS", "MachineCode", "find", "find_object"]

SUBDIRS = {
    "osx-32", "osx-64", "osx-arm64", "win-32", "win-64", "win-arm64", "emscripten-wasm32",
    "wasi-wasm32",
}  # fmt: skip
"""conda's names of the platforms whose programs have these formats, and are no ELF files."""


@dataclass(frozen=True, slots=True)
class MachineCode:
    """Code that the loader of Linux does not load."""

    kind: str
    """What it is, with its format: ``a library for macOS (Mach-O)``."""
    processors: tuple[str, ...] = ()
    """The names of its processors. Empty for code that a program translates."""
    subdirs: frozenset[str] = frozenset()
    """conda's names of the platforms that it is for."""
    portable: bool | None = False
    """Whether it fits every platform, or None if that cannot be known."""
    toolchain: str = "(?!)"
    """A pattern of the folders in which a cross-compiler has such files."""

    @property
    def text(self) -> str:
        """The kind and the processors: ``a library for macOS (Mach-O), arm64``."""
        return ", ".join([self.kind, *self.processors])

    def is_in_toolchain(self, path: str) -> bool:
        """Whether a folder of `path` is a cross-compiler's for it: ``x86_64-w64-mingw32``."""
        return bool(re.search(self.toolchain, path.rpartition("/")[0]))


def find(start: bytes) -> MachineCode | None:
    """Return the kind of a file with the first bytes `start`, or None if it is no such code."""
    for magic, read in _READERS.items():
        if start.startswith(magic):
            try:
                return read(start)
            except struct.error:  # it ends within its header
                return None
    return None


def find_object(data: bytes) -> MachineCode | None:
    """As :func:`find`, for a file that is named as an object file, or in a static library. An
    object for Windows has no magic number, so it is not found elsewhere."""
    if found := find(data):
        return found
    if len(data) < 20:
        return None
    import_library = data[:4] == b"\0\0\xff\xff"
    machine, sections, _, _, _, optional = struct.unpack_from("<HHIIIH", data)
    if import_library:
        (machine,) = struct.unpack_from("<H", data, 6)
    if machine in _PE_MACHINES and (import_library or (sections and not optional)):
        return _windows("an object file", "COFF", machine)
    return None


# macOS

_MACH_PROCESSORS = {
    7: "i386", 0x01000007: "x86_64", 12: "arm", 0x0100000C: "arm64", 0x0200000C: "arm64_32",
    18: "ppc", 0x01000012: "ppc64",
}  # fmt: skip
_MACH_SUBDIRS = {"i386": "osx-32", "x86_64": "osx-64", "arm64": "osx-arm64"}
_MACH_TYPES = {1: "an object file", 2: "a program", 6: "a library", 8: "a library"}
_JAVA = 45
"""The lowest version of a Java class, which has the same magic number as a universal Mach-O file.
The version is where the other has the number of its processors."""


def _mac_os(kind: str, processors: tuple[int, ...]) -> MachineCode:
    names = [_MACH_PROCESSORS.get(one, f"processor {one:#x}") for one in processors]
    return MachineCode(
        f"{kind} for macOS (Mach-O)",
        tuple(dict.fromkeys(names)),
        frozenset(_MACH_SUBDIRS[name] for name in names if name in _MACH_SUBDIRS),
        toolchain=r"-apple-darwin",
    )


def _thin(order: str) -> Callable[[bytes], MachineCode]:
    def read(start: bytes) -> MachineCode:
        processor, _, kind = struct.unpack_from(f"{order}3I", start, 4)
        return _mac_os(_MACH_TYPES.get(kind, "a file"), (processor,))

    return read


def _universal(order: str, size: int) -> Callable[[bytes], MachineCode | None]:
    def read(start: bytes) -> MachineCode | None:
        (count,) = struct.unpack_from(f"{order}I", start, 4)
        if count >= _JAVA:
            return None
        places = range(8, min(8 + count * size, len(start) - 3), size)
        found = tuple(struct.unpack_from(f"{order}I", start, place)[0] for place in places)
        return _mac_os("a program or a library", found)

    return read


# Windows

_PE_MACHINES = {
    0x14C: ("x86", "win-32"), 0x8664: ("x86-64", "win-64"), 0xAA64: ("arm64", "win-arm64"),
    0x1C4: ("arm", ""),
}  # fmt: skip
_DLL = 0x2000
_NET = {0x10B: 232, 0x20B: 248}
"""Where the address and size of .NET's own header are, from the magic number of the optional
header."""


def _windows(kind: str, form: str, machine: int) -> MachineCode:
    name, subdir = _PE_MACHINES.get(machine, (f"processor {machine:#x}", ""))
    subdirs = frozenset({subdir} - {""})
    return MachineCode(
        f"{kind} for Windows ({form})", (name,), subdirs, toolchain=r"-mingw32|-windows-"
    )


def _executable(start: bytes) -> MachineCode | None:
    """A file for Windows begins with a program for DOS, which says where the real one is."""
    if b"\0" not in start[:64]:  # a text
        return None
    (place,) = struct.unpack_from("<I", start, 60)
    if start[place : place + 4] != b"PE\0\0":
        return MachineCode("a program for DOS or Windows (MZ)")
    (machine,) = struct.unpack_from("<H", start, place + 4)
    (flags,) = struct.unpack_from("<H", start, place + 22)
    magic = int.from_bytes(start[place + 24 : place + 26], "little")
    if any(start[place + _NET.get(magic, len(start)) :][:8]):
        return MachineCode("a .NET assembly (PE), for processors that are not read", portable=None)
    return _windows("a library" if flags & _DLL else "a program", "PE", machine)


# Code for a program that translates it


def _web_assembly(start: bytes) -> MachineCode:
    subdirs = frozenset({"emscripten-wasm32", "wasi-wasm32"})
    return MachineCode("WebAssembly, which fits every processor", (), subdirs, portable=True)


def _bitcode(start: bytes) -> MachineCode:
    return MachineCode("LLVM bitcode, for a processor that is not read", portable=None)


_READERS: dict[bytes, Callable[[bytes], MachineCode | None]] = {
    b"\xfe\xed\xfa\xce": _thin(">"),
    b"\xfe\xed\xfa\xcf": _thin(">"),
    b"\xce\xfa\xed\xfe": _thin("<"),
    b"\xcf\xfa\xed\xfe": _thin("<"),
    b"\xca\xfe\xba\xbe": _universal(">", 20),
    b"\xca\xfe\xba\xbf": _universal(">", 32),
    b"\xbe\xba\xfe\xca": _universal("<", 20),
    b"\xbf\xba\xfe\xca": _universal("<", 32),
    b"MZ": _executable,
    b"\0asm": _web_assembly,
    b"BC\xc0\xde": _bitcode,
    b"\xde\xc0\x17\x0b": _bitcode,
}
"""The reader for each magic number."""
