"""Findings of a check, drawn: as text, as JSON, and as annotations of GitHub's Actions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from crosscraft.building.check.entries import page
from crosscraft.building.check.model import Finding
from crosscraft.redact import redacted
from crosscraft.text import printable, safe_lines

__all__ = ["FORMATS"]


def _as_text(findings: Sequence[Finding]) -> str:
    return "".join(_paragraph(finding) for finding in findings)


def _paragraph(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    lines = [f"{place}: {_sentence(finding)} See {page(finding.trap)}.", *finding.diff.splitlines()]
    return "".join(f"{safe_lines(line)}\n" for line in lines)


def _sentence(finding: Finding) -> str:
    return f"{finding.trap.name}: {finding.happens}. {finding.cure}"


def _as_json(findings: Sequence[Finding]) -> str:
    """A log may contain a password: what is taken from it is shown without."""
    rows = [
        {
            "file": finding.file, "line": finding.line, "trap": finding.trap.name,
            "title": finding.trap.title, "happens": redacted(finding.happens), "cure": finding.cure,
            "diff": redacted(finding.diff), "entry": finding.trap.entry,
        }
        for finding in findings
    ]  # fmt: skip
    return json.dumps(rows, indent=2) + "\n"


def _as_annotations(findings: Sequence[Finding]) -> str:
    """Source: GitHub's documentation, "Workflow commands for GitHub Actions"."""
    return "".join(
        f"::error file={_property(finding.file)},line={max(1, finding.line)},"
        f"title={_property(finding.trap.name)}::{_data(f'{finding.happens}. {finding.cure}')}\n"
        for finding in findings
    )


def _data(text: str) -> str:
    plain = printable(redacted(text), keep="\n")
    return plain.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_annotations,
}
"""How findings are printed, by the name of the option's value."""
