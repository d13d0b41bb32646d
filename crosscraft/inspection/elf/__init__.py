"""Facts about ELF binaries."""

from crosscraft.inspection.elf.binary import (
    Elf,
    Section,
    Symbol,
    class_text,
    damaged,
    demangled,
    endianness_text,
    machine_text,
    platform_of,
    read,
    soabi,
    tables_of,
    type_text,
)

__all__ = [
    "Elf",
    "Section",
    "Symbol",
    "class_text",
    "damaged",
    "demangled",
    "endianness_text",
    "machine_text",
    "platform_of",
    "read",
    "soabi",
    "tables_of",
    "type_text",
]
