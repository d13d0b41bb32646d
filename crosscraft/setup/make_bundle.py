"""Make a bundle: the repository, the local channel and every wheel, in one file.

:mod:`crosscraft.setup.bundle` describes the format and reads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import sysconfig
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crosscraft.channel import local
from crosscraft.errors import BundleError, ChannelError, StorageError
from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap
from crosscraft.setup.bundle import MANIFEST, SEAL, Manifest, hash_file, here, pins
from crosscraft.system import files, pip, processes, tracked
from crosscraft.system.console import Console
from crosscraft.text import megabytes

__all__ = ["DEFAULT", "make", "write"]

DEFAULT = "crosscraft-bundle.tar"
"""The default name of the file."""


def make(path: Path, console: Console) -> Path:
    """Write a bundle for machines like this one to `path`, by an atomic rename.

    :raises ChannelError: if this machine has no local channel yet, or one that other machines would
        refuse.
    :raises DownloadError: if a wheel cannot be fetched, or does not have the pinned hash.
    :raises StorageError: if `path` cannot be written.
    """
    path = path.expanduser().absolute()
    if path.is_dir():
        raise StorageError(
            f"{str(path)!r} is a folder",
            remedy=f"Name a file, for example {str(path / DEFAULT)!r}.",
        )
    files.check_writable(path.parent, "the folder of the bundle")
    channel = local.find()
    listed = local.listing(channel)
    if local.current(listed) != listed:
        raise ChannelError(
            "the local channel has added packages of another version of the catalog",
            looked=str(channel),
            remedy="Run `crosscraft channel build`, which makes them again.",
        )
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".crosscraft-bundle-") as scratch:
        console.step("collecting the repository")
        sources = {f"crosscraft/{name}": ROOT / name for name in tracked.files(ROOT)}
        console.step("fetching the wheels of requirements.txt, each checked against its hash")
        wheels = fetch_wheels(ROOT / "requirements.txt", Path(scratch) / "wheels")
        sources |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
        own_pip = pip_wheel(Path(scratch))
        sources[f"pip/{own_pip.name}"] = own_pip
        within = (one for one in channel.rglob("*") if one.is_file())
        sources |= {f"channel/{one.relative_to(channel)}": one for one in within}
        console.step(f"computing the checksums of {len(sources)} files")
        python, processor = here()
        parts = {}
        for name in sorted(sources, key=_order):
            parts[name] = hash_file(sources[name])
            console.progress(len(parts), len(sources), "files")
        manifest = Manifest(python, processor, pins(ROOT), local.key(), channel.name, parts)
        total = sum(part.size for part in parts.values())
        console.step(f"writing {megabytes(total)}")
        temporary = Path(scratch) / "bundle.tar"
        write(temporary, manifest, sources, console)
        temporary.chmod(0o644)
        os.replace(temporary, path)
    console.say(
        f"{path}: {megabytes(path.stat().st_size)}, for Python {python} on {processor}\n"
        "On the other machine: tar -xf FILE crosscraft/, then in it: make lab BUNDLE=FILE"
    )
    return path


def write(path: Path, manifest: Manifest, sources: Mapping[str, Path], console: Console) -> None:
    """Write the parts of `manifest` to `path`, and sync the file.

    :param sources: the file of each part.
    :raises BundleError: if a file has changed since its checksum was computed.
    """
    text = manifest.to_json()
    total = sum(part.size for part in manifest.parts.values())
    with path.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            newest = int(max((sources[name].stat().st_mtime for name in manifest.parts), default=0))
            seal = hashlib.sha256(text).hexdigest().encode() + b"\n"
            for name, data in ((MANIFEST, text), (SEAL, seal)):
                tar.addfile(_member(name, len(data), newest), io.BytesIO(data))
            for name, part in manifest.parts.items():
                stat = sources[name].stat()
                member = _member(name, part.size, int(stat.st_mtime), bool(stat.st_mode & 0o100))
                with sources[name].open("rb") as opened:
                    data = opened.read()  # the largest file has 60 MB
                if hashlib.sha256(data).hexdigest() != part.sha256:
                    raise _changed(sources[name])
                tar.addfile(member, io.BytesIO(data))
                console.progress(tar.offset / 1e6, total / 1e6, "MB")
        file.flush()
        os.fsync(file.fileno())


def fetch_wheels(requirements: Path, folder: Path) -> list[Path]:
    """Download the wheels of `requirements` into `folder`, or take them from pip's cache.

    :raises DownloadError: if one cannot be fetched, or has another hash than the pinned one.
    """
    done = processes.run(
        pip.command(
            *("download", "--quiet", "--only-binary=:all:"),
            *("--dest", str(folder), "--requirement", str(requirements)),
        ),
        env=pip.environment(),
        check=False,
    )
    if done.status != 0:
        raise pip.error(done.lines, "the packages", requirements.name)
    return sorted(folder.glob("*.whl"))


def pip_wheel(scratch: Path) -> Path:
    """Return a wheel of pip: the one in this Python's ensurepip, or Debian's.

    :raises DownloadError: if neither exists.
    """
    # Distributions may keep the wheels of ensurepip in a folder of their own (WHEEL_PKG_DIR).
    folders = [Path(folder) for folder in [sysconfig.get_config_var("WHEEL_PKG_DIR")] if folder]
    spec = importlib.util.find_spec("ensurepip")
    if spec and spec.origin:
        folders.append(Path(spec.origin).parent / "_bundled")
    found = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return found[-1] if found else bootstrap.pip_from_debian(scratch)


def _order(name: str) -> tuple[bool, str]:
    """Sort the repository first, because an instructor unpacks only that."""
    return not name.startswith("crosscraft/"), name


def _member(name: str, size: int, mtime: int, executable: bool = False) -> tarfile.TarInfo:
    """Return a file entry without owner."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, mtime, 0o755 if executable else 0o644
    return member


def _changed(path: Path) -> BundleError:
    return BundleError(
        f"{str(path)!r} was changed while the bundle was made", remedy="Run this again."
    )
