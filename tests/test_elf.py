"""ELF facts: what `readelf` says of the same file, and bad files told by what they are."""

from __future__ import annotations

import contextlib
import re
import subprocess

import pytest

from crosscraft import conda_file, elf, environment
from crosscraft.channel import choice
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import PLATFORMS, lookup, native

MODULES = {
    "linux-64": "cpp_math.cpython-311-x86_64-linux-gnu.so",
    "linux-aarch64": "cpp_math.cpython-311-aarch64-linux-gnu.so",
}


@pytest.fixture(scope="module", params=MODULES)
def module(request, built):
    """The platform, and the built extension for it as bytes."""
    (package,) = (built / "output" / request.param).glob("*.conda")
    (name,) = (n for n in conda_file.read(package).files if n.endswith(".so"))
    assert name == f"lib/python3.11/site-packages/{MODULES[request.param]}"
    return lookup(request.param), conda_file.open_member(package, name)


@pytest.fixture(scope="module")
def readelf(built):
    """The `readelf` of the channel."""
    env = environment.create(["binutils"], native(), [choice.choose()])
    return next(iter(sorted((env.prefix / "bin").glob("*readelf"))))


@pytest.mark.builds
def test_facts_agree_with_readelf(module, readelf, tmp_path):
    platform, data = module
    path = tmp_path / "module.so"
    path.write_bytes(data)
    said = subprocess.run(
        [readelf, "--wide", "--file-header", "--dynamic", "--dyn-syms", path],
        env={"LC_ALL": "C"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    facts = elf.read(data)
    machine = {"EM_X86_64": "X86-64", "EM_AARCH64": "AArch64"}[facts.machine]
    assert re.search(rf"^ *Machine: .*{machine}$", said, re.M)
    assert re.search(rf"^ *Class: +ELF{facts.elf_class}$", said, re.M)
    assert re.search(rf"^ *Data: .*{facts.endianness} endian$", said, re.M)
    assert facts.needed == tuple(re.findall(r"\(NEEDED\).*\[(.*)\]", said))
    functions = re.findall(r"^ *\d+: \w+ +\w+ FUNC +\w+ +\w+ +\d+ ([^@\s]+)", said, re.M)
    offered = {symbol.name for symbol in facts.exported if symbol.type == "STT_FUNC"}
    assert offered == set(functions)
    assert facts.init_symbols == ("PyInit_cpp_math",)
    assert elf.platform_of(facts) is platform


@pytest.mark.builds
def test_an_open_file_reads_like_its_bytes(module, tmp_path):
    path = tmp_path / "module.so"
    path.write_bytes(module[1])
    with path.open("rb") as file:
        assert elf.read(file) == elf.read(module[1])


@pytest.mark.builds
def test_a_truncated_file_is_not_a_whole_one(module):
    _, data = module
    for size in (0, 4, 16, 40, 63, 64, 200, len(data) // 2, len(data) - 1):
        with pytest.raises(CrosscraftError, match="not an ELF file, or not a whole one"):
            elf.read(data[:size])


@pytest.mark.builds
def test_damaged_bytes_give_facts_or_our_error(module):
    """Whatever a header claims, nothing but a CrosscraftError comes out."""
    _, data = module
    for place in range(4, 64):
        for byte in (0x00, 0x7F, 0xFF):
            damaged = bytearray(data)
            damaged[place] = byte
            with contextlib.suppress(CrosscraftError):
                assert isinstance(elf.read(bytes(damaged)), elf.Elf)


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"text\n" * 100, b"PK\x03\x04", bytes(100)])
def test_what_is_no_elf_file(data):
    with pytest.raises(CrosscraftError, match="not an ELF file"):
        elf.read(data)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_the_platform_of_facts(platform):
    facts = elf.Elf(platform.elf_machine, platform.elf_class, platform.endianness)
    assert elf.platform_of(facts) is platform
    other = "big" if platform.endianness == "little" else "little"
    assert elf.platform_of(elf.Elf(platform.elf_machine, platform.elf_class, other)) is None


@pytest.mark.parametrize(
    ("name", "abi"),
    [
        (MODULES["linux-64"], "cpython-311-x86_64-linux-gnu"),
        (f"lib/{MODULES['linux-aarch64']}", "cpython-311-aarch64-linux-gnu"),
        ("cpp_math.abi3.so", "abi3"),
        ("cpp_math.so", None),
        ("libfoo.so.6", None),
        ("cpp_math.cpython-311-x86_64-linux-gnu.so.bak", None),
    ],
)
def test_the_soabi_in_a_name(name, abi):
    assert elf.soabi(name) == abi
