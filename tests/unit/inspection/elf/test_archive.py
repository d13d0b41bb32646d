"""Static libraries: what `ar` says of the same, and damaged ones."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import tracemalloc

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf import archive
from tests.support import tiny_elf

LONG = "a_name_that_is_too_long_for_the_header.o"


def ar(*parts: tuple[bytes, bytes], magic: bytes = b"!<arch>\n") -> bytes:
    """An archive of members, each a name as it is in the header and a content."""
    data = magic
    for name, content in parts:
        size = str(len(content)).encode()
        data += name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8)
        data += size.ljust(10) + b"`\n" + content + b"\n" * (len(content) % 2)
    return data


GNU = ar((b"/", b"\0\0\0\0"), (b"//", LONG.encode() + b"/\n"), (b"/0", b"abc"), (b"short.o/", b""))


def test_gnu_names():
    assert list(archive.members(GNU)) == [(LONG, b"abc"), ("short.o", b"")]


def test_windows_names():
    """They end with a zero, and two indexes have the same name."""
    data = ar(
        (b"/", b""), (b"/", b""), (b"//", b"a\\long.obj\0b.obj\0"), (b"/11", b"x"), (b"/0", b"y")
    )
    assert list(archive.members(data)) == [("b.obj", b"x"), ("a\\long.obj", b"y")]


def test_bsd_names():
    data = ar((b"#1/8", b"area.o\0\0content"), (b"__.SYMDEF", b""), (b"b.o", b"x"))
    assert list(archive.members(data)) == [("area.o", b"content"), ("b.o", b"x")]


def test_the_same_as_ar(tmp_path):
    if shutil.which("ar") is None:
        pytest.skip("no ar here")
    contents = {"one.o": b"1", LONG: b"22", "three.o": bytes(tiny_elf.make().data)}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    subprocess.run(["ar", "rcs", "all.a", *contents], cwd=tmp_path, check=True)
    said = subprocess.run(
        ["ar", "t", "all.a"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    with (tmp_path / "all.a").open("rb") as file:
        found = dict(archive.members(file))
    assert list(found) == said.stdout.split()
    assert found == contents
    assert elf.read(found["three.o"]).soname == "libarea.so.1"
    subprocess.run(["ar", "rcsT", "thin.a", *contents], cwd=tmp_path, check=True)
    with pytest.raises(CrosscraftError, match="a thin archive"):
        list(archive.members((tmp_path / "thin.a").read_bytes()))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not begin with"),
        (b"\x7fELF", "does not begin with"),
        (b"!<thin>\n", "a thin archive, which names its members but does not contain them"),
        (GNU[:-1], "no member's header"),
        (b"!<arch>\n" + b"x" * 60, "no member's header"),
        (GNU.replace(b"/0 ", b"/9999 "), "not a static library"),
        (ar((b"/0", b"")), "no name at 0"),
        (ar((b"a.o/", b"abcd")).replace(b"4         `", b"9999999999`"), "a member of 9999999999"),
        (ar((b"a.o/", b"abcd")).replace(b"4         `", b"-4        `"), "is not a number"),
        (ar((b"#1/x", b"abcd")), "is not a number"),
    ],
)
def test_what_is_no_archive(data, why):
    with pytest.raises(CrosscraftError, match=why):
        list(archive.members(data))


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(CrosscraftError, match="more than 3 members"):
        list(archive.members(GNU))


def test_an_empty_archive():
    assert list(archive.members(b"!<arch>\n")) == []


def test_damaged_archives_end_in_members_or_our_error():
    chance = random.Random(1)
    tracemalloc.start()
    for _ in range(2000):
        data = bytearray(GNU[: chance.randrange(8, len(GNU) + 1)])
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.choice((0, 10, 32, 47, 48, 57, 255))
        with contextlib.suppress(CrosscraftError):
            assert sum(len(content) for _, content in archive.members(bytes(data))) < len(data)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
