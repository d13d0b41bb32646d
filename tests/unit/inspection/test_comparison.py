"""What differs between two packages, and why."""

from __future__ import annotations

import tarfile

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection.comparison import Difference, compare
from crosscraft.inspection.inspect import inspect
from tests.support.small_packages import Item, elf_header, package

X86 = "lib/python3.11/site-packages/m.cpython-311-x86_64-linux-gnu.so"
ARM = "lib/python3.11/site-packages/m.cpython-311-aarch64-linux-gnu.so"


def by_what(differences: tuple[Difference, ...]) -> dict[str, Difference]:
    found = {one.what: one for one in differences}
    assert len(found) == len(differences)
    return found


def test_one_package_for_two_platforms(tmp_path):
    a = package(
        tmp_path / "a.conda", [Item(X86, elf_header(62)), Item("share/a", b"same")],
        {"build": "hb0f4dca_0", "depends": ["python", "libgcc >=12"]},
        more={"info/hash_input.json": b'{"target_platform": "linux-64"}'},
    )  # fmt: skip
    b = package(
        tmp_path / "b.conda", [Item(ARM, elf_header(183)), Item("share/a", b"same")],
        {"build": "he8cfe8b_0", "subdir": "linux-aarch64", "depends": ["python", "libgcc >=13"]},
        more={"info/hash_input.json": b'{"target_platform": "linux-aarch64"}'},
    )  # fmt: skip
    found = by_what(compare(a, b))
    assert list(found) == [
        "subdir", "build string", "variant: target_platform", "depends: libgcc", "file's name",
        f"bytes of {X86}", f"machine of {X86}",
    ]  # fmt: skip
    assert found["build string"] == Difference(
        "build string", "hb0f4dca_0", "he8cfe8b_0",
        "The hash is of the variant, whose target_platform differs.",
    )  # fmt: skip
    assert (found["file's name"].left, found["file's name"].right) == (X86, ARM)
    assert "names the interpreter and the processor" in found["file's name"].why
    assert "different processors" in found[f"bytes of {X86}"].why
    machine = found[f"machine of {X86}"]
    assert (machine.left.split(",")[0], machine.right.split(",")[0]) == (
        "Advanced Micro Devices X86-64", "AArch64"
    )  # fmt: skip
    assert found["depends: libgcc"].why.startswith("Both depend on it, with the bounds")
    back = by_what(compare(inspect(b), inspect(a)))
    assert back["subdir"] == Difference("subdir", "linux-aarch64", "linux-64", found["subdir"].why)


def test_noarch_packages_are_the_same_bytes_and_why(tmp_path):
    noarch = {"subdir": "noarch", "noarch": "python"}
    items = [Item("site-packages/m.pyi", b"def f() -> int: ...\n")]
    a = package(tmp_path / "a.conda", items, {**noarch, "timestamp": 1})
    b = package(tmp_path / "b.conda", items, {**noarch, "timestamp": 2})
    (only,) = compare(a, b)
    assert (only.what, only.right) == ("files", "1 file, the same bytes")
    assert "noarch" in only.why


def test_a_package_does_not_differ_from_itself(tmp_path):
    path = package(tmp_path / "a.conda", [Item("a", b"1")])
    assert compare(path, path) == ()


def test_each_thing_that_may_differ(tmp_path):
    a = package(
        tmp_path / "a.conda",
        [Item("changed", b"1"), Item("mode", mode=0o644), Item("gone"), Item("l", b"x"),
         Item("link", type=tarfile.SYMTYPE, target="x")],
        {"build": "py311h0000000_0", "license": "MIT", "constrains": ["c"]},
    )  # fmt: skip
    b = package(
        tmp_path / "b.tar.bz2",
        [Item("changed", b"2"), Item("mode", mode=0o755), Item("new"),
         Item("l", type=tarfile.SYMTYPE, target="new"),
         Item("link", type=tarfile.SYMTYPE, target="y")],
        {"name": "b", "version": "2", "build": "py312h0000000_1", "build_number": 1},
        more={"info/run_exports.json": b'{"weak": ["b"]}'},
    )  # fmt: skip
    found = {(one.what, one.left, one.right): one.why for one in compare(a, b)}
    one, two = "1 bytes, sha256 6b86b273ff34", "1 bytes, sha256 d4735e3a265e"
    assert list(found) == [
        ("name", "a", "b"),
        ("version", "1", "2"),
        ("build string", "py311h0000000_0", "py312h0000000_1"),
        ("build number", "0", "1"),
        ("license", "MIT", ""),
        ("constrains: c", "c", ""),
        ("run_exports (weak): b", "", "b"),
        ("bytes of changed", one, two),
        ("file", "gone", ""),
        ("kind of l", "file", "link"),
        ("target of l", "", "new"),
        ("bytes of l", "1 bytes, sha256 2d711642b726", ""),
        ("target of link", "x", "y"),
        ("mode of mode", "0644", "0755"),
        ("file", "", "new"),
    ]
    build = found["build string", "py311h0000000_0", "py312h0000000_1"]
    assert "different dependencies, and the number at the end" in build
    assert all(why.endswith(".") for why in found.values())


def test_a_binary_is_not_compared_with_a_package(tmp_path):
    (tmp_path / "a.o").write_bytes(elf_header())
    path = package(tmp_path / "a.conda")
    with pytest.raises(CrosscraftError, match=r"a.o' is not a conda package"):
        compare(path, tmp_path / "a.o")


@pytest.mark.builds
def test_the_answer_key_for_its_two_platforms(built):
    a, b = (next((built / "output" / p).glob("*.conda")) for p in ("linux-64", "linux-aarch64"))
    found = compare(a, b)
    told = [one.what for one in found]
    assert told[:4] == ["subdir", "build string", "variant: target_platform", "file's name"]
    required = next(one for one in found if one.what.startswith("versions required"))
    assert ("GLIBC 2.17" in required.left, "GLIBC 2.17" in required.right) == (False, True)
