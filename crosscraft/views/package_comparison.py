"""A widget that shows the differences between two packages, and their reasons."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.errors import CrosscraftError
from crosscraft.text import printable
from crosscraft.views import content
from crosscraft.views.blocks import Block, Paragraph, Problem
from crosscraft.views.live import EXPLORER, Explorer, Pane, control, in_background
from crosscraft.views.package_explorer import packages_in

if TYPE_CHECKING:
    from crosscraft.inspection.comparison import Difference

__all__ = ["PackageComparison"]


class PackageComparison(Explorer):
    """Choose two packages, and see what differs between them."""

    def __init__(self, *places: str | Path) -> None:
        """:param places: packages, and folders that contain packages at any depth. The first two
            packages are compared first.
        :raises CrosscraftError: if there are fewer than two packages.
        """
        import ipywidgets

        self.packages = packages_in(*places)
        if len(self.packages) < 2:
            raise CrosscraftError(
                f"there is only one package to compare, {self.packages[0].name}",
                remedy="Name two packages, or a folder with two packages.",
            )
        self._compared = functools.lru_cache(maxsize=16)(_begin)
        options = [(printable(path.name), path) for path in self.packages]
        choose = functools.partial(control, ipywidgets.Dropdown, options=options)
        self.left = choose("Left", "The first package")
        self.right = choose("Right", "The second package", value=self.packages[1])
        self.swap = control(ipywidgets.Button, "Swap left and right", "Swap the two packages")
        self.pane = Pane("What differs between the two packages", "40em")
        row = ipywidgets.HBox(
            [self.left, self.right, self.swap], layout={"flex_flow": "row wrap", "width": "100%"}
        )
        self.left.layout.flex = self.right.layout.flex = "1 1 24em"
        self.widget = ipywidgets.VBox([row, self.pane.widget]).add_class(EXPLORER)
        compare = self.pane.guard(self._compare)
        self.left.observe(compare, "value")
        self.right.observe(compare, "value")
        self.swap.on_click(self.pane.guard(self._swap))
        compare(None)

    def __repr__(self) -> str:
        left, right = printable(self.left.value.name), printable(self.right.value.name)
        return f"PackageComparison of {left} with {right}"

    def blocks(self) -> Iterator[Block]:
        """Yield the differences between the chosen packages."""
        yield Paragraph(f"Left: {self.left.value.name}. Right: {self.right.value.name}.")
        try:
            yield from content.comparison(self._future().result())
        except CrosscraftError as error:
            yield Problem(str(error))

    def wait(self) -> None:
        """Wait until the comparison is shown."""
        self.pane.wait()

    def _future(self) -> Future[Sequence[Difference]]:
        return self._compared(self.left.value, self.right.value)

    def _compare(self) -> None:
        self.pane.show_when(self._future(), self.blocks)

    def _swap(self) -> None:
        left, right = self.left.value, self.right.value
        # Without the hold, the first assignment would compare a package with itself.
        with self.left.hold_trait_notifications(), self.right.hold_trait_notifications():
            self.left.value, self.right.value = right, left


def _begin(left: Path, right: Path) -> Future[Sequence[Difference]]:
    from crosscraft.inspection.comparison import compare

    return in_background(lambda: compare(left, right))
