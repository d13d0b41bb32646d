"""Compile the modules of the channel's Pythons, as conda-forge's come compiled.

A prefix is made anew for each build and test, and a Python in it would compile what it imports
each time. Bytecode belongs to a version of Python and not to a processor: this machine's Python
compiles the modules of all platforms. Format: PEP 3147 for the names, PEP 552 for the header; it
has the time of the source, so that a module that somebody edits is compiled again.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from crosscraft import run
from crosscraft.channel.catalog import PYTHON
from crosscraft.channel.sources import Entry, Tree

__all__ = ["compiled"]


def compiled(tree: Tree, below: str, python: Tree | Path, scratch: Path) -> Tree:
    """Return the bytecode of the modules in `tree`, by the paths that it has in a package.

    :param below: the folder of the modules; of what is installed into it, nothing is taken.
    :param python: the package of the Python that compiles them, or its files.
    :param scratch: a folder to work in, which need not exist.
    :raises CommandError: if the interpreter cannot be run, or a module is none.
    """
    modules = {
        path: entry
        for path, entry in tree.items()
        if path.startswith(below) and path.endswith(".py") and not entry.link
    }
    if not modules:
        return {}
    home, sources = scratch / "python", scratch / "modules"
    _unpack(python, home)
    _write(modules, sources)
    program = str(home / "bin" / f"python{PYTHON}")
    argv = [program, "-S", "-B", "-m", "compileall", "-q", "-s", str(sources)]
    # Sets of constants are written in the order of their hashes.
    run.run([*argv, str(sources / below)], env=run.clean_environment({"PYTHONHASHSEED": "0"}))
    found: Tree = {}
    for path, entry in modules.items():
        folder, name = posixpath.split(path)
        for cache in (sources / folder / "__pycache__").glob(f"{name.removesuffix('.py')}.*.pyc"):
            relative = cache.relative_to(sources).as_posix()
            found[relative] = Entry(cache.read_bytes(), entry.mtime)
    return found


def _unpack(python: Tree | Path, folder: Path) -> None:
    if isinstance(python, Path):
        from conda_package_streaming.extract import extract

        extract(str(python), str(folder))
    else:
        _write(python, folder)


def _write(tree: Tree, folder: Path) -> None:
    # Links last: nothing is written through one.
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
