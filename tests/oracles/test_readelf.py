"""Our facts of binaries are those that readelf prints."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from crosscraft.channel import local
from crosscraft.inspection import conda_file, elf
from crosscraft.platforms import lookup
from tests.oracles import readelf as oracle
from tests.support import tiny_elf


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
