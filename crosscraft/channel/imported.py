"""Import a local channel that another machine made."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

from crosscraft.channel import local, make
from crosscraft.channel.catalog import by_set_up
from crosscraft.errors import ChannelError
from crosscraft.system import files, locks
from crosscraft.system.console import Console

__all__ = ["check", "import_channel"]


def import_channel(folder: Path, console: Console) -> Path:
    """Copy the local channel in `folder` into the user's cache, if it is missing there.

    The copy is made in a temporary folder, verified, synced to the disk and renamed.

    :return: the folder of the channel.
    :raises ChannelError: if `folder` is not the complete, unchanged channel of this version.
    """
    link = local.link_path()
    with locks.lock(str(link), console.say):
        if (link / local.MANIFEST).is_file():
            return link.resolve()
        if not (folder / local.MANIFEST).is_file():
            raise _not_ours(folder, f"it has no {local.MANIFEST}")
        console.step("copying the channel, each package checked against its hash")
        # The name is fixed, so the next import removes what a killed process left.
        temporary = link.parent / f".carried-{link.name}"
        files.discard(temporary)
        files.check_writable(link.parent, "the cache folder")
        try:
            shutil.copytree(folder, temporary)
            name = check(temporary, folder)
            files.sync_tree(temporary)
            return make.link_channel(link, temporary, name)
        except shutil.Error as error:
            raise ChannelError(
                f"the channel in {str(folder)!r} could not be copied: {error.args[0][0][2]}",
                remedy="Free some space, or make the file readable. Then run the command again.",
            ) from None
        finally:
            files.discard(temporary)


def check(channel: Path, called: Path | None = None) -> str:
    """Verify that the folder `channel` is the channel of this version, and return its name.

    A package's build string is a hash of its catalog row and of its sources. The manifest has the
    checksum of each file. The channel may include platforms and packages that were added.

    :param called: the folder to name in a message, if `channel` is a copy.
    :raises ChannelError: if the verification fails.
    """
    try:
        listed = local.listing(channel)
        known = local.current(listed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _not_ours(called or channel, f"it has no valid {local.MANIFEST}") from None
    sums = {one.file: one.sha256 for one in listed}
    ours = set(local.targets(listed))
    if listed != known or not ours.issuperset(by_set_up()):
        raise _not_ours(called or channel, "it is from another version of the catalog")
    present = {str(path.relative_to(channel)) for path in channel.glob("*/*.conda")}
    if present != set(sums):
        raise _not_ours(called or channel, "its packages are not the listed ones")
    for name, sha256 in sums.items():
        if files.sha256(channel / name) != sha256:
            raise _not_ours(called or channel, f"{Path(name).name} does not have its checksum")
    return make.name_of([asdict(one) for one in listed])


def _not_ours(folder: Path, why: str) -> ChannelError:
    return ChannelError(
        f"{str(folder)!r} is not the local channel of this version: {why}",
        remedy="Copy it again, or make one with `crosscraft channel build`.",
    )
