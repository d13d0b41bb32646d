"""Check a project, a log or a package: find the traps in it."""

from __future__ import annotations

import contextlib
import difflib
import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscraft.building.check import catalogue, logs, texts
from crosscraft.building.check.files import Files, is_file_of_a_project
from crosscraft.building.check.model import Edit, Finding, Place, Trap
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text, Unreadable
from crosscraft.errors import CrosscraftError, PlatformError

__all__ = ["TARGETS", "Checked", "check", "in_log", "targets"]

TARGETS = tuple(
    f"{system}-{processor}"
    for system, processors in {
        "linux": "64 32 aarch64 armv6l armv7l ppc64le ppc64 s390x riscv32 riscv64 loongarch64",
        "osx": "64 arm64",
    }.items()
    for processor in processors.split()
)
"""conda's platforms for Linux and macOS, whether they are built for here or not.

Source: rattler's ``rattler_conda_types::Platform``.
"""
_DEFAULT = "linux-aarch64"

_PACKAGES = (".conda", ".tar.bz2", ".whl", ".so", ".a")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check has found."""

    findings: tuple[Finding, ...]
    """The traps, by file and line."""
    unread: tuple[CrosscraftError, ...]
    """What could not be read."""


def check(path: Path, targets: Sequence[str], build: str = "") -> Checked:
    """Check a project, the log of a build, or a package.

    :param targets: the subdirs that a project is checked for.
    :param build: the subdir of the machine that builds. Without it, conda-forge's for each target.
    """
    try:
        if path.is_dir():
            return _project(path, str(path), targets, build)
        if path.name.endswith(_PACKAGES):
            return Checked(tuple(_package(path)), ())
        if is_file_of_a_project(path) and path.exists():
            # The whole project gives a file its meaning, so the others are read, too.
            whole = _project(_root_of(path), str(_root_of(path)), targets, build)
            return Checked(
                tuple(each for each in whole.findings if Path(each.file) == path), whole.unread
            )
        return Checked(tuple(_log(path)), ())
    except CrosscraftError as error:
        return Checked((), (error,))


def targets(names: Sequence[str]) -> tuple[str, ...]:
    """Return the platforms to check for.

    :raises PlatformError: if there is no such platform.
    """
    for name in names:
        if name not in TARGETS:
            raise PlatformError(
                f"there is no platform {name!r}", remedy=f"Give one of {', '.join(TARGETS)}."
            )
    return tuple(dict.fromkeys(names)) or (_DEFAULT,)


def _root_of(file: Path) -> Path:
    return file.parent.parent if file.parent.name in ("recipe", "conda.recipe") else file.parent


def _project(root: Path, shown: str, targets: Sequence[str], build: str) -> Checked:
    found: dict[tuple[str, str, int], Finding] = {}
    unread: dict[str, Unreadable] = {}
    files = Files(root)
    for target in targets:
        project = Project(files, target, build)
        for trap in catalogue.traps():
            for place in _detected(trap.detector, project):
                finding = _finding(trap, place, shown, project.texts.get(place.file))
                found.setdefault((finding.file, trap.name, place.line), finding)
        unread |= {str(error): error for error in project.unread}
    if not unread and not any(files.named(*_BUILD_FILES)):
        raise Unreadable(
            f"{shown!r} cannot be checked: there is no file that builds something",
            looked=", ".join(_BUILD_FILES),
            remedy="Give the folder of a project, the log of a build, or a package.",
        )
    order = sorted(found.values(), key=lambda each: (each.file, each.line, each.trap.name))
    return Checked(tuple(order), tuple(unread.values()))


_BUILD_FILES = (
    "CMakeLists.txt", "recipe.yaml", "recipe.yml", "meta.yaml", "pixi.toml", "pyproject.toml",
    "meson.build", "setup.py", "Makefile", "GNUmakefile", "makefile", "Cargo.toml", "build.sh",
    "configure.ac",
)  # fmt: skip


def _package(path: Path) -> Iterator[Finding]:
    from crosscraft.building.check import package_files

    package = package_files.read(path)
    for trap in catalogue.traps():
        for place in _detected(trap.package_detector, package):
            yield _finding(trap, place, str(path), None)


def _log(path: Path) -> Iterator[Finding]:
    yield from in_log(texts.read(path.parent, path, logs.LARGEST, nuls=0.001).content, str(path))


def in_log(log: str, shown: str) -> Iterator[Finding]:
    """Yield the traps whose messages are in a log, by line.

    :param shown: the name of the log.
    """
    for found in logs.find(log):
        yield _finding(found.trap, Place("", found.line, found.values), shown, None)


def _detected(name: str, subject: object) -> Iterator[Place]:
    """Yield what the detector called `name`, ``module.function``, finds in `subject`."""
    if name:
        module, _, function = name.rpartition(".")
        found = importlib.import_module(f"crosscraft.building.check.detectors.{module}")
        detector: Callable[[Any], Iterator[Place]] = getattr(found, function)
        # A file that nests deeper than Python's stack was written to break its reader.
        with contextlib.suppress(RecursionError):
            yield from detector(subject)


def _finding(trap: Trap, place: Place, shown: str, text: Text | None) -> Finding:
    file = str(Path(shown) / place.file) if place.file else shown
    values = _Values(place.values)
    diff = _diff(text, place.edit) if text and place.edit else ""
    happens, cure = trap.happens.format_map(values), trap.cure.format_map(values)
    return Finding(trap, file, place.line, happens, cure, diff, place.edit)


class _Values(dict[str, str]):
    """The fields of a sentence. A log may not tell one: its name stands for the value."""

    def __missing__(self, key: str) -> str:
        return key.replace("_", " ")


def _diff(text: Text, edit: Edit) -> str:
    """Return the edit as a unified diff, whose paths are relative to the project."""
    at = edit.line - 1
    new = [*text.lines[:at], *edit.new, *text.lines[at + edit.count :]]
    lines = difflib.unified_diff(
        _with_ends(text.lines), _with_ends(new), f"a/{text.name}", f"b/{text.name}", n=3
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _with_ends(lines: Sequence[str]) -> list[str]:
    """Return lines with their ends. The last is what follows the last newline, often nothing."""
    ended = [f"{line}\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines and lines[-1] else ended
