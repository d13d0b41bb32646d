"""Take a package apart, change what it claims or what is in it, and put it together again."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crosscraft.channel import assemble
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import session
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.extension import Extension, compile_file
from crosscraft.lessons.evidence.work import Work
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup
from crosscraft.system.console import Console

__all__ = ["Parts", "finished", "of_extension", "put_together", "take_apart"]

_WRITTEN = ("info/index.json", "info/paths.json")
"""The files under ``info/`` that are written from the other parts."""
_LEVEL = 3
"""zstd's level. It is low because a learner waits."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A package in parts."""

    index: Mapping[str, object]
    """The content of ``info/index.json``."""
    files: Mapping[str, bytes]
    """The content of each installed file, by its path."""
    info: Mapping[str, bytes] = field(default_factory=dict)
    """The content of each other file under ``info/``."""
    listed: Mapping[str, bytes] | None = None
    """The files that ``info/paths.json`` lists, by default :attr:`files`."""
    placeholder: str = ""
    """The build prefix, which an installer replaces in the files that contain it."""

    @property
    def stem(self) -> str:
        """The name of the package file, without its ending."""
        return "{name}-{version}-{build}".format(**self.index)


def finished(work: Work, subdir: str) -> Parts:
    """Return a package with the extension of the finished project, compiled once a process."""
    work.step(f"compiling the finished math.cpp for {subdir}")
    return _finished(subdir)


@functools.cache
def _finished(subdir: str) -> Parts:
    with works.begin(..., Console(io.StringIO())) as work:
        source = ROOT / "cpp_math/src/math.cpp"
        return of_extension(compile_file(work, source, lookup(subdir)))


def of_extension(extension: Extension) -> Parts:
    """Return an honest package with an extension."""
    here = session.of(extension.platform)
    folder = here.site_packages.relative_to(here.prefix)
    index = {
        "name": extension.name,
        "version": "0.1.0",
        "build": "0",
        "build_number": 0,
        "depends": ["python"],
        "subdir": here.platform.subdir,
    }
    files = {f"{folder}/{extension.path.name}": extension.path.read_bytes()}
    return Parts(index, files, placeholder=str(here.prefix))


def take_apart(package: Path) -> Parts:
    """Return the parts of a package. Links and folders are left out.

    :raises CrosscraftError: if it is not a conda package, or is damaged.
    """
    facts = conda_file.read(package)
    info = {name: conda_file.info_member(package, name) for name in facts.info_files}
    index = json.loads(info["info/index.json"])
    files = {
        member.path: content.read()
        for member, content in conda_file.payload(package)
        if content is not None
    }
    other = {name: data for name, data in info.items() if name not in _WRITTEN}
    placeholders = (entry.placeholder for entry in facts.entries if entry.placeholder)
    return Parts(index, files, other, placeholder=next(placeholders, ""))


def put_together(parts: Parts, path: Path) -> Path:
    """Write a package of `parts`, and return its path. Equal parts give equal bytes.

    :param path: the package file. Missing folders are made.
    :raises FileExistsError: if it exists.
    """
    from conda_package_streaming.create import conda_builder

    path.parent.mkdir(parents=True, exist_ok=True)
    listed = parts.files if parts.listed is None else parts.listed
    rows = [_row(*one, parts.placeholder) for one in sorted(listed.items())]
    paths = {"paths": rows, "paths_version": 1}
    written = zip(_WRITTEN, map(_json, (parts.index, paths)), strict=True)
    if path.exists():
        raise FileExistsError(str(path))
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".making-") as folder:
        with conda_builder(path.stem, folder, compression_level=_LEVEL) as archive:
            for name, data in sorted({**parts.files, **parts.info, **dict(written)}.items()):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        os.replace(assemble.undated(Path(folder) / path.name), path)
    return path


def _row(path: str, data: bytes, placeholder: str) -> dict[str, object]:
    has_prefix = placeholder and placeholder.encode() in data
    return {
        "_path": path,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
        **({"prefix_placeholder": placeholder, "file_mode": "binary"} if has_prefix else {}),
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()
