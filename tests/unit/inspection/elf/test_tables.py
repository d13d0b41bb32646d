"""Damaged and hostile ELF files: facts or one error, in bounded time and memory."""

from __future__ import annotations

import resource
import struct
import tracemalloc
from pathlib import Path
from random import Random

import markupsafe._speedups
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf import header as elf_header
from crosscraft.inspection.elf import strings as elf_strings
from crosscraft.inspection.elf import symbols as elf_symbols
from crosscraft.inspection.elf import tables as elf_tables
from tests.support import tiny_elf
from tests.support.damage import bounded_memory, damaged

KINDS = [(64, "<", 62), (64, ">", 22), (32, "<", 40), (32, ">", 20)]


def outcome(data: bytes) -> elf.Elf | str:
    """The facts, or the error's one line; anything else fails the test."""
    try:
        facts = elf.read(data)
    except CrosscraftError as error:
        assert not isinstance(error.__context__, MemoryError | RecursionError)
        assert "\n" not in str(error)
        return str(error)
    assert repr(facts)
    return facts


def refused(tiny: tiny_elf.Tiny, why: str) -> None:
    said = outcome(bytes(tiny.data))
    assert isinstance(said, str) and why in said, said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sections", [True, False], ids=["sections", "no sections"])
def test_truncated_at_every_offset(kind, sections):
    data = bytes(tiny_elf.make(*kind, sections=sections).data)
    assert isinstance(outcome(data), elf.Elf)
    for size in range(len(data)):
        assert isinstance(outcome(data[:size]), str), size


@pytest.mark.parametrize("kind", KINDS)
def test_bits_flipped(kind):
    """One in each byte, and each of the eight in turn."""
    data = tiny_elf.make(*kind).data
    ends = set()
    for bit in range(0, len(data) * 8, 7):
        data[bit // 8] ^= 1 << bit % 8
        ends.add(type(outcome(bytes(data))))
        data[bit // 8] ^= 1 << bit % 8
    assert ends == {elf.Elf, str}


def structure(chance: Random, data: bytes) -> int:
    """A place in the headers or in what they point to, each part as likely as the next."""
    tables = elf.tables_of(data)
    parts = [(0, 64), (tables.header["e_shoff"], 64 * len(tables.sections))]
    parts.append((tables.header["e_phoff"], 56 * len(tables.segments)))
    parts += [(s.offset, s.size) for s in tables.sections if s.type not in (0, 1, 8)]
    parts += [(s.offset, s.file_size) for s in tables.segments if s.type in (2, 4)]
    start, size = chance.choice([part for part in parts if part[1]])
    return start + chance.randrange(size)


WHOLE = [
    *(bytes(tiny_elf.make(*kind, sections=sections).data) for kind in KINDS for sections in (0, 1)),
    Path(markupsafe._speedups.__file__).read_bytes(),
]


@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_damage_anywhere(whole, chance):
    data = damaged(chance, whole, structure)
    with bounded_memory():
        if isinstance(outcome(data), str):
            return
        try:
            tables = elf.tables_of(data)
            for entry, names in elf_symbols.symbols(tables, elf_symbols.SHT_SYMTAB):
                names.text(entry.name)
        except (ValueError, OverflowError):
            pass  # disassembly turns these into an error of its own


@given(st.binary(max_size=400))
def test_any_bytes_after_the_magic_number(data):
    outcome(b"\x7fELF" + data)
    outcome(b"\x7fELF\x02\x01\x01" + data)


# What a header may claim. (Fields of a 64-bit one: e_shoff 40, e_shnum 60, e_phnum 56.)


def test_more_sections_than_the_file_has_bytes_for():
    tiny = tiny_elf.make()
    tiny.put(60, "H", 0xFFFF)
    refused(tiny, "the table of sections of 4194240 bytes")


def test_a_count_of_sections_that_is_in_the_first_section():
    tiny = tiny_elf.make()
    whole = elf.read(bytes(tiny.data))
    tiny.put(60, "H", 0)
    first = tiny.at["sections"]
    tiny.put(first + 32, "Q", 8)
    assert elf.read(bytes(tiny.data)) == whole
    tiny.put(first + 32, "Q", 2**60)
    refused(tiny, "the table of sections")


def test_names_of_sections_in_a_section_that_is_in_the_first_one():
    tiny = tiny_elf.make()
    whole = elf.read(bytes(tiny.data))
    tiny.put(62, "H", 0xFFFF)
    tiny.put(tiny.at["sections"] + 40, "I", 7)
    assert elf.read(bytes(tiny.data)) == whole
    tiny.put(tiny.at["sections"] + 40, "I", 8)
    refused(tiny, "names in section 8 of 8")


def test_a_count_of_segments_that_is_in_the_first_section():
    tiny = tiny_elf.make()
    whole = elf.read(bytes(tiny.data))
    tiny.put(56, "H", 0xFFFF)
    tiny.put(tiny.at["sections"] + 44, "I", 3)
    assert elf.read(bytes(tiny.data)) == whole
    tiny.put(tiny.at["sections"] + 44, "I", 2**32 - 1)
    refused(tiny, "the table of segments")


@pytest.mark.parametrize("field", [42 + 12, 42 + 16])
def test_records_of_another_size(field):
    tiny = tiny_elf.make()
    tiny.put(field, "H", 0)
    refused(tiny, "entsize is 0")


def test_strings_outside_the_file():
    tiny = tiny_elf.make()
    tiny.put(tiny.at["dynamic"] + 3 * 16 + 8, "Q", 2**40)
    refused(tiny, "a table at address 0x10000000000")


def test_a_string_outside_its_table():
    tiny = tiny_elf.make()
    tiny.put(tiny.at["dynamic"] + 8, "Q", 2**63)
    refused(tiny, "a string at byte 0x8000000000000000")


def test_a_string_that_does_not_end():
    tiny = tiny_elf.make()
    tiny.put(tiny.at["dynamic"] + 4 * 16 + 8, "Q", len(tiny_elf.STRINGS) - 1)
    refused(tiny, "that does not end")


def test_a_string_beyond_the_bound(monkeypatch):
    monkeypatch.setattr(elf_strings, "MAX_STRING", 3)
    refused(tiny_elf.make(), "that does not end")


def test_symbols_of_a_count_that_is_absurd():
    tiny = tiny_elf.make()
    tiny.put(tiny.at["sections"] + 2 * 64 + 32, "Q", 2**40 * 24)
    refused(tiny, "a section of")
    tiny = tiny_elf.make(sections=False)
    tiny.put(tiny.at["hash"] + 4, "I", 2**32 - 1)
    refused(tiny, "more than 2000000 symbols")


def test_versions_that_refer_to_themselves():
    """A step of zero ends a chain, whatever count there is; steps cannot go back."""
    tiny = tiny_elf.make()
    whole = elf.read(bytes(tiny.data)).requires
    tiny.put(tiny.at["needs"] + 2, "H", 0xFFFF)
    assert elf.read(bytes(tiny.data)).requires == whole
    tiny.put(tiny.at["needs"] + 12, "I", 2**32 - 16)
    refused(tiny, "a table of 16 bytes at byte")


def test_too_many_versions(monkeypatch):
    monkeypatch.setattr("crosscraft.inspection.elf.symbols.MAX_VERSIONS", 2)
    refused(tiny_elf.make(), "more than 2 versions")


def test_a_library_needed_a_million_times():
    tiny = tiny_elf.make(sections=False)
    entry = struct.pack("<QQ", 1, tiny_elf.STRINGS.index(b"libc"))
    start = len(tiny.data)
    tiny.data += entry * 1_000_000
    tiny.put(tiny.at["segments"] + 56, "IIQQQQQQ", 2, 4, start, start, start, 2**24, 2**24, 8)
    refused(tiny, "a segment of")
    size = 16_000_000
    tiny.put(tiny.at["segments"] + 56, "IIQQQQQQ", 2, 4, start, start, start, size, size, 8)
    refused(tiny, "more than 65536 dynamic entries")


def test_a_note_that_is_larger_than_its_section():
    tiny = tiny_elf.make()
    tiny.put(tiny.at["note"] + 4, "I", 2**32 - 1)
    refused(tiny, "a note at byte")


def test_notes_without_content_by_the_million():
    tiny = tiny_elf.make()
    start = len(tiny.data)
    tiny.data += bytes(12 * 100_000)
    tiny.put(tiny.at["sections"] + 5 * 64 + 24, "QQ", start, 12 * 100_000)
    refused(tiny, "more than 65536 notes")


def test_names_that_share_one_long_string():
    """A file of some megabytes, whose symbols' names would be gigabytes."""
    tiny = tiny_elf.make(sections=False)
    name = b"\0" + b"x" * 60_000 + b"\0"
    count = 100_000
    at_name = len(tiny.data)
    tiny.data += name
    at_symbols = len(tiny.data)
    tiny.data += struct.pack("<IBBHQQ", 1, 0x12, 0, 1, 0, 0) * count
    end = len(tiny.data)
    tiny.put(tiny.at["segments"], "IIQQQQQQ", 1, 4, 0, 0, 0, end, end, 8)
    for tag, value in ((3, at_name), (4, len(name)), (5, at_symbols)):
        tiny.put(tiny.at["dynamic"] + tag * 16 + 8, "Q", value)
    for string in (0, 1, 2, 7, 8):  # what else has a name in that table, or a size by symbols
        tiny.put(tiny.at["dynamic"] + string * 16, "Q", 0x15)
    tiny.put(tiny.at["hash"] + 4, "I", count)
    tracemalloc.start()
    refused(tiny, f"names of more than {elf_strings.MAX_TEXT} bytes")
    assert tracemalloc.get_traced_memory()[1] < 2 * elf_strings.MAX_TEXT
    tracemalloc.stop()


def test_the_gnu_hash_table_gives_the_count():
    tiny = tiny_elf.make(sections=False)
    table = struct.pack("<4IQ3I", 1, 1, 1, 0, 0, 1, 1, 0)  # one bucket: symbol 1; its chain ends
    tiny.put(tiny.at["names"], f"{len(table)}B", *table)
    tiny.put(tiny.at["dynamic"] + 6 * 16, "QQ", 0x6FFFFEF5, tiny.at["names"])
    assert [symbol.name for symbol in elf.read(bytes(tiny.data)).exported] == ["area"]
    end = tiny.at["names"] + 28
    tiny.data[end:] = bytes(len(tiny.data) - end)  # now the chain does not end
    refused(tiny, "a table of 4 bytes at byte")
    tiny.put(tiny.at["names"], "I", 2**32 - 1)
    refused(tiny, "buckets")


def test_a_file_beyond_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(elf_tables, "MAX_FILE", 1000)
    path = tmp_path / "large.so"
    path.write_bytes(bytes(tiny_elf.make().data))
    with path.open("rb") as file, pytest.raises(CrosscraftError, match="the limit is 1000"):
        elf.read(file)


def test_an_open_file_is_not_read_at_a_size_that_it_claims(tmp_path):
    tiny = tiny_elf.make()
    tiny.put(tiny.at["sections"] + 64 + 32, "Q", 2**62)
    path = tmp_path / "claims.so"
    path.write_bytes(tiny.data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file, pytest.raises(CrosscraftError, match="a section of"):
        elf.read(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_the_header_of_anything():
    data = bytes(tiny_elf.make().data)
    for size in range(64):
        with pytest.raises(CrosscraftError):
            elf_header.fields(data[:size])
    assert len(elf_header.fields(data[:64])) == 20
