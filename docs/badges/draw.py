"""Draw the badges of README.md from facts, so that nothing has to be fetched to show them.

    .venv/bin/python docs/badges/draw.py

tests/repository/test_repository.py fails where a badge, or its text in README.md, is not its fact.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from crosscraft.paths import ROOT
from crosscraft.platforms import PLATFORMS

FOLDER = Path(__file__).parent
WIDTH = 6.6
"""Of a letter, on average, at 11 pixels: of DejaVu Sans, the widest of the fonts asked for."""
PADDING = 8


@dataclass(frozen=True, slots=True)
class Badge:
    """A fact in a few words."""

    name: str
    """Of the file, without ``.svg``."""
    label: str
    """What the fact is about."""
    fact: str
    """What is so."""

    @property
    def text(self) -> str:
        """What README.md gives for who does not see it."""
        return f"{self.label}: {self.fact}"

    def svg(self) -> str:
        """The picture: light on dark, both parts with a contrast of more than 7 to 1."""
        left, right = (len(part) * WIDTH + 2 * PADDING for part in (self.label, self.fact))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.0f}" height="22" '
            f'role="img" aria-label="{self.text}">\n'
            f"  <title>{self.text}</title>\n"
            f'  <clipPath id="r"><rect width="{left + right:.0f}" height="22" rx="4"/></clipPath>\n'
            f'  <g clip-path="url(#r)"><path fill="#3b3b3b" d="M0 0h{left:.0f}v22H0z"/>'
            f'<path fill="#0b4a6f" d="M{left:.0f} 0h{right:.0f}v22H{left:.0f}z"/></g>\n'
            '  <g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11" '
            'text-anchor="middle">'
            f'<text x="{left / 2:.0f}" y="15">{self.label}</text>'
            f'<text x="{left + right / 2:.0f}" y="15">{self.fact}</text></g>\n'
            "</svg>\n"
        )


def badges() -> tuple[Badge, ...]:
    """The badges, each with its fact as it is now."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pythons = [line.split(" :: ")[-1] for line in project["classifiers"]]
    return (
        Badge("python", "Python", ", ".join(version for version in pythons if "." in version)),
        Badge("notebooks", "notebooks", f"{len(list((ROOT / 'notebooks').glob('*.ipynb')))}"),
        Badge("processors", "processors", ", ".join(row.processor for row in PLATFORMS.values())),
        Badge("licence", "licence", project["license"]),
    )


if __name__ == "__main__":
    for badge in badges():
        (FOLDER / f"{badge.name}.svg").write_text(badge.svg(), encoding="utf-8")
