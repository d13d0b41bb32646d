"""Facts about ELF binaries."""

from crosscraft.inspection.elf.binary import (
    Elf,
    class_text,
    damaged,
    demangled,
    endianness_text,
    machine_text,
    read,
    soabi,
    tables_of,
    type_text,
)
from crosscraft.inspection.elf.platform import misfit, named_in, platform_of, platform_text
from crosscraft.inspection.elf.sections import Section
from crosscraft.inspection.elf.symbols import Symbol

__all__ = [
    "Elf", "Section", "Symbol", "class_text", "damaged", "demangled", "endianness_text",
    "machine_text", "misfit", "named_in", "platform_of", "platform_text", "read", "soabi",
    "tables_of", "type_text",
]  # fmt: skip
