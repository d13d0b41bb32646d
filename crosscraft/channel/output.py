"""Put packages into an output channel.

Packages and index are written into a temporary folder of the channel first. Then each package is
renamed into place, and the index last. A process killed in between leaves whole packages, and an
index that is at worst older than they are. The next build indexes the channel again.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from crosscraft.errors import CrosscraftError, StorageError
from crosscraft.system import files, locks, storage_errors
from crosscraft.system.console import Console

__all__ = ["index", "is_indexed", "leave_out_of_sources", "publish"]

_TEMPORARY = ".publishing"
"""The temporary folder. It is in the channel because a rename does not cross file systems."""
_INDEX = "repodata.json"
"""The only form of the index that is written. Every client reads it, and a channel of a few
packages needs no compressed one."""
_IGNORE = ".condapackageignore"
"""The file whose patterns rattler-build leaves out when it copies a folder of sources."""
_OTHER_FORMS = ("*/repodata.json.zst", "*/repodata_shards.msgpack.zst", "*/shards")
"""The forms that other programs write. Clients prefer them, so an old one must not stay."""


def publish(packages: Sequence[Path], output: Path, console: Console) -> None:
    """Put `packages`, each in a folder named for its subdir, into the channel `output`.

    :raises StorageError: if they cannot be stored. The channel is then as it was.
    """
    with locks.lock(str(output.absolute()), console.say):
        _update(packages, output, console.say)


def index(output: Path, on_wait: Callable[[str], object]) -> None:
    """Index the channel `output` again, and remove what a killed process left in it.

    An empty folder stays empty.

    :param on_wait: called with a message if another process holds the channel's lock.
    :raises StorageError: if the index cannot be stored. The channel is then as it was.
    """
    with locks.lock(str(output.absolute()), on_wait):
        if any(output.glob("*/*.conda")) or any(output.glob(f"*/{_INDEX}")):
            _update((), output)
        else:
            files.discard(output / _TEMPORARY)


def leave_out_of_sources(output: Path, recipe: Path) -> None:
    """Leave the folder `output` out of the sources of the next build, as rattler-build does.

    The user's own file stays, and so does a folder that contains the `recipe`.

    :raises StorageError: if the file cannot be stored.
    """
    ignore = output / _IGNORE
    if not os.path.lexists(ignore) and not recipe.resolve().is_relative_to(output.resolve()):
        files.write(ignore, "*\n")


def is_indexed(output: Path, subdir: str) -> bool:
    """Return whether the index of `subdir` in the channel `output` names a package."""
    try:
        return bool(json.loads((output / subdir / _INDEX).read_bytes())["packages.conda"])
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _update(
    packages: Sequence[Path],
    output: Path,
    on_damaged: Callable[[str], object] = lambda text: None,
) -> None:
    """Add `packages` to the channel `output` and index it. The caller holds its lock."""
    from rattler.exceptions import CacheDirError

    temporary = output / _TEMPORARY
    files.discard(temporary)  # left by a killed process
    try:
        _prepare(packages, output, temporary, on_damaged)
        _rename(packages, output, temporary)
    except (OSError, CacheDirError) as error:
        raise _error(str(error), output) from None
    finally:
        files.discard(temporary)


def _prepare(
    packages: Sequence[Path],
    output: Path,
    temporary: Path,
    on_damaged: Callable[[str], object],
) -> None:
    """Make the new channel in the folder `temporary`: `packages`, links to those of the channel
    `output`, and the index of all of them."""
    (temporary / "noarch").mkdir(parents=True)
    # The indexer keeps the time at which the old index first listed a package.
    for path in (*packages, *output.glob(f"*/{_INDEX}")):
        copy = temporary / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, copy)
    for package in _sound(output, on_damaged):
        link = temporary / package.parent.name / package.name
        if not link.exists():
            link.parent.mkdir(exist_ok=True)
            files.link_or_copy(package, link)
    _write_index(temporary)
    for path in temporary.rglob("*"):
        if path.is_file():
            if stat.S_IMODE(path.stat().st_mode) != 0o644:
                path.chmod(0o644)
            files.sync(path)


def _rename(packages: Sequence[Path], output: Path, temporary: Path) -> None:
    """Move `packages` and then the index from the folder `temporary` into the channel."""
    moved = [Path(package.parent.name, package.name) for package in packages]
    for name in moved:
        (output / name.parent).mkdir(exist_ok=True)
        os.replace(temporary / name, output / name)
    for pattern in _OTHER_FORMS:
        for path in output.glob(pattern):
            path.unlink() if path.is_file() else shutil.rmtree(path)
    for path in sorted(temporary.glob(f"*/{_INDEX}"), reverse=True):  # noarch first
        name = path.relative_to(temporary)
        (output / name.parent).mkdir(exist_ok=True)
        os.replace(path, output / name)
        moved.append(name)
    for folder in {output, *(output / name.parent for name in moved)}:
        files.sync(folder)


def _write_index(channel: Path) -> None:
    import asyncio

    from rattler.index import index_fs

    asyncio.run(index_fs(channel, write_zst=False, write_shards=False, force=True))


def _sound(output: Path, on_damaged: Callable[[str], object]) -> Iterator[Path]:
    """Yield the packages of a channel, without those that the indexer refuses."""
    for package in sorted(output.glob("*/*.conda")):
        try:
            _check_indexable(package)
            yield package
        except CrosscraftError as error:
            on_damaged(f"  left out of the channel's index: {error.what}")


def _check_indexable(package: Path) -> None:
    """Raise an error for a damaged package, or an older form that only conda reads."""
    from rattler import IndexJson, RunExportsJson

    from crosscraft.inspection import conda_file

    facts = conda_file.read(package)
    try:
        IndexJson.from_package_archive(package)
        if "info/run_exports.json" in facts.info_files:
            RunExportsJson.from_package_archive(package)
    except Exception as error:  # rattler raises many classes
        raise CrosscraftError(
            f"rattler cannot index {package.name!r}: {error}",
            remedy="Build the package again.",
        ) from None


def _error(text: str, output: Path) -> StorageError:
    what = f"the packages could not be stored in {str(output)!r}"
    return storage_errors.explain_words(text, what) or StorageError(
        f"{what}: {text.splitlines()[-1]}",
        remedy="Choose another folder with `--output-dir`.",
    )
