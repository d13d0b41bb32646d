"""Measure how long the explorers take to answer a click, on the largest package there is.

    python benchmarks/widget_clicks.py [--rounds N] [PACKAGE]

A click is a trait that is set, as the front end does. Two times are given for each, in
milliseconds: until it is answered (something is shown, if only that the package is still being
read), and until what was asked for is shown. The local channel's largest package is taken if
none is named.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from crosscraft.channel import local
from crosscraft.paths import ROOT
from crosscraft.views.elf_explorer import ElfExplorer
from crosscraft.views.live import Explorer
from crosscraft.views.package_comparison import PackageComparison
from crosscraft.views.package_explorer import PackageExplorer
from crosscraft.views.recipe_explorer import RecipeExplorer

Times = dict[str, list[tuple[float, float]]]


def click(times: Times, what: str, explorer: Explorer, act: Callable[[], object]) -> None:
    """Do `act`, and note the time until it returns, and until its answer is shown."""
    started = time.perf_counter()
    act()
    answered = time.perf_counter()
    explorer.pane.wait()  # type: ignore[attr-defined]
    shown = time.perf_counter()
    times[what].append(((answered - started) * 1000, (shown - started) * 1000))


def choose(explorer: PackageExplorer, path: str) -> None:
    """Choose a line of the tree."""
    places = [line.path for line in explorer._lines]
    explorer.contents.index = places.index(path)


def package_clicks(times: Times, package: Path, other: Path) -> None:
    """Every kind of click on the package explorer."""
    explorer = PackageExplorer(other, package)
    explorer.wait()
    click(times, "package: choose it", explorer, lambda: setattr(explorer.package, "index", 1))
    files = explorer._opened.facts.files  # type: ignore[union-attr]
    sizes = {e.path: e.size or 0 for e in explorer._opened.facts.entries}  # type: ignore[union-attr]
    click(times, "package: a file of info/", explorer, lambda: open_info(explorer))
    click(times, "package: verdicts, at once", explorer, lambda: choose(explorer, "\0verdicts"))
    explorer.wait()
    explorer.contents.index = 0
    click(times, "package: verdicts again", explorer, lambda: choose(explorer, "\0verdicts"))
    folder = next(line.path for line in explorer._lines if line.folder and line.path != "info/")
    click(times, "package: choose a folder", explorer, lambda: choose(explorer, folder))
    click(times, "package: open a folder", explorer, explorer.toggle.click)
    click(times, "package: next line", explorer, explorer.next.click)
    click(times, "package: filter", explorer, lambda: setattr(explorer.filter, "value", "lib"))
    click(times, "package: filter off", explorer, lambda: setattr(explorer.filter, "value", ""))
    for what, path in (
        ("package: its last file", files[-1]),
        ("package: its largest file", max(files, key=lambda path: sizes[path])),
    ):
        explorer.filter.value = path
        explorer.contents.index = None
        click(times, what, explorer, lambda: setattr(explorer.contents, "index", 0))
    again = PackageExplorer(other, package)
    again.wait()
    again.package.index = 1
    again.filter.value = files[-1]
    again.contents.index = None
    click(
        times, "package: its last file, at once", again, lambda: setattr(again.contents, "index", 0)
    )
    again.wait()


def open_info(explorer: PackageExplorer) -> None:
    explorer._tree.open.add("info/")
    explorer._list()
    choose(explorer, "info/paths.json")


def elf_clicks(times: Times, package: Path) -> None:
    """Every kind of click on the ELF explorer, with the package's largest binaries."""
    explorer = ElfExplorer(package)
    largest = max(range(len(explorer.binaries)), key=lambda at: explorer.binaries[at].size)
    click(
        times,
        "ELF: choose the largest",
        explorer,
        lambda: setattr(explorer.binary, "index", largest),
    )
    for name in explorer.view.options:
        click(
            times, f"ELF: {name}", explorer, lambda name=name: setattr(explorer.view, "value", name)
        )
    click(times, "ELF: function", explorer, lambda: setattr(explorer.function, "index", 1))
    click(times, "ELF: beside", explorer, lambda: setattr(explorer.beside, "index", 0))
    explorer.view.value = "Symbols"
    click(times, "ELF: filter symbols", explorer, lambda: setattr(explorer.filter, "value", "tree"))
    explorer.view.value = "Header"
    click(times, "ELF: a byte", explorer, lambda: setattr(explorer.byte, "value", 18))
    explorer.view.value = "Sections"
    click(times, "ELF: a section", explorer, lambda: setattr(explorer.section, "index", 5))


def other_clicks(times: Times, package: Path, other: Path) -> None:
    """The comparison and the recipe."""
    comparison = PackageComparison(other, other, package)
    comparison.wait()
    click(times, "comparison: choose", comparison, lambda: setattr(comparison.right, "index", 2))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "cpp_math" / "recipe", Path(folder) / "recipe")
        recipe = RecipeExplorer(folder)
        text = recipe.editor.value
        click(times, "recipe: a key", recipe, lambda: setattr(recipe.editor, "value", text + "#"))
        click(
            times, "recipe: an error", recipe, lambda: setattr(recipe.editor, "value", text + "[")
        )
        click(times, "recipe: platform", recipe, lambda: setattr(recipe.platform, "index", 1))
        recipe.editor.value = text
        click(times, "recipe: save", recipe, recipe.save.click)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("package", type=Path, nargs="?")
    arguments = parser.parse_args()
    found = sorted(local.find().rglob("*.conda"), key=lambda path: path.stat().st_size)
    package = arguments.package or found[-1]
    other = next(path for path in reversed(found) if path != package)
    times: Times = defaultdict(list)
    for _ in range(arguments.rounds):
        package_clicks(times, package, other)
        elf_clicks(times, package)
        other_clicks(times, package, other)
    print(f"{package.name}, {package.stat().st_size / 1e6:.0f} MB; {arguments.rounds} rounds; ms")
    print(f"{'':34} {'answered':>17} {'shown':>17}")
    print(f"{'':34} {'median':>8} {'worst':>8} {'median':>8} {'worst':>8}")
    for what, pairs in times.items():
        cells = [f(side) for side in zip(*pairs, strict=True) for f in (statistics.median, max)]
        print(f"{what:34} " + " ".join(f"{cell:8.1f}" for cell in cells))


if __name__ == "__main__":
    main()
