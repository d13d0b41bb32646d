"""Facts about a shared library or a program, read from its ELF header.

Source: the System V ABI's "Object Files" chapter; pyelftools reads the bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from crosscraft.errors import CrosscraftError
from crosscraft.platforms import PLATFORMS, Platform

__all__ = ["Elf", "platform_of", "read", "soabi"]


@dataclass(frozen=True, slots=True)
class Elf:
    """What an ELF file says of itself."""

    machine: str
    """``e_machine`` by its name in the specification: ``EM_X86_64``."""
    elf_class: int
    """Width of an address in bits: 32 or 64."""
    endianness: str
    """``little`` or ``big``."""
    needed: tuple[str, ...]
    """The libraries it links to (``DT_NEEDED``)."""
    exported: tuple[str, ...]
    """The functions it offers to others, sorted."""

    @property
    def init_symbols(self) -> tuple[str, ...]:
        """The functions by which Python loads an extension: ``PyInit_<module>``."""
        return tuple(name for name in self.exported if name.startswith("PyInit_"))


def read(file: bytes | BinaryIO) -> Elf:
    """Return the facts about an ELF file.

    :param file: its content, or an open file that can seek.
    :raises CrosscraftError: if it is not a whole ELF file.
    """
    from elftools.elf.dynamic import DynamicSection
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        elf = ELFFile(stream)
        dynamic = next((s for s in elf.iter_sections() if isinstance(s, DynamicSection)), None)
        symbols = next(
            (s for s in elf.iter_sections("SHT_DYNSYM") if isinstance(s, SymbolTableSection)), None
        )
        tags = dynamic.iter_tags("DT_NEEDED") if dynamic else ()
        needed = [str(tag.needed) for tag in tags]  # type: ignore[attr-defined]
        exported = {
            symbol.name
            for symbol in (symbols.iter_symbols() if symbols else ())
            if symbol["st_shndx"] != "SHN_UNDEF" and symbol["st_info"]["type"] == "STT_FUNC"
        }
        return Elf(
            machine=elf["e_machine"],
            elf_class=elf.elfclass,
            endianness="little" if elf.little_endian else "big",
            needed=tuple(needed),
            exported=tuple(sorted(exported)),
        )
    except Exception as error:  # pyelftools believes what a damaged header says, and trips
        raise CrosscraftError(
            f"not an ELF file, or not a whole one: {error}",
            remedy="Look at its first bytes: an ELF file begins with 7f 45 4c 46.",
        ) from None


def platform_of(elf: Elf) -> Platform | None:
    """Return the platform whose processor `elf` is for, or None if it is not in the table."""
    facts = (elf.machine, elf.elf_class, elf.endianness)
    for row in PLATFORMS.values():
        if (row.elf_machine, row.elf_class, row.endianness) == facts:
            return row
    return None


def soabi(name: str) -> str | None:
    """Return the SOABI in an extension's file name, or None if it has none.

    ``cpp_math.cpython-311-x86_64-linux-gnu.so`` is ``cpython-311-x86_64-linux-gnu``
    (PEP 3149).
    """
    match = re.search(r"\.(cpython-[^.]+|abi3)\.so$", name)
    return match[1] if match else None
