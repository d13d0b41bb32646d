"""Verdicts on whether a package or a binary is what it claims to be, with the evidence.

Sources: ld.so(8) for the search of libraries, conda's package specification for
``info/paths.json``. The modules that judge a platform and a name have their own sources.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosscraft.inspection import elf, extensions, machine_code
from crosscraft.inspection.conda_file import CondaFile, PackagedFile, paths_within
from crosscraft.inspection.conda_file.contents import Contents, FoundFile
from crosscraft.inspection.elf import Elf
from crosscraft.inspection.extensions import Finding
from crosscraft.inspection.machine_code import MachineCode
from crosscraft.platforms import NOARCH, PLATFORMS

__all__ = ["NAMES", "NO_CODE", "PATHS", "PLATFORM", "WITHIN", "Verdict", "of_binary", "of_package"]

PLATFORM = "Is each binary for the platform that is claimed?"
NAMES = "Does each extension's name tell the truth?"
WITHIN = "Does everything lead to places within the package?"
NO_CODE = "Is the noarch package free of machine code?"
PATHS = "Does paths.json agree with what is there?"

MAX_EVIDENCE = 12
"""Most lines of evidence. One more line counts the rest."""
MAX_LINE = 500
"""Most characters of a line of evidence. A name in an archive may have a million."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question."""

    question: str
    """The question. Yes is always the good answer."""
    holds: bool | None
    """Yes, no, or None if the answer is unknown."""
    evidence: tuple[str, ...]
    """The lines of evidence. If the answer is no, they describe what is wrong."""


def of_binary(name: str, facts: Elf, claimed: str | None) -> tuple[Verdict, ...]:
    """Judge one ELF file. Questions that do not apply are left out.

    :param name: its path in the package, or its name if there is no package.
    :param claimed: the subdir of its package, or None if there is no package.
    """
    questions = (
        (PLATFORM, [_platform(name, facts, claimed)] if claimed else []),
        (NAMES, list(extensions.judge(name, facts, None))),
        (WITHIN, list(_search_paths(name, facts, "", {} if claimed else None))),
    )
    return tuple(_verdict(question, found) for question, found in questions if found)


def of_package(facts: CondaFile, contents: Contents) -> tuple[Verdict, ...]:
    """Judge a package by its metadata and its contents."""
    binaries, foreign = contents.binaries.items(), contents.foreign.items()
    unread = [(None, f"{path}: {why}") for path, why in contents.unread.items()]
    code: list[Finding]
    if facts.subdir == NOARCH:
        question, code = NO_CODE, [_no_code(name, one) for name, one in binaries]
    else:
        question, code = PLATFORM, [_platform(name, one, facts.subdir) for name, one in binaries]
    code += [_foreign(name, one, facts.subdir) for name, one in foreign]
    home = extensions.Package.of(facts)
    names = [
        finding
        for name, one in (*binaries, *_other_files(contents), *foreign, *contents.unread.items())
        for finding in extensions.judge(name, one, home)
    ]
    return (
        _verdict(question, [*code, *unread], "it contains no binary"),
        _verdict(NAMES, names, "it contains no extension"),
        _verdict(WITHIN, _within(facts, contents), "every path and link stays within the package"),
        _verdict(PATHS, _agreement(facts, contents), "it installs nothing, and lists nothing"),
    )


def _other_files(contents: Contents) -> Iterator[tuple[str, Elf | None]]:
    """Yield the links to binaries, symbolic and hard, because Python can import a module by such a
    name, and the files that are no binaries."""
    links = {file.path: file.target for file in contents.files if file.kind == "link"}
    known = contents.binaries.keys() | contents.foreign.keys() | contents.unread.keys()
    for file in contents.files:
        target: str | None = file.target
        if file.kind == "link":
            target = paths_within.resolve(f"./{posixpath.dirname(file.path)}/{target}", links)
        if target in contents.binaries:
            yield file.path, contents.binaries[target]
        elif file.kind == "file" and file.path.endswith(".so") and file.path not in known:
            yield file.path, None


def _verdict(question: str, findings: Iterable[Finding], otherwise: str = "") -> Verdict:
    """Return the worst answer, with the evidence of the findings that have it.

    :param otherwise: the evidence if there is no finding.
    """
    found = list(findings)
    answers = {answer for answer, _ in found}
    holds = next((answer for answer in (False, None) if answer in answers), True)
    lines = list(dict.fromkeys(line for answer, line in found if answer is holds)) or [otherwise]
    if len(lines) > MAX_EVIDENCE:
        lines = [*lines[:MAX_EVIDENCE], f"and {len(lines) - MAX_EVIDENCE} more"]
    return Verdict(question, holds, tuple(map(_shortened, lines)))


def _shortened(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"


# Platforms


def _platform(name: str, facts: Elf, claimed: str) -> Finding:
    wanted = PLATFORMS.get(claimed)
    found = elf.platform_of(facts)
    line = f"{name} is for {elf.platform_text(facts)}"
    if wanted is None and claimed not in machine_code.SUBDIRS:
        why = f"{claimed} is not in our table of platforms" if claimed else "no platform is claimed"
        return None, f"{line}, and {why}"
    if wanted and found is wanted:
        return True, line
    if found is not None and found is elf.named_in(name):
        return True, f"{line}, as its folder says: a cross-compiler contains such files"
    return False, f"{line}, not for {claimed}"


def _foreign(name: str, code: MachineCode, claimed: str) -> Finding:
    line = f"{name} is {code.text}"
    if claimed in code.subdirs:
        return True, line
    if code.is_in_toolchain(name):
        return True, f"{line}, as its folder says: programs are linked with it, and it is not run"
    if code.portable is not False or claimed == NOARCH:
        return code.portable, line
    if not claimed:
        return None, f"{line}, and no platform is claimed"
    return False, f"{line}, not for {claimed}"


def _no_code(name: str, facts: Elf) -> Finding:
    found = elf.platform_of(facts)
    line = f"{name} is for {elf.platform_text(facts)}"
    if found is not None and found is elf.named_in(name):
        return True, f"{line}, as its folder says: programs are linked with it, and it is not run"
    return False, line


# Paths and links


def _within(facts: CondaFile, contents: Contents) -> Iterator[Finding]:
    links = {file.path: file.target for file in contents.files if file.kind == "link"}
    paths = {file.path for file in contents.files if file.kind == "file"}
    for file in contents.files:
        why = _leads_out(file, links, paths)
        if why:
            yield False, f"{file.path} {why}"
    for entry in facts.entries:
        if _is_outside(entry.path):
            yield False, f"{_list_of(facts)} lists {entry.path}, which is outside"
    placeholders = {entry.path: entry.placeholder for entry in facts.entries if entry.placeholder}
    for name, one in contents.binaries.items():
        for holds, line in _search_paths(name, one, placeholders.get(name, ""), links):
            if not holds:
                yield holds, line


def _leads_out(file: FoundFile, links: Mapping[str, str], paths: set[str]) -> str:
    """Return how `file` leads out of the package, or an empty string if it does not."""
    folder = posixpath.dirname(file.path)
    if _is_outside(file.path):
        return "is outside the package"
    if paths_within.resolve(folder, links) != paths_within.resolve(folder, {}):
        return "goes through a link"
    if file.kind == "link":
        out = file.target.startswith("/") or (
            paths_within.resolve(f"./{folder}/{file.target}", links) is None
        )
        return f"is a link to {file.target}, which is outside" if out else ""
    if file.kind == "hardlink" and file.target.removeprefix("./") not in paths:
        return f"is another name of {file.target}, which is not a file of the package"
    return "is a device or a pipe" if file.kind == "other" else ""


def _is_outside(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/")


_ORIGIN = ("$ORIGIN", "${ORIGIN}")
"""The forms of the binary's own folder in a search path."""


def _search_paths(
    path: str, facts: Elf, placeholder: str, links: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Judge the folders that a binary searches for libraries.

    :param links: the links of its package, or None if there is no package. Then ``..`` is always
        accepted.
    """
    for entry in (*facts.rpath, *facts.runpath):
        line = f"{path} looks for libraries in {entry or 'the current folder'}"
        name, _, rest = entry.partition("/")
        if name in _ORIGIN:
            place = f"./{posixpath.dirname(path)}/{rest}"
            inside = links is None or paths_within.resolve(place, links) is not None
        else:
            inside = bool(placeholder) and entry.startswith(placeholder)
        yield inside, line if inside else f"{line}, which is outside"


# Agreement of paths.json with the files


def _agreement(facts: CondaFile, contents: Contents) -> Iterator[Finding]:
    listed = {entry.path: entry for entry in facts.entries}
    if len(listed) != len(facts.entries):
        yield False, f"{_list_of(facts)} lists a path twice"
    found: dict[str, FoundFile] = {}
    for file in contents.files:
        if file.path in found:
            yield False, f"{file.path} occurs twice"
        found[file.path] = file
        if file.path not in listed and file.kind != "directory":
            yield False, f"{file.path} exists, but is not listed"
    agree = True
    for path, entry in listed.items():
        why = _disagrees(entry, found[path]) if path in found else "is listed, but does not exist"
        if why:
            agree = False
            yield False, f"{path} {why}"
    unknown = sum(entry.type == "hardlink" and not entry.sha256 for entry in listed.values())
    if unknown:
        line = f"{_list_of(facts)} gives no checksum for {unknown} of {len(listed)} files"
        yield None, f"{line}, so their content cannot be verified"
    elif listed and agree:
        yield True, f"listed files: {len(listed)}, each with the given size and checksum"


def _list_of(facts: CondaFile) -> str:
    """Return the file that lists the files. Packages of before 2017 have no paths.json."""
    return "paths.json" if "info/paths.json" in facts.info_files else "info/files"


_LISTED_AS = {"hardlink": {"file", "hardlink"}, "softlink": {"link"}, "directory": {"directory"}}
"""The kinds of files that match each listed type."""


def _disagrees(entry: PackagedFile, file: FoundFile) -> str:
    if file.kind not in _LISTED_AS[entry.type]:
        return f"is a {file.kind}, but is listed as a {entry.type}"
    if entry.type != "hardlink":
        return ""
    if entry.size is not None and entry.size != file.size:
        return f"has {file.size} bytes, but is listed with {entry.size}"
    if entry.sha256 and entry.sha256.lower() != file.sha256:
        return "does not have the listed checksum"
    return ""
