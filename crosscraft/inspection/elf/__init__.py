"""ELF binaries: what they say of themselves."""

from crosscraft.inspection.elf.binary import (
    Elf,
    Section,
    Symbol,
    class_words,
    damaged,
    demangled,
    endianness_words,
    machine_words,
    platform_of,
    read,
    soabi,
    tables_of,
    type_words,
)

__all__ = [
    "Elf",
    "Section",
    "Symbol",
    "class_words",
    "damaged",
    "demangled",
    "endianness_words",
    "machine_words",
    "platform_of",
    "read",
    "soabi",
    "tables_of",
    "type_words",
]
