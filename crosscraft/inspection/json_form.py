"""The facts about a file as JSON. docs/inspect-json.md defines the keys.

The form is stable: keys may be added, but no key changes its meaning.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosscraft.inspection import conda_file, elf
from crosscraft.inspection.conda_file import CondaFile, PackagedFile
from crosscraft.inspection.conda_file.contents import Contents, FoundFile
from crosscraft.inspection.elf import Elf
from crosscraft.inspection.verdicts import Verdict

if TYPE_CHECKING:
    from crosscraft.inspection.inspect import Inspection

__all__ = ["of", "text"]

Object = dict[str, object]
"""A JSON object."""


def of(found: Inspection) -> Object:
    """Return the facts as a JSON object: dicts, lists, strings, whole numbers, True, None."""
    row: Object = {"path": str(found.path), "kind": found.kind, "size": found.size}
    if found.package and found.contents:
        row |= _package(found.package, found.contents)
    elif found.elf:
        row |= _binary(found.elf) | _whole_binary(found.elf)
    else:
        row["objects"] = [{"name": name, **_binary(one)} for name, one in found.objects]
    row["verdicts"] = [_verdict(verdict) for verdict in found.verdicts]
    return row


def text(found: Inspection) -> Iterator[str]:
    """Yield the JSON text in pieces. It is ASCII, so no name in a package can control a terminal.

    JSON cannot express the bytes of a name that is not UTF-8. They become ``\\udc80`` with a
    literal backslash.
    """
    tokens = json.JSONEncoder(indent=2).iterencode(_encodable(of(found)))
    # Joined, because writing each token to an unbuffered stream is a system call.
    while piece := "".join(itertools.islice(tokens, _TOKENS)):
        yield piece


_TOKENS = 10_000
"""JSON tokens per piece: some tens of kilobytes."""


def _encodable(value: object) -> object:
    if isinstance(value, str):
        if value.isascii():  # the fast path: a package may have a million strings
            return value
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(one) for one in value]
    return value


def _package(facts: CondaFile, contents: Contents) -> Object:
    return {
        "name": facts.name,
        "version": facts.version,
        "build": facts.build,
        "build_number": facts.build_number,
        "subdir": facts.subdir or None,
        "noarch": facts.noarch or None,
        "license": facts.license or None,
        "timestamp": facts.timestamp,
        "depends": list(facts.depends),
        "constrains": list(facts.constrains),
        "run_exports": {kind: list(specs) for kind, specs in facts.run_exports.items()},
        "variant": dict(facts.variant),
        "hash_input": facts.hash_input or None,
        "files": _files(facts, contents),
        "tests": facts.tests or None,
        "recipe": facts.recipe or None,
        "info_files": [
            {"path": name, "purpose": conda_file.describe(name) or None}
            for name in facts.info_files
        ],
        "binaries": [{"path": name, **_binary(one)} for name, one in contents.binaries.items()],
        "unread_binaries": [{"path": name, "reason": why} for name, why in contents.unread.items()],
        "foreign_binaries": [
            {"path": name, "format": code.kind, "processors": list(code.processors)}
            for name, code in contents.foreign.items()
        ],
    }


def _files(facts: CondaFile, contents: Contents) -> list[Object]:
    """Return the rows of all files, present or only listed in paths.json, by path."""
    listed = {entry.path: entry for entry in facts.entries}
    present = {file.path for file in contents.files}
    rows = [_present(file, listed.get(file.path)) for file in contents.files]
    rows += [_missing(entry) for entry in facts.entries if entry.path not in present]
    return sorted(rows, key=lambda row: str(row["path"]))


_TYPES = {"file": "hardlink", "link": "softlink"}
"""The kinds of files by their names in paths.json."""


def _present(file: FoundFile, entry: PackagedFile | None) -> Object:
    return {
        "path": file.path,
        "type": _TYPES.get(file.kind, file.kind),
        "size": file.size,
        "sha256": file.sha256 or None,
        "mode": f"{file.mode:04o}",
        "target": file.target or None,
        "placeholder": (entry.placeholder if entry else "") or None,
        "file_mode": (entry.file_mode if entry else "") or None,
        "listed": entry is not None,
        "present": True,
    }


def _missing(entry: PackagedFile) -> Object:
    return {
        "path": entry.path,
        "type": entry.type,
        "size": None,
        "sha256": None,
        "mode": None,
        "target": None,
        "placeholder": entry.placeholder or None,
        "file_mode": entry.file_mode or None,
        "listed": True,
        "present": False,
    }


def _binary(facts: Elf) -> Object:
    """Return the keys of every binary, with the values of ``readelf -h``."""
    platform = elf.platform_of(facts)
    return {
        "machine": elf.machine_text(facts),
        "class": elf.class_text(facts),
        "endianness": elf.endianness_text(facts),
        "type": elf.type_text(facts),
        "platform": platform.subdir if platform else None,
        "soname": facts.soname or None,
        "needed": list(facts.needed),
        "rpath": list(facts.rpath),
        "runpath": list(facts.runpath),
        "requires": dict(facts.requires),
        "init_functions": list(facts.init_symbols),
    }


def _whole_binary(facts: Elf) -> Object:
    """Return the additional keys of a binary that is not in a package."""
    return {
        "os_abi": facts.abi,
        "entry": facts.entry,
        "interpreter": facts.interpreter or None,
        "build_id": facts.build_id or None,
        "stripped": facts.stripped,
        "sections": [
            {
                "name": section.name,
                "type": section.type,
                "flags": section.flags,
                "address": section.address,
                "offset": section.offset,
                "size": section.size,
            }
            for section in facts.sections
        ],
        "exported": [
            {
                "name": symbol.name,
                "demangled": symbol.demangled,
                "type": symbol.type,
                "binding": symbol.binding,
                "address": symbol.address,
                "size": symbol.size,
                "version": symbol.version or None,
            }
            for symbol in facts.exported
        ],
    }


def _verdict(verdict: Verdict) -> Object:
    return {
        "question": verdict.question,
        "holds": verdict.holds,
        "evidence": list(verdict.evidence),
    }
