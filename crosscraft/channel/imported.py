"""A local channel that was made on another machine and carried here."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

from crosscraft.channel import local, make
from crosscraft.channel.catalog import TARGETS, by_set_up, packages
from crosscraft.errors import ChannelError
from crosscraft.platforms import lookup, native
from crosscraft.system import files, locks
from crosscraft.system.console import Console

__all__ = ["check", "import_channel"]


def import_channel(folder: Path, console: Console) -> Path:
    """Copy the local channel in `folder` into the user's cache, unless it is there, and return
    where it is.

    It is copied aside, compared with its checksums, brought to the disk, and renamed.

    :raises ChannelError: if it is not what this version's catalog makes, whole and unchanged.
    """
    link = local.link_path()
    with locks.lock(str(link), console.say):
        if (link / local.MANIFEST).is_file():
            return link.resolve()
        if not (folder / local.MANIFEST).is_file():
            raise _not_ours(folder, f"it has no {local.MANIFEST}")
        console.step("copying the channel, each package checked against its hash")
        aside = link.parent / f".carried-{link.name}"  # one name: what a kill leaves goes next time
        files.discard(aside)
        files.check_writable(link.parent, "the cache folder")
        try:
            shutil.copytree(folder, aside)
            name = check(aside, folder)
            files.sync(aside)
            return make.link_channel(link, aside, name)
        except shutil.Error as error:
            raise ChannelError(
                f"the channel in {str(folder)!r} could not be copied: {error.args[0][0][2]}",
                remedy="Free some space, or see that it can be read, and run this again.",
            ) from None
        finally:
            files.discard(aside)


def check(channel: Path, called: Path | None = None) -> str:
    """Check that the folder `channel` is what this version's catalog makes, and return its name.

    Each package's build string is a hash of its row of the catalog and of its sources, and the
    manifest has the checksum of each file. It may have platforms that were added on demand.

    :param called: what to call it in a message, if it is a copy.
    :raises ChannelError: if it is not.
    """
    try:
        listed = local.listing(channel)
        every = packages(native(), [lookup(name) for name in TARGETS])
        known = {f"{one.package.subdir}/{one.file}" for one in local.matching(every, listed)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _not_ours(called or channel, f"it has no {local.MANIFEST} that fits") from None
    sums = {one.file: one.sha256 for one in listed}
    ours = set(local.targets(listed))
    if set(sums) != known or not ours.issuperset(by_set_up()):
        raise _not_ours(called or channel, "it is from another version of the catalog")
    there = {str(path.relative_to(channel)) for path in channel.glob("*/*.conda")}
    if there != set(sums):
        raise _not_ours(called or channel, "packages of it are missing, or more than listed")
    for name, sha256 in sums.items():
        if files.sha256(channel / name) != sha256:
            raise _not_ours(called or channel, f"{Path(name).name} does not have its checksum")
    return make.name_of([asdict(one) for one in listed])


def _not_ours(folder: Path, why: str) -> ChannelError:
    return ChannelError(
        f"{str(folder)!r} is not the local channel of this version: {why}",
        remedy="Copy it again, or make one with `crosscraft channel build`.",
    )
