"""crosscraft inspect: what files are, as JSON and as tables, and what is said of other files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import crosscraft as library
from crosscraft.channel import local
from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file, inspect, json_form
from crosscraft.paths import ROOT
from crosscraft.views import report
from tests.support.small_packages import Item, elf_header, package

ITEMS = [
    Item("bin/run", b"#!/old/prefix/bin/python\n", mode=0o755),
    Item("lib/liba.so.1", elf_header(), mode=0o755),
    Item("lib/liba.so", type=tarfile.SYMTYPE, target="liba.so.1", mode=0o777),
]
PATHS = {
    "paths": [
        {
            "_path": "bin/run",
            "path_type": "hardlink",
            "sha256": hashlib.sha256(ITEMS[0].data).hexdigest(),
            "size_in_bytes": 25,
            "prefix_placeholder": "/old/prefix",
            "file_mode": "text",
        },
        {"_path": "lib/liba.so.1", "path_type": "hardlink"},
        {"_path": "lib/liba.so", "path_type": "softlink"},
        {"_path": "lib/gone", "path_type": "hardlink", "size_in_bytes": 3},
    ]
}
MORE = {
    "info/hash_input.json": b'{"target_platform": "linux-64"}',
    "info/tests/tests.yaml": b"- script: true\n",
    "info/odd": b"",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return package(tmp_path / "a-1-h0000000_0.conda", ITEMS, paths=PATHS, more=MORE)


def test_what_a_package_does_not_give_is_null(path):
    found = library.inspect(path).as_json()
    for key in ("noarch", "license", "timestamp", "recipe"):
        assert found[key] is None
    for key in ("depends", "constrains", "unread_binaries", "foreign_binaries"):
        assert found[key] == []
    assert found["run_exports"] == {}


def test_every_key_is_documented():
    text = (ROOT / "docs/inspect-json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))
    source = (ROOT / "crosscraft/inspection/json_form.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'"(\w+)": ', source.replace('_TYPES = {"file": "hardlink", "link"', "")))
    assert documented == keys | {"objects", "verdicts"}


def words_of_readelf(file: Path) -> dict[str, str]:
    said = subprocess.run(["readelf", "-hW", file], capture_output=True, text=True, check=True)
    return dict(re.findall(r"^ +(Class|Data|Type|Machine): +(.*)$", said.stdout, re.MULTILINE))


def test_a_binary_in_the_words_of_readelf(crosscraft, tmp_path):
    channel = local.find()
    for subdir in ("linux-64", "linux-aarch64"):
        (source,) = (channel / subdir).glob("libgcc-*.conda")
        file = tmp_path / f"{subdir}.so"
        file.write_bytes(conda_file.open_member(source, "lib/libgcc_s.so.1"))
        done = crosscraft("inspect", "--json", "--verify", file)
        assert done.returncode == 0, done.stdout
        (found,) = json.loads(done.stdout)
        words = words_of_readelf(file)
        assert words == {
            "Class": found["class"], "Data": found["endianness"], "Type": found["type"],
            "Machine": found["machine"],
        }  # fmt: skip
        assert (found["kind"], found["soname"], found["platform"]) == (
            "elf", "libgcc_s.so.1", subdir
        )  # fmt: skip
        assert "_Unwind_Resume" in {symbol["name"] for symbol in found["exported"]}
        assert ".text" in {section["name"] for section in found["sections"]}


def test_the_tables_fit_a_terminal(crosscraft, tmp_path, path):
    (tmp_path / "b.o").write_bytes(elf_header(183))
    done = crosscraft("inspect", path, tmp_path / "b.o", env={"COLUMNS": "80"})
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    for word in ("linux-64", "lib/liba.so.1", "listed, but does not exist", "AArch64", "0000000_0"):
        assert word in done.stdout
    text = repr(report.inspect(path))
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0] in done.stdout
    assert "lib/liba.so.1" in report.inspect(path)._repr_html_()


def test_a_pipe_gets_plain_text_with_a_blank_line_between_files(crosscraft, tmp_path):
    hostile = tmp_path / "\x1b]8;;b.o"
    hostile.write_bytes(elf_header(183))
    first, both = crosscraft("inspect", hostile), crosscraft("inspect", hostile, hostile)
    assert both.stdout == f"{first.stdout}\n{first.stdout}"
    assert first.stdout.startswith("\\x1b]8;;b.o, a binary\n")
    assert first.stdout.replace("\n", "").isprintable()


def test_a_pipe_that_nobody_reads_ends_it_with_the_status_of_sigpipe(path):
    unread, write = os.pipe()
    os.close(unread)
    command = [sys.executable, "-m", "crosscraft", "inspect", path]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_several_files_some_of_which_cannot_be_read(crosscraft, tmp_path, path):
    (tmp_path / "b.o").write_bytes(elf_header(183))
    (tmp_path / "notes.txt").write_text("hello\n")
    argv = [path, tmp_path / "notes.txt", tmp_path / "b.o", tmp_path / "gone"]
    done = crosscraft("inspect", "--json", *argv)
    assert done.returncode == 1
    assert [row["kind"] for row in json.loads(done.stdout)] == ["package", "elf"]
    first, second = done.stderr.splitlines()
    assert first.startswith(f"crosscraft: '{argv[1]}' cannot be inspected: it is text")
    assert second.startswith(f"crosscraft: '{argv[3]}' cannot be inspected: no such file")
    done = crosscraft("inspect", "--json", tmp_path / "gone")
    assert (done.returncode, json.loads(done.stdout)) == (1, [])


def test_verify_turns_a_no_into_a_failure(crosscraft, tmp_path, path):
    assert crosscraft("inspect", "--json", path).returncode == 0
    assert crosscraft("inspect", "--json", "--verify", path).returncode == 1
    good = package(tmp_path / "b.conda", ITEMS)
    assert crosscraft("inspect", "--json", "--verify", good).returncode == 0


def member(name: str, data: bytes, before: bytes = b"") -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(data):<10}`\n"
    return before + header.encode() + data


MAC_OS = bytes.fromhex("cffaedfe0c0000010000000006000000") + bytes(200)
WINDOWS = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x64\x86" + bytes(16) + b"\x22\x20" + bytes(200)
BINARY = b"\x89PNG\r\n\x1a\n\0\0"
OTHERS = {
    "linker script": (
        b"/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libc.so.6 )\n",
        "a linker script", "Inspect the files that it names: /lib/libc.so.6.",
    ),
    "text": (b"import os\n", "it is text", "Give a .conda or .tar.bz2 package"),
    "empty": (b"", "it is empty", "Give a .conda"),
    "picture": (BINARY, "it begins with 89 50 4e 47", "Give a .conda"),
    "thin archive": (b"!<thin>\n", "thin archive", "."),
    "Mach-O": (MAC_OS, "it is a library for macOS (Mach-O), arm64", "Give a .conda"),
    "universal": (
        bytes.fromhex("cafebabe0000000101000007") + bytes(99),
        "it is a program or a library for macOS (Mach-O), x86_64", "Give a .conda",
    ),
    "Java": (bytes.fromhex("cafebabe00000034"), "it begins with ca fe ba be", "Give a .conda"),
    "Windows": (WINDOWS, "it is a library for Windows (PE), x86-64", "Give a .conda"),
    "archive for macOS": (
        member("a.o/", MAC_OS, b"!<arch>\n"),
        "its member 'a.o' is a library for macOS (Mach-O), arm64", "Give a .conda",
    ),
    "damaged archive": (b"!<arch>\nnonsense", "no member's header", "."),
    "damaged binary": (b"\x7fELF\x02\x01", "not an ELF file, or an incomplete one", "."),
}  # fmt: skip


@pytest.mark.parametrize(("data", "what", "remedy"), OTHERS.values(), ids=OTHERS)
def test_what_is_none_of_ours_is_one_line(tmp_path, data, what, remedy):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(CrosscraftError) as caught:
        inspect.inspect(path)
    said = str(caught.value)
    assert said.startswith(f"'{path}' cannot be inspected: ")
    assert what in said
    assert remedy in said
    assert said.isprintable()


def test_a_static_library(tmp_path):
    file = tmp_path / "libx.a"
    parts = [("a.o/", elf_header()), ("b.o/", elf_header()), ("c.o/", MAC_OS)]
    file.write_bytes(b"!<arch>\n" + b"".join(member(*part) for part in parts))
    found = inspect.inspect(file).as_json()
    assert (found["kind"], found["verdicts"]) == ("archive", [])
    (only,) = found["objects"]  # one of a kind
    assert (only["name"], only["platform"]) == ("a.o", "linux-64")


def test_foreign_binaries_in_json_and_in_tables(crosscraft, tmp_path):
    library = member("x.o/", MAC_OS, b"!<arch>\n") + member("y.o/", MAC_OS)
    items = [Item("lib/a.dll", WINDOWS), Item("lib/liba.a", library)]
    path = package(tmp_path / "a.conda", items)
    assert inspect.inspect(path).as_json()["foreign_binaries"] == [
        {"path": "lib/a.dll", "format": "a library for Windows (PE)", "processors": ["x86-64"]},
        {
            "path": "lib/liba.a(x.o)",
            "format": "a library for macOS (Mach-O)",
            "processors": ["arm64"],
        },
    ]
    done = crosscraft("inspect", "--verify", path)
    assert done.returncode == 1
    assert "a library for Windows (PE), x86-64" in " ".join(done.stdout.split())


def special(folder: Path) -> dict[str, tuple[Path, str]]:
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "to-pipe").symlink_to("pipe")
    return {
        "pipe": (folder / "pipe", "is a named pipe"),
        "link to a pipe": (folder / "to-pipe", "is a named pipe"),
        "folder": (folder / "folder", "is a directory"),
        "loop": (folder / "loop", "too many levels of symbolic links"),
        "dangling": (folder / "dangling", "no such file"),
        "missing": (folder / "missing", "no such file"),
        "device": (Path("/dev/zero"), "is a device"),
        "too long": (folder / ("x" * 300), "file name too long"),
        "below a file": (folder / "file" / "x", "not a directory"),
        "NUL": (Path("a\0b"), "not a valid file name"),
        "steering": (folder / "\x1b[2J", "no such file"),
    }


def test_what_is_no_file_is_one_line_and_never_waited_for(tmp_path):
    (tmp_path / "file").touch()
    for read in (inspect.inspect, conda_file.read):
        (tmp_path / read.__name__).mkdir()
        (tmp_path / read.__name__ / "file").touch()
        for path, why in special(tmp_path / read.__name__).values():
            with pytest.raises(CrosscraftError) as caught:
                read(path)
            assert why in str(caught.value)
            assert str(caught.value).isprintable()


def test_a_socket_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(CrosscraftError, match="is a socket"):
            inspect.inspect("s")


def test_what_becomes_a_pipe_meanwhile_is_not_waited_for(tmp_path, monkeypatch):
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    file.touch()
    real = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path: real(file))
    with pytest.raises(CrosscraftError, match="is a named pipe"):
        inspect.inspect(pipe)


def test_a_pipe_on_the_command_line(crosscraft, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = crosscraft("inspect", tmp_path / "pipe")
    assert done.returncode == 1
    assert "is a named pipe" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "lines"), [("jq", 0), ("libgcc", 0), ("nanobind", 0), ("sysroot_linux-64", 0)]
)
def test_the_channels_own_packages_are_what_they_claim(name, lines):
    for path in sorted(local.find().glob(f"*/{name}-*.conda")):
        found = inspect.inspect(path)
        bad = [line for v in found.verdicts if v.holds is not True for line in v.evidence]
        assert len(bad) == lines, bad


def test_json_of_many_members_is_few_pieces(tmp_path: Path) -> None:
    many = package(tmp_path / "a.conda", [Item(f"share/{n:04}", b"a") for n in range(2000)])
    found = inspect.inspect(many)
    pieces = list(json_form.text(found))
    assert json.loads("".join(pieces)) == found.as_json()
    assert 2 <= len(pieces) < 20
