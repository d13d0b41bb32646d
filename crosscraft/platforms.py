"""The platforms that this project builds on and for: one row each.

Code uses the columns of a row and never compares names. A new target platform needs one row
here and one line in :mod:`crosscraft.channel.catalog`.
"""

from __future__ import annotations

import platform as _machine
import sys
from dataclasses import dataclass
from typing import Literal

from crosscraft.errors import PlatformError

__all__ = ["ALL", "NOARCH", "PLATFORMS", "Platform", "lookup", "native", "selection"]

NOARCH = "noarch"
"""The subdir of packages for every platform."""
ALL = "all"
"""In a :func:`selection`, every platform of the table."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Linux on one processor, with each tool's name for it."""

    subdir: str
    """conda's name, and the folder of its packages in a channel."""
    triplet: str
    """Debian's multiarch triplet: the prefix of the GNU tools' names, and the platform part of
    an extension's SOABI."""
    debian_arch: str
    """dpkg's name for the architecture."""
    processor: str
    """``uname -m``, which CMake calls ``CMAKE_SYSTEM_PROCESSOR``."""
    meson_family: str
    """Meson's ``cpu_family``."""
    elf_machine: str
    """``e_machine`` as pyelftools spells it, by its name in the ELF specification."""
    elf_class: Literal[32, 64]
    """Width of an address, in bits."""
    endianness: Literal["little", "big"]
    """Byte order."""
    capstone_arch: str
    """The instruction set for the disassembler capstone: the name of a ``CS_ARCH_`` constant."""
    capstone_mode: str
    """The name of a ``CS_MODE_`` constant. (The byte order is added to it.)"""
    loader: str
    """The program interpreter (``PT_INTERP``) of its executables."""
    emulator: str
    """QEMU's user-mode emulator, by the name of its executable on conda-forge."""

    @property
    def emulator_package(self) -> str:
        """conda-forge's package with the :attr:`emulator`."""
        return self.emulator.replace("qemu-", "qemu-execve-", 1)

    @property
    def sysroot_package(self) -> str:
        """The conda package with the C library and its headers."""
        return f"sysroot_{self.subdir}"

    @property
    def sysroot_path(self) -> str:
        """The folder of :attr:`sysroot_package`, relative to the prefix."""
        return f"{self.triplet}/sysroot"


PLATFORMS = {
    row.subdir: row
    for row in (
        Platform(
            subdir="linux-64",
            triplet="x86_64-linux-gnu",
            debian_arch="amd64",
            processor="x86_64",
            meson_family="x86_64",
            elf_machine="EM_X86_64",
            elf_class=64,
            endianness="little",
            capstone_arch="CS_ARCH_X86",
            capstone_mode="CS_MODE_64",
            loader="/lib64/ld-linux-x86-64.so.2",
            emulator="qemu-x86_64",
        ),
        Platform(
            subdir="linux-aarch64",
            triplet="aarch64-linux-gnu",
            debian_arch="arm64",
            processor="aarch64",
            meson_family="aarch64",
            elf_machine="EM_AARCH64",
            elf_class=64,
            endianness="little",
            capstone_arch="CS_ARCH_ARM64",
            capstone_mode="CS_MODE_ARM",
            loader="/lib/ld-linux-aarch64.so.1",
            emulator="qemu-aarch64",
        ),
        Platform(
            subdir="linux-ppc64le",
            triplet="powerpc64le-linux-gnu",
            debian_arch="ppc64el",
            processor="ppc64le",
            meson_family="ppc64",
            elf_machine="EM_PPC64",
            elf_class=64,
            endianness="little",
            capstone_arch="CS_ARCH_PPC",
            capstone_mode="CS_MODE_64",
            loader="/lib64/ld64.so.2",
            emulator="qemu-ppc64le",
        ),
        Platform(
            subdir="linux-s390x",
            triplet="s390x-linux-gnu",
            debian_arch="s390x",
            processor="s390x",
            meson_family="s390x",
            elf_machine="EM_S390",
            elf_class=64,
            endianness="big",
            capstone_arch="CS_ARCH_SYSZ",
            capstone_mode="CS_MODE_BIG_ENDIAN",
            loader="/lib/ld64.so.1",
            emulator="qemu-s390x",
        ),
        Platform(
            subdir="linux-armv7l",
            triplet="arm-linux-gnueabihf",
            debian_arch="armhf",
            processor="armv7l",
            meson_family="arm",
            elf_machine="EM_ARM",
            elf_class=32,
            endianness="little",
            capstone_arch="CS_ARCH_ARM",
            capstone_mode="CS_MODE_ARM",
            loader="/lib/ld-linux-armhf.so.3",
            emulator="qemu-arm",
        ),
    )
}
"""All platforms, by subdir."""


def lookup(name: str) -> Platform:
    """Return the row of the platform called `name`.

    :raises PlatformError: if there is none. The message names similar platforms.
    """
    try:
        return PLATFORMS[name]
    except KeyError:
        import difflib

        near = difflib.get_close_matches(name.lower(), _aliases(), n=2, cutoff=0.5)
        wanted = list(dict.fromkeys(_aliases()[alias] for alias in near))
        hint = f"Did you mean {' or '.join(wanted)}? " if wanted else ""
        raise PlatformError(
            f"there is no platform {name!r}",
            remedy=f"{hint}Known platforms: {', '.join(PLATFORMS)}.",
        ) from None


def selection(text: str) -> tuple[Platform, ...]:
    """Return the platforms that `text` names: one, several separated by commas, or ``all``.

    :raises PlatformError: if a name is not in the table, or occurs twice.
    """
    if text == ALL:
        return tuple(PLATFORMS.values())
    names = text.split(",")
    if ALL in names:
        raise PlatformError(
            f"{text!r} names {ALL!r} and single platforms",
            remedy=f"Give {ALL!r} alone, or only the platforms that you want.",
        )
    if len(names) > 1 and any(name != name.strip() or not name for name in names):
        raise PlatformError(
            f"{text!r} is not a list of platforms",
            remedy="Separate the names with commas, without spaces: linux-64,linux-aarch64.",
        )
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise PlatformError(f"{text!r} names {twice} twice", remedy="Name each platform once.")
    try:
        return tuple(lookup(name) for name in names)
    except PlatformError as error:
        if text.lower() == ALL or not text.replace("-", "").isalnum():
            error.remedy += f" Separate several names with commas, or use {ALL!r} for all of them."
        raise


def native() -> Platform:
    """Return this machine's own platform.

    :raises PlatformError: if this machine is not in the table.
    """
    for row in PLATFORMS.values():
        if sys.platform == "linux" and row.processor == _machine.machine():
            return row
    raise PlatformError(
        f"building on this machine ({sys.platform}, {_machine.machine()}) is not supported",
        remedy=f"Use a Linux machine with one of these platforms: {', '.join(PLATFORMS)}.",
    )


def _aliases() -> dict[str, str]:
    """Return every common name of a platform, with its subdir."""
    return {
        alias: row.subdir
        for row in PLATFORMS.values()
        for alias in (
            row.subdir,
            row.processor,
            row.debian_arch,
            row.triplet,
            f"linux-{row.processor}",
            f"linux-{row.debian_arch}",
        )
    }
