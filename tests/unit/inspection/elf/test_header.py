"""The header of an ELF file, byte by byte."""

from __future__ import annotations

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf import header as elf_header
from tests.support import tiny_elf

SIZES = {32: 52, 64: 64}


@pytest.mark.parametrize("kind", [(64, "<", 62), (64, ">", 22), (32, "<", 40), (32, ">", 20)])
def test_every_byte_once_and_in_order(kind):
    data = bytes(tiny_elf.make(*kind).data)
    fields = elf_header.fields(data)
    assert b"".join(field.raw for field in fields) == data[: SIZES[kind[0]]]
    assert [field.offset for field in fields] == [
        sum(field.size for field in fields[:place]) for place in range(len(fields))
    ]
    assert len({field.name for field in fields}) == len(fields)


@pytest.mark.parametrize(("bits", "order"), [(64, "<"), (64, ">"), (32, "<"), (32, ">")])
def test_values_are_those_of_the_facts(bits, order):
    data = bytes(tiny_elf.make(bits, order, 183).data)
    said = {field.name: field.value for field in elf_header.fields(data)}
    facts = elf.read(data)
    assert said["EI_CLASS"] == f"{facts.elf_class}-bit"
    assert said["EI_DATA"] == f"{facts.endianness}-endian"
    assert said["e_machine"] == elf.machine_text(facts) == "AArch64"
    assert said["e_type"] == elf.type_text(facts) == "DYN (Shared object file)"
    assert said["EI_OSABI"] == "UNIX - System V"
    assert said["e_shnum"] == "8"
    assert said["e_ehsize"] == f"{SIZES[bits]} bytes"


def test_a_meaning_says_what_the_value_is():
    for field in elf_header.fields(bytes(tiny_elf.make().data)):
        assert field.meaning.endswith(".")
        assert "{" not in field.meaning
        if field.name not in ("EI_MAG", "EI_PAD"):
            assert field.value in field.meaning


def test_values_that_no_specification_has():
    tiny = tiny_elf.make()
    tiny.data[7] = 64
    tiny.put(16, "HH", 0x1234, 0x5678)
    said = {field.name: field.value for field in elf_header.fields(bytes(tiny.data))}
    assert said["EI_OSABI"] == "<unknown: 40>"
    assert said["e_type"] == "<unknown>: 1234"
    assert said["e_machine"] == "<unknown>: 0x5678"
    tiny.put(18, "H", 224)
    said = {field.name: field.value for field in elf_header.fields(bytes(tiny.data))}
    assert said["EI_OSABI"] == "AMD HSA"
    assert said["e_machine"] == "AMD GPU"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"#!/bin/sh\n", "it is a script"),
        (b"\x7fELF\x02\x01" + bytes(30), "ends after 36 bytes"),
        (b"\x7fELF\x03\x01" + bytes(60), "not an ELF file"),
        (b"\x7fELF\x02\x00" + bytes(60), "not an ELF file"),
    ],
)
def test_what_has_no_header(data, why):
    with pytest.raises(CrosscraftError, match=why):
        elf_header.fields(data)
