"""Whether Python can import an extension: its name, its function, its folder and its processor.

:mod:`crosscraft.inspection.python_names` has the rules of each Python.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscraft.inspection import elf, python_names
from crosscraft.inspection.conda_file import CondaFile
from crosscraft.inspection.elf import Elf
from crosscraft.inspection.machine_code import MachineCode
from crosscraft.inspection.python_names import Python
from crosscraft.platforms import PLATFORMS, Platform

__all__ = ["Finding", "Package", "judge"]

Finding = tuple[bool | None, str]
"""Whether one thing is right, or None if it cannot be known, and a line of evidence."""


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says of the Python that it is for."""

    platform: Platform | None
    """Its platform, or None if it has none of our table."""
    noarch: bool
    """Whether the installer chooses the folder of its modules."""
    pythons: tuple[Python, ...]
    """The Pythons that its dependencies allow, or none if they cannot be known."""

    @classmethod
    def of(cls, facts: CondaFile) -> Package:
        """Return what `facts` say."""
        allowed = python_names.allowed(facts.depends)
        return cls(PLATFORMS.get(facts.subdir), facts.noarch == "python", allowed)


def judge(
    path: str, binary: Elf | MachineCode | str | None, package: Package | None
) -> Iterator[Finding]:
    """Yield the findings about `path`, or none if it is not named or made as an extension.

    :param path: its path in the package, or its name if there is no package.
    :param binary: its facts, the reason why it cannot be read, or None if it is no binary.
    :param package: the package, or None. Then `path` may be for any Python.
    """
    folder, name = posixpath.split(path)
    stem = name.partition(".")[0]
    module = posixpath.basename(folder) if stem == "__init__" else stem
    tagged = elf.soabi(name) is not None
    in_folder = not _MODULE_FOLDERS.isdisjoint(folder.split("/"))
    # libpyside6.abi3.so is a library that extensions are linked with.
    named = (tagged or (in_folder and name.endswith((".so", ".pyd")))) and name[:3] != "lib"
    if not isinstance(binary, Elf):
        if named and isinstance(binary, MachineCode):
            answer = False if package and package.platform else None
            yield answer, f"{path} is {binary.text}: its functions are not read"
        elif named:
            yield None if binary else False, f"{path} is {binary or 'not a binary'}"
        return
    functions = binary.init_symbols
    is_library = binary.type == "ET_DYN" and not binary.position_independent_program
    if is_library and named and not tagged and not functions:
        yield None, f"{path} has no function PyInit_{module}: it may be a library of another kind"
        return
    own = not set(python_names.functions(module)).isdisjoint(functions)
    if not (named or (functions and (tagged or in_folder)) or (own and name.endswith(".so"))):
        return
    pythons: Sequence[Python] = python_names.ALL
    if package:
        pythons, findings = _pythons(path, package)
        yield from findings
    yield from _name(path, name[len(stem) :], binary, pythons, package)
    if not is_library:
        yield False, f"{path} is {elf.type_text(binary)}, and Python loads shared libraries only"
    yield _function(path, module, functions, pythons)


_MODULE_FOLDERS = {"site-packages", "dist-packages", "lib-dynload"}
"""Python's folders of modules. A library here with an init function is an extension."""


def _pythons(path: str, package: Package) -> tuple[Sequence[Python], list[Finding]]:
    """Return the Pythons that `path` may be for, and the findings about its folder."""
    found, place = python_names.root(path, package.noarch)
    folder = posixpath.dirname(path) or "the prefix"
    findings: list[Finding] = []
    pythons: Sequence[Python] = package.pythons or python_names.ALL
    if found is False:
        findings.append((False, f"{path} is in {folder}, and Python does not look there"))
    elif found is None:
        told = "Python looks there only if it is told to"
        findings.append((None, f"{path} is in {folder}, and {told}"))
    elif place:
        here = [one for one in python_names.ALL if one.folder == place]
        both = [one for one in pythons if one in here]
        if package.pythons and not both:
            findings.append((False, f"{path} is in {place}, and the package is for {pythons[0]}"))
        elif not here:
            findings.append((None, f"{path} is in {place}, of a Python whose rules are not known"))
        pythons = both or here or python_names.ALL
    return [one for one in pythons if one.name == pythons[0].name], findings


def _name(
    path: str, suffix: str, binary: Elf, pythons: Sequence[Python], package: Package | None
) -> Iterator[Finding]:
    """Judge whether Python looks for the name, and whether the name has the right processor."""
    named = python_names.triplet_in(suffix)
    by_name = next((row for row in PLATFORMS.values() if row.triplet == _glibc(named)), None)
    found = elf.platform_of(binary)
    of_toolchain = found if found is elf.named_in(path) else None
    runs = of_toolchain or (package.platform if package else None) or by_name or found
    triplet = runs.triplet if runs else named
    fits = _glibc(named) == found.triplet if found else False if elf.misfit(binary) else None
    if named:
        what = elf.platform_text(binary) if not found else "that processor"
        yield fits, f"{path} names {named}, and is {'not ' if found and not fits else ''}for {what}"
    answers = {one.suffixes(triplet).get(suffix, False) for one in pythons}
    if answers == {True} or (package is None and True in answers):
        return
    line = f"{path} ends in {suffix}"
    if answers != {False} and "-musl" in named:
        yield None, f"{path} names {named}, and only a Python for that C library looks for it"
    elif answers != {False}:
        yield None, f"{line}, and not every Python that it can be for looks for that"
    elif len(pythons) > 1:
        yield False, f"{line}, and no Python that it can be for looks for that"
    else:
        ends = (end for end, looks in pythons[0].suffixes(triplet).items() if looks)
        yield False, f"{line}, and {pythons[0]} looks for {', '.join(ends)}"


def _glibc(triplet: str) -> str:
    return triplet.replace("-musl", "-gnu")


def _function(
    path: str, module: str, functions: Sequence[str], pythons: Sequence[Python]
) -> Finding:
    if not module:
        answer = None if posixpath.basename(path).startswith("__init__.") else False
        return answer, f"{path} does not have the name of a module"
    init, export = python_names.functions(module)
    if init in functions:
        return True, f"{path} has the function {init}"
    if export in functions and any(one.minor >= python_names.EXPORTS for one in pythons):
        answer = True if all(one.minor >= python_names.EXPORTS for one in pythons) else None
        return answer, f"{path} has the function {export}, for Python 3.15 and later"
    has = ", ".join(functions[:3]) or "no such function"
    return False, f"{path} must have the function {init}, but it has {has}"
