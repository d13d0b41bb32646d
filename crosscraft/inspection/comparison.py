"""Differences between two packages, with the reasons.

Source of the build string and its hash: conda's documentation, "Build number and string".
conda-build and rattler-build write ``py311h1234567_0``: important dependencies, ``h`` and the
first seven digits of the variant's SHA-1, and the build number.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.conda_file.contents import FoundFile
from crosscraft.inspection.elf import Elf
from crosscraft.inspection.inspect import Inspection, inspect
from crosscraft.platforms import NOARCH

__all__ = ["Difference", "compare"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two packages."""

    what: str
    """The subject: a field of the index, a dependency or a file."""
    left: str
    """The value in the first package, or empty if it has none."""
    right: str
    """The value in the second package, or empty if it has none."""
    why: str
    """The reason, as a sentence."""


Package = Inspection | str | os.PathLike[str]
"""An inspected package, or the path of a package."""


def compare(a: Package, b: Package) -> tuple[Difference, ...]:
    """Return the differences between the packages `a` and `b`, the most important first.

    If two noarch packages have the same files, one row explains that. Build times are not
    compared, because they always differ.

    :raises CrosscraftError: if `a` or `b` is not a conda package.
    """
    left, right = _inspected(a), _inspected(b)
    parts = (_index, _dependencies, _files, _binaries)
    return tuple(difference for part in parts for difference in part(left, right))


def _inspected(package: Package) -> Inspection:
    found = package if isinstance(package, Inspection) else inspect(package)
    if found.package is None:
        raise CrosscraftError(
            f"{str(found.path)!r} is not a conda package, so it cannot be compared",
            remedy="Give the paths of two packages.",
        )
    return found


def _facts(found: Inspection) -> CondaFile:
    assert found.package is not None
    return found.package


# Metadata


def _index(left: Inspection, right: Inspection) -> Iterator[Difference]:
    a, b = _facts(left), _facts(right)
    for what, get, why in _FIELDS:
        one, other = get(a), get(b)
        if one != other:
            yield Difference(what, one, other, why(a, b))
    for key in sorted(a.variant.keys() | b.variant.keys()):
        one, other = a.variant.get(key, ""), b.variant.get(key, "")
        if one != other:
            yield Difference(f"variant: {key}", one, other, _why_variant(key))


def _why_subdir(a: CondaFile, b: CondaFile) -> str:
    if NOARCH in {a.subdir, b.subdir}:
        return "One is for every platform, the other is for one platform."
    return "The packages are for different platforms, so they go into different folders."


def _why_build(a: CondaFile, b: CondaFile) -> str:
    one, other = _BUILD.fullmatch(a.build), _BUILD.fullmatch(b.build)
    if not one or not other:
        return "The recipes set the build strings, or different tools wrote them."
    reasons = []
    if one["before"] != other["before"]:
        reasons.append("the part before the h names different dependencies")
    if one["hash"] != other["hash"]:
        reasons.append(_why_hash(a, b))
    if one["number"] != other["number"]:
        reasons.append("the number at the end counts builds of one version")
    text = ", and ".join(reasons) or "the part after the hash differs"
    return f"{text[0].upper()}{text[1:]}."


_BUILD = re.compile(r"(?P<before>.*?)h(?P<hash>[0-9a-f]{7})_(?P<number>[0-9]+)(?P<after>_.*)?")


def _why_hash(a: CondaFile, b: CondaFile) -> str:
    keys = sorted(
        key
        for key in a.variant.keys() | b.variant.keys()
        if a.variant.get(key) != b.variant.get(key)
    )
    if not a.variant or not b.variant:
        return "the hash is of the variant, which is not stored in both packages"
    if keys:
        return f"the hash is of the variant, whose {' and '.join(keys)} differs"
    return "the hash differs although the stored variants are the same"


def _why_variant(key: str) -> str:
    return _VARIANTS.get(key, "The recipe uses this variable, with different values.")


_VARIANTS = {
    "target_platform": "The target platform is part of every variant.",
    "python": "One package is built for each minor version of Python.",
}

_FIELDS: tuple[
    tuple[str, Callable[[CondaFile], str], Callable[[CondaFile, CondaFile], str]], ...
] = (
    ("name", lambda p: p.name, lambda a, b: "They are different packages."),
    ("version", lambda p: p.version, lambda a, b: "They were built from different releases."),
    ("subdir", lambda p: p.subdir, _why_subdir),
    ("noarch", lambda p: p.noarch, lambda a, b: "The recipes have different values of `noarch`."),
    ("build string", lambda p: p.build, _why_build),
    (
        "build number",
        lambda p: str(p.build_number),
        lambda a, b: "The recipe's build number counts builds of one version.",
    ),
    ("license", lambda p: p.license, lambda a, b: "The recipes name different licences."),
)
"""The compared fields of the index: the name, its getter, and the reason for a difference."""


def _dependencies(left: Inspection, right: Inspection) -> Iterator[Difference]:
    a, b = _facts(left), _facts(right)
    for what, one, other in (
        ("depends", a.depends, b.depends),
        ("constrains", a.constrains, b.constrains),
        *(
            (f"run_exports ({kind})", a.run_exports.get(kind, ()), b.run_exports.get(kind, ()))
            for kind in sorted(a.run_exports.keys() | b.run_exports.keys())
        ),
    ):
        yield from _specs(what, one, other)


def _specs(what: str, one: Iterable[str], other: Iterable[str]) -> Iterator[Difference]:
    mine, theirs = _by_name(one), _by_name(other)
    for name in sorted(mine.keys() | theirs.keys()):
        a, b = mine.get(name, ""), theirs.get(name, "")
        if a == b:
            continue
        if a and b:
            why = "Both depend on it, with the bounds of the versions that they were built with."
        else:
            why = "Only one depends on it, by its recipe or by a run_export of its build."
        yield Difference(f"{what}: {name}", a, b, why)


def _by_name(specs: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for spec in specs:
        name = re.split(r"[ <>=!~\[]", spec, maxsplit=1)[0]
        found[name] = f"{found[name]}; {spec}" if name in found else spec
    return found


# Contents


def _by_path(found: Inspection) -> dict[str, FoundFile]:
    assert found.contents is not None
    return {file.path: file for file in found.contents.files}


def _elf_files(found: Inspection) -> Mapping[str, Elf]:
    assert found.contents is not None
    return found.contents.binaries


def _pairs(left: Inspection, right: Inspection) -> Iterator[tuple[str, str]]:
    """Yield pairs of corresponding paths, with an empty string for a missing file.

    Extensions correspond if their names differ in the SOABI only.
    """
    mine, theirs = _by_path(left), _by_path(right)
    renamed = {_without_soabi(path): path for path in theirs.keys() - mine.keys()}
    paired = set()
    for path in sorted(mine):
        if path in theirs:
            yield path, path
        else:
            twin = renamed.pop(_without_soabi(path), "") if elf.soabi(path) else ""
            paired.add(twin)
            yield path, twin
    for path in sorted(theirs.keys() - mine.keys() - paired):
        yield "", path


def _without_soabi(path: str) -> str:
    abi = elf.soabi(posixpath.basename(path))
    return path.removesuffix(f".{abi}.so") + ".so" if abi else path


def _files(left: Inspection, right: Inspection) -> Iterator[Difference]:
    mine, theirs = _by_path(left), _by_path(right)
    same = True
    for a, b in _pairs(left, right):
        if a != b:
            same = False
            yield _path_difference(a, b)
        if a and b:
            for difference in _file_differences(mine[a], theirs[b], left, right):
                same = False
                yield difference
    if same and mine and _facts(left).subdir == _facts(right).subdir == NOARCH:
        count = f"{len(mine)} file{'s' if len(mine) > 1 else ''}"
        yield Difference(
            "files", count, f"{count}, the same bytes",
            "Both packages are noarch: nothing in them depends on a processor, so one build is "
            "enough for all.",
        )  # fmt: skip


def _path_difference(a: str, b: str) -> Difference:
    if a and b:
        one, other = elf.soabi(posixpath.basename(a)), elf.soabi(posixpath.basename(b))
        return Difference(
            "file's name", a, b,
            "The suffix of an extension is Python's SOABI, which names the interpreter and the "
            f"processor: {one}, {other}.",
        )  # fmt: skip
    return Difference("file", a, b, "Only one of the packages installs it.")


def _file_differences(
    a: FoundFile, b: FoundFile, left: Inspection, right: Inspection
) -> Iterator[Difference]:
    if a.kind != b.kind:
        yield Difference(f"kind of {a.path}", a.kind, b.kind, "One is a link, the other is not.")
    if a.target != b.target:
        yield Difference(f"target of {a.path}", a.target, b.target, "The targets differ.")
    if a.mode != b.mode:
        why = "The builds set different permission bits."
        yield Difference(f"mode of {a.path}", f"{a.mode:04o}", f"{b.mode:04o}", why)
    if a.sha256 != b.sha256:
        one, other = _elf_files(left).get(a.path), _elf_files(right).get(b.path)
        yield Difference(
            f"bytes of {a.path}", _content(a), _content(b), _why_bytes(a.path, one, other)
        )


def _content(file: FoundFile) -> str:
    return f"{file.size} bytes, sha256 {file.sha256[:12]}" if file.sha256 else ""


def _why_bytes(path: str, one: Elf | None, other: Elf | None) -> str:
    if not one or not other:
        return _BY_SUFFIX.get(posixpath.splitext(path)[1], "The contents differ.")
    if _machine(one) != _machine(other):
        return "It is machine code for different processors."
    if one.build_id != other.build_id:
        return "It was linked from different code or by different tools: the build ids differ."
    return "It is machine code for the same processor, from different builds."


_BY_SUFFIX = {
    ".pyc": "Compiled Python contains the time of its source.",
    ".a": "A static library contains machine code, and the times of its objects.",
}


def _machine(facts: Elf) -> str:
    return f"{elf.machine_text(facts)}, {facts.elf_class}-bit, {facts.endianness} endian"


def _binaries(left: Inspection, right: Inspection) -> Iterator[Difference]:
    for a, b in _pairs(left, right):
        one, other = _elf_files(left).get(a), _elf_files(right).get(b)
        if one and other:
            for what, get, why in _BINARY_FIELDS:
                if get(one) != get(other):
                    yield Difference(f"{what} of {a}", get(one), get(other), why)


_BINARY_FIELDS: tuple[tuple[str, Callable[[Elf], str], str], ...] = (
    ("machine", _machine, "They were compiled for different processors."),
    ("soname", lambda f: f.soname, "The linker got different values of -soname."),
    (
        "libraries needed",
        lambda f: ", ".join(f.needed),
        "They were linked with different libraries. A loader has another name on each processor.",
    ),
    (
        "versions required",
        lambda f: ", ".join(f"{family} {version}" for family, version in f.requires.items()),
        "A function has the version of the release that added it, but at least the first release "
        "for the processor. For aarch64 that is glibc 2.17.",
    ),
    (
        "search path",
        lambda f: ":".join((*f.rpath, *f.runpath)),
        "The linker, or a later build tool, got different folders.",
    ),
)
"""The compared facts of binaries: the name, its getter, and the reason for a difference."""
