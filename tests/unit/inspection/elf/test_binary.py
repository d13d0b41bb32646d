"""ELF facts: what `readelf` says of the same file, and bad files told by what they are."""

from __future__ import annotations

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.platforms import lookup
from tests.support import tiny_elf

MODULES = {
    "linux-64": "cpp_math.cpython-311-x86_64-linux-gnu.so",
    "linux-aarch64": "cpp_math.cpython-311-aarch64-linux-gnu.so",
}
KINDS = [(64, "<", 62), (64, "<", 183), (64, ">", 22), (32, "<", 40), (32, ">", 20)]
"""Width, byte order and processor: x86-64, aarch64, s390x, 32-bit ARM, 32-bit PowerPC."""


@pytest.fixture(scope="module", params=MODULES)
def module(request, built):
    """The platform, and the built extension for it as bytes."""
    (package,) = (built / "output" / request.param).glob("*.conda")
    (name,) = (n for n in conda_file.read(package).files if n.endswith(".so"))
    assert name == f"lib/python3.11/site-packages/{MODULES[request.param]}"
    return lookup(request.param), conda_file.open_member(package, name)


@pytest.mark.builds
def test_the_facts_of_a_built_extension(module):
    platform, data = module
    facts = elf.read(data)
    assert facts.init_symbols == ("PyInit_cpp_math",)
    assert elf.platform_of(facts) is platform
    assert facts.type == "ET_DYN"
    assert "libc.so.6" in facts.needed
    assert facts.requires["GLIBC"].startswith("2.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sections", [True, False], ids=["sections", "no sections"])
def test_the_facts_of_a_library_made_by_hand(kind, sections):
    bits, order, _ = kind
    facts = elf.read(bytes(tiny_elf.make(*kind, sections=sections).data))
    assert (facts.elf_class, facts.endianness) == (bits, "little" if order == "<" else "big")
    assert facts.type == "ET_DYN"
    assert facts.abi == "ELFOSABI_SYSV"
    assert facts.soname == "libarea.so.1"
    assert facts.needed == ("libc.so.6",)
    assert facts.rpath == ()
    assert facts.runpath == ("$ORIGIN/..", "/opt")
    assert facts.build_id == tiny_elf.BUILD_ID.hex()
    assert facts.requires == {"GLIBC": "2.34"}, "34 is more than 4"
    assert facts.stripped
    assert facts.interpreter == ""
    area = elf.Symbol("area", "area", "STT_FUNC", "STB_GLOBAL", 0x40, 8, "")
    assert facts.exported == (area,)
    assert bool(facts.sections) is sections
    if sections:
        assert facts.sections[0].name == ".dynstr"
        assert facts.sections[0].type == "SHT_STRTAB"
        assert facts.sections[0].flags == "A"
        assert facts.sections[0].size == len(tiny_elf.STRINGS)


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (62, "Advanced Micro Devices X86-64"),
        (183, "AArch64"),
        (15, "HPPA"),
        (43, "Sparc v9"),
        (133, "<unknown>: 0x85"),
        (0x9026, "Alpha"),
        (0xABCD, "<unknown>: 0xabcd"),
    ],
)
def test_the_words_for_a_processor(machine, words):
    assert elf.machine_text(elf.read(bytes(tiny_elf.make(machine=machine).data))) == words


@pytest.mark.parametrize(
    ("entry", "folders"),
    [
        ("", ()),  # the loader ignores it
        (":", ("", "")),  # the current folder, twice
        ("$ORIGIN/..:", ("$ORIGIN/..", "")),
        (":/opt", ("", "/opt")),
        ("/a::/b", ("/a", "", "/b")),
    ],
)
@pytest.mark.parametrize(("tag", "fact"), [(15, "rpath"), (29, "runpath")])
def test_empty_folders_of_a_search_path(entry, folders, tag, fact):
    tiny = tiny_elf.make()
    place = tiny.at["strings"] + tiny_elf.STRINGS.index(b"$ORIGIN")
    tiny.data[place : place + len("$ORIGIN/..:/opt")] = entry.encode().ljust(15, b"\0")
    tiny.put(tiny.at["dynamic"] + 2 * 16, "Q", tag)
    assert getattr(elf.read(bytes(tiny.data)), fact) == folders


def test_a_table_across_two_segments():
    """As patchelf leaves it: one segment goes on where the other ends."""
    tiny = tiny_elf.make()
    border = tiny.at["strings"] + 3
    segment = tiny.at["segments"]
    size = tiny.at["names"] + len(tiny_elf.NAMES)
    tiny.put(segment, "IIQQQQQQ", 1, 4, 0, 0, 0, border, border, 4)
    tiny.put(
        segment + 2 * 56, "IIQQQQQQ", 1, 4, border, border, border, size - border, size - border, 4
    )
    assert elf.read(bytes(tiny.data)).soname == "libarea.so.1"


def test_debug_information_alone_has_no_dynamic_section():
    """`objcopy --only-keep-debug` leaves headers of what it took out."""
    tiny = tiny_elf.make()
    for number in range(1, 7):
        tiny.put(tiny.at["sections"] + 64 * number + 4, "I", 8)  # SHT_NOBITS
    tiny.data[tiny.at["dynamic"] : tiny.at["dynamic"] + 176] = b"\xff" * 176
    facts = elf.read(bytes(tiny.data))
    assert (facts.needed, facts.exported, facts.build_id) == ((), (), "")
    assert facts.sections[5].type == "SHT_NOBITS"


def test_hidden_and_undefined_symbols_are_not_exported():
    tiny = tiny_elf.make()
    entry = tiny.at["symbols"] + 24
    for change in ((entry + 5, "B", 2), (entry + 6, "H", 0), (entry + 4, "B", 0x02)):
        tiny = tiny_elf.make()
        tiny.put(*change)
        assert elf.read(bytes(tiny.data)).exported == ()


@pytest.mark.parametrize(
    ("name", "kind", "init"),
    [
        ("PyInit_a", "STT_FUNC", True),
        ("PyInitU_a", "STT_FUNC", True),
        ("PyModExport_a", "STT_FUNC", True),
        ("PyInit_a", "STT_NOTYPE", True),
        ("PyInit_a", "STT_GNU_IFUNC", True),
        ("PyInit_a", "STT_OBJECT", False),
        ("init_a", "STT_FUNC", False),
    ],
)
def test_init_symbols(name, kind, init):
    symbol = elf.Symbol(name, name, kind, "STB_GLOBAL", 0, 0, "")
    facts = elf.Elf("EM_X86_64", 64, "little", exported=(symbol,))
    assert facts.init_symbols == ((name,) if init else ())


def test_an_open_file_reads_like_its_bytes(tmp_path):
    data = bytes(tiny_elf.make().data)
    path = tmp_path / "module.so"
    path.write_bytes(data)
    with path.open("rb") as file:
        file.seek(10)
        assert elf.read(file) == elf.read(data)


def test_names_are_demangled_when_asked():
    symbols = tuple(
        elf.Symbol(name, name, "STT_FUNC", "STB_GLOBAL", 0, 0, "")
        for name in ("_ZN8geometry4areaEii", "main")
    )
    facts = elf.demangled(elf.Elf("EM_X86_64", 64, "little", exported=symbols))
    assert [s.demangled for s in facts.exported] == ["geometry::area(int, int)", "main"]
    assert [s.name for s in facts.exported] == ["_ZN8geometry4areaEii", "main"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"\x7fELF", "an incomplete one"),
        (b"text\n" * 100, "does not begin like one"),
        (b"PK\x03\x04", "a zip file"),
        (b"!<arch>\n", "a static library"),
        (b"MZ" + bytes(62), "a program for DOS or Windows"),
        (b"\0asm\1\0\0\0", "WebAssembly"),
        (bytes(100), "does not begin like one"),
        (b"/* GNU ld script */ GROUP ( /lib/libm.so.6 AS_NEEDED ( libx.so ) )",
         "a linker script.* names /lib/libm.so.6, libx.so. Inspect these"),
    ],
)  # fmt: skip
def test_what_is_no_elf_file(data, said):
    with pytest.raises(CrosscraftError, match=f"not an ELF file.*{said}"):
        elf.read(data)


def test_a_file_that_cannot_be_read(tmp_path):
    with (
        (tmp_path / "written").open("wb") as file,
        pytest.raises(CrosscraftError, match="not an ELF file"),
    ):
        elf.read(file)


@pytest.mark.parametrize(
    ("name", "abi"),
    [
        (MODULES["linux-64"], "cpython-311-x86_64-linux-gnu"),
        (f"lib/{MODULES['linux-aarch64']}", "cpython-311-aarch64-linux-gnu"),
        ("cpp_math.abi3.so", "abi3"),
        ("cpp_math.abi3t-x86_64-linux-gnu.so", "abi3t-x86_64-linux-gnu"),
        ("cpp_math.pypy39-pp73-x86_64-linux-gnu.so", "pypy39-pp73-x86_64-linux-gnu"),
        ("cpp_math.None.so", None),
        ("cpp_math.so", None),
        ("libfoo.so.6", None),
        ("cpp_math.cpython-311-x86_64-linux-gnu.so.bak", None),
    ],
)
def test_the_soabi_in_a_name(name, abi):
    assert elf.soabi(name) == abi
