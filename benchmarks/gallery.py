"""Measure the examples for the table in examples/README.md.

    python -m benchmarks.gallery

Each example is built for this machine and for Arm, with an empty compiler cache and warm packages,
and its task ``start`` is run on both. The figures are kept in docs/performance/examples.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.builds import CROSS, CROSSCRAFT, empty_cache
from benchmarks.side_by_side import ENVIRONMENT, call, work_in_memory
from crosscraft import platforms
from crosscraft.lessons.answer_key import start_task
from crosscraft.paths import ROOT
from tests.support import examples

KEPT = ROOT / "docs" / "performance" / "examples.json"
PAGE = examples.FOLDER / "README.md"
START, END = "<!-- figures -->\n", "<!-- end of figures -->\n"

Figures = Mapping[str, Mapping[str, Any]]


def main() -> int:
    """Measure, keep the figures, and write the page's table."""
    work_in_memory()
    figures = {name: measure(name) for name in sorted(examples.folders())}
    KEPT.write_text(f"{json.dumps(figures, indent=1)}\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{START}{table(figures)}{END}{after}", encoding="utf-8")
    print(table(figures))
    return 0


def measure(name: str) -> dict[str, Any]:
    """Return the size of an example, the seconds of its builds, and what it printed."""
    here = platforms.native().subdir
    with tempfile.TemporaryDirectory(prefix="crosscraft-bench-") as folder:
        project = examples.copy(name, Path(folder))
        seconds = {}
        for target in (here, CROSS.subdir):
            argv = [CROSSCRAFT, "build", "--project", str(project), "--target-platform", target]
            call(argv, cwd=project, CROSSCRAFT_CACHE=str(empty_cache()))  # what it needs is fetched
            cache = str(empty_cache())
            started = time.perf_counter()
            call(argv, cwd=project, CROSSCRAFT_CACHE=cache)
            seconds[target] = round(time.perf_counter() - started, 1)
        return {
            "lines": lines(name),
            "native": seconds[here],
            "cross": seconds[CROSS.subdir],
            "printed": {target: _start(project, target) for target in (here, CROSS.subdir)},
        }


def _start(project: Path, target: str) -> str:
    wanted = [word for package in examples.packages(project) for word in ("--with", package)]
    argv = [CROSSCRAFT, "run", "--quiet", "--platform", target, *wanted, "--"]
    env = ENVIRONMENT | {"CROSSCRAFT_CACHE": str(empty_cache())}
    done = subprocess.run(
        [*argv, *start_task(project)],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def lines(name: str) -> int:
    """Return how many lines a reader of an example has before them, without page and licence."""
    paths = (path for path in examples.files(name) if path.name not in ("README.md", "LICENSE"))
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def kept() -> Figures:
    """Return the figures that are kept."""
    figures: Figures = json.loads(KEPT.read_text(encoding="utf-8"))
    return figures


def table(figures: Figures) -> str:
    """Return the page's table."""
    rows = [
        "| example | lines | native build | cross build | prints, also on Arm |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in figures.items():
        rows.append(
            f"| [{name}]({name}/README.md) | {row['lines']} | {row['native']} s | "
            f"{row['cross']} s | `{row['printed'][CROSS.subdir]}` |"
        )
    return "\n".join([*rows, ""])


if __name__ == "__main__":
    sys.exit(main())
