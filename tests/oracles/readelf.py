"""What readelf prints of a binary, as facts to compare with those of `elf.read`.

Libraries, programs, object files and the members of static libraries are compared in each fact
that both state. A linker script has to be refused as one.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from conda_package_streaming.package_streaming import CondaComponent, stream_conda_component

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import elf
from crosscraft.inspection.elf import archive

BATCH = 100
"""How many files one call of readelf gets."""


def binaries(package: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each ELF file and each linker script in a package, also those in its archives."""
    for tar, member in stream_conda_component(package, component=CondaComponent.pkg):
        if not member.isreg():
            continue
        content = tar.extractfile(member)
        assert content is not None
        data = content.read()
        name = f"{package.name}:{member.name}"
        if data.startswith(b"\x7fELF") or is_script(member.name, data):
            yield name, data
        elif data.startswith(b"!<arch>"):
            yield from ((f"{name}({part})", content) for part, content in archive.members(data))


def is_script(name: str, data: bytes) -> bool:
    """Whether a file is called a library, and is a text."""
    return re.search(r"/lib[^/]*\.(so|a)$", name) is not None and b"GNU ld script" in data[:200]


def disagreements(
    files: Iterable[tuple[str, bytes]], readelf: str, counts: Counter[str]
) -> list[str]:
    """Return what differs, as lines; count the files by kind."""
    found: list[str] = []
    batch: list[tuple[str, bytes, elf.Elf]] = []
    for name, data in files:
        try:
            facts = elf.read(data)
        except CrosscraftError as error:
            counts["linker scripts"] += 1
            words = re.findall(rb"\S*lib\S+", data[:4096].split(b"GROUP", 1)[-1])
            if "a linker script" not in str(error) or not all(
                word.decode() in str(error) for word in words
            ):
                found.append(f"{name}: refused: {error}")
            continue
        inside = ", in archives" if name.endswith(")") else ""
        counts[f"{facts.machine} {facts.type}{inside}"] += 1
        batch.append((name, data, facts))
        if len(batch) == BATCH:
            found += _compare(batch, readelf)
            batch = []
    return [*found, *_compare(batch, readelf)]


def printed(
    readelf: str, files: Iterable[bytes], *options: str, stderr: int = subprocess.DEVNULL
) -> list[str]:
    """Return what readelf prints of each file. It gets them as the members of one archive."""
    with tempfile.NamedTemporaryFile(suffix=".a") as file:
        file.write(b"!<arch>\n")
        for place, data in enumerate(files):
            header = f"{place}/".ljust(16) + f"{'0':12}{'0':6}{'0':6}{'644':8}{len(data):<10}`\n"
            file.write(header.encode() + data + b"\n" * (len(data) % 2))
        file.flush()
        done = subprocess.run(
            [readelf, *options, file.name],
            env={"LC_ALL": "C"}, stdout=subprocess.PIPE, stderr=stderr,
            text=True, errors="backslashreplace", check=False,
        )  # fmt: skip
    return re.split(r"^File: .*\(\d+\)$", done.stdout, flags=re.M)[1:]


def _compare(batch: list[tuple[str, bytes, elf.Elf]], readelf: str) -> Iterator[str]:
    if not batch:
        return
    options = ("-hldSW", "--dyn-syms", "-V", "-n")
    texts = printed(readelf, [data for _, data, _ in batch], *options, stderr=subprocess.STDOUT)
    for text, (name, _, facts) in zip(texts, batch, strict=True):
        said, ours = stated(text), comparable(facts)
        if _UNREAD.search(text):
            said["build id"] = ours["build id"]
        for key in sorted(said.keys() | ours.keys()):
            if said.get(key) != ours.get(key):
                yield f"{name}: {key}: readelf {_short(said.get(key), ours.get(key))}"


_UNREAD = re.compile(
    r"^Displaying notes found in: \.note\.gnu\.build-id\n +Owner.*\n(readelf: Warning: .*\n)*\n",
    re.M,
)
"""readelf goes by the section's alignment, and refuses a note where patchelf 0.15 wrote 8 there
in place of 4; the loader and we go by the program header's."""


def _short(said: object, ours: object) -> str:
    """The part of two lists that differs."""
    if isinstance(said, list) and isinstance(ours, list):
        alone = ([x for x in a if x not in b][:3] for a, b in ((said, ours), (ours, said)))
        return "alone has {}, elf.read alone {}".format(*alone)
    return f"says {said!r}, elf.read {ours!r}"


def comparable(facts: elf.Elf) -> dict[str, object]:
    """Return our facts in the form of :func:`stated`."""
    return {
        "machine": elf.machine_text(facts),
        "class": elf.class_text(facts),
        "endianness": elf.endianness_text(facts),
        "type": elf.type_text(facts),
        "entry": facts.entry,
        "interpreter": facts.interpreter,
        "soname": facts.soname,
        "needed": list(facts.needed),
        "rpath": ":".join(facts.rpath),
        "runpath": ":".join(facts.runpath),
        "build id": facts.build_id,
        "requires": facts.requires,
        "stripped": facts.stripped,
        "sections": [
            (s.name, section_word(s.type), s.address, s.offset, s.size, s.flags)
            for s in facts.sections
        ],
        "exported": sorted(
            (s.name, s.version, s.address, s.size, s.type[4:].removeprefix("GNU_"),
             {"GNU_UNIQUE": "UNIQUE"}.get(s.binding[4:], s.binding[4:]))
            for s in facts.exported
        ),
    }  # fmt: skip


_SECTION_WORDS = {
    "SHT_AMD64_UNWIND": "X86_64_UNWIND",
    "SHT_GNU_verdef": "VERDEF",
    "SHT_GNU_verneed": "VERNEED",
    "SHT_GNU_versym": "VERSYM",
    "SHT_RENESAS_IOP": "RENESAS IOP",
    "SHT_SYMTAB_SHNDX": "SYMTAB SECTION INDICES",
    "SHT_V850_SCOMMON": "V850 Small Common",
    "SHT_V850_TCOMMON": "V850 Tiny Common",
    "SHT_V850_ZCOMMON": "V850 Zero Common",
}
"""readelf's words for section types that are not their names in the specification."""


def section_word(name: str) -> str:
    """Return readelf's word for a section type of ours."""
    word = name.removeprefix("SHT_").replace("IA_64_VMS", "VMS")
    return _SECTION_WORDS.get(name, word)


_SECTION = re.compile(
    r"^ *\[ *(\d+)\] (.*?) +(\S+) +([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) [0-9a-f]+ +"
    r"([A-Za-z]*) +\d+ +\d+ +\d+$", re.M
)  # fmt: skip
_SYMBOL = re.compile(
    r"^ *\d+: ([0-9a-f]+) +(\w+) (\w+) +(\w+) +(\w+)(?: +\[[^\]]*\])? +(\w+) (.+)$", re.M
)


def stated(text: str) -> dict[str, object]:
    """Return what readelf printed of one file."""
    sections = [row for row in _SECTION.findall(text) if row[0] != "0"]
    exported = []
    for value, size, kind, binding, visibility, section, name in _SYMBOL.findall(text):
        if section != "UND" and binding != "LOCAL" and visibility not in ("HIDDEN", "INTERNAL"):
            said, _, version = name.partition("@")
            version = version.lstrip("@").split(" ")[0]
            if section == "ABS" and re.search(rf"Name: {re.escape(said)}$", text, re.M):
                version = said  # the symbol that stands for the version, which has it as well
            exported.append((said, version, int(value, 16), int(size, 0), kind, binding))
    versions: dict[str, list[tuple[list[int], str]]] = {}
    for name in re.findall(r"Name: (\S+)  Flags: .*Version: \d+$", text, re.M):
        family, version = re.split(r"_(?=[\d._]+$)|$", name, maxsplit=1)
        if version:
            numbers = [int(number) for number in re.findall(r"\d+", version)]
            versions.setdefault(family, []).append((numbers, version))
    return {
        "machine": _one(r"^  Machine: +(.*)$", text),
        "class": _one(r"^  Class: +(.*)$", text),
        "endianness": _one(r"^  Data: +(.*)$", text),
        "type": _one(r"^  Type: +(.*)$", text),
        "entry": int(_one(r"^  Entry point address: +(.*)$", text), 16),
        "interpreter": _one(r"Requesting program interpreter: (.*)\]$", text),
        "soname": _one(r"\(SONAME\) +Library soname: \[(.*)\]$", text),
        "needed": re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]$", text, re.M),
        "rpath": _one(r"\(RPATH\) +Library rpath: \[(.*)\]$", text),
        "runpath": _one(r"\(RUNPATH\) +Library runpath: \[(.*)\]$", text),
        "build id": _one(r"Build ID: ([0-9a-f]+)$", text),
        "requires": {family: max(rows)[1] for family, rows in versions.items()},
        "stripped": not any(row[2] == "SYMTAB" for row in sections),
        "sections": [
            (name, kind, int(address, 16), int(offset, 16), int(size, 16), flags)
            for _, name, kind, address, offset, size, flags in sections
        ],
        "exported": sorted(exported),
    }


def _one(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.M)
    return match[1] if match else ""
