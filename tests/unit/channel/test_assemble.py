"""Packages made of Debian packages and wheels: their bytes, their metadata, their links."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conda_package_streaming.package_streaming import stream_conda_component

from crosscraft.channel import assemble
from crosscraft.channel.assemble import Entry, pack
from crosscraft.channel.catalog import PREFIX, Deb, Package, RunExports, Wheel
from crosscraft.channel.debian import DebFile
from crosscraft.channel.plan import Planned, plan
from crosscraft.errors import ChannelError, StorageError
from tests.support.small_mirror import MTIME

HELLO = "#!/bin/sh\necho hello\n"
ROW = Package(
    name="hello",
    subdir="linux-64",
    version="=hello",
    summary="Says hello",
    license="MIT",
    sources=(Deb("hello", "amd64"),),
    moves=(
        ("usr/bin/", "bin/"),
        ("usr/lib/debian/", "lib/"),
        ("usr/share/secret/", "share/"),
        ("usr/share/", "share/"),
    ),
)


@contextmanager
def members(conda: Path, component: str = "pkg") -> Iterator[dict[str, tarfile.TarInfo]]:
    with conda.open("rb") as file:
        yield {m.name: m for _, m in stream_conda_component(conda.name, file, component)}


def read(conda: Path, name: str) -> bytes:
    """The content of one file of a package."""
    component = "info" if name.startswith("info/") else "pkg"
    with conda.open("rb") as file:
        for tar, member in stream_conda_component(conda.name, file, component):
            if member.name == name:
                content = tar.extractfile(member)
                assert content is not None
                return content.read()
    raise KeyError(name)


def info(conda: Path, name: str) -> Any:
    return json.loads(read(conda, f"info/{name}"))


class Bench:
    """A folder of downloads and a channel to pack into."""

    def __init__(self, pool: Any, folder: Path) -> None:
        self.pool, self.folder = pool, folder
        self.downloads, self.channel = folder / "downloads", folder / "channel"
        self.downloads.mkdir(parents=True)
        self.resolved: dict[tuple[str, str], DebFile] = {}

    def deb(self, name: str = "hello", version: str = "1:2.10-3", **contents: Any) -> None:
        path = self.pool.add(name, version=version, **contents)
        shutil.copy(path, self.downloads)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        arch = contents.get("arch", "amd64")
        self.resolved[name, arch] = DebFile(
            name, arch, version, name, path.name, path.stat().st_size, sha256
        )

    def wheel(self, name: str, files: dict[str, tuple[str, int]]) -> Wheel:
        """Make a wheel of path → (text, mode)."""
        made = self.folder / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(made, "w") as archive:
            for path, (text, mode) in files.items():
                member = zipfile.ZipInfo(path, (2021, 7, 1, 12, 0, 0))
                member.external_attr = mode << 16
                archive.writestr(member, text)
        pin = Wheel(name, "1.0", hashlib.sha256(made.read_bytes()).hexdigest())
        kept = self.downloads / pin.sha256[:16] / made.name
        kept.parent.mkdir()
        made.rename(kept)
        return pin

    def plan(self, row: Package) -> Planned:
        return plan(row, self.resolved)

    def pack(self, row: Package) -> Path:
        return pack(self.plan(row), self.downloads, self.channel)


@pytest.fixture
def bench(pool: Any, tmp_path: Path) -> Bench:
    return Bench(pool, tmp_path / "bench")


@pytest.fixture
def hello(bench: Bench) -> Bench:
    bench.deb(
        files={
            "usr/bin/hello": HELLO,
            "usr/lib/debian/libhello.so.1": "library",
            "usr/share/doc/hello/copyright": "MIT",
            "usr/share/secret/key": "moved by the first rule that fits",
            "etc/hello.conf": "left out",
        },
        executable=("usr/bin/hello",),
        links={
            "usr/bin/absolute": "/usr/lib/debian/libhello.so.1",
            "usr/bin/relative": "../lib/debian/libhello.so.1",
            "usr/lib/debian/libhello.so": "libhello.so.1",
            "usr/bin/host": "/etc/hello.conf",
            "usr/bin/outside": "/bin/sh",
        },
        hard={"usr/bin/twin": "usr/bin/hello"},
    )
    return bench


def test_same_sources_give_the_same_bytes(hello: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = hello.wheel("tool", {"tool/run": ("run", 0o755), "tool/data": ("data", 0o644)})
    row = replace(ROW, sources=(*ROW.sources, pin), moves=(*ROW.moves, ("tool/", "tool/")))
    digests = set()
    # Neither the time of day, nor where one lives, nor who may read one's files matters.
    for now, zone, umask in (
        (1.7e9, "UTC", 0o022),
        (1.8e9, "America/New_York", 0o077),
        (1.9e9, "Asia/Kathmandu", 0o002),
    ):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        before = os.umask(umask)
        try:
            path = hello.pack(row)
        finally:
            os.umask(before)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        assert path.stat().st_mode & 0o777 == 0o644
        path.unlink()
    monkeypatch.undo()
    time.tzset()
    assert len(digests) == 1


def test_moves_and_modes(hello: Bench) -> None:
    with members(hello.pack(ROW)) as found:
        files = {name: m for name, m in found.items() if m.isreg()}
        assert sorted(files) == [
            "bin/hello",
            "bin/twin",
            "lib/libhello.so.1",
            "share/doc/hello/copyright",
            "share/key",
        ]
        assert {n for n, m in files.items() if m.mode == 0o755} == {"bin/hello", "bin/twin"}
        assert {m.mode for m in files.values()} == {0o755, 0o644}
        assert {(m.uid, m.gid, m.uname, m.gname) for m in found.values()} == {(0, 0, "", "")}
        assert list(found) == sorted(found)


def test_links_stay_within_the_package(hello: Bench) -> None:
    with members(hello.pack(ROW)) as found:
        links = {name: m.linkname for name, m in found.items() if m.issym()}
        assert {m.mode for m in found.values() if m.issym()} == {0o777}
    # Those whose target is not in the package would point at the machine: they go.
    assert links == {
        "bin/absolute": "../lib/libhello.so.1",
        "bin/relative": "../lib/libhello.so.1",
        "lib/libhello.so": "libhello.so.1",
    }


def test_hard_link_is_a_copy(hello: Bench) -> None:
    path = hello.pack(ROW)
    assert read(path, "bin/twin") == read(path, "bin/hello") == HELLO.encode()


def test_hard_link_to_what_is_left_out_is_told(hello: Bench) -> None:
    with pytest.raises(ChannelError, match=r"twin of hello_\S+ is a hard link to usr/bin/hello"):
        hello.pack(replace(ROW, drop=("bin/hello",)))
    assert hello.pack(replace(ROW, drop=("bin/hello", "bin/twin"))).exists()


def test_drop_links_texts_and_edits(hello: Bench) -> None:
    row = replace(
        ROW,
        drop=("share/doc/*",),
        links={"bin/hi": "hello", "bin/absolute": "hello"},
        texts={"etc/motd": "Good evening\n"},
        edits={"bin/hello": (r"h(el)lo\b", r"bonsoir \1")},
    )
    path = hello.pack(row)
    with members(path) as found:
        assert "share/doc/hello/copyright" not in found
        assert found["bin/hi"].linkname == found["bin/absolute"].linkname == "hello"
        assert found["bin/hello"].mode == 0o755
    assert read(path, "etc/motd") == b"Good evening\n"
    assert read(path, "bin/hello") == b"#!/bin/sh\necho bonsoir el\n"


def test_a_package_of_texts_needs_no_downloads(bench: Bench) -> None:
    bench.downloads = bench.downloads / "none yet"
    row = Package("words", "noarch", "1", "Words", "MIT", texts={"etc/motd": "Good evening\n"})
    assert read(bench.pack(row), "etc/motd") == b"Good evening\n"


@pytest.mark.parametrize(
    "edits", [{"bin/hello": ("goodbye", "x")}, {"bin/gone": ("hello", "x")}], ids=["text", "file"]
)
def test_edit_that_does_not_fit(hello: Bench, edits: dict[str, tuple[str, str]]) -> None:
    with pytest.raises(ChannelError, match=rf"hello: {next(iter(edits))} no longer has the text"):
        hello.pack(replace(ROW, edits=edits))
    assert not [path for path in hello.channel.rglob("*") if path.is_file()]


def test_specs_begin_with_the_drivers_own(hello: Bench) -> None:
    path = hello.pack(replace(ROW, specs={"lib/specs": ("bin/hello", "*ours:\n-v\n")}))
    assert read(path, "lib/specs") == b"hello\n*ours:\n-v\n"
    assert [p.name for p in hello.downloads.iterdir() if p.name.startswith(".")] == []


def test_a_file_with_the_placeholder_is_declared(hello: Bench) -> None:
    texts = {"lib/where.py": f"HERE = {PREFIX!r}\n", "lib/no.txt": "the/prefix/of\n"}
    path = hello.pack(replace(ROW, texts=texts))
    rows = {row["_path"]: row for row in info(path, "paths.json")["paths"]}
    declared = [name for name, row in rows.items() if "prefix_placeholder" in row]
    assert declared == ["lib/where.py"]
    assert rows["lib/where.py"]["prefix_placeholder"] == PREFIX
    assert rows["lib/where.py"]["file_mode"] == "text"


def test_paths_json_is_true(hello: Bench) -> None:
    path = hello.pack(ROW)
    rows = {row["_path"]: row for row in info(path, "paths.json")["paths"]}
    with members(path) as found:
        assert sorted(rows) == sorted(found)
        for name, member in found.items():
            row = rows[name]
            if member.issym():
                assert row == {"_path": name, "path_type": "softlink"}
            else:
                content = read(path, name)
                assert row["path_type"] == "hardlink"
                assert row["sha256"] == hashlib.sha256(content).hexdigest()
                assert row["size_in_bytes"] == len(content)


@pytest.mark.parametrize(
    ("subdir", "platform", "arch"),
    [("linux-64", "linux", "x86_64"), ("linux-aarch64", "linux", "aarch64")],
)
def test_index_of_a_platform(hello: Bench, subdir: str, platform: str, arch: str) -> None:
    row = replace(ROW, subdir=subdir, depends=("a >=1",), constrains=("b <2",), build_suffix="x")
    path = hello.pack(row)
    index = info(path, "index.json")
    assert path == hello.channel / subdir / f"hello-2.10-{index['build']}.conda"
    assert index.pop("build").endswith("_0_x")
    assert index == {
        "name": "hello",
        "version": "2.10",
        "build_number": 0,
        "depends": ["a >=1"],
        "constrains": ["b <2"],
        "license": "MIT",
        "subdir": subdir,
        "platform": platform,
        "arch": arch,
        "timestamp": 1_600_000_000_000,
    }


def test_about_tells_the_sources(hello: Bench) -> None:
    pin = hello.wheel("tool", {"tool/data": ("data", 0o644)})
    row = replace(ROW, sources=(*ROW.sources, pin), moves=(*ROW.moves, ("tool/", "tool/")))
    about = info(hello.pack(row), "about.json")
    assert (about["summary"], about["license"]) == ("Says hello", "MIT")
    sources = {s["kind"]: s for s in about["extra"]["sources"]}
    assert sources["debian"]["version"] == "1:2.10-3"
    assert sources["debian"]["sha256"] == hello.resolved["hello", "amd64"].sha256
    assert sources["wheel"]["sha256"] == pin.sha256


def test_run_exports(hello: Bench) -> None:
    exports = RunExports(strong=("libhello >=2", "libc"), weak=("hello_abi 2.*",), noarch=("py",))
    path = hello.pack(replace(ROW, run_exports=exports))
    assert info(path, "run_exports.json") == {
        "strong": ["libhello >=2", "libc"],
        "weak": ["hello_abi 2.*"],
        "noarch": ["py"],
    }
    with members(hello.pack(replace(ROW, name="plain")), "info") as found:
        assert "info/run_exports.json" not in found


@pytest.mark.parametrize(("noarch", "has_link"), [("python", True), ("generic", False)])
def test_noarch(hello: Bench, noarch: str, has_link: bool) -> None:
    path = hello.pack(replace(ROW, subdir="noarch", noarch=noarch))
    index = info(path, "index.json")
    assert index["noarch"] == noarch
    assert not {"platform", "arch"} & set(index)
    with members(path, "info") as found:
        assert ("info/link.json" in found) is has_link
    if has_link:
        assert info(path, "link.json")["noarch"] == {"type": "python"}


def test_build_string_follows_every_input(hello: Bench) -> None:
    deb = hello.resolved["hello", "amd64"]
    builds = {hello.plan(ROW).build, hello.plan(replace(ROW, summary="Says more")).build}
    hello.resolved["hello", "amd64"] = replace(deb, sha256="0" * 64)
    builds.add(hello.plan(ROW).build)
    assert len(builds) == 3
    assert hello.plan(replace(ROW, build="8_cp311")).build == "8_cp311"


def test_wheel_keeps_its_modes(bench: Bench) -> None:
    pin = bench.wheel("tool", {"tool/bin/run": ("x", 0o755), "tool/readme": ("y", 0o644)})
    path = bench.pack(replace(ROW, version="1.0", sources=(pin,), moves=(("tool/", ""),)))
    with members(path) as found:
        assert {name: m.mode for name, m in found.items()} == {"bin/run": 0o755, "readme": 0o644}
        # 2021-07-01 12:00, whatever the summer time of the machine.
        assert {m.mtime for m in found.values()} == {1_625_140_800}


def test_a_script_of_a_wheel_runs_the_environments_python(bench: Bench) -> None:
    scripts = {"a": ("#!python\nx", 0o644), "b": ("#!pythonw\n", 0o644), "c": ("\x7fELF", 0o644)}
    pin = bench.wheel("tool", {f"tool-1.0.data/scripts/{n}": s for n, s in scripts.items()})
    row = replace(ROW, version="1.0", sources=(pin,), moves=(("tool-1.0.data/scripts/", "bin/"),))
    path = bench.pack(row)
    assert read(path, "bin/a") == f"#!{PREFIX}/bin/python\nx".encode()
    assert read(path, "bin/c") == b"\x7fELF"
    with members(path) as found:
        assert {found[f"bin/{name}"].mode for name in scripts} == {0o755}


def test_console_scripts_are_left_to_the_installer_of_a_noarch_package(bench: Bench) -> None:
    name = "tool-1.0.dist-info/entry_points.txt"
    pin = bench.wheel("tool", {name: ("[console_scripts]\ntool = tool:main\n", 0o644)})
    row = replace(ROW, version="1.0", sources=(pin,), moves=(("", "site-packages/"),))
    noarch = bench.pack(replace(row, subdir="noarch", noarch="python"))
    declared = {"type": "python", "entry_points": ["tool = tool:main"]}
    assert info(noarch, "link.json")["noarch"] == declared
    with members(noarch) as found:
        assert "bin/tool" not in found
    with members(bench.pack(row)) as found:
        assert found["bin/tool"].mode == 0o755


def test_rpath_is_given_to_executables_that_are_elf(bench: Bench) -> None:
    from elftools.elf.elffile import ELFFile

    bench.deb(
        files={
            "usr/bin/real": Path(sys.executable).resolve().read_bytes(),
            "usr/bin/script": HELLO,
        },
        executable=("usr/bin/real", "usr/bin/script"),
    )
    path = bench.pack(replace(ROW, rpaths={"bin/*": "$ORIGIN/../lib"}))
    copy = bench.folder / "real"
    copy.write_bytes(read(path, "bin/real"))
    with copy.open("rb") as file:
        dynamic = ELFFile(file).get_section_by_name(".dynamic")
        assert [t.rpath for t in dynamic.iter_tags("DT_RPATH")] == ["$ORIGIN/../lib"]
        assert not list(dynamic.iter_tags("DT_RUNPATH"))
    assert read(path, "bin/script") == HELLO.encode()
    with members(path) as found:
        for name in ("bin/real", "bin/script"):
            assert (found[name].mode, found[name].mtime) == (0o755, MTIME)


def test_the_python_that_compiles_modules_gets_the_locks(
    hello: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, ...]] = []

    def compiled(tree: object, *rest: object) -> dict[str, Entry]:
        given.append(rest)
        return {"lib/a.pyc": Entry(b"code", 7)}

    monkeypatch.setattr(assemble.bytecode, "compiled", compiled)
    python: Future[Path] = Future()
    python.set_result(Path("/the/python.conda"))
    planned = hello.plan(replace(ROW, modules="lib/"))
    path = pack(planned, hello.downloads, hello.channel, python, [7, 8])
    assert read(path, "lib/a.pyc") == b"code"
    ((modules, compiler, folder, held),) = given
    assert (modules, compiler, held) == ("lib/", Path("/the/python.conda"), [7, 8])
    assert Path(str(folder)).is_relative_to(hello.downloads)


def test_package_that_is_there_is_kept(hello: Bench) -> None:
    path = hello.pack(ROW)
    path.write_bytes(b"kept")
    assert hello.pack(ROW).read_bytes() == b"kept"


def test_nothing_is_left_when_writing_fails(hello: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assemble, "undated", full)
    with pytest.raises(StorageError, match=r"hello-2\.10-.*the disk is full.*Free some"):
        hello.pack(ROW)
    assert not [path for path in hello.channel.rglob("*") if path.is_file()]
    assert not list(hello.downloads.glob(".*"))
    monkeypatch.undo()
    assert hello.pack(ROW).exists()


_ON_A_FULL_DISK = """
import pickle, shutil, sys
from pathlib import Path
from crosscraft.channel.assemble import Entry, pack
from crosscraft.errors import StorageError
planned, downloads, disk = pickle.load(sys.stdin.buffer)
shutil.copytree(downloads, disk / "downloads")
try:
    pack(planned, disk / "downloads", disk / "channel")
except StorageError as error:
    print(error)
print(sorted(path.suffix for path in disk.rglob("*") if path.is_file()))
"""


def test_disk_that_is_really_full(bench: Bench) -> None:
    """The sources fit on the disk, and the package beside them does not."""
    disk = bench.folder / "disk"
    disk.mkdir()
    mount = [
        "unshare",
        "-rm",
        "sh",
        "-c",
        'mount -t tmpfs -o size=600k none "$1"; shift; exec "$@"',
    ]
    mount += ["sh", str(disk)]
    if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us mount a disk of our own")
    bench.deb(files={"usr/lib/debian/noise": os.urandom(400_000)})
    nothing: dict[str, str] = {}
    row = replace(ROW, links=nothing, texts=nothing, edits={}, specs={}, rpaths=nothing)
    planned = replace(bench.plan(ROW), package=row)  # with plain mappings it can be pickled
    done = subprocess.run(
        [*mount, sys.executable, "-c", _ON_A_FULL_DISK],
        input=pickle.dumps((planned, bench.downloads, disk)),
        capture_output=True,
        check=True,
    )
    said = done.stdout.decode().splitlines()
    assert "could not be written: the disk is full" in said[0]
    assert said[1:] == ["['.deb']"]


def test_installs_with_rattler(hello: Bench, tmp_path: Path) -> None:
    row = replace(
        ROW,
        subdir="noarch",
        noarch="generic",
        links={"bin/hi": "hello"},
        texts={"lib/where.py": f"BIN = '{PREFIX}/bin'\n"},
    )
    hello.pack(row)
    script = f"""
import asyncio, os
from pathlib import Path
from rattler import Channel, Platform, install, solve
from rattler.index import index_fs
async def main():
    await index_fs(Path({str(hello.channel)!r}))
    records = await solve(
        [Channel(Path({str(hello.channel)!r}).as_uri())], ["hello ==2.10"], platforms=["noarch"]
    )
    await install(records, {str(tmp_path / "env")!r}, cache_dir={str(tmp_path / "cache")!r},
                  platform=Platform("linux-64"), show_progress=False)
asyncio.run(main())
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    hi = tmp_path / "env" / "bin" / "hi"
    assert hi.is_symlink()
    assert subprocess.run([hi], capture_output=True, text=True, check=True).stdout == "hello\n"
    assert (tmp_path / "env" / "lib" / "libhello.so").read_text() == "library"
    where = (tmp_path / "env" / "lib" / "where.py").read_text()
    assert where == f"BIN = '{tmp_path / 'env'}/bin'\n"
