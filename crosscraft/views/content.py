"""Facts as blocks: what a view says about a package, a binary, a comparison, a recipe.

Everything that can be long is cut at a limit of this module, and a note says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from crosscraft import platforms
from crosscraft.console import megabytes
from crosscraft.views.blocks import Block, Table, Varies, Words, cut, number

if TYPE_CHECKING:
    from crosscraft.comparison import Difference
    from crosscraft.conda_file import CondaFile
    from crosscraft.elf import Elf
    from crosscraft.inspection import Inspection
    from crosscraft.project import Rendered
    from crosscraft.verdicts import Verdict

__all__ = [
    "FILES",
    "ROWS",
    "binaries",
    "comparison",
    "evidence",
    "inspection",
    "package",
    "rendered",
]

ROWS = 50
"""Rows shown of a table that is one of several."""

FILES = 200
"""Files shown of a package."""

_ANSWERS = {True: "yes", False: "NO", None: "cannot say"}


def package(facts: CondaFile) -> tuple[Block, ...]:
    """What a package says of itself."""
    from crosscraft.conda_file import describe

    identity = [
        ("name", facts.name),
        ("version", facts.version),
        ("build", facts.build),
        ("build number", str(facts.build_number)),
        ("platform (subdir)", facts.subdir),
        ("noarch", facts.noarch or "no"),
        ("license", facts.license or "not said"),
        ("built", Varies(_date(facts.timestamp))),
        *((f"variant: {key}", value) for key, value in sorted(facts.variant.items())),
    ]
    needs = [("at run time", spec) for spec in facts.depends]
    needs += [("if it is there", spec) for spec in facts.constrains]
    needs += [
        (f"whoever builds with it ({kind})", spec)
        for kind, specs in sorted(facts.run_exports.items())
        for spec in specs
    ]
    files = [
        (entry.path, entry.type, Varies("" if entry.size is None else number(entry.size)))
        for entry in facts.entries
    ]
    shown, note = cut(files, FILES, "files")
    return (
        Table("What it says of itself", ("field", "value"), identity, code=(1,)),
        Table("What it needs", ("when", "match spec"), needs, code=(1,)),
        Table("What it installs", ("path", "type", "bytes"), shown, note, (2,), (0,)),
        Table(
            "What it carries about itself",
            ("file", "what it is for"),
            [(name, describe(name)) for name in facts.info_files],
            code=(0,),
        ),
    )


def _date(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "not said"
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(milliseconds / 1000))
    except (OverflowError, ValueError, OSError):
        return "at no time that a calendar has"


def evidence(verdicts: Iterable[Verdict]) -> Table:
    """What was asked of a file, and the answers, in words."""
    rows = []
    for verdict in verdicts:
        shown, note = cut(verdict.evidence, 5, "findings")
        told = "; ".join([*shown, *([note] if note else [])])
        rows.append((verdict.question, _ANSWERS[verdict.holds], told))
    return Table("Verdicts", ("question", "answer", "evidence"), rows)


def binaries(found: Mapping[str, Elf]) -> Table:
    """The binaries of a package, one a row."""
    from crosscraft import elf

    rows = []
    for name, facts in sorted(found.items()):
        platform = elf.platform_of(facts)
        rows.append(
            (
                name,
                f"{facts.machine}, {facts.elf_class}-bit, {facts.endianness}-endian",
                platform.subdir if platform else "not in the table",
                ", ".join(facts.needed) or "none",
            )
        )
    shown, note = cut(rows, ROWS, "binaries")
    return Table("Binaries", ("file", "machine", "platform", "needs"), shown, note, code=(0, 3))


def comparison(differences: Sequence[Difference]) -> tuple[Block, ...]:
    """What differs between two packages, and why."""
    if not differences:
        return (Words("They do not differ in anything that is compared."),)
    rows = [(one.what, Varies(one.left), Varies(one.right), one.why) for one in differences]
    shown, note = cut(rows, FILES, "differences")
    head = ("what", "left", "right", "why")
    return (Table("What differs", head, shown, note, code=(1, 2)),)


def rendered(recipe: Rendered, target: str) -> tuple[Block, ...]:
    """What a recipe would build for the platform `target`."""
    blocks: list[Block] = []
    for output in recipe.outputs:
        digest = output.build.rpartition("_")[0] or output.build
        rows = [
            ("file name", f"{output.name}-{output.version}-{output.build}"),
            ("subdir", platforms.NOARCH if output.noarch else target),
            ("variant", ", ".join(f"{key}: {value}" for key, value in output.variant.items())),
            ("hash of the variant", digest),
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
        skips = [(name, " or ".join(recipe.skip_conditions[name])) for name in recipe.skipped]
        caption = f"Skipped, for {target}"
        blocks.append(Table(caption, ("output", "condition that may hold"), skips, code=(1,)))
    return tuple(blocks) or (Words(f"This recipe builds nothing for {target}."),)
