"""Packages that somebody made to do harm: one line that says what is wrong, or a verdict of no."""

from __future__ import annotations

import bz2
import io
import json
import os
import re
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from random import Random

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.inspection.conda_file import stream
from crosscraft.inspection.inspect import inspect
from crosscraft.inspection.verdicts import PATHS, WITHIN
from crosscraft.text import printable
from tests.support.damage import bounded_memory, damaged
from tests.support.small_packages import INDEX, Item, conda, elf_header, info_items, package, tar

INFO = zstd.compress(tar(info_items([])))
PKG = zstd.compress(tar([]))


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Item:
    return Item(name, type=kind, target=target)


LEADING_OUT = {
    "up": [Item("../evil", b"x")],
    "up within": [Item("lib/../../evil", b"x")],
    "absolute": [Item("/etc/evil", b"x")],
    "absolute link": [link("lib/passwd", "/etc/passwd")],
    "link up": [link("lib/passwd", "../../etc/passwd")],
    "file through a link": [link("lib/etc", "/etc"), Item("lib/etc/passwd", b"x")],
    "file through a link within": [link("lib64", "lib"), Item("lib64/a", b"x")],
    "link that goes round": [link("a", "b"), link("b", "a")],
    "links that go up together": [link("d", "."), link("e", "d/d/..")],
    "hard link up": [link("lib/a", "../../etc/passwd", tarfile.LNKTYPE)],
    "hard link absolute": [link("lib/a", "/etc/passwd", tarfile.LNKTYPE)],
    "hard link to nothing": [link("lib/a", "lib/b", tarfile.LNKTYPE)],
    "hard link to a link": [link("b", "c"), link("a", "b", tarfile.LNKTYPE)],
    "character device": [Item("dev/null", type=tarfile.CHRTYPE)],
    "block device": [Item("dev/sda", type=tarfile.BLKTYPE)],
    "named pipe": [Item("pipe", type=tarfile.FIFOTYPE)],
    "very deep": [Item("d/" * 200 + "e", b"x"), link("l", "d/" * 300)],
}


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
@pytest.mark.parametrize("items", LEADING_OUT.values(), ids=LEADING_OUT)
def test_what_leads_out_of_a_package_is_a_no(tmp_path, items, ending, monkeypatch):
    path = package(tmp_path / f"a-1-h0000000_0{ending}", items)
    monkeypatch.chdir(tmp_path)
    found = inspect(path)
    (verdict,) = (v for v in found.verdicts if v.question == WITHIN)
    assert verdict.holds is False
    assert items[-1].name in verdict.evidence[-1]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]  # nothing was written
    assert json.loads(json.dumps(found.as_json()))


@pytest.mark.parametrize(
    "items",
    [
        [Item("lib/a.1", b"x"), link("lib/a", "a.1")],
        [Item("lib/a", b"x"), link("bin/a", "../lib/a")],
        [link("lib/elsewhere", "of-another-package")],
        [Item("lib/a", b"x"), link("lib/b", "lib/a", tarfile.LNKTYPE)],
        [link("d", "."), link("e", "d/d")],
    ],
)
def test_links_within_a_package_are_a_yes(tmp_path, items):
    found = inspect(package(tmp_path / "a.conda", items))
    assert [v.holds for v in found.verdicts] == [True] * 4


UNLIKE = {
    "there twice": (
        [Item("a", b"1"), Item("a", b"1")], {"paths": [{"_path": "a"}]}, "a occurs twice"
    ),
    "not listed": ([Item("a", b"1")], {"paths": []}, "a exists, but is not listed"),
    "not there": ([], {"paths": [{"_path": "a"}]}, "a is listed, but does not exist"),
    "listed twice": (
        [Item("a")], {"paths": [{"_path": "a"}, {"_path": "a"}]}, "paths.json lists a path twice"
    ),
    "another size": (
        [Item("a", b"1")], {"paths": [{"_path": "a", "size_in_bytes": 2}]},
        "a has 1 bytes, but is listed with 2",
    ),
    "another checksum": (
        [Item("a", b"1")], {"paths": [{"_path": "a", "sha256": "00"}]},
        "a does not have the listed checksum",
    ),
    "another kind": (
        [Item("a", b"1")], {"paths": [{"_path": "a", "path_type": "softlink"}]},
        "a is a file, but is listed as a softlink",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("items", "paths", "line"), UNLIKE.values(), ids=UNLIKE)
def test_what_is_not_as_listed_is_a_no(tmp_path, items, paths, line):
    found = inspect(package(tmp_path / "a.conda", items, paths=paths))
    (verdict,) = (v for v in found.verdicts if v.question == PATHS)
    assert (verdict.holds, verdict.evidence) == (False, (line,))


def info(**texts: bytes) -> bytes:
    """An info part whose texts are replaced."""
    items = {item.name: item for item in info_items([])}
    for name, data in texts.items():
        items[f"info/{name}.json"] = Item(f"info/{name}.json", data)
    return zstd.compress(tar(items.values()))


def bomb(size: int, name: str = "lib/zeros") -> bytes:
    """A part of some kilobytes that holds a file of `size` zeros, truly."""
    head = tarfile.TarInfo(name)
    head.size = size
    made = zstd.ZstdCompressor(level=1)
    pieces = [made.compress(head.tobuf())]
    pieces += [made.compress(bytes(2**24)) for _ in range(size // 2**24 + 1)]
    return b"".join([*pieces, made.flush()])


def huge_header(kind: bytes) -> bytes:
    """An extended header or a long name of 512 MB, which tarfile would hold."""
    head = tarfile.TarInfo("x")
    head.type, head.size = kind, 512 * 2**20
    made = zstd.ZstdCompressor(level=1)
    pieces = [made.compress(head.tobuf()), *(made.compress(bytes(2**24)) for _ in range(33))]
    return b"".join([*pieces, made.flush()])


def sparse() -> bytes:
    """A file of a terabyte of which nothing is stored."""
    head = tarfile.TarInfo("lib/holes")
    head.pax_headers = {
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,0",
        "GNU.sparse.size": str(2**40), "GNU.sparse.name": "lib/holes",
    }  # fmt: skip
    raw = head.tobuf(tarfile.PAX_FORMAT) + bytes(1024)
    return zstd.compress(raw)


def wide_window() -> bytes:
    """A frame that asks for a window of 2 GB (RFC 8878, 3.1.1.1.2)."""
    return b"\x28\xb5\x2f\xfd" + bytes([0x00, (31 - 10) << 3]) + b"\x01\x00\x00" + bytes(8)


def zip_of(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return raw.getvalue()


def of_parts(info_part: bytes = INFO, pkg: bytes = PKG) -> bytes:
    return zip_of(("pkg-a.tar.zst", pkg), ("info-a.tar.zst", info_part))


def wide_directory() -> bytes:
    """A zip whose directory has 30,000 entries."""
    return zip_of(*((f"{number:060}", b"") for number in range(30_000)))


def lying_directory() -> bytes:
    """A zip that says its directory has 4 GB."""
    data = bytearray(of_parts())
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 0xFFFFFFF0)
    return bytes(data)


def many(count: int) -> bytes:
    """An archive of empty members."""
    made = zstd.ZstdCompressor(level=1)
    block = b"".join(tarfile.TarInfo(f"{n:07}").tobuf() for n in range(1000))
    return b"".join([*(made.compress(block) for _ in range(count // 1000)), made.flush()])


DEEP = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LONG = b'{"name": "a", "build_number": ' + b"9" * 5000 + b"}"
CLAIM = zstd.compress(tar([Item("lib/a", size=2**50, headers={"size": str(2**50)})]))
NEGATIVE = zstd.compress(tar([Item("lib/a", headers={"size": "-600"})]))

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "no zip": (lambda: b"PK and so on", "not a zip file"),
    "zip of something else": (lambda: zip_of(("a", b"b")), "0 entries info-*.tar.zst"),
    "two info parts": (
        lambda: zip_of(("info-a.tar.zst", INFO), ("info-b.tar.zst", INFO)), "2 entries info-",
    ),
    "compressed twice": (
        lambda: zip_of(("info-a.tar.zst", INFO), ("pkg-a.tar.zst", PKG), method=8),
        "compressed already",
    ),
    "wide directory": (wide_directory, "a directory of"),
    "lying directory": (lying_directory, "cannot be read"),
    "no zstd": (lambda: of_parts(b"hello, this is text"), "cannot be read"),
    "wide window": (lambda: of_parts(wide_window()), "cannot be read"),
    "no tar": (lambda: of_parts(zstd.compress(b"hello" * 500)), "its archive is damaged"),
    "index twice": (
        lambda: of_parts(zstd.compress(tar([*info_items([]), *info_items([])]))),
        "it has info/index.json twice",
    ),
    "index is a link": (
        lambda: of_parts(zstd.compress(tar([link("info/index.json", "/etc/passwd")]))),
        "it has no info/index.json",
    ),
    "file beside info": (
        lambda: of_parts(zstd.compress(tar([*info_items([]), Item("bin/sh", b"x")]))),
        "'bin/sh' instead of a file in info/",
    ),
    "up from info": (
        lambda: of_parts(zstd.compress(tar([*info_items([]), Item("info/../../x", b"x")]))),
        "instead of a file in info/",
    ),
    "deep JSON": (lambda: of_parts(info(index=DEEP)), "nested too deeply"),
    "gigantic number": (lambda: of_parts(info(index=LONG)), "info/index.json"),
    "many values": (
        lambda: of_parts(info(paths=b'{"paths": [' + b"[]," * 1_000_000 + b"[]]}")),
        "info/paths.json has more than 1500000 values",
    ),
    "large JSON": (
        lambda: of_parts(bomb(2**27, "info/index.json")), "at most 4194304 are read",
    ),
    "index of 1 GB": (lambda: of_parts(bomb(2**30, "info/index.json")), "claims to expand"),
    "bomb": (lambda: of_parts(pkg=bomb(2**30)), "claims to expand"),
    "bomb in info": (lambda: of_parts(bomb(2**30, "info/x")), "claims to expand"),
    "bomb after the end": (
        lambda: of_parts(pkg=zstd.compress(bytes(2**30), level=1)), "expands to more than"
    ),
    "claim": (lambda: of_parts(pkg=CLAIM), "claims to expand"),
    "negative size": (lambda: of_parts(pkg=NEGATIVE), "cannot be read"),
    "sparse": (lambda: of_parts(pkg=sparse()), "claims to expand"),
    "extended header": (
        lambda: of_parts(pkg=huge_header(tarfile.XHDTYPE)), "a header of more than"
    ),
    "long name": (
        lambda: of_parts(pkg=huge_header(tarfile.GNUTYPE_LONGNAME)), "a header of more than"
    ),
    "many members": (lambda: of_parts(pkg=many(160_000)), "more than 1500 members"),
    "bzip2 bomb": (lambda: bz2.compress(tar([Item("x", bytes(300 * 2**20))])), "claims to expand"),
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The hostile files by name, which take a while to make."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, (make, _) in enumerate(HOSTILE.values()):
        (folder / f"{number}.conda").write_bytes(make())
    return {name: folder / f"{number}.conda" for number, name in enumerate(HOSTILE)}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_line(tmp_path, hostile, name, monkeypatch):
    _, word = HOSTILE[name]
    monkeypatch.setattr(stream, "MAX_MEMBERS", 1500)  # the test of memory takes the real limit
    path = tmp_path / "a-1-h0000000_0.conda"
    path.hardlink_to(hostile[name])
    with pytest.raises(CrosscraftError) as caught:
        inspect(path)
    said = str(caught.value)
    assert word in said
    assert said.isprintable()
    assert len(said) < 600 + len(str(path))
    assert list(tmp_path.iterdir()) == [path]


MEASURED = """
import json, resource, sys
from pathlib import Path
from crosscraft.errors import CrosscraftError
from crosscraft.inspection.inspect import inspect
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        inspect(path)
    except CrosscraftError:
        pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) // 1024)
"""


def test_hostile_files_take_little_memory(hostile):
    folder = next(iter(hostile.values())).parent
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, folder], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 250  # megabytes; zstd itself may take a window of 128


def test_a_large_package_is_read_as_a_stream(tmp_path):
    """1 GB in it, of which 2 MB are in memory at a time; its own size is what allows that."""
    pad = os.urandom(2 * 2**20)
    head = tarfile.TarInfo("share/pad")
    head.size = len(pad)
    made = zstd.ZstdCompressor(level=1)
    frame = [made.compress(head.tobuf() + pad)]
    large = tarfile.TarInfo("lib/large")
    large.size = 2**30
    frame += [made.compress(large.tobuf()), *(made.compress(bytes(2**24)) for _ in range(64))]
    frame += [made.compress(bytes(1024)), made.flush()]
    (tmp_path / "packages").mkdir()
    path = conda(tmp_path / "packages" / "a.conda", INFO, b"".join(frame))
    assert inspect(path).contents.files[1].size == 2**30
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, path.parent], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 100


@pytest.mark.parametrize("mode", [-1, 2**40, 0o104755])
def test_a_mode_is_permission_bits_whatever_the_header_says(tmp_path, mode):
    head = tarfile.TarInfo("a")
    head.mode = mode
    raw = head.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    path = conda(tmp_path / "a.conda", INFO, zstd.compress(raw))
    (file,) = inspect(path).as_json()["files"]
    assert file["mode"] == f"{mode & 0o7777:04o}"


def test_a_name_of_a_megabyte_is_not_told_in_full(tmp_path):
    path = package(tmp_path / "a.conda", [Item("../" + "a" * 500_000, b"x")])
    evidence = [line for v in inspect(path).verdicts for line in v.evidence]
    assert max(map(len, evidence)) < 600


NAMES = {
    "not UTF-8": ("lib/gr\udcfcn", "lib/gr\\udcfcn"),
    "escape": ("lib/\x1b[2J\x1b]0;x\x07", "lib/\x1b[2J\x1b]0;x\x07"),
    "newline": ("lib/a\nb", "lib/a\nb"),
    "turned": ("lib/\u202egpj.so", "lib/\u202egpj.so"),
}


@pytest.mark.parametrize(("name", "told"), NAMES.values(), ids=NAMES)
def test_names_that_steer_a_terminal(tmp_path, crosscraft, name, told):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    path = conda(tmp_path / "a.conda", INFO, zstd.compress(raw.getvalue()))
    done = crosscraft("inspect", "--json", path)
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert json.loads(done.stdout)[0]["files"][0]["path"] == told
    shown = crosscraft("inspect", path, env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert printable(name)[-4:] in shown
    assert all(c not in shown for c in "\x07\u202e")
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown


@pytest.mark.parametrize("key", [*INDEX, "license", "timestamp", "constrains", "noarch"])
@pytest.mark.parametrize("value", [[1], {"a": [1]}, -7.5, True, 3, "x", None, [], 10**300])
def test_wrong_types_in_the_index(tmp_path, key, value):
    path = package(tmp_path / "a.conda", index={key: value})
    try:
        json.dumps(inspect(path).as_json())
    except CrosscraftError as error:
        assert repr(key) in str(error)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
keys = st.sampled_from(
    ["_path", "path_type", "size_in_bytes", "sha256", "prefix_placeholder", "file_mode", "paths"]
)
entries = st.dictionaries(keys, values | st.sampled_from(["hardlink", "softlink", "text"]))
texts = st.fixed_dictionaries(
    {},
    optional={
        "index": st.dictionaries(st.sampled_from([*INDEX, "noarch", "timestamp"]), values),
        "paths": st.fixed_dictionaries({"paths": st.lists(entries, max_size=3) | values}),
        "hash_input": values,
        "run_exports": values,
    },
)


@given(texts)
def test_any_json_gives_facts_or_our_error(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "any-json.conda"
    texts = {
        name: {**INDEX, **value} if name == "index" else value for name, value in texts.items()
    }
    conda(path, info(**{name: json.dumps(value).encode() for name, value in texts.items()}), PKG)
    try:
        found = inspect(path)
    except CrosscraftError as error:
        assert str(error).isprintable()
    else:
        json.dumps(found.as_json())


names = st.lists(st.sampled_from(["..", ".", "", "a", "b", "é", "lib"]), min_size=1, max_size=5)
items = st.builds(
    Item,
    names.map("/".join),
    st.binary(max_size=40) | st.just(elf_header()) | st.just(b"!<arch>\n"),
    st.sampled_from([tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, b"9"]),
    names.map("/".join),
    st.integers(0, 0o7777),
)


@given(st.lists(items, max_size=6), st.sampled_from([".conda", ".tar.bz2"]))
def test_any_members_give_verdicts_or_our_error(tmp_path_factory, items, ending):
    for item in items:
        item.data = item.data if item.type == tarfile.REGTYPE else b""
        item.name = item.name.strip("/") or "a"
    path = package(tmp_path_factory.getbasetemp() / f"any-members{ending}", items)
    found = inspect(path)
    assert len(found.contents.files) == len(items)
    up = [i for i in items if ".." in i.name.split("/")]
    (within,) = (v for v in found.verdicts if v.question == WITHIN)
    assert within.holds is not True or not up


WHOLE = [Item("lib/a.o", elf_header()), Item("share/a", b"text"), link("b", "lib/a.o")]


def headers(chance: Random, archive: bytes) -> int:
    """A place in a tar header, or in the first bytes after it."""
    starts = [match.start() - 257 for match in re.finditer(b"ustar", archive)]
    return chance.choice(starts) + chance.randrange(chance.choice((512, 512, 2048)))


def with_checksums(archive: bytes) -> bytes:
    """Give each header the checksum of its bytes: POSIX, ustar interchange format."""
    fixed = bytearray(archive)
    for start in (match.start() - 257 for match in re.finditer(b"ustar", archive)):
        if 0 <= start <= len(fixed) - 512:
            fixed[start + 148 : start + 156] = b" " * 8
            fixed[start + 148 : start + 156] = b"%06o\0 " % sum(fixed[start : start + 512])
    return bytes(fixed)


@given(
    st.sampled_from([".conda", ".tar.bz2"]),
    st.sampled_from(["compressed", "archives", "archives with right checksums"]),
    st.randoms(use_true_random=False),
)
def test_a_damaged_package_gives_facts_or_our_error(tmp_path_factory, ending, what, chance):
    """Damage to compressed bytes seldom gets past a checksum, so most comes before that."""
    parts = [tar(info_items(WHOLE)), tar(WHOLE)]
    if ending == ".tar.bz2":
        parts = [tar([*info_items(WHOLE), *WHOLE])]
    if what != "compressed":
        parts = [damaged(chance, part, headers) for part in parts]
    if what == "archives with right checksums":
        parts = [with_checksums(part) for part in parts]
    data = bz2.compress(parts[0]) if ending == ".tar.bz2" else of_parts(*map(zstd.compress, parts))
    path = tmp_path_factory.getbasetemp() / f"damaged{ending}"
    path.write_bytes(damaged(chance, data) if what == "compressed" else data)
    with bounded_memory():
        try:
            json.dumps(inspect(path).as_json())
        except CrosscraftError as error:
            assert str(error).isprintable()
            assert not isinstance(error.__context__, MemoryError | RecursionError)


def test_the_bounds_leave_room_for_real_packages():
    """A package of 1 GB is bound by half a terabyte; 50,000 files fit, and their list."""
    assert stream.MAX_EXPANDED_RATIO * 2**30 > 100 * 2**30
    assert stream.MAX_MEMBERS > 50_000
    assert conda_file.MAX_PATHS > 50_000 * 300
