"""Verdicts: whether binaries and packages are what they claim to be."""

from __future__ import annotations

import tarfile

import pytest

from crosscraft.inspection import verdicts
from crosscraft.inspection.elf import Elf, Symbol
from crosscraft.inspection.inspect import inspect
from tests.support.small_packages import Item, elf_header, package
from tests.support.tiny_elf import make

SITE = "lib/python3.11/site-packages"


def extension(*functions: str, machine: str = "EM_X86_64", **more: object) -> Elf:
    symbols = tuple(Symbol(name, name, "STT_FUNC", "STB_GLOBAL", 0, 0, "") for name in functions)
    return Elf(machine, 64, "little", **{"type": "ET_DYN", "exported": symbols, **more})


def answers(name: str, facts: Elf, claimed: str | None) -> dict[str, bool | None]:
    return {v.question: v.holds for v in verdicts.of_binary(name, facts, claimed)}


PLATFORMS = [
    ("lib/a.so.1", "EM_X86_64", "linux-64", True),
    ("lib/a.so.1", "EM_AARCH64", "linux-aarch64", True),
    ("lib/a.so.1", "EM_X86_64", "linux-aarch64", False),
    ("lib/a.so.1", "EM_386", "linux-64", False),
    ("lib/a.so.1", "EM_X86_64", "linux-riscv64", None),
    ("lib/a.so.1", "EM_X86_64", "osx-arm64", False),
    ("aarch64-linux-gnu/lib/libc.so.6", "EM_AARCH64", "linux-64", True),
    ("lib/gcc/aarch64-conda-linux-gnu/12/crt1.o", "EM_AARCH64", "linux-64", True),
    ("aarch64-linux-gnu/bin/ld", "EM_X86_64", "linux-64", True),
    ("aarch64-linux-gnu/lib/libc.so.6", "EM_386", "linux-64", False),
    ("lib/aarch64-linux-gnu", "EM_AARCH64", "linux-64", False),
]


@pytest.mark.parametrize(("name", "machine", "claimed", "holds"), PLATFORMS)
def test_the_platform_claimed(name, machine, claimed, holds):
    assert answers(name, extension(machine=machine), claimed) == {verdicts.PLATFORM: holds}


NAMES = [
    ("m.cpython-311-x86_64-linux-gnu.so", "PyInit_m", "EM_X86_64", True),
    ("m.cpython-311-aarch64-linux-gnu.so", "PyInit_m", "EM_AARCH64", True),
    ("m.cpython-311-x86_64-linux-gnu.so", "PyInit_m", "EM_AARCH64", False),
    ("m.cpython-311-x86_64-linux-gnu.so", "PyInit_other", "EM_X86_64", False),
    ("m.cpython-311-s390x-linux-gnu.so", "PyInit_m", "EM_S390", None),
    ("m.abi3.so", "PyInit_m", "EM_AARCH64", True),
    ("m.abi3.so", "PyInit_", "EM_AARCH64", False),
    ("m.so", "PyInit_m", "EM_X86_64", True),
    (f"{SITE}/m.so", "PyInit_other", "EM_X86_64", False),
    ("grüße.abi3.so", "PyInitU_gre_6ka8l", "EM_X86_64", True),
]


@pytest.mark.parametrize(("name", "function", "machine", "holds"), NAMES)
def test_the_name_of_an_extension(name, function, machine, holds):
    assert answers(name, extension(function, machine=machine), None) == {verdicts.NAMES: holds}


@pytest.mark.parametrize("name", ["lib/libpython3.11.so", "lib/libm.so.6", f"{SITE}/libfoo.so"])
def test_a_library_is_no_extension(name):
    functions = ("PyInit__io", "PyInit_sys") if "libpython" in name else ("cos",)
    assert answers(name, extension(*functions), None) == {}


PATHS = [
    ("bin/a", "$ORIGIN/../lib", True, True),
    ("bin/a", "${ORIGIN}", True, True),
    ("bin/a", "$ORIGIN/../../lib", False, True),
    ("bin/a", "/usr/lib", False, False),
    ("bin/a", "lib", False, False),
    ("bin/a", "$ORIGINAL/lib", False, False),
]


@pytest.mark.parametrize("kind", ["rpath", "runpath"])
@pytest.mark.parametrize(("name", "folder", "holds", "alone"), PATHS)
def test_search_paths(kind, name, folder, holds, alone):
    facts = extension(**{kind: (folder,)})
    assert answers(name, facts, "linux-64")[verdicts.WITHIN] is holds
    assert answers(name, facts, None)[verdicts.WITHIN] is alone


def test_the_prefix_it_was_built_in_is_within(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "crosscraft.inspection.elf.read", lambda data: extension(rpath=("/was/here/lib",))
    )
    item = Item("bin/a", elf_header())
    row = {"_path": "bin/a", "prefix_placeholder": "/was/here", "file_mode": "binary"}
    for placeholder, holds in ((row, True), ({"_path": "bin/a"}, False)):
        found = inspect(package(tmp_path / "a.conda", [item], paths={"paths": [placeholder]}))
        assert {v.question: v.holds for v in found.verdicts}[verdicts.WITHIN] is holds


MAC_OS = bytes.fromhex("cffaedfe0c0000010000000006000000") + bytes(200)
COFF = b"\x64\x86\2\0" + bytes(60)
WASM, BITCODE = b"\0asm\1\0\0\0", b"BC\xc0\xde1234"
FOREIGN = [
    ("lib/a.dylib", MAC_OS, "linux-64", False, "macOS (Mach-O), arm64, not for linux-64"),
    ("lib/a.dylib", MAC_OS, "linux-riscv64", False, "arm64, not for linux-riscv64"),
    ("lib/a.dylib", MAC_OS, "", None, "arm64, and no platform is claimed"),
    ("lib/a.dylib", MAC_OS, "osx-64", False, "arm64, not for osx-64"),
    ("lib/a.dylib", MAC_OS, "osx-arm64", True, "lib/a.dylib is a library for macOS"),
    ("lib/a.dylib", MAC_OS, "noarch", False, "lib/a.dylib is a library for macOS"),
    ("arm64-apple-darwin20.0.0/a.dylib", MAC_OS, "linux-64", True, "as its folder says"),
    ("arm64-apple-darwin20.0.0/a.dylib", MAC_OS, "noarch", True, "as its folder says"),
    ("share/a.wasm", WASM, "noarch", True, "share/a.wasm is WebAssembly"),
    ("share/a.wasm", WASM, "linux-64", True, "share/a.wasm is WebAssembly"),
    ("share/a.bc", BITCODE, "noarch", None, "share/a.bc is LLVM bitcode"),
    ("share/a.bc", BITCODE, "linux-64", None, "share/a.bc is LLVM bitcode"),
    ("lib/a.obj", COFF, "noarch", False, "lib/a.obj is an object file for Windows (COFF)"),
    ("lib/a.dat", COFF, "noarch", True, "it contains no binary"),
    ("share/A.class", bytes.fromhex("cafebabe00000034"), "noarch", True, "it contains no binary"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "subdir", "holds", "line"), FOREIGN)
def test_machine_code_in_other_formats(tmp_path, name, data, subdir, holds, line):
    found = inspect(package(tmp_path / "a.conda", [Item(name, data)], {"subdir": subdir}))
    assert found.verdicts[0].holds is holds
    assert line in found.verdicts[0].evidence[0]
    assert "not for noarch" not in found.verdicts[0].evidence[0]


@pytest.mark.parametrize(
    ("data", "holds"), [(b"\x7fELF and no more", None), (MAC_OS, False), (b"text", False)]
)
def test_a_binary_that_cannot_be_read_is_no_text(tmp_path, data, holds):
    found = inspect(package(tmp_path / "a.conda", [Item(f"{SITE}/m.abi3.so", data)]))
    assert found.verdicts[1].holds is holds
    assert any("not a binary" in line for line in found.verdicts[1].evidence) is (data == b"text")


def test_each_bad_file_is_named(tmp_path):
    items = [
        Item("lib/a.so", elf_header()), Item("lib/b.so", elf_header(183)),
        Item("lib/c.dylib", MAC_OS), Item("lib/d.so", b"\x7fELF and no more"),
    ]  # fmt: skip
    (line, other) = inspect(package(tmp_path / "a.conda", items)).verdicts[0].evidence
    assert line.startswith("lib/b.so is for linux-aarch64")
    assert other.startswith("lib/c.dylib is a library for macOS")


def test_every_name_of_an_extension_counts(tmp_path):
    """Python imports by the name of a link. The file that it leads to has its own name."""
    target = "../../libm.so.1"
    library = Item("lib/libm.so.1", bytes(make().data))
    for link, holds in (
        (Item(f"{SITE}/m.abi3.so", type=tarfile.SYMTYPE, target=target), False),
        (Item(f"{SITE}/m.abi3.so", type=tarfile.LNKTYPE, target="lib/libm.so.1"), False),
        (Item(f"{SITE}/m.abi3.so", type=tarfile.SYMTYPE, target="libnone.so"), True),
        (Item(f"{SITE}/m.py", type=tarfile.SYMTYPE, target=target), True),
    ):
        found = inspect(package(tmp_path / "a.conda", [library, link]))
        assert {v.question: v.holds for v in found.verdicts}[verdicts.NAMES] is holds


def test_the_dependencies_decide_on_a_name(tmp_path):
    item = Item(f"{SITE}/m.cpython-311-x86_64-linux-gnu.so", bytes(make().data))
    for version, words in (("3.11", "must have the function"), ("3.12", "is for Python 3.12")):
        index = {"depends": [f"python_abi {version}.*", "python"]}
        found = inspect(package(tmp_path / "a.conda", [item], index))
        assert words in found.verdicts[1].evidence[0]


NOARCH = {"subdir": "noarch", "noarch": "python"}


@pytest.mark.parametrize(
    ("items", "holds", "line"),
    [
        ([Item("site-packages/a.py", b"pass")], True, "it contains no binary"),
        ([Item("lib/a.o", elf_header())], False, "lib/a.o is for linux-64"),
        ([Item("lib/a.o", elf_header(8, 32, False))], False,
         "lib/a.o is for EM_MIPS (32-bit, big endian)"),
        ([Item("lib/a.o", b"\x7fELF and no more")], None, "lib/a.o: not an ELF file"),
        ([Item("x86_64-linux-gnu/sysroot/a.o", elf_header())], True, "as its folder says"),
    ],
)  # fmt: skip
def test_a_noarch_package(tmp_path, items, holds, line):
    found = inspect(package(tmp_path / "a.conda", items, NOARCH))
    verdict = found.verdicts[0]
    assert (verdict.question, verdict.holds) == (verdicts.NO_CODE, holds)
    assert line in verdict.evidence[0]


def test_the_worst_binary_decides_and_is_named(tmp_path):
    items = [Item(f"lib/{n}.o", elf_header(183 if n in {3, 5} else 62)) for n in range(9)]
    found = inspect(package(tmp_path / "a.conda", items))
    assert found.verdicts[0] == verdicts.Verdict(
        verdicts.PLATFORM,
        False,
        tuple(f"lib/{n}.o is for linux-aarch64, not for linux-64" for n in (3, 5)),
    )


def test_objects_of_a_static_library_count(tmp_path):
    def member(name: str, data: bytes) -> bytes:
        return f"{name:<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(data):<10}`\n".encode() + data

    library = b"!<arch>\n" + member("a.o/", elf_header()) + member("b.o/", elf_header(183))
    found = inspect(package(tmp_path / "a.conda", [Item("lib/libx.a", library)]))
    assert list(found.contents.binaries) == ["lib/libx.a(a.o)", "lib/libx.a(b.o)"]
    assert found.verdicts[0].evidence == ("lib/libx.a(b.o) is for linux-aarch64, not for linux-64",)
    (tmp_path / "libx.a").write_bytes(library)
    assert [name for name, _ in inspect(tmp_path / "libx.a").objects] == ["a.o", "b.o"]


def test_evidence_is_counted_where_it_is_long(tmp_path):
    items = [Item(f"lib/{n:02}.o", elf_header(183)) for n in range(30)]
    evidence = inspect(package(tmp_path / "a.conda", items)).verdicts[0].evidence
    assert len(evidence) == verdicts.MAX_EVIDENCE + 1
    assert evidence[-1] == f"and {30 - verdicts.MAX_EVIDENCE} more"
