"""Hash-pinned wheels from PyPI, downloaded by pip from the machine's configured index."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crosscraft.channel.catalog import PYTHON, Wheel
from crosscraft.platforms import Platform
from crosscraft.system import files, pip, processes

__all__ = ["downloading", "path_of"]


def path_of(wheel: Wheel, folder: Path) -> Path | None:
    """Return the path of `wheel` below `folder`, or None if it is missing."""
    return next(iter(sorted((folder / wheel.sha256[:16]).glob("*.whl"))), None)


@contextmanager
def downloading(
    wheels: Sequence[Wheel], folder: Path, build: Platform, held: Sequence[int] = ()
) -> Iterator[Callable[[], None]]:
    """Download `wheels` into `folder`, each into a folder named by its hash, in the background.

    Yields a function that waits for the downloads and stores them. It raises a DownloadError if a
    wheel cannot be fetched or does not have the pinned hash.

    :param build: the platform the tools among them must run on.
    :param held: descriptors of locks that pip holds too, also if we are killed.
    """
    missing = [wheel for wheel in wheels if path_of(wheel, folder) is None]
    with ExitStack() as stack:
        running = [
            stack.enter_context(_pip(group, folder, build, held)) for group in _groups(missing)
        ]

        def finish() -> None:
            for one in running:
                one()

        yield finish


def _groups(wheels: Sequence[Wheel]) -> list[list[Wheel]]:
    """Return the groups that pip downloads at once: for one platform, and with one version of each
    project."""
    groups: dict[tuple[str, int], list[Wheel]] = {}
    versions: Counter[str] = Counter()
    for wheel in wheels:
        groups.setdefault((wheel.platform, versions[wheel.name]), []).append(wheel)
        versions[wheel.name] += 1
    return list(groups.values())


@contextmanager
def _pip(
    group: Sequence[Wheel], folder: Path, build: Platform, held: Sequence[int]
) -> Iterator[Callable[[], None]]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pip-") as scratch:
        pins, received = Path(scratch) / "pins.txt", Path(scratch) / "wheels"
        pins.write_text(
            "".join(f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in group)
        )
        argv = pip.command(
            *("download", "--quiet", "--only-binary=:all:"),
            *("--platform", group[0].platform or f"manylinux2014_{build.processor}"),
            *("--python-version", PYTHON),
            *("--dest", str(received), "--requirement", str(pins)),
        )
        with processes.start(argv, env=pip.environment(), pass_fds=held) as started:

            def finish() -> None:
                done = started.wait()
                if done.status == 0:
                    _store(received, folder)
                elif group[1:]:
                    # One by one: the others are kept, and the error names the one that fails.
                    for wheel in group:
                        with _pip([wheel], folder, build, held) as finish_one:
                            finish_one()
                else:
                    what = f"{group[0].name} {group[0].version}"
                    pins = f"crosscraft/channel/catalog: {group[0].sha256}"
                    raise pip.error(done.lines, what, pins)

            yield finish


def _store(received: Path, folder: Path) -> None:
    """Move each wheel in `received` into a folder with the name of its hash."""
    for path in list(received.iterdir()):
        files.sync(path)
        own = received / files.sha256(path)[:16]
        own.mkdir()
        path.rename(own / path.name)
        own.rename(folder / own.name)
