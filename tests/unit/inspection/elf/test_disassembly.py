"""Instructions: the same addresses, bytes and mnemonics as objdump's."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess

import pytest

from crosscraft.channel import local, select
from crosscraft.channel.catalog import PYTHON
from crosscraft.environments import install
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.inspection.elf import disassembly
from crosscraft.platforms import PLATFORMS, native
from tests.support import tiny_elf

SOURCE = """\
namespace geometry {
int area(int a, int b) { return a * b; }
long area(long a) { return a * a; }
template <class T> T twice(T a) { return a + a; }
template int twice<int>(int);
}
extern "C" int sum(const int *numbers, int count) {
    int total = 0;
    for (int i = 0; i < count; ++i) total += numbers[i];
    return total;
}
static int secret(int a) { return a - 7; }
int (*pointer)(int) = secret;
extern "C" int printf(const char *, ...);
extern "C" int shout() { return printf("hey"); }
"""

NUMBERS = {"aarch64": 4, "armv7l": 2}
"""How many bytes the numbers have in which objdump shows instructions, where it is not one."""
SYNTAX = {"x86_64": ["-M", "intel"]}
"""What makes objdump spell mnemonics as the processor's manual does, by processor."""


HELD = local.targets(local.listing(local.find()))
"""The platforms that the local channel is for: those of set-up, and what was added."""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A library compiled for this machine."""
    if shutil.which("c++") is None:
        pytest.skip("no C++ compiler here")
    folder = tmp_path_factory.mktemp("library")
    (folder / "source.cpp").write_text(SOURCE)
    argv = ["c++", "-O1", "-shared", "-fPIC", "-o", "library.so", "source.cpp"]
    subprocess.run(argv, cwd=folder, check=True)
    subprocess.run([*argv[:2], "-c", "-o", "object.o", "source.cpp"], cwd=folder, check=True)
    return folder / "library.so"


def objdump_says(objdump, path, symbol, processor):
    """The instructions of one function: address, bytes and mnemonic of each.

    Between addresses: by a symbol's name, objdump 2.40 may show what is before `.text`.
    """
    readelf = str(objdump).replace("objdump", "readelf")
    symbols = _output(readelf, "-sW", path)
    start, size = re.findall(rf": ([0-9a-f]+) +(\d+) FUNC .* {symbol}$", symbols, re.M)[0]
    first = int(start, 16) & ~(processor == "armv7l")  # odd: of Thumb instructions
    end = first + int(size)
    between = f"--start-address={first}", f"--stop-address={end}"
    said = _output(objdump, "-d", "-z", "-w", *SYNTAX.get(processor, []), *between, path)
    # What begins with a dot is data between instructions, `.long` here and `.byte` there.
    rows = re.findall(r"^ *([0-9a-f]+):\t((?:[0-9a-f]{2,8} )+) *\t([^.\s]\S*)", said, re.M)
    return [(int(address, 16), raw.replace(" ", ""), mnemonic) for address, raw, mnemonic in rows]


def _output(*argv):
    done = subprocess.run(argv, env={"LC_ALL": "C"}, capture_output=True, text=True, check=True)
    return done.stdout


def ours(path, symbol, processor):
    """The same of ours. objdump prints instructions for Arm processors as numbers."""
    size = NUMBERS.get(processor, 1)
    return [
        (
            i.address,
            b"".join(i.raw[n : n + size][::-1] for n in range(0, len(i.raw), size)).hex(),
            i.mnemonic,
        )
        for i in disassembly.disassemble(path.read_bytes(), symbol, limit=5000)
        if not i.mnemonic.startswith(".")
    ]


@pytest.mark.skipif(shutil.which("objdump") is None, reason="no objdump here")
@pytest.mark.parametrize("symbol", ["sum", "_ZN8geometry4areaEii", "_ZL6secreti"])
def test_the_same_as_objdump(library, symbol):
    processor = native().processor
    said = objdump_says("objdump", library, symbol, processor)
    assert len(said) > 1
    assert ours(library, symbol, processor) == said


@pytest.fixture(scope="module")
def binutils():
    """The channel's own, for each platform."""
    names = [f"binutils_impl_{row.subdir}" for row in HELD]
    return install.create(names, native(), [select.choose()]).prefix / "bin"


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.subdir)
def test_the_same_as_objdump_for_each_platform(binutils, row, tmp_path):
    (package,) = (local.find() / row.subdir).glob("python-*.conda")
    name = f"lib/python{PYTHON}/lib-dynload/_json.cpython-311-{row.triplet}.so"
    path = tmp_path / "module.so"
    path.write_bytes(conda_file.open_member(package, name))
    (objdump,) = binutils.glob(f"{row.triplet}*-objdump")
    said = objdump_says(objdump, path, "PyInit__json", row.processor)
    assert len(said) > 1
    assert ours(path, "PyInit__json", row.processor) == said


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("geometry::area(int, int)", "_ZN8geometry4areaEii"),
        ("geometry::twice<int>", "_ZN8geometry5twiceIiEET_S1_"),
        ("secret", "_ZL6secreti"),
    ],
)
def test_a_function_by_its_name_in_cxx(library, name, symbol):
    data = library.read_bytes()
    assert disassembly.disassemble(data, name) == disassembly.disassemble(data, symbol)
    with library.open("rb") as file:
        assert disassembly.disassemble(file, name)


def test_a_function_of_an_object_file(library):
    data = library.with_name("object.o").read_bytes()
    found = disassembly.disassemble(data, "sum")
    linked = disassembly.disassemble(library.read_bytes(), "sum")
    assert [i.mnemonic for i in found] == [i.mnemonic for i in linked]
    assert found[0].address < linked[0].address


def test_a_limit(library):
    data = library.read_bytes()
    whole = disassembly.disassemble(data, "sum")
    assert disassembly.disassemble(data, "sum", limit=2) == whole[:2]
    assert disassembly.disassemble(data, "sum", limit=0) == ()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nope", "does not define a function 'nope'"),
        ("", "does not define a function ''"),
        ("printf", "does not define a function 'printf'"),
        ("pointer", "does not define a function 'pointer'"),
        ("geometry::are", r"Did you mean geometry::area\(int, int\) or geometry::area\(long\)\?"),
        ("geometry::area", "several functions.*Choose one: geometry::area.int, int., geom"),
        ("(((", "does not define a function"),
    ],
)
def test_what_is_no_function(library, name, why):
    with pytest.raises(CrosscraftError, match=why):
        disassembly.disassemble(library.read_bytes(), name)


def with_code(code, *kind, sections=False, odd=0):
    """A library made by hand whose function `area` is `code`."""
    tiny = tiny_elf.make(*kind, sections=sections)
    place = tiny.at["names"]
    tiny.data[place : place + len(code)] = code
    if kind[:1] == (32,):
        tiny.put(tiny.at["symbols"] + 16 + 4, "II", place | odd, len(code))
    else:
        tiny.put(tiny.at["symbols"] + 24 + 6, "HQQ", 7, place, len(code))
    return tiny


@pytest.mark.parametrize("sections", [True, False], ids=["sections", "no sections"])
def test_a_library_made_by_hand(sections):
    tiny = with_code(b"\x90\xc3\x06", sections=sections)
    place = tiny.at["names"]
    assert disassembly.disassemble(bytes(tiny.data), "area") == (
        disassembly.Instruction(place, b"\x90", "nop", ""),
        disassembly.Instruction(place + 1, b"\xc3", "ret", ""),
        disassembly.Instruction(place + 2, b"\x06", ".byte", "0x06"),  # not one of 64-bit mode
    )


@pytest.mark.parametrize("kind", [(64, "<", 243), (32, ">", 8), (64, "<", 0xBEEF)])
def test_a_processor_that_is_not_in_the_table(kind):
    with pytest.raises(CrosscraftError, match=r"instructions for .* cannot be shown"):
        disassembly.disassemble(bytes(tiny_elf.make(*kind).data), "area")


def add_row(monkeypatch, bits, order, machine, arch, mode):
    """A further row in the table of platforms."""
    row = dataclasses.replace(
        native(), elf_machine=machine, elf_class=bits, capstone_arch=arch, capstone_mode=mode,
        endianness="little" if order == "<" else "big",
    )  # fmt: skip
    monkeypatch.setitem(PLATFORMS, "linux-further", row)


@pytest.mark.parametrize(
    ("kind", "row", "code", "mnemonics"),
    [
        ((64, "<", 243), ("EM_RISCV", "CS_ARCH_RISCV", "CS_MODE_RISCV64"),
         "1300000067800000", ["nop", "ret"]),
        ((64, ">", 21), ("EM_PPC64", "CS_ARCH_PPC", "CS_MODE_64"),
         "600000004e800020", ["nop", "blr"]),
        ((32, ">", 8), ("EM_MIPS", "CS_ARCH_MIPS", "CS_MODE_MIPS32"),
         "0000000003e00008", ["nop", "jr"]),
    ],
    ids=["riscv64", "ppc64", "mips"],
)  # fmt: skip
def test_a_further_processor_needs_no_more_than_a_row(kind, row, code, mnemonics, monkeypatch):
    add_row(monkeypatch, *kind[:2], *row)
    tiny = with_code(bytes.fromhex(code), *kind)
    found = disassembly.disassemble(bytes(tiny.data), "area")
    assert [i.mnemonic for i in found] == mnemonics


def test_thumb_functions_have_odd_addresses(monkeypatch):
    add_row(monkeypatch, 32, "<", "EM_ARM", "CS_ARCH_ARM", "CS_MODE_ARM")
    tiny = with_code(bytes.fromhex("c0467047"), 32, "<", 40, odd=1)
    found = disassembly.disassemble(bytes(tiny.data), "area")
    place = tiny.at["names"]
    assert [(i.address, i.mnemonic) for i in found] == [(place, "mov"), (place + 2, "bx")]


def test_debug_information_alone_has_no_instructions():
    tiny = with_code(b"\x90", sections=True)
    tiny.put(tiny.at["sections"] + 7 * 64 + 4, "I", 8)  # the section of `area`: SHT_NOBITS
    with pytest.raises(CrosscraftError, match="not in this file, which has only debug"):
        disassembly.disassemble(bytes(tiny.data), "area")


def test_a_message_is_one_line_whatever_functions_are_called():
    tiny = with_code(b"\x90")
    tiny.data[tiny.at["strings"] + 1 : tiny.at["strings"] + 5] = b"ar\na"
    with pytest.raises(CrosscraftError, match="Check the file's exports") as caught:
        disassembly.disassemble(bytes(tiny.data), "ar")
    assert "\n" not in str(caught.value)


def test_damaged_files_end_in_instructions_or_our_error():
    whole = with_code(b"\x90", sections=True)
    ends = set()
    for place in range(0, len(whole.data), 3):
        for byte in (0, 0xFF):
            data = bytearray(whole.data)
            data[place] = byte
            try:
                disassembly.disassemble(bytes(data), "area")
                ends.add("instructions")
            except CrosscraftError:
                ends.add("refused")
    assert ends == {"instructions", "refused"}
