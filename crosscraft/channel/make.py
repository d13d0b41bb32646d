"""Make the local channel on this machine, and add to it.

It is made in a folder aside and renamed when it is whole; its name is a hash of its contents.
What was fetched or packed before an interruption is used again. To add a platform makes
another folder: it has the packages of the one before as hard links, and that one stays, for
whoever works with it.
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
from crosscraft.channel.catalog import SUITE, TARGETS, Deb, Package, by_set_up, packages
from crosscraft.channel.debian import Apt, DebFile, require_apt
from crosscraft.channel.local import MANIFEST, Listed, link_path, listing, matching
from crosscraft.channel.plan import Planned, plan
from crosscraft.platforms import Platform, lookup, native
from crosscraft.system import files, locks, processes
from crosscraft.system.console import Console

__all__ = ["link_channel", "make", "name_of"]

_WORKERS = 2
"""Packages made at once: unpacking and compressing fill a core each."""


def make(console: Console, more: Sequence[Platform] = ()) -> Path:
    """Make the local channel of this machine, unless it is there, and return its folder.

    :param more: platforms to have packages for, besides those that set-up makes.
    :raises ChannelError: if this machine cannot make one, or its mirror lacks a part.
    :raises DownloadError: if a part could not be fetched, or is not what it should be.
    """
    build = native()
    rows = packages(build, [*by_set_up(), *more])
    link = link_path(build)
    partial = link.parent / f".partial-{link.name}"
    # Shared with apt and pip: if we are killed, they may live on for a while and write.
    with locks.lock(str(link), console.say, share=True):
        kept = _kept(link, build)
        have = [one.package for one in matching(rows, kept)]
        missing = tuple(row for row in rows if row not in have)
        if not missing:
            if partial.exists():  # of one that was killed while it removed it
                files.discard(partial)
            return link.resolve()
        require_apt(SUITE)
        files.check_writable(partial, "the folder of channels")
        for left in (*partial.glob("downloads/.pip-*"), *partial.glob("downloads/.pack-*")):
            files.discard(left)
        planned = _fetch(missing, build, partial, console)
        _pack(planned, _python(kept, link, build), partial, console)
        console.step("indexing the channel")
        _keep(kept, link, partial / "channel", planned)
        _index(partial / "channel", anew=not kept)
        return _publish(kept, planned, partial, link)


def _kept(link: Path, build: Platform) -> tuple[Listed, ...]:
    """The packages of the channel that is there, without those that the catalog makes otherwise
    by now: the name of `link` stands for the rows of set-up alone."""
    if not (link / MANIFEST).is_file():
        return ()
    listed = listing(link)
    rows = packages(build, [lookup(name) for name in TARGETS])
    wanted = {f"{one.package.subdir}/{one.file}" for one in matching(rows, listed)}
    return tuple(one for one in listed if one.file in wanted)


def _keep(kept: Sequence[Listed], link: Path, made: Path, planned: Sequence[Planned]) -> None:
    """Have in the folder `made` the packages `kept` of the channel at `link`, those `planned`,
    and nothing else: an interrupted run may have wanted more, or other versions."""
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
    rows: tuple[Package, ...], build: Platform, partial: Path, console: Console
) -> tuple[Planned, ...]:
    """Download every source of `rows`, and plan the packages."""
    downloads = partial / "downloads"
    with ThreadPoolExecutor(1) as pool:
        pins = sorted({s for row in rows for s in row.sources if not isinstance(s, Deb)})
        fetched = pool.submit(wheels.download, pins, downloads, build)
        try:
            resolved = _fetch_debs(rows, len(pins), partial, console)
            fetched.result()
        except BaseException:
            processes.end_all()  # or we would wait for the wheels before we can say what is wrong
            raise
    return tuple(plan(row, resolved) for row in rows)


def _fetch_debs(
    rows: tuple[Package, ...], pins: int, partial: Path, console: Console
) -> dict[tuple[str, str], DebFile]:
    console.step("reading the lists of the machine's Debian mirror")
    wanted = {(s.name, s.arch) for row in rows for s in row.sources if isinstance(s, Deb)}
    apt = Apt(partial / "apt", SUITE, sorted({arch for _, arch in wanted}))
    apt.update()
    resolved = apt.resolve(sorted(wanted))
    debs = sorted(set(resolved.values()), key=lambda deb: deb.file)
    total = sum(deb.size for deb in debs) / 1e6
    what = f"{len(debs)} Debian packages" + (f" and {pins} wheels" if pins else "")
    console.step(f"downloading {what}")
    apt.download(debs, partial / "downloads", lambda n: console.progress(n / 1e6, total, "MB"))
    return resolved


def _python(kept: Sequence[Listed], link: Path, build: Platform) -> Future[Path] | None:
    """The package with this machine's Python, if the channel at `link` has it."""
    for one in kept:
        if (one.name, one.subdir) == ("python", build.subdir):
            there: Future[Path] = Future()
            there.set_result(link.resolve() / one.file)
            return there
    return None


def _pack(
    planned: tuple[Planned, ...], python: Future[Path] | None, partial: Path, console: Console
) -> None:
    """Make the packages `planned`.

    :param python: the package whose Python compiles modules; None if it is the first of them
        that has any.
    """
    console.step(f"making {len(planned)} conda package{'s' * (len(planned) > 1)}")
    with ThreadPoolExecutor(_WORKERS) as pool:
        jobs: set[Future[Path]] = set()
        for one in planned:
            job = pool.submit(
                assemble.pack, one, partial / "downloads", partial / "channel", python
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


def _index(channel: Path, anew: bool) -> None:
    """Index the channel: all of it, or only what its index does not have yet."""
    import asyncio

    from rattler.index import index_fs

    (channel / "noarch").mkdir(exist_ok=True)
    aside = channel / ".tmp"  # where the indexer writes its files before it renames them
    files.discard(aside)
    try:
        asyncio.run(index_fs(channel, force=anew))
    except Exception as error:
        what = "the channel could not be indexed"
        raise files.explain_words(str(error), what, str(channel)) or error from None
    files.discard(aside)
    for path in channel.rglob("*"):
        files.sync_folder(path) if path.is_dir() else files.sync_file(path)


def _publish(
    kept: Sequence[Listed], planned: tuple[Planned, ...], partial: Path, link: Path
) -> Path:
    """Give the finished channel its name, and point `link` at it."""
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
    """Return the name of the folder of a channel with the packages `rows`, sorted."""
    contents = "\n".join(f"{row['subdir']} {row['name']} {row['sha256']}" for row in rows)
    return hashlib.sha256(contents.encode()).hexdigest()[:12]


def link_channel(link: Path, made: Path, name: str) -> Path:
    """Rename the whole channel in `made` to `name`, beside `link`, and point `link` at it."""
    final = link.parent / name
    if final.exists() and not _holds(final, name):
        damaged = link.parent / f".damaged-{name}"
        files.discard(damaged)
        os.rename(final, damaged)
        files.discard(damaged)
    if not final.exists():  # the same contents may serve another version of the catalog
        os.rename(made, final)
    aside = link.parent / f".{link.name}-new"
    aside.unlink(missing_ok=True)
    aside.symlink_to(name)
    os.replace(aside, link)
    files.sync_folder(link.parent)
    return final


def _holds(channel: Path, name: str) -> bool:
    """Whether `channel` has the packages that make its name, to the letter."""
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
