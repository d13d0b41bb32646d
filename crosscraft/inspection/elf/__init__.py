"""ELF binaries: what they say of themselves."""

from crosscraft.inspection.elf.binary import (
    Elf,
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
from crosscraft.inspection.elf.sections import Section
from crosscraft.inspection.elf.symbols import Symbol

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
