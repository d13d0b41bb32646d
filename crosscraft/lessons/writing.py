"""`%%writefile` in a lesson: a file that the learner has edited elsewhere is kept in a backup.

IPython's own magic overwrites it. A lesson has several cells for one file, and a learner who runs
them once more has often edited the file in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from IPython import get_ipython

from crosscraft.lessons import workspace
from crosscraft.lessons.exercises import judge
from crosscraft.paths import ROOT

__all__ = ["Guard", "set_up"]

_HEAD = "%%writefile {project}/"
_NAME = "writefile"

Magic = Callable[[str, str], None]
"""A cell magic: its line, and the cell below that line."""


class Guard:
    """IPython's `%%writefile`, and a backup before it where that is needed."""

    def __init__(self, magic: Magic) -> None:
        """:param magic: IPython's own."""
        self._magic = magic
        self._written: dict[Path, str] = {}
        """What the cells of this kernel have written."""

    def __call__(self, line: str, cell: str) -> None:
        """Write `cell` to the file that `line` names."""
        target = Path(line.strip())
        path = _in_project(target)
        if path and self._is_the_learners(path, target, cell):
            workspace.back_up(path)
            print(f"Your earlier {path} is in the workspace's folder backups.")
        self._magic(line, cell)
        self._written[target.absolute()] = cell

    def _is_the_learners(self, path: str, target: Path, cell: str) -> bool:
        """Whether a file is there that no cell and no lesson has written."""
        if not target.is_file():
            return False
        text = target.read_text(encoding="utf-8", errors="replace")
        known = {cell.strip(), "", self._written.get(target.absolute(), "").strip()}
        return text.strip() not in known | _given(path) | set(_originals(target))


def set_up() -> None:
    """Guard the `%%writefile` of this kernel, once. Outside of IPython there is none."""
    shell = get_ipython()
    if shell is None:
        return
    magic = shell.find_cell_magic(_NAME)
    if not isinstance(magic, Guard):
        shell.register_magic_function(Guard(magic), "cell", _NAME)


def _in_project(target: Path) -> str:
    """Return the path of a file in the project, relative to it, or an empty text."""
    try:
        return str(target.resolve().relative_to(workspace.project().resolve()))
    except ValueError:
        return ""


def _given(path: str) -> set[str]:
    """Return the texts that the lessons give for a file: in cells, exercises and the reference."""
    texts = set(_in_cells(path))
    for exercise in judge.all_exercises().values():
        if exercise.path == path and isinstance(exercise.solution, str):
            texts |= {exercise.given, exercise.solution}
    for file in workspace.FILES:
        if file.path == path:
            texts |= {workspace.reference(file, file.lesson), workspace.reference(file)}
    return {text.strip() for text in texts}


def _originals(copy: Path) -> Iterator[str]:
    """Yield the texts of the project's other files, because cells also write over copies of one."""
    for file in workspace.FILES:
        own = workspace.project() / file.path
        if own.is_file() and not own.samefile(copy):
            yield own.read_text(encoding="utf-8", errors="replace").strip()


def _in_cells(path: str) -> Iterator[str]:
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            first, _, rest = "".join(cell["source"]).partition("\n")
            if first == _HEAD + path:
                yield rest
