"""Compile the modules of the channel's Python packages to bytecode, as conda-forge does.

Each build and test makes a new prefix, whose Python would otherwise compile every imported module
again. Bytecode depends on the version of Python and not on the processor, so this machine's
Python compiles the modules of all platforms. Its own bytecode serves all identical modules,
which are nearly all of them.

Formats: PEP 3147 for the names, PEP 552 for the header. The header has the source's time, so
Python compiles an edited module again.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path

from crosscraft.channel.catalog import PYTHON
from crosscraft.channel.sources import Entry, Tree
from crosscraft.system import processes

__all__ = ["compiled"]


def compiled(
    tree: Tree, below: str, python: Tree | Path, scratch: Path, held: Sequence[int] = ()
) -> Tree:
    """Return the bytecode files of the modules in `tree`, by their paths in the package.

    :param below: the folder of the modules.
    :param python: the package of the Python that compiles them, or its files.
    :param scratch: a folder to work in. It is created if it is missing.
    :param held: descriptors of locks that the Python holds too.
    :raises CommandError: if the interpreter cannot be run, or a module does not compile.
    """
    modules = {
        path: entry
        for path, entry in tree.items()
        if path.startswith(below)
        and path.endswith(".py")
        and not entry.link
        # Python compiles these after the installer has changed them.
        and not entry.names_prefix
    }
    if not modules:
        return {}
    home, sources = scratch / "python", scratch / "modules"
    _unpack(python, home)
    todo = {path: entry for path, entry in modules.items() if not _has(home, path, entry)}
    if todo:
        _write(todo, sources)
        program = str(home / "bin" / f"python{PYTHON}")
        argv = [program, "-S", "-B", "-m", "compileall", "-q", "-s", str(sources)]
        # Bytecode stores a constant set in hash order, so the seed is fixed.
        processes.run(
            [*argv, str(sources / below)],
            env=processes.clean_environment({"PYTHONHASHSEED": "0"}),
            pass_fds=held,
        )
    found: Tree = {}
    for path, entry in modules.items():
        folder = sources if path in todo else home
        for cache in _caches(folder, path):
            relative = cache.relative_to(folder).as_posix()
            found[relative] = Entry(cache.read_bytes(), entry.mtime)
    return found


def _has(folder: Path, path: str, entry: Entry) -> bool:
    """Return whether `folder` has an identical module with its bytecode."""
    file = folder / path
    return (
        file.is_file()
        and int(file.stat().st_mtime) == entry.mtime
        and file.read_bytes() == entry.data
        and bool(_caches(folder, path))
    )


def _caches(folder: Path, path: str) -> list[Path]:
    within, name = posixpath.split(path)
    return list((folder / within / "__pycache__").glob(f"{name.removesuffix('.py')}.*.pyc"))


def _unpack(python: Tree | Path, folder: Path) -> None:
    if isinstance(python, Path):
        from conda_package_streaming.extract import extract

        extract(str(python), str(folder))
    else:
        _write(python, folder)


def _write(tree: Tree, folder: Path) -> None:
    # Links last, so that no file is written through a link.
    for path, entry in sorted(tree.items(), key=lambda item: item[1].link):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if entry.link:
            file.symlink_to(os.fsdecode(entry.data))
            continue
        file.write_bytes(entry.data)
        if entry.executable:
            file.chmod(0o755)
        os.utime(file, (entry.mtime, entry.mtime))
