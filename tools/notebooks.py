"""Run the notebooks and store their outputs.

    python -m tools.notebooks [NOTEBOOK…]

Each notebook runs in an empty workspace, as in tests. A stored output is kept if it differs only
in parts that tests/sanitize.cfg replaces. A second run changes nothing.
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

from crosscraft.jupyter.cells import PAGE_VARIABLE
from crosscraft.lessons import series
from crosscraft.paths import ROOT
from crosscraft.system import files, workspace
from crosscraft.views.live import drop_widget

__all__ = ["execute", "is_channel_independent", "main", "same", "sanitizer"]

NOTEBOOKS = ROOT / "notebooks"
_CONFIG = ROOT / "tests" / "sanitize.cfg"
_TIMEOUT = 600
"""The time limit for a cell, in seconds."""

_FACT = re.compile(r"3\n|'EM_\w+'|.* Revealed type is \"int\"\n|Not attempted\..*\n")
"""Outputs that are the same with any channel: a sum, a processor, a type, a verdict on `...`."""

Rules = Sequence[tuple[re.Pattern[str], str]]


def sanitizer(config: Path = _CONFIG) -> Rules:
    """Return the replacements in a sanitizer file of nbval."""
    from nbval.plugin import get_sanitize_patterns

    pairs = get_sanitize_patterns(config.read_text(encoding="utf-8"))
    return [(re.compile(pattern), replacement) for pattern, replacement in pairs]


def main(arguments: Sequence[str]) -> int:
    """Run the named notebooks, or all of them, and return the exit status."""
    files.keep_from_others()
    paths = [Path(name) for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        if not path.is_file():
            print(f"there is no notebook {path}. Without names, all are run.", file=sys.stderr)
            return 2
    for path in paths:
        started = time.monotonic()
        changed = execute(path)
        what = "stored" if changed else "unchanged"
        print(f"{path.name}  {what}  {time.monotonic() - started:.1f} s", flush=True)
    return series.main()


def execute(path: Path) -> bool:
    """Run a notebook, store its changed outputs, and return whether there were any.

    :raises nbclient.exceptions.CellExecutionError: if a cell fails unexpectedly.
    """
    import nbformat
    from nbclient import NotebookClient

    from crosscraft.jupyter.kernels import AsyncSocketManager

    text = path.read_text(encoding="utf-8")
    stored = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    fresh = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="crosscraft-notebook-") as served:
        own = str(Path(served) / "workspace")
        client = NotebookClient(
            fresh,
            kernel_manager_class=AsyncSocketManager,
            kernel_name="python3",
            timeout=_TIMEOUT,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        os.environ["CROSSCRAFT_WORKSPACE"] = own
        os.environ[workspace.SERVED] = served
        os.environ.pop(PAGE_VARIABLE, None)  # set if this runs in a terminal of JupyterLab
        client.execute()
    rules = sanitizer()
    _tidy(fresh, own)
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        if new.cell_type == "code" and same(old.get("outputs", []), new.outputs, rules):
            new.outputs = old.outputs
    result = nbformat.writes(fresh).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]
    if result == text:
        return False
    files.write(path, result)
    return True


def _tidy(notebook: Any, own: str) -> None:
    """Remove data that belongs to this run and this machine, such as `own`, the workspace."""
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
                drop_widget(output)
                if "text" in output:
                    output.text = output.text.replace(own, "…")
                for kind, data in output.get("data", {}).items():
                    if isinstance(data, str):
                        output.data[kind] = data.replace(own, "…")
                if output.output_type == "execute_result":
                    output.execution_count = count


def same(old: Sequence[Any], new: Sequence[Any], rules: Rules) -> bool:
    """Whether the outputs of two cells are the same after the replacements of `rules`."""
    return len(old) == len(new) and all(
        _sanitized(a, rules) == _sanitized(b, rules) for a, b in zip(old, new, strict=True)
    )


def is_channel_independent(cell: Any) -> bool:
    """Whether the stored output of the code cell `cell` is the same with any channel."""
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
