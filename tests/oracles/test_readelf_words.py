"""Our words for the numbers in ELF files are readelf's, for every processor."""

from __future__ import annotations

import itertools
import re
import struct
import subprocess
from collections import Counter
from collections.abc import Iterable

import pytest

from crosscraft.inspection import elf
from crosscraft.inspection.elf import header as elf_header
from crosscraft.inspection.elf import wording, words
from tests.oracles import readelf as oracle
from tests.support import tiny_elf
from tests.support.small_packages import elf_header as header

VERSION = "2.40"
"""The version of binutils that has these words. Later ones have more."""

ARCHITECTURES = {
    "alpha": (64, "<", 0x9026),
    "amd64": (64, "<", 62),
    "arc": (32, "<", 195),
    "arm64": (64, "<", 183),
    "armhf": (32, "<", 40),
    "hppa": (32, ">", 15),
    "i386": (32, "<", 3),
    "ia64": (64, "<", 50),
    "loong64": (64, "<", 258),
    "m68k": (32, ">", 4),
    "mips": (32, ">", 8),
    "mips64el": (64, "<", 8),
    "mipsel": (32, "<", 8),
    "powerpc": (32, ">", 20),
    "ppc64": (64, ">", 21),
    "ppc64el": (64, "<", 21),
    "riscv64": (64, "<", 243),
    "s390x": (64, ">", 22),
    "sh4": (32, "<", 42),
    "sparc": (32, ">", 18),
    "sparc64": (64, ">", 43),
    "x32": (32, "<", 62),
}
"""The width, byte order and processor of what Debian and conda have, or had, packages for."""

ABIS = (0, 3, 6, 9)
"""System V, GNU (Linux and Hurd), Solaris and FreeBSD (also Debian's kFreeBSD)."""
IA_64, SOLARIS = 50, 6


@pytest.fixture(autouse=True, scope="module")
def known_version(readelf: str) -> None:
    """Skip where readelf has other words."""
    version = subprocess.run([readelf, "--version"], capture_output=True, text=True, check=True)
    if f" {VERSION}" not in version.stdout.splitlines()[0]:
        pytest.skip(f"it is not readelf {VERSION}")


def with_sections(machine: int, abi: int, sections: Iterable[tuple[int, int]]) -> bytes:
    """Return an object file with empty sections of these types and flags."""
    layout = "<IIQQQQIIQQ"
    rows = [(0, kind, flags, *[0] * 7) for kind, flags in [(0, 0), *sections]]
    end = 64 + (len(rows) + 1) * struct.calcsize(layout)
    rows.append((0, 3, 0, 0, end, 1, *[0] * 4))  # the names, all empty
    data = bytearray(header(machine))
    data[7] = abi
    struct.pack_into("<Q", data, 40, 64)
    struct.pack_into("<HHH", data, 58, 64, len(rows), len(rows) - 1)
    return bytes(data) + b"".join(struct.pack(layout, *row) for row in rows) + b"\0"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_fact_of_every_architecture(architecture: str, readelf: str) -> None:
    files = []
    for abi in ABIS:
        tiny = tiny_elf.make(*ARCHITECTURES[architecture])
        tiny.data[7] = abi
        files.append((f"{architecture}, ABI {abi}", bytes(tiny.data)))
    counts: Counter[str] = Counter()
    assert oracle.disagreements(files, readelf, counts) == []
    assert counts.total() == len(ABIS)


def test_every_processor_and_every_type_of_file(readelf: str) -> None:
    """Each number from 0 to 65535 as `e_machine` and, at the same time, as `e_type`."""
    files = [header(number, kind=number) for number in range(2**16)]
    texts = oracle.printed(readelf, files, "-h")
    found = [re.findall(r"^  (?:Type|Machine): +(.*)$", text, re.M) for text in texts]
    assert len(found) == 2**16
    assert [
        (number, *pair)
        for number, pair in enumerate(found)
        if pair != [wording.file_type(number), wording.machine(number)]
    ] == []
    assert {number for number, pair in enumerate(found) if "<unknown>" not in pair[1]} == set(
        words.MACHINES
    )


def test_facts_keep_every_number() -> None:
    """Facts have names, from which the words follow. 133 has a name, but no word."""
    for number in (*words.MACHINES, 133, 0x5678):
        facts = elf.read(header(number, kind=number))
        assert elf.machine_text(facts) == wording.machine(number)
        assert elf.type_text(facts) == wording.file_type(number)


def test_every_abi(readelf: str) -> None:
    machines = {62, 183, *(machine for machine, _ in words.OS_ABIS_OF)}
    files = []
    for machine, abi in itertools.product(machines, range(256)):
        data = bytearray(header(machine))
        data[7] = abi
        files.append(bytes(data))
    texts = oracle.printed(readelf, files, "-h")
    for data, text in zip(files, texts, strict=True):
        (said,) = re.findall(r"^  OS/ABI: +(.*)$", text, re.M)
        (ours,) = (field.value for field in elf_header.fields(data) if field.name == "EI_OSABI")
        assert ours == said


def test_every_type_of_section(readelf: str) -> None:
    """All numbers near those that somebody has defined, for each processor."""
    ranges = (
        range(24), range(0x60000000, 0x60000008), [0x79000000], range(0x6FFF4700, 0x6FFF4704),
        range(0x6FFFFFE0, 0x70000040), range(0x7FFFFFF8, 0x80000004), [0x5FFFFFFF, 0xFFFFFFFF],
    )  # fmt: skip
    kinds = [kind for part in ranges for kind in part]
    places = [(m, abi) for m in [*words.MACHINES, 12] for abi in ABIS]
    files = [with_sections(*place, [(kind, 0) for kind in kinds]) for place in places]
    texts = oracle.printed(readelf, files, "-SW")
    different = []
    for (machine, abi), text in zip(places, texts, strict=True):
        said = re.findall(r"^ *\[ *\d+\] {1,19}(\S.*?) +0{16} 0+ 0+ [0-9a-f]+ ", text, re.M)[1:]
        assert len(said) == len(kinds)
        for kind, word in zip(kinds, said, strict=True):
            name = wording.section_type(kind, machine, abi)
            if oracle.section_word(name) != word:
                different.append(f"{kind:#x} of {machine}, ABI {abi}: {word}, not {name}")
    assert different == []


def test_every_flag_of_a_section(readelf: str) -> None:
    flags = [1 << bit for bit in range(64)]
    places = [(machine, abi) for machine in words.MACHINES for abi in ABIS]
    files = [with_sections(*place, [(1, flag) for flag in flags]) for place in places]
    texts = oracle.printed(readelf, files, "-SW")
    for place, data, text in zip(places, files, texts, strict=True):
        said = re.findall(r"PROGBITS +0{16} 0+ 0+ 00 (.{3})", text)
        ours = [section.flags for section in elf.read(data).sections[: len(flags)]]
        assert ours == [letters.strip() for letters in said], place


def test_every_type_of_symbol(readelf: str) -> None:
    """In files of GNU, where 10 is a function that chooses its implementation."""
    files = []
    for machine in words.MACHINES:
        table = b"".join(struct.pack("<IBBHQQ", 0, 0x10 | kind, 0, 1, 0, 0) for kind in range(16))
        data = bytearray(with_sections(machine, 3, [(2, 0)]))
        struct.pack_into("<QQIIQQ", data, 128 + 24, len(data), len(table), 2, 0, 8, 24)
        files.append(bytes(data) + table)
    texts = oracle.printed(readelf, files, "-sW")
    renamed = {"STT_ARM_TFUNC": "THUMB_FUNC", "STT_SPARC_REGISTER": "REGISTER"}
    for machine, text in zip(words.MACHINES, texts, strict=True):
        said = re.findall(r"^ *\d+: 0{16} +0 (.*?) +GLOBAL", text, re.M)
        names = [wording.symbol_type(kind, machine) for kind in range(16)]
        ours = [renamed.get(n, n.removeprefix("STT_").removeprefix("GNU_")) for n in names]
        assert ours == said, machine
