"""The platform of an ELF file: what the loader asks of the header.

Source: the GNU C library's loader (``elf/dl-load.c`` and the ``ldsodefs.h`` and ``dl-machine.h`` of
each processor). It compares the processor, the width, the byte order, EI_OSABI and EI_ABIVERSION,
and on two processors the ABI in e_flags.
"""

from __future__ import annotations

from crosscraft.inspection.elf.binary import Elf
from crosscraft.platforms import PLATFORMS, Platform

__all__ = ["misfit", "named_in", "platform_of", "platform_text"]

_OS_ABIS = {"ELFOSABI_SYSV", "ELFOSABI_LINUX", "ELFOSABI_ARM_AEABI"}
"""The EI_OSABI that Linux accepts. The second one has GNU's extensions, the third one is Arm's."""

_FLAGS = {
    "EM_ARM": (0xFF000200, 0x05000200, "soft float"),
    "EM_PPC64": (0x3, 0x1, "ELFv1"),
}
"""The ABIs that are not the platform's: the bits of e_flags, their value, and the name."""


_LOADERS = {
    "/system/bin/linker": "Android",
    "/libexec/ld-elf": "FreeBSD",
    "/usr/libexec/ld.elf_so": "NetBSD",
    "/usr/libexec/ld.so": "OpenBSD",
}
"""The loaders of other systems, whose programs may have the EI_OSABI of Linux."""


def platform_of(elf: Elf) -> Platform | None:
    """Return the platform of `elf`, or None if it is for no platform of the table."""
    facts = (elf.machine, elf.elf_class, elf.endianness)
    for row in PLATFORMS.values():
        if (row.elf_machine, row.elf_class, row.endianness) == facts:
            return None if misfit(elf) else row
    return None


def misfit(elf: Elf) -> str:
    """Return the system or ABI of `elf` for which the loader of Linux refuses it, or an empty
    string: ``ELFOSABI_FREEBSD``, ``soft float``."""
    if elf.abi not in _OS_ABIS:
        return elf.abi
    if elf.abi == "ELFOSABI_SYSV" and elf.abi_version:
        return f"ABI version {elf.abi_version}"
    for loader, system in _LOADERS.items():
        if elf.interpreter.startswith(loader):
            return system
    mask, value, name = _FLAGS.get(elf.machine, (0, 1, ""))
    return name if elf.flags & mask == value else ""


def platform_text(elf: Elf) -> str:
    """Return the platform as text: ``linux-64``, or ``EM_386 (32-bit, little endian)``."""
    if found := platform_of(elf):
        return found.subdir
    other = misfit(elf)
    return f"{elf.machine} ({elf.elf_class}-bit, {elf.endianness} endian{other and f', {other}'})"


def named_in(path: str) -> Platform | None:
    """Return the platform whose triplet is a folder of `path`, with or without a vendor.

    Cross-compilers have the files of their target in such a folder: ``aarch64-linux-gnu``,
    ``aarch64-conda-linux-gnu``.
    """
    for folder in path.split("/")[:-1]:
        for row in PLATFORMS.values():
            processor, system = row.triplet.split("-", 1)
            if folder.startswith(f"{processor}-") and folder.endswith(f"-{system}"):
                return row
    return None
