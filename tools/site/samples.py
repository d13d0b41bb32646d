"""The packages that the page offers to visitors who have none: those of cpp_math, and a liar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from crosscraft.building.build import BuildRequest, build
from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.lessons.answer_key import PROJECT
from crosscraft.lessons.evidence import parts
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.platforms import NOARCH, lookup
from crosscraft.system.console import Console

__all__ = ["Sample", "make"]

TARGETS = ("linux-64", "linux-aarch64")
_OF_A_MACHINE = ("info/recipe/", "info/logs/")
"""Metadata with paths of the machine that built the package."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A button of the page."""

    label: str
    """Its text."""
    value: str
    """The packages that it loads, relative to their folder and separated by a space."""


def make(folder: Path, scratch: Path, console: Console) -> tuple[Sample, ...]:
    """Build cpp_math, write the packages into `folder`, and return the buttons.

    :param scratch: a folder for the build.
    :raises CrosscraftError: if the project cannot be built.
    """
    channel, engine = select.choose(), available.choose()
    for target in TARGETS:
        build(BuildRequest(PROJECT, lookup(target), scratch, channel, engine), console)
    built = {subdir: _built(scratch, subdir) for subdir in (*TARGETS, NOARCH)}
    names = {subdir: _write(one, folder / subdir, folder) for subdir, one in built.items()}
    liar = _write(_liar(*(built[target] for target in TARGETS)), folder / "liar", folder)
    return tuple(_samples(names, liar))


def _samples(names: dict[str, str], liar: str) -> Iterator[Sample]:
    for target in TARGETS:
        yield Sample(f"cpp_math for {target}", names[target])
    yield Sample("cpp_math-stubs, noarch", names[NOARCH])
    yield Sample("both cpp_math, compared", " ".join(names[target] for target in TARGETS))
    yield Sample("a package that lies", liar)


def _built(output: Path, subdir: str) -> Parts:
    """Return the one package for a platform, without what differs between builds."""
    (package,) = (output / subdir).glob("cpp_math*.conda")
    taken = parts.take_apart(package)
    index = {key: value for key, value in taken.index.items() if key != "timestamp"}
    info = {name: data for name, data in taken.info.items() if not name.startswith(_OF_A_MACHINE)}
    return replace(taken, index=index, info=info)


def _liar(intel: Parts, arm: Parts) -> Parts:
    """Return the package for Arm with the extension for Intel under the name of Arm's."""
    (code,) = (data for name, data in intel.files.items() if name.endswith(".so"))
    files = {name: code if name.endswith(".so") else data for name, data in arm.files.items()}
    return replace(arm, files=files)


def _write(made: Parts, folder: Path, root: Path) -> str:
    path = parts.put_together(made, folder / f"{made.stem}.conda")
    return path.relative_to(root).as_posix()
