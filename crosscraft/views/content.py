"""Convert facts about packages, binaries, comparisons and recipes to blocks.

Long tables are cut at a limit of this module, with a note.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from crosscraft import platforms
from crosscraft.inspection import elf
from crosscraft.views import binary_content
from crosscraft.views.blocks import Block, Paragraph, Table, Varies, cut, number

if TYPE_CHECKING:
    from crosscraft.building.recipe import Rendered
    from crosscraft.inspection.comparison import Difference
    from crosscraft.inspection.conda_file import CondaFile
    from crosscraft.inspection.conda_file.contents import Contents
    from crosscraft.inspection.elf import Elf
    from crosscraft.inspection.inspect import Inspection
    from crosscraft.inspection.verdicts import Verdict

__all__ = [
    "FILES", "ROWS", "binaries", "comparison", "evidence", "inspection", "objects", "package",
    "rendered",
]  # fmt: skip

ROWS = 50
"""The maximum number of rows of a table that is one of several."""

FILES = 200
"""The maximum number of files shown of a package."""

_KINDS = {"package": "a conda package", "elf": "a binary", "archive": "a static library"}

_ANSWERS = {True: "yes", False: "NO", None: "cannot be known"}


def inspection(found: Inspection) -> Iterator[Block]:
    """Yield the facts about a file: a package, a binary or a static library."""
    yield Paragraph(f"{found.path.name}, {_KINDS[found.kind]}")
    if found.kind != "archive":
        yield evidence(found.verdicts)
    if found.package:
        yield from package(found.package)
    if found.contents:
        yield binaries(found.contents)
    if found.elf:
        yield binary_content.facts(found.path.name, found.elf)
        yield from binary_content.sections(found.elf, found.size)
        yield from binary_content.symbols(found.elf, limit=ROWS)
    if found.kind == "archive":
        yield objects(found)


def package(facts: CondaFile) -> tuple[Block, ...]:
    """Return the metadata of a package."""
    from crosscraft.inspection.conda_file import describe

    identity = [
        ("name", facts.name),
        ("version", facts.version),
        ("build", facts.build),
        ("build number", str(facts.build_number)),
        ("platform (subdir)", facts.subdir or "not given"),
        ("noarch", facts.noarch or "no"),
        ("license", facts.license or "not given"),
        ("built", Varies(_date(facts.timestamp))),
        *((f"variant: {key}", value) for key, value in sorted(facts.variant.items())),
    ]
    # A build writes the run_exports of several packages in no fixed order.
    needs = [("at run time", spec) for spec in sorted(facts.depends)]
    needs += [("if it is installed", spec) for spec in facts.constrains]
    needs += [
        (f"exported to builds ({kind})", spec)
        for kind, specs in sorted(facts.run_exports.items())
        for spec in specs
    ]
    files = [
        (entry.path, entry.type, Varies("" if entry.size is None else number(entry.size)))
        for entry in facts.entries
    ]
    shown, note = cut(files, FILES, "files")
    return (
        Table("Metadata", ("field", "value"), identity, code=(1,)),
        Table("What it needs", ("when", "match spec"), needs, code=(1,)),
        Table("What it installs", ("path", "type", "bytes"), shown, note, (2,), (0,)),
        Table(
            "Files with metadata",
            ("file", "what it is for"),
            [(name, describe(name)) for name in facts.info_files],
            code=(0,),
        ),
    )


def _date(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "not given"
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(milliseconds / 1000))
    except (OverflowError, ValueError, OSError):
        return "not a valid date"


def evidence(verdicts: Iterable[Verdict]) -> Table:
    """Return the verdicts on a file: questions, answers and evidence."""
    rows = []
    for verdict in verdicts:
        shown, note = cut(verdict.evidence, 5, "findings")
        findings = "; ".join([*shown, *([note] if note else [])])
        rows.append((verdict.question, _ANSWERS[verdict.holds], findings))
    return Table("Verdicts", ("question", "answer", "evidence"), rows, prose=True)


def binaries(found: Contents) -> Table:
    """Return the binaries in a package, one per row."""
    rows = [(name, *_machine(facts)) for name, facts in sorted(found.binaries.items())]
    rows += [(name, code.text, "", "") for name, code in sorted(found.foreign.items())]
    rows += [(name, f"cannot be read: {why}", "", "") for name, why in sorted(found.unread.items())]
    shown, note = cut(rows, ROWS, "binaries")
    return Table("Binaries", ("file", "machine", "platform", "needs"), shown, note, code=(0, 3))


def objects(found: Inspection) -> Table:
    """Return the objects of a static library, the first for each machine, one per row."""
    shown, note = cut([(name, *_machine(one)[:2]) for name, one in found.objects], ROWS, "objects")
    caption = "Objects, the first for each machine"
    return Table(caption, ("object", "machine", "platform"), shown, note, code=(0,))


def _machine(facts: Elf) -> tuple[str, str, str]:
    platform = elf.platform_of(facts)
    return (
        f"{facts.machine}, {facts.elf_class}-bit, {facts.endianness}-endian",
        platform.subdir if platform else "not in the table",
        ", ".join(facts.needed) or "nothing",
    )


def comparison(differences: Sequence[Difference]) -> tuple[Block, ...]:
    """Return the differences between two packages, and their reasons."""
    if not differences:
        return (Paragraph("The comparison found no difference."),)
    rows = [(one.what, _varying(one.left), _varying(one.right), one.why) for one in differences]
    shown, note = cut(rows, FILES, "differences")
    head = ("what", "left", "right", "why")
    return (Table("What differs", head, shown, note, code=(1, 2), prose=True),)


def _varying(value: str) -> str:
    """Mark sizes and checksums, which differ in another build."""
    return Varies(value) if re.search(r"\d bytes|sha256", value) else value


def rendered(recipe: Rendered, target: str) -> tuple[Block, ...]:
    """Return the outputs that a recipe would build for the platform `target`."""
    blocks: list[Block] = []
    for output in recipe.outputs:
        digest = re.search(r"h([0-9a-f]{7})_\d+$", output.build)
        rows = [
            ("file name", f"{output.name}-{output.version}-{output.build}"),
            ("subdir", platforms.NOARCH if output.noarch else target),
            ("variant", ", ".join(f"{key}: {value}" for key, value in output.variant.items())),
            ("hash of the variant", digest[1] if digest else "not in the build string"),
        ]
        for kind, specs in (
            ("build", output.build_specs),
            ("host", output.host_specs),
            ("run", output.run_specs),
        ):
            pins = (f"{name} (of this recipe)" for name in output.pins[kind])
            rows.append((kind, ", ".join([*specs, *pins]) or "-"))
        caption = f"Output {output.name}, for {target}"
        blocks.append(Table(caption, ("field", "value"), rows, code=(1,)))
    if recipe.skipped:
        skips = list(recipe.skipped.items())
        caption = f"Skipped, for {target}"
        blocks.append(Table(caption, ("output", "because"), skips, code=(1,)))
    return tuple(blocks) or (Paragraph(f"This recipe builds nothing for {target}."),)
