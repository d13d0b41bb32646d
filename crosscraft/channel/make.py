"""Make the local channel on this machine, and add platforms and packages to it.

The channel is made in a temporary folder, and renamed when it is complete. Its name is a hash of
its contents. After an interruption, the next run uses the finished downloads and packages. Adding
to it makes a new folder with hard links to the old packages. The old folder stays, because another
process may be using it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path

from crosscraft.channel import assemble, wheels
from crosscraft.channel.catalog import SUITE, Deb, Package, by_set_up, packages
from crosscraft.channel.debian import Apt, DebFile, require_apt
from crosscraft.channel.local import (
    MANIFEST,
    Listed,
    current,
    every_row,
    link_path,
    listing,
    matching,
)
from crosscraft.channel.plan import Planned, plan
from crosscraft.platforms import Platform, native
from crosscraft.system import files, locks, storage_errors
from crosscraft.system.console import Console

__all__ = ["link_channel", "make", "make_rows", "name_of"]

_WORKERS = 2
"""Packages to make at the same time. Unpacking and compressing use one core each."""


def make(console: Console, more: Sequence[Platform] = ()) -> Path:
    """Make the local channel of this machine, if it is incomplete, and return its folder.

    :param more: platforms to include, besides those of set-up.
    :raises: as :func:`make_rows` does.
    """
    return make_rows(packages(native(), [*by_set_up(), *more]), console)


def make_rows(rows: Sequence[Package], console: Console) -> Path:
    """Make the packages of `rows` that the local channel lacks, and return its new folder.

    All that the channel has stays. A package whose row has changed is made again.

    :raises ChannelError: if this machine cannot make a channel, or its mirror lacks a source.
    :raises DownloadError: if a source cannot be downloaded, or has the wrong checksum.
    """
    link = link_path()
    partial = link.parent / f".partial-{link.name}"
    # apt and pip hold the lock too: if this process is killed, they still write for a while.
    with locks.lock(str(link), console.say) as lock:
        listed = listing(link) if (link / MANIFEST).is_file() else ()
        kept = current(listed)
        missing = _missing(rows, listed, kept)
        if kept == listed and not missing:
            if partial.exists():  # a process was killed while it removed the folder
                files.discard(partial)
            return link.resolve()
        if _debs(missing):
            require_apt(SUITE)
        files.check_writable(partial, "the folder of channels")
        for old in (*partial.glob("downloads/.pip-*"), *partial.glob("downloads/.pack-*")):
            files.discard(old)
        planned = _fetch(missing, partial, lock, console)
        _pack(planned, _python(kept, link), partial, lock, console)
        console.step("indexing the channel")
        _complete(kept, link, partial / "channel", planned)
        _index(partial / "channel", force=not kept)
        return _publish(kept, planned, partial, link)


def _missing(
    rows: Sequence[Package], listed: Sequence[Listed], kept: Sequence[Listed]
) -> tuple[Package, ...]:
    """Return the rows to make: those of `rows` and those of the packages `listed`, without those of
    the packages `kept`."""
    there = {(one.name, one.subdir) for one in listed}
    again = (row for row in every_row(native()) if (row.name, row.subdir) in there)
    wanted = [*rows, *(row for row in again if row not in rows)]
    have = [one.package for one in matching(wanted, kept)]
    return tuple(row for row in wanted if row not in have)


def _complete(kept: Sequence[Listed], link: Path, made: Path, planned: Sequence[Planned]) -> None:
    """Add the packages `kept` from the channel at `link` to those `planned` in the folder `made`.
    Remove all others: an interrupted run may have made other platforms or versions."""
    wanted = {made / one.file for one in kept}
    wanted |= {made / one.package.subdir / one.file for one in planned}
    for path in set(made.glob("*/*.conda")) - wanted:
        path.unlink()
    for one in kept:
        (made / one.file).parent.mkdir(parents=True, exist_ok=True)
        (made / one.file).unlink(missing_ok=True)
        files.link_or_copy(link.resolve() / one.file, made / one.file)
    for index in link.resolve().glob("*/repodata.json") if kept else ():
        (made / index.parent.name).mkdir(exist_ok=True)
        shutil.copyfile(index, made / index.parent.name / index.name)


def _fetch(
    rows: Sequence[Package], partial: Path, lock: int, console: Console
) -> tuple[Planned, ...]:
    """Download the sources of `rows`, and plan the packages."""
    debs = _debs(rows)
    pins = sorted({s for row in rows for s in row.sources if not isinstance(s, Deb)})
    resolved: dict[tuple[str, str], DebFile] = {}
    with wheels.downloading(pins, partial / "downloads", native(), [lock]) as finish:
        if debs:
            resolved = _fetch_debs(debs, len(pins), partial, lock, console)
        elif pins:
            console.step(f"downloading {_count(len(pins), 'wheel')}")
        finish()
    return tuple(plan(row, resolved) for row in rows)


def _debs(rows: Sequence[Package]) -> list[tuple[str, str]]:
    """Return the name and the architecture of each Debian package that `rows` are made of."""
    return sorted({(s.name, s.arch) for row in rows for s in row.sources if isinstance(s, Deb)})


def _fetch_debs(
    wanted: Sequence[tuple[str, str]], pins: int, partial: Path, lock: int, console: Console
) -> dict[tuple[str, str], DebFile]:
    console.step("reading the lists of the machine's Debian mirror")
    apt = Apt(partial / "apt", SUITE, sorted({arch for _, arch in wanted}), [lock])
    apt.update()
    resolved = apt.resolve(wanted)
    debs = sorted(set(resolved.values()), key=lambda deb: deb.file)
    total = sum(deb.size for deb in debs) / 1e6
    what = _count(len(debs), "Debian package")
    console.step(f"downloading {what}" + (f" and {_count(pins, 'wheel')}" if pins else ""))
    apt.download(debs, partial / "downloads", lambda n: console.progress(n / 1e6, total, "MB"))
    return resolved


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number > 1)}"


def _python(kept: Sequence[Listed], link: Path) -> Future[Path] | None:
    """Return the package with this machine's Python, or None if the channel at `link` has none."""
    for one in kept:
        if (one.name, one.subdir) == ("python", native().subdir):
            package: Future[Path] = Future()
            package.set_result(link.resolve() / one.file)
            return package
    return None


def _pack(
    planned: tuple[Planned, ...],
    python: Future[Path] | None,
    partial: Path,
    lock: int,
    console: Console,
) -> None:
    """Make the packages `planned`.

    :param python: the package whose Python compiles modules. If it is None, the first of
        `planned` with modules compiles them.
    """
    if not planned:
        return
    console.step(f"making {_count(len(planned), 'conda package')}")
    with ThreadPoolExecutor(_WORKERS) as pool:
        jobs: set[Future[Path]] = set()
        for one in planned:
            job = pool.submit(
                assemble.pack, one, partial / "downloads", partial / "channel", python, [lock]
            )
            jobs.add(job)
            if one.package.modules:
                python = python or job
        todo = jobs
        try:
            while todo:
                done, todo = wait(todo, return_when=FIRST_COMPLETED)
                for job in done:
                    job.result()
                console.progress(len(jobs) - len(todo), len(jobs), "packages")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _index(channel: Path, force: bool) -> None:
    """Index all packages of the channel, or only the new ones if `force` is False."""
    import asyncio

    from rattler.index import index_fs

    (channel / "noarch").mkdir(exist_ok=True)
    temporary = channel / ".tmp"  # the indexer's own folder for files before their rename
    files.discard(temporary)
    try:
        asyncio.run(index_fs(channel, force=force))
    except Exception as error:
        what = "the channel could not be indexed"
        raise storage_errors.explain_words(str(error), what, str(channel)) or error from None
    files.discard(temporary)
    files.sync_tree(channel)


def _publish(
    kept: Sequence[Listed], planned: tuple[Planned, ...], partial: Path, link: Path
) -> Path:
    """Rename the finished channel, and update `link`."""
    made = partial / "channel"
    rows = [_listed(one, made / one.package.subdir / one.file) for one in planned]
    rows += [asdict(one) for one in kept]
    rows.sort(key=lambda row: (row["name"], row["subdir"], row["version"]))
    name = name_of(rows)
    files.write(made / MANIFEST, json.dumps({"packages": rows}, indent=1) + "\n")
    final = link_channel(link, made, name)
    files.discard(partial)
    return final


def name_of(rows: Sequence[Mapping[str, object]]) -> str:
    """Return the folder name of a channel with the packages `rows`, which are sorted."""
    contents = "\n".join(f"{row['subdir']} {row['name']} {row['sha256']}" for row in rows)
    return hashlib.sha256(contents.encode()).hexdigest()[:12]


def link_channel(link: Path, made: Path, name: str) -> Path:
    """Rename the channel `made` to `name` in the folder of `link`, and point `link` to it."""
    final = link.parent / name
    if final.exists() and not _is_intact(final, name):
        damaged = link.parent / f".damaged-{name}"
        files.discard(damaged)
        os.rename(final, damaged)
        files.discard(damaged)
    if not final.exists():  # another version of the catalog may have the same contents
        os.rename(made, final)
    temporary = link.parent / f".{link.name}-new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(name)
    os.replace(temporary, link)
    files.sync(link.parent)
    return final


def _is_intact(channel: Path, name: str) -> bool:
    """Return whether `channel` has exactly the packages that its name is the hash of."""
    try:
        rows = json.loads((channel / MANIFEST).read_text(encoding="utf-8"))["packages"]
        paths = [
            channel / row["subdir"] / f"{row['name']}-{row['version']}-{row['build']}.conda"
            for row in rows
        ]
        return name_of(rows) == name and all(
            files.sha256(file) == row["sha256"] for file, row in zip(paths, rows, strict=True)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _listed(one: Planned, path: Path) -> dict[str, object]:
    return {
        "name": one.package.name,
        "version": one.version,
        "build": one.build,
        "subdir": one.package.subdir,
        "size": path.stat().st_size,
        "sha256": files.sha256(path),
        "sources": one.provenance,
    }
