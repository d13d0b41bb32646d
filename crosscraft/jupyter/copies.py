"""The learner's own copies of the lessons, in the workspace, with no outputs.

    python -m crosscraft.jupyter.copies

A copy that the learner has changed is never overwritten: a newer lesson is written beside it. The
copy of a lesson that is gone goes too, unless the learner has changed it. A hidden file records
each copy as it was written. `crosscraft lab` and the hub's server bring the copies up to date, and
the command above does so for other servers.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscraft.errors import LessonError
from crosscraft.jupyter import blank, changes
from crosscraft.jupyter.served import WELCOME, Served
from crosscraft.paths import ROOT
from crosscraft.system import files, program, workspace

__all__ = ["main", "update"]

NOTEBOOKS = ROOT / "notebooks"
RECORD = ".copies.json"
"""The file beside the copies with a `Written` for each of them."""


@dataclass(frozen=True, slots=True)
class Written:
    """A copy as it was written."""

    checksum: str
    """The SHA-256 of the file."""
    cells: dict[str, str]
    """The sources of the committed lesson by the ids of its cells. Outputs do not count."""

    def is_of(self, cells: Mapping[str, str]) -> bool:
        """Whether the lesson had these cells, in this order."""
        return list(self.cells.items()) == list(cells.items())


def update(served: Served, note: str = "", notebooks: Path = NOTEBOOKS) -> None:
    """Bring the copies up to date, and print a line for each newer lesson that is offered.

    :param note: Markdown to put in front of the welcome page.
    :param notebooks: the folder of the committed lessons.
    :raises StorageError: if the workspace cannot be written, or other users can.
    :raises LessonError: if a committed notebook is damaged.
    """
    workspace.check_owned()
    with workspace.lock():
        workspace.take_over()
        served.link_pages()
        folder = workspace.lessons()
        files.check_writable(folder, "the folder of your lessons")
        record = _read(folder)
        before = dict(record)
        pages = sorted([*notebooks.glob("*.ipynb"), notebooks / WELCOME])
        _remove_others(folder, pages, record)
        for page in pages:
            opening = note if page.name == WELCOME else ""
            _update(folder, page, served.way_to_pages, opening, record)
        if record != before:
            stored = {name: asdict(written) for name, written in record.items()}
            files.write(folder / RECORD, json.dumps(stored, ensure_ascii=False) + "\n")


def _remove_others(folder: Path, pages: Sequence[Path], record: dict[str, Written]) -> None:
    """Remove the copies of lessons that the series no longer has. A changed copy stays."""
    others = [name for name in record if not any(_is_version(name, page) for page in pages)]
    for name in others:
        copy, written = folder / name, record.pop(name)
        if not copy.exists():
            continue
        if _checksum(copy.read_bytes()) == written.checksum:
            copy.unlink()
        else:
            print(f"The series no longer has the lesson {name}. Your copy of it stays.")


def _update(folder: Path, page: Path, pages: str, opening: str, record: dict[str, Written]) -> None:
    """Write the copy of one page, or offer a newer lesson, or leave all as it is."""
    copy, cells, text = folder / page.name, blank.cells(page), blank.text(page, pages, opening)
    new, old = Written(_checksum(text.encode()), cells), record.get(page.name)
    found = _checksum(copy.read_bytes()) if copy.exists() else ""
    if found in ("", new.checksum) or (old and found == old.checksum):
        if found != new.checksum:
            files.write(copy, text)
        record[page.name] = new
        return
    versions = [one for name, one in record.items() if _is_version(name, page)]
    if not any(one.is_of(cells) for one in versions):
        _offer(copy, page, pages, old.cells if old else _cells(copy), record)


def _offer(
    copy: Path, page: Path, pages: str, base: Mapping[str, str], record: dict[str, Written]
) -> None:
    """Write the newer lesson beside the learner's copy, and print so.

    :param base: the cells of the lesson that the copy came from.
    """
    cells = blank.cells(page)
    opening = (
        f"**This is a newer version of the lesson.** Your own copy is [{page.name}]({page.name}), "
        "as you left it. Both work with the same project and progress. If you need nothing from "
        "your copy, delete both, and the next start of JupyterLab brings the new version alone."
        f"\n\nChanged since your copy:\n\n{changes.describe(base, cells)}\n"
    )
    text = blank.text(page, pages, opening)
    new = Written(_checksum(text.encode()), cells)
    for number in itertools.count(1):
        end = f"-{number}" if number > 1 else ""
        beside = copy.with_name(f"{page.stem}-new{end}{page.suffix}")
        known = record.get(beside.name, new)
        if not beside.exists() or _checksum(beside.read_bytes()) in (known.checksum, new.checksum):
            break
    files.write(beside, text)
    record[beside.name] = new
    print(
        f"{page.name} is newer than your copy, which you have changed. "
        f"The new version is {workspace.shown(beside)}."
    )


def _is_version(name: str, page: Path) -> bool:
    """Whether the file `name` is the copy of a page, or a newer version beside it."""
    return bool(re.fullmatch(rf"{re.escape(page.stem)}(-new(-\d+)?)?{page.suffix}", name))


def _cells(copy: Path) -> Mapping[str, str]:
    """Return the cells of a file of unknown origin. They are none if it is no lesson."""
    try:
        return blank.cells(copy)
    except (LessonError, ValueError):
        return {}


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(folder: Path) -> dict[str, Written]:
    """Return the record. A damaged one counts as none, because every copy is compared anyway."""
    try:
        stored = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {name: Written(**one) for name, one in stored.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def main() -> int:
    """Make copies for a server that another program starts in the clone."""
    return program.exit_status("copies", lambda: update(Served.of(ROOT)))


if __name__ == "__main__":
    sys.exit(main())
