"""The platform of a file: all that the loader compares."""

from __future__ import annotations

import pytest

from crosscraft.inspection import elf
from crosscraft.inspection.elf import Elf
from crosscraft.platforms import PLATFORMS, lookup
from tests.support import tiny_elf


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_the_platform_of_facts(platform):
    facts = elf.Elf(platform.elf_machine, platform.elf_class, platform.endianness)
    assert elf.platform_of(facts) is platform
    assert elf.platform_text(facts) == platform.subdir
    other = "big" if platform.endianness == "little" else "little"
    wrong = elf.Elf(platform.elf_machine, platform.elf_class, other)
    assert elf.platform_of(wrong) is None
    assert elf.misfit(wrong) == ""


ARM = ("EM_ARM", 32, "little")
POWER = ("EM_PPC64", 64, "little")
X86 = ("EM_X86_64", 64, "little")


@pytest.mark.parametrize(
    ("facts", "misfit"),
    [
        (Elf(*X86, abi="ELFOSABI_LINUX"), ""),
        (Elf(*X86, abi="ELFOSABI_LINUX", abi_version=1), ""),
        (Elf(*X86, abi_version=1), "ABI version 1"),
        (Elf(*X86, abi="ELFOSABI_FREEBSD"), "ELFOSABI_FREEBSD"),
        (Elf(*X86, abi="ELFOSABI_NETBSD"), "ELFOSABI_NETBSD"),
        (Elf(*X86, abi="ELFOSABI_SOLARIS"), "ELFOSABI_SOLARIS"),
        (Elf(*X86, abi="0x77"), "0x77"),
        (Elf(*X86, flags=0x05000200), ""),
        (Elf(*X86, interpreter="/lib64/ld-linux-x86-64.so.2"), ""),
        (Elf(*X86, interpreter="/lib/ld-musl-x86_64.so.1"), ""),
        (Elf(*X86, interpreter="/system/bin/linker64"), "Android"),
        (Elf(*X86, interpreter="/usr/libexec/ld.elf_so"), "NetBSD"),
        (Elf(*ARM, abi="ELFOSABI_ARM_AEABI"), ""),
        (Elf(*ARM, flags=0x05000400), ""),
        (Elf(*ARM, flags=0x05000002), ""),
        (Elf(*ARM, flags=0x05000200), "soft float"),
        (Elf(*ARM, flags=0x05000202), "soft float"),
        (Elf(*ARM, flags=0x04000200), ""),
        (Elf(*POWER, flags=0), ""),
        (Elf(*POWER, flags=2), ""),
        (Elf(*POWER, flags=1), "ELFv1"),
    ],
)
def test_what_the_loader_refuses(facts, misfit):
    assert elf.misfit(facts) == misfit
    assert (elf.platform_of(facts) is None) is bool(misfit)
    if misfit:
        end = f"({facts.elf_class}-bit, little endian, {misfit})"
        assert elf.platform_text(facts) == f"{facts.machine} {end}"


def test_x32_is_no_platform_of_the_table():
    facts = elf.read(bytes(tiny_elf.make(32, "<", 62).data))
    assert elf.platform_of(facts) is None
    assert elf.platform_text(facts) == "EM_X86_64 (32-bit, little endian)"


@pytest.mark.parametrize("bits", [32, 64])
def test_the_bytes_of_the_header(bits):
    data = tiny_elf.make(bits, machine=40).data
    data[7], data[8] = 9, 2
    place = 36 if bits == 32 else 48
    data[place : place + 4] = (0x05000200).to_bytes(4, "little")
    facts = elf.read(bytes(data))
    assert (facts.abi, facts.abi_version, facts.flags) == ("ELFOSABI_FREEBSD", 2, 0x05000200)


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        ("aarch64-linux-gnu/lib/libc.so.6", "linux-aarch64"),
        ("lib/gcc/aarch64-conda-linux-gnu/12/crt1.o", "linux-aarch64"),
        ("arm-linux-gnueabihf/a", "linux-armv7l"),
        ("lib/aarch64-linux-gnu", None),
        ("aarch64-linux-musl/a", None),
        ("lib/a", None),
    ],
)
def test_the_platform_that_a_folder_names(path, platform):
    assert elf.named_in(path) is (lookup(platform) if platform else None)
