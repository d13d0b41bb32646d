"""Name the trap behind a failure, and the page of the error reference that explains it."""

from __future__ import annotations

import os
from pathlib import Path

from crosscraft.building.check.check import in_log
from crosscraft.building.check.model import Trap
from crosscraft.paths import ROOT
from crosscraft.system.progress import LESSON_VARIABLE
from crosscraft.text import safe_lines

__all__ = ["named", "page"]


def named(log: str, shown: str = "") -> str:
    """Return the line that names the trap whose message is in a log, or an empty text.

    A line like it in the log, which `crosscraft build` has printed, is not repeated.

    :param shown: the part of the log that the user sees. A trap in it comes first.
    """
    finding = next(in_log(shown, ""), None) or next(in_log(log, ""), None)
    if finding is None or f"trap: {finding.trap.name}: " in log:
        return ""
    sentence = f"{finding.happens}. {finding.cure} See {page(finding.trap)}."
    return safe_lines(f"trap: {finding.trap.name}: {' '.join(sentence.split())}")


def page(trap: Trap) -> str:
    """Return the path of a trap's page, as it can be opened from here.

    Within the clone it is relative. A lesson's outputs are stored, so there it is relative to the
    clone, which is the folder that JupyterLab shows.
    """
    path = ROOT / trap.entry
    here = Path.cwd()
    if LESSON_VARIABLE in os.environ or not path.exists():
        return trap.entry
    return os.path.relpath(path, here) if here.is_relative_to(ROOT) else str(path)
