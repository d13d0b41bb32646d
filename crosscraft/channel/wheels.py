"""Hash-pinned wheels from PyPI, downloaded by pip from the machine's configured index."""

from __future__ import annotations

import tempfile
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
        running = [stack.enter_context(_pip(one, folder, build, held)) for one in missing]

        def finish() -> None:
            for one in running:
                one()

        yield finish


@contextmanager
def _pip(
    wheel: Wheel, folder: Path, build: Platform, held: Sequence[int]
) -> Iterator[Callable[[], None]]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pip-") as scratch:
        pins, received = Path(scratch) / "pins.txt", Path(scratch) / "wheel"
        pins.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
        argv = pip.command(
            *("download", "--quiet", "--no-deps", "--only-binary=:all:"),
            *("--platform", wheel.platform or f"manylinux2014_{build.processor}"),
            *("--python-version", PYTHON),
            *("--dest", str(received), "--requirement", str(pins)),
        )
        with processes.start(argv, env=pip.environment(), pass_fds=held) as started:

            def finish() -> None:
                done = started.wait()
                if done.status != 0:
                    what = f"{wheel.name} {wheel.version}"
                    raise pip.error(done.lines, what, f"crosscraft/channel/catalog: {wheel.sha256}")
                for path in received.iterdir():
                    files.sync(path)
                received.rename(folder / wheel.sha256[:16])

            yield finish
