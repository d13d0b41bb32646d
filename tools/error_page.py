"""A page of the error reference: a trap as Markdown, for GitHub and for the site."""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosscraft.building.check import reproductions
from crosscraft.building.check.check import check
from crosscraft.building.check.model import Finding, Replacement, Reproduction, Trap
from crosscraft.paths import ROOT
from crosscraft.views.findings import FORMATS

__all__ = ["escaped", "page", "title"]

_WIDTH = 100
"""The maximum width of a printed line, beyond which a terminal wraps it."""

_MARK = "<!-- Written by `python -m tools.errors` from crosscraft/traps/{}.toml -->"


@dataclass(frozen=True, slots=True)
class _Planted:
    """A project with a trap."""

    change: str
    """What planted the trap, as a diff."""
    findings: tuple[Finding, ...]
    """What ``crosscraft check`` says about it."""
    fix: str
    """What repairs it, as a diff."""


class _Placeholders(dict[str, str]):
    """The fields of a sentence, in capitals as in a manual page. Several words read as they are."""

    def __missing__(self, key: str) -> str:
        return key.replace("_", " ") if "_" in key else key.upper()


def page(trap: Trap) -> str:
    """Return the page of a trap."""
    planted = _plant(trap, trap.reproduction) if trap.reproduction else None
    parts = [
        f"# {title(trap)}",
        _MARK.format(trap.name),
        _summary(trap),
        *_messages(trap),
        "## Cause",
        trap.cause,
        "## Fix",
        trap.fix,
        *(_fenced(planted.fix, "diff") if planted and planted.fix else ()),
        *_found(trap, planted),
        *(_seen(trap, trap.reproduction, planted) if trap.reproduction and planted else ()),
        *_versions(trap),
        "## Sources",
        "\n".join(f"- {_link(source)}" for source in trap.sources),
    ]
    return "\n\n".join(parts) + "\n"


def title(trap: Trap) -> str:
    """Return the title of a trap as Markdown. What stands in backquotes is code."""
    if trap.title.count("`") % 2:
        return escaped(trap.title)
    words = trap.title.split("`")
    return "`".join(escaped(word) if i % 2 == 0 else word for i, word in enumerate(words))


def escaped(text: str) -> str:
    """Return text without any Markdown. Underscores within words mean nothing there."""
    return re.sub(r"[\\`*\[\]<>]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


def _summary(trap: Trap) -> str:
    happens = trap.happens.format_map(_Placeholders())
    cure = trap.cure.format_map(_Placeholders())
    return f"{happens[0].upper()}{happens[1:]}. {cure}"


def _messages(trap: Trap) -> Iterator[str]:
    yield "## What you see"
    if not trap.symptoms:
        yield "No tool prints a message."
    for symptom in trap.symptoms:
        yield f"From {symptom.tool}:"
        yield from _fenced(symptom.example.strip("\n"))


def _found(trap: Trap, planted: _Planted | None) -> Iterator[str]:
    """Yield how ``crosscraft check`` finds the trap, with what it prints."""
    yield "## Find it"
    yield f"[`crosscraft check`](../check.md) calls this trap `{trap.name}`."
    if trap.symptoms:
        yield "It knows the message in the log of a build: `crosscraft check LOG`."
    if trap.package_detector:
        yield "It finds the trap in a package: `crosscraft check PACKAGE`."
    if trap.detector:
        yield "It finds the trap in a project, before anything is built:"
        if planted and planted.findings:
            yield from _fenced(_printed(planted.findings))


def _printed(findings: Sequence[Finding]) -> str:
    lines = FORMATS["text"]([replace(finding, diff="") for finding in findings]).splitlines()
    return "\n".join(
        textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def _seen(trap: Trap, reproduction: Reproduction, planted: _Planted) -> Iterator[str]:
    """Yield the steps that reproduce the trap."""
    yield "## See it happen"
    if reproduction.project:
        yield f"In a copy of {_project(reproduction.project)}, make this change:"
        yield from _fenced(planted.change, "diff")
    else:
        yield "In an empty folder, write these files:"
        for edit in reproduction.edits:
            yield f"`{edit.file}`:"
            yield from _fenced(edit.new.strip("\n"))
    yield "Then run:"
    yield from _fenced("\n".join(_commands(reproduction)))
    if reproduction.shown == "log":
        yield "The last command fails with the message above."
    elif reproduction.shown == "effect":
        yield "Nothing fails. The last command prints a line with:"
        yield from _fenced(reproduction.effect)
    else:
        where = " output/*/*.conda" if reproduction.shown == "package" else ""
        yield f"Nothing fails. Only `crosscraft check{where}` shows the trap."


def _commands(reproduction: Reproduction) -> Iterator[str]:
    if reproduction.needs:
        yield f"crosscraft channel add {shlex.join(reproduction.needs)}"
    log = " -v" if reproduction.shown == "effect" and not reproduction.command else ""
    yield f"crosscraft build{log} --target-platform {reproduction.platform}"
    if reproduction.command:
        words = (w if w.startswith("output/") else shlex.quote(w) for w in reproduction.command)
        yield f"crosscraft {' '.join(words)}"


def _project(folder: str) -> str:
    page = f"{folder}/README.md" if folder.startswith("examples/") else folder
    return f"[`{folder}`](../../{page})"


def _versions(trap: Trap) -> Iterator[str]:
    rows = [("Since", trap.since), ("Until", trap.until)]
    shown = [f"{word} {value}." for word, value in rows if value]
    if shown:
        yield "## Versions"
        yield " ".join(shown)


def _link(source: str) -> str:
    return f"<{source}>" if source.startswith("https://") else source


def _fenced(text: str, language: str = "") -> Iterator[str]:
    """Yield a block of code whose fence is longer than any in the text."""
    longest = max((len(ticks) for ticks in re.findall(r"^`{3,}", text, re.M)), default=2)
    fence = "`" * (longest + 1)
    tidy = "\n".join(line.rstrip() for line in text.splitlines())
    yield f"{fence}{language}\n{tidy}\n{fence}"


def _plant(trap: Trap, reproduction: Reproduction) -> _Planted:
    with tempfile.TemporaryDirectory() as folder:
        project = reproductions.plant(reproduction, Path(folder))
        findings = _findings(trap, reproduction, project)
        fix = "\n".join(finding.diff for finding in findings if finding.diff)
        change = _difference(reproduction.edits, ROOT / reproduction.project, project)
        if not fix:
            repaired = Path(folder, "repaired")
            shutil.copytree(project, repaired)
            reproductions.replace(reproduction.fix, repaired)
            fix = _difference(reproduction.fix, project, repaired)
    return _Planted(change, findings, fix)


def _findings(trap: Trap, reproduction: Reproduction, project: Path) -> tuple[Finding, ...]:
    if not trap.detector:
        return ()
    found = check(project, [reproduction.platform]).findings
    return tuple(
        replace(each, file=str(Path(each.file).relative_to(project)))
        for each in found
        if each.trap == trap
    )


def _difference(edits: Sequence[Replacement], old: Path, new: Path) -> str:
    """Return the changed files of a project as a unified diff."""
    names = dict.fromkeys(edit.file for edit in edits)
    return "".join(_diff(name, _lines(old / name), _lines(new / name)) for name in names)


def _diff(name: str, old: list[str], new: list[str]) -> str:
    start = f"a/{name}" if old else "/dev/null"
    lines = difflib.unified_diff(old, new, start, f"b/{name}", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
