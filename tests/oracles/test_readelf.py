"""Our facts of binaries are those that readelf prints."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter

import pytest

from crosscraft.channel import local, select
from crosscraft.environments import install
from crosscraft.inspection import conda_file, elf
from crosscraft.platforms import lookup, native
from tests.oracles import readelf as oracle
from tests.support import tiny_elf

KINDS = [(64, "<", 62), (64, "<", 183), (64, ">", 22), (32, "<", 40), (32, ">", 20)]
"""Width, byte order and processor: x86-64, aarch64, s390x, 32-bit ARM, 32-bit PowerPC."""


@pytest.fixture(scope="module")
def readelf(tmp_path_factory):
    """The machine's `readelf`, or the channel's."""
    if found := shutil.which("readelf"):
        return found
    env = install.create(["binutils"], native(), [select.choose()])
    return str(next(iter(sorted((env.prefix / "bin").glob("*readelf")))))


@pytest.mark.builds
@pytest.mark.parametrize("subdir", ["linux-64", "linux-aarch64"])
def test_a_built_extension(subdir, built, readelf):
    (package,) = (built / "output" / subdir).glob("*.conda")
    (name,) = (name for name in conda_file.read(package).files if name.endswith(".so"))
    data = conda_file.open_member(package, name)
    assert not oracle.disagreements([(name, data)], readelf, Counter())


@pytest.mark.parametrize("name", ["sysroot_linux-64", "sysroot_linux-aarch64", "python"])
def test_whole_packages(name, readelf):
    """Each library, program, object file, and member of a static library."""
    packages = sorted(local.find().glob(f"*/{name}-[0-9]*.conda"))
    assert packages
    counts: Counter[str] = Counter()
    for package in packages:
        assert oracle.disagreements(oracle.binaries(package), readelf, counts) == []
    if name == "python":
        assert counts["EM_X86_64 ET_EXEC"] == counts["EM_AARCH64 ET_EXEC"] == 1
    else:
        machine = lookup(name.removeprefix("sysroot_")).elf_machine
        assert counts[f"{machine} ET_DYN"] > 20
        assert counts[f"{machine} ET_REL"] > 5
        assert counts[f"{machine} ET_REL, in archives"] > 500
        assert counts["linker scripts"] >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_width_and_byte_order(kind, readelf):
    data = bytes(tiny_elf.make(*kind).data)
    assert not oracle.disagreements([("tiny", data)], readelf, Counter())


@pytest.mark.parametrize(
    ("fact", "other"),
    [
        ("machine", "EM_AARCH64"),
        ("needed", ("libm.so.6",)),
        ("requires", {"GLIBC": "2.4"}),
        ("exported", ()),
        ("sections", ()),
        ("build_id", ""),
    ],
)
def test_a_wrong_fact_is_a_disagreement(fact, other, readelf, monkeypatch):
    data = bytes(tiny_elf.make().data)
    wrong = dataclasses.replace(elf.read(data), **{fact: other})
    monkeypatch.setattr(elf, "read", lambda data: wrong)
    (line,) = oracle.disagreements([("tiny", data)], readelf, Counter())
    assert fact.replace("_", " ") in line
