"""The functions that an extension hands to Python, found in its code: it has no symbols."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.elf import disassembly
from crosscraft.views.elf_explorer import ElfExplorer

SOURCE = """\
#define HIDDEN extern "C" __attribute__((noinline, visibility("hidden")))
struct Record {
    void *capture[3]; void *free; long (*call)(void *, long, long);
    const char *signature; const void **types; unsigned flags;
    const char *name, *doc;
};
struct Type { const char *name; void (*destruct)(void *); };
HIDDEN void *take(Record *r) { asm volatile("" : : "r"(r) : "memory"); return r; }
HIDDEN void *make_type(Type *t) { asm volatile("" : : "r"(t) : "memory"); return t; }
HIDDEN void destroy(void *p) { asm volatile("" : : "r"(p)); }
HIDDEN int add(int a, int b) { return a + b; }
static long call_add(void *p, long a, long b) { return ((int (*)(int, int))*(void **)p)(a, b); }
static long call_twice(void *, long a, long b) { return (a ^ b) * 2; }
HIDDEN void fill() {
    Type type{"Dog", destroy};
    make_type(&type);
    Record one{{(void *)add}, 0, call_add, "({int}, {int}) -> int", 0, 7, "add", "Add."};
    take(&one);
    Record two{{}, 0, call_twice, "({int}, {float}) -> int", 0, 7, "twice", "Double."};
    take(&two);
    asm volatile("");
}
typedef void (*Callback)();
HIDDEN void *create(const char *name, Callback f) { f(); return (void *)name; }
extern "C" __attribute__((visibility("default"))) void *INIT() { return create("spam", fill); }
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory):
    """Compile it for this machine, without symbols, with an init function of any name."""
    if shutil.which("c++") is None:
        pytest.skip("no C++ compiler here")
    folder = tmp_path_factory.mktemp("extension")
    (folder / "source.cpp").write_text(SOURCE)

    def compiled(*options: str, init: str = "PyInit_spam") -> bytes:
        # Without the option, the compiler knows that the callees, which do nothing, keep registers.
        argv = ["c++", "-shared", "-fPIC", "-fno-ipa-ra", f"-DINIT={init}", *options]
        argv += ["source.cpp", "-o", "a.so"]
        subprocess.run(argv, cwd=folder, check=True)
        return (folder / "a.so").read_bytes()

    return compiled


@pytest.mark.parametrize("options", [("-Os", "-s"), ("-O2", "-s"), ("-O1",)], ids=" ".join)
def test_the_record_says_where_a_function_is(make, options: tuple[str, ...]) -> None:
    data = make(*options)
    add, twice = disassembly.bound(data)
    assert (add.name, add.inlined) == ("add", False)
    assert (twice.name, twice.inlined) == ("twice", True)
    shown = disassembly.disassemble(data, "add")
    assert len(shown) == 2, "the function, and neither its trampoline nor what comes after it"
    assert sum(len(one.raw) for one in shown) == add.size
    assert shown[0].address == add.address
    assert shown[-1].mnemonic == "ret"
    assert disassembly.disassemble(data, "twice")[-1].mnemonic == "ret"


def test_the_explorer_offers_them_first(make, tmp_path: Path) -> None:
    explorer = ElfExplorer(spam=make("-Os", "-s"))
    explorer.view.value = "Instructions"
    explorer.wait()
    labels = [label for label, _ in explorer.function.options]
    assert labels == ["add", "twice (inlined into nanobind's trampoline)", "PyInit_spam"]
    assert explorer.function.value == "add"


def test_what_is_no_extension_has_none(make) -> None:
    assert disassembly.bound(make("-Os", "-s", init="start_spam")) == ()
    with pytest.raises(CrosscraftError, match="does not define a function 'add'"):
        disassembly.disassemble(make("-Os", "-s", init="start_spam"), "add")


def test_damage_costs_only_the_names(make) -> None:
    data = make("-Os", "-s")
    (frame,) = [one for one in elf.read(data).sections if one.name == ".eh_frame_hdr"]
    for place, value in ((2, 0xFF), (8, 0xFF), (11, 0xFF), (12, 0x80), (19, 0x7F)):
        damaged = bytearray(data)
        damaged[frame.offset + place] = value
        assert len(disassembly.bound(bytes(damaged))) in (0, 2)


@pytest.mark.builds
@pytest.mark.parametrize(
    ("platform", "code"),
    [
        ("linux-64", [("lea", "eax, [rdi + rsi]"), ("ret", "")]),
        ("linux-aarch64", [("add", "w0, w0, w1"), ("ret", "")]),
    ],
)
def test_the_answer_keys_own_function_on_two_processors(
    built: Path, platform: str, code: list[tuple[str, str]]
) -> None:
    (package,) = built.glob(f"output/{platform}/cpp_math-0*.conda")
    (path,) = [name for name in conda_file.read(package).files if name.endswith(".so")]
    data = conda_file.open_member(package, path)
    assert elf.read(data).stripped
    assert [one.name for one in disassembly.bound(data)] == ["add"]
    shown = disassembly.disassemble(data, "add")
    assert [(one.mnemonic, one.operands) for one in shown] == code
