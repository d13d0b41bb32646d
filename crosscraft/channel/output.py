"""Put packages into an output channel, so that it is whole at every moment that counts.

The new channel is made and indexed aside, in ``.new``, and marked when it is whole. What is
left to do then is to rename its files, which takes no space. Whoever is killed before the mark
has changed nothing; after it, the next one who uses the channel does the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from crosscraft.errors import CrosscraftError, StorageError
from crosscraft.system import files
from crosscraft.system.console import Console

__all__ = ["complete", "mend", "publish"]

_ASIDE = ".new"
_WHOLE = "whole"
"""The mark in the folder aside."""
_INDEX = "repodata.json"
"""The one form of the index that every client reads. A channel of a few packages needs
no smaller one, and to compress that would take longer than all else here."""
_OTHER_FORMS = ("*/repodata.json.zst", "*/repodata_shards.msgpack.zst", "*/shards")
"""What another program or an earlier version may have left, which would be read first."""


def publish(packages: Sequence[Path], output: Path, console: Console) -> None:
    """Put `packages`, each in a folder named for its subdir, into the channel `output`.

    :raises StorageError: if they cannot be stored. The channel is then as it was.
    """
    from rattler.exceptions import CacheDirError

    aside = output / _ASIDE
    with files.lock(str(output.absolute()), console.say):
        try:
            _renew(output)
            (aside / "noarch").mkdir(parents=True)
            for package in packages:
                _copy(package, aside, shutil.copyfile)
            for package in _sound(output, console):
                if not (aside / package.parent.name / package.name).exists():
                    _copy(package, aside, files.link_or_copy)
            _index(aside)
            files.write(aside / _WHOLE, "")
            _renew(output)
        except (OSError, CacheDirError) as error:
            raise _error(str(error), output) from None
        finally:
            if not (aside / _WHOLE).exists():
                files.discard(aside)


def complete(output: Path, on_wait: Callable[[str], object] = lambda text: None) -> None:
    """Do what a killed :func:`publish` left to do, before `output` is used as a channel.

    :raises StorageError: if it cannot be done.
    """
    if not (output / _ASIDE / _WHOLE).exists():
        return
    with files.lock(str(output.absolute()), on_wait):
        try:
            _renew(output)
        except OSError as error:
            raise _error(str(error), output) from None


def _renew(output: Path) -> None:
    """Move the channel aside into place if it is whole, and away if it is not.

    Packages go first and the index last, so that no index names what is not there yet.
    """
    aside = output / _ASIDE
    if (aside / _WHOLE).exists():
        folders = {output}
        for pattern in _OTHER_FORMS:
            for path in output.glob(pattern):
                path.unlink() if path.is_file() else shutil.rmtree(path)
        for pattern in ("*/*.conda", f"*/{_INDEX}"):
            for path in sorted(aside.glob(pattern)):
                final = output / path.relative_to(aside)
                final.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, final)
                folders.add(final.parent)
        for folder in folders:
            files.sync_folder(folder)
        (aside / _WHOLE).unlink()
    files.discard(aside)


def mend(output: Path, console: Console) -> None:
    """Index the channel `output` anew if an index in it is damaged; a solver would only say that
    nothing there can be installed.

    :raises StorageError: if that cannot be stored.
    """
    damaged = [index for index in output.glob(f"*/{_INDEX}") if not _is_whole(index)]
    if damaged:
        subdirs = ", ".join(index.parent.name for index in damaged)
        console.say(f"  the index of the output channel is damaged ({subdirs}): made anew")
        for index in damaged:
            index.unlink(missing_ok=True)
        publish((), output, console)


def _is_whole(index: Path) -> bool:
    try:
        return isinstance(json.loads(index.read_bytes()), dict)
    except FileNotFoundError:
        return True  # another build has mended it
    except ValueError:
        return False


def _index(channel: Path) -> None:
    import asyncio

    from rattler.index import index_fs

    asyncio.run(index_fs(channel, write_zst=False, write_shards=False, force=True))
    for path in channel.rglob("*"):
        if path.is_file():
            if stat.S_IMODE(path.stat().st_mode) != 0o644:
                path.chmod(0o644)
            files.sync_file(path)


def _copy(package: Path, channel: Path, copy: Callable[[Path, Path], object]) -> None:
    target = channel / package.parent.name / package.name
    target.parent.mkdir(exist_ok=True)
    copy(package, target)


def _sound(output: Path, console: Console) -> Iterator[Path]:
    """The packages of a channel, without files that are none: the indexer ends at those."""
    from crosscraft.inspection import conda_file

    for package in sorted(output.glob("*/*.conda")):
        try:
            conda_file.read(package)
            yield package
        except CrosscraftError as error:
            console.say(f"  left out of the channel's index: {error.what}")


def _error(said: str, output: Path) -> StorageError:
    what = f"the packages could not be stored in {str(output)!r}"
    return files.explain_words(said, what) or StorageError(
        f"{what}: {said.splitlines()[-1]}",
        remedy="Choose another folder with `--output-dir`.",
    )
