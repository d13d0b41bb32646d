"""Run the notebooks and store their outputs.

    python -m tools.notebooks [NOTEBOOK…]

Each runs alone and cold, as in the tests. An output that differs from the stored one only in
what tests/sanitize.cfg replaces is left as it is, so that a second run changes nothing.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crosscraft.jupyter.bash_cells import PAGE_VARIABLE
from crosscraft.lessons import series
from crosscraft.paths import ROOT
from crosscraft.system import files
from crosscraft.views.live import WIDGET_VIEW

__all__ = ["execute", "main", "same", "sanitizer", "states_fact"]

NOTEBOOKS = ROOT / "notebooks"
_CONFIG = ROOT / "tests" / "sanitize.cfg"
_TIMEOUT = 600
"""Seconds that a cell may take."""

_FACT = re.compile(r"3\n|'EM_\w+'|.* Revealed type is \"int\"\n|Not attempted\..*\n")
"""Outputs that hold with any channel: a sum, a processor, a type, what a check says to `...`."""

Rules = Sequence[tuple[re.Pattern[str], str]]


def sanitizer(config: Path = _CONFIG) -> Rules:
    """Return the replacements of a sanitizer file, as nbval reads it."""
    from nbval.plugin import get_sanitize_patterns

    pairs = get_sanitize_patterns(config.read_text(encoding="utf-8"))
    return [(re.compile(pattern), replacement) for pattern, replacement in pairs]


def main(arguments: Sequence[str]) -> int:
    """Execute the notebooks named, or all, and return the exit status."""
    files.keep_from_others()
    paths = [Path(name) for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        if not path.is_file():
            print(f"there is no notebook {path}; name files, or nothing for all", file=sys.stderr)
            return 2
    for path in paths:
        started = time.monotonic()
        changed = execute(path)
        what = "stored" if changed else "unchanged"
        print(f"{path.name}  {what}  {time.monotonic() - started:.1f} s", flush=True)
    return series.main()


def execute(path: Path) -> bool:
    """Run a notebook, store what is new in it, and return whether anything was.

    :raises nbclient.exceptions.CellExecutionError: if a cell fails that is not expected to.
    """
    import nbformat
    from nbclient import NotebookClient

    from crosscraft.jupyter.kernels import AsyncSocketManager

    text = path.read_text(encoding="utf-8")
    stored = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    fresh = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="crosscraft-notebook-") as workspace:
        client = NotebookClient(
            fresh,
            kernel_manager_class=AsyncSocketManager,
            kernel_name="python3",
            timeout=_TIMEOUT,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        os.environ["CROSSCRAFT_WORKSPACE"] = workspace
        os.environ.pop(PAGE_VARIABLE, None)  # of a page that runs this: there is none here
        client.execute()
    rules = sanitizer()
    _tidy(fresh)
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        if new.cell_type == "code" and same(old.get("outputs", []), new.outputs, rules):
            new.outputs = old.outputs
    result = nbformat.writes(fresh).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]
    if result == text:
        return False
    files.write(path, result)
    return True


def _tidy(notebook: Any) -> None:
    """Drop what belongs to this run and this machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    count = 0
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "editable")}
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                # A live widget ends with its kernel. Opened anew, JupyterLab would look for it,
                # and not show the static form beside it.
                output.get("data", {}).pop(WIDGET_VIEW, None)
                if output.output_type == "execute_result":
                    output.execution_count = count


def same(old: Sequence[Any], new: Sequence[Any], rules: Rules) -> bool:
    """Whether two cells' outputs differ in nothing but what `rules` replace."""
    return len(old) == len(new) and all(
        _sanitized(a, rules) == _sanitized(b, rules) for a, b in zip(old, new, strict=True)
    )


def states_fact(cell: Any) -> bool:
    """Whether the stored output of the code cell `cell` holds whatever channel it is run with."""
    texts = (
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    )
    return any(map(_FACT.fullmatch, texts))


def _sanitized(value: Any, rules: Rules) -> Any:
    if isinstance(value, dict):
        return {key: _sanitized(item, rules) for key, item in value.items() if key != "metadata"}
    if isinstance(value, list):
        return [_sanitized(item, rules) for item in value]
    if isinstance(value, str):
        for pattern, replacement in rules:
            value = pattern.sub(replacement, value)
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
