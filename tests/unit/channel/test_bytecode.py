"""Bytecode of the channel's Pythons."""

from __future__ import annotations

import importlib.util
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.channel import bytecode
from crosscraft.channel.bytecode import compiled
from crosscraft.channel.catalog import PREFIX, PYTHON
from crosscraft.channel.sources import Entry, Tree
from crosscraft.errors import CommandError

_MTIME = 1_600_000_000
_HERE: Tree = {
    # Any Python does.
    f"bin/python{PYTHON}": Entry(
        f'#!/bin/sh\nexec {sys.executable} "$@"\n'.encode(), _MTIME, executable=True
    )
}
_MODULES: Tree = {
    "lib/a.py": Entry(b"NAMES = {'x', 'y', 'z', 'of', 'a', 'set'}\n", _MTIME),
    "lib/b/c.py": Entry(b"def f(): return 7\n", _MTIME + 1),
    "lib/b/data.txt": Entry(b"no module", _MTIME),
    "bin/tool.py": Entry(b"pass", _MTIME),
    "lib/link.py": Entry(b"a.py", _MTIME, link=True),
}


def _tag(path: str) -> str:
    return importlib.util.cache_from_source(path)


def test_each_module_below_the_folder_has_its_bytecode(tmp_path: Path) -> None:
    made = compiled(_MODULES, "lib/", _HERE, tmp_path)
    assert set(made) == {_tag("lib/a.py"), _tag("lib/b/c.py")}
    for path in ("lib/a.py", "lib/b/c.py"):
        entry, source = made[_tag(path)], _MODULES[path]
        assert entry.mtime == source.mtime
        # PEP 552: the magic number, no flags, the time and the size of the source.
        assert entry.data[:4] == importlib.util.MAGIC_NUMBER
        assert struct.unpack("<III", entry.data[4:16]) == (0, source.mtime, len(source.data))
        assert str(tmp_path).encode() not in entry.data


def test_a_module_that_the_installer_changes_is_not_compiled(tmp_path: Path) -> None:
    changed = {"lib/where.py": Entry(f"HERE = {PREFIX!r}\n".encode(), _MTIME)}
    made = compiled(_MODULES | changed, "lib/", _HERE, tmp_path)
    assert set(made) == {_tag("lib/a.py"), _tag("lib/b/c.py")}


def test_the_same_modules_give_the_same_bytes(tmp_path: Path) -> None:
    first = compiled(_MODULES, "lib/", _HERE, tmp_path / "one")
    assert first == compiled(_MODULES, "lib/", _HERE, tmp_path / "two")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"lib/a.py": Entry(b"NAMES = 1\n", _MTIME)}, False),
        ({"lib/a.py": Entry(_MODULES["lib/a.py"].data, _MTIME + 1)}, False),
        ({_tag("lib/a.py"): None}, False),
    ],
    ids=["as it is", "other text", "another time", "no bytecode"],
)
def test_what_the_python_has_itself_is_taken_as_it_is(
    tmp_path: Path, changed: dict[str, Entry | None], expected: bool
) -> None:
    mark = Entry(b"compiled before", _MTIME)
    theirs = _HERE | {"lib/a.py": _MODULES["lib/a.py"], _tag("lib/a.py"): mark} | changed
    python = {path: entry for path, entry in theirs.items() if entry}
    made = compiled(_MODULES, "lib/", python, tmp_path / "with")
    assert (made.pop(_tag("lib/a.py")) == mark) is expected
    assert set(made) == {_tag("lib/b/c.py")}


def test_a_python_that_has_all_of_it_is_not_run(tmp_path: Path) -> None:
    made = compiled(_MODULES, "lib/", _HERE, tmp_path / "one")
    theirs = _HERE | _MODULES | made | {f"bin/python{PYTHON}": Entry(b"no program", _MTIME)}
    assert compiled(_MODULES, "lib/", theirs, tmp_path / "two") == made


def test_no_module_needs_no_python(tmp_path: Path) -> None:
    assert compiled({"share/a.py": _MODULES["lib/a.py"]}, "lib/", {}, tmp_path) == {}


def test_what_is_no_module_is_an_error_that_names_it(tmp_path: Path) -> None:
    tree = {"lib/broken.py": Entry(b"def", _MTIME)}
    with pytest.raises(CommandError) as caught:
        compiled(tree, "lib/", _HERE, tmp_path)
    assert "broken.py" in "\n".join(caught.value.detail)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    tree: Tree = {
        "lib/out": Entry(str(aside).encode(), 0, link=True),
        "lib/out/file": Entry(b"", 0),
    }
    with pytest.raises(FileExistsError):
        bytecode._write(tree, tmp_path / "here")
    assert not list(aside.iterdir())


@pytest.mark.builds
def test_a_python_of_the_channel_compiles_nothing_of_its_own() -> None:
    argv = [str(Path(sys.executable).with_name("crosscraft")), "run", "-q", "--"]
    argv += ["python", "-v", "-c", "import asyncio, sysconfig, unittest"]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stderr
    loaded = re.findall(r"^# code object from '([^']*)'", said, re.MULTILINE)
    assert any(path.endswith(".pyc") for path in loaded)
    assert [path for path in loaded if path.endswith(".py")] == []
