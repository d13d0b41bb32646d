"""A widget to try a recipe: what it would build for a platform, as you type."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from crosscraft.building import recipe
from crosscraft.errors import CrosscraftError, RecipeError, StorageError
from crosscraft.platforms import PLATFORMS, Platform, native
from crosscraft.system import files
from crosscraft.text import printable
from crosscraft.views import content, html
from crosscraft.views.blocks import Block, Paragraph, Problem, Source
from crosscraft.views.live import Explorer, Pane, beside, control

__all__ = ["LONGEST", "RecipeExplorer"]

_AROUND = 2
"""Lines shown before and after the one that an error names."""

LONGEST = 256 * 2**10
"""Bytes of a recipe that is shown in the editor."""


class RecipeExplorer(Explorer):
    """Edit a recipe and see what it would build. The file changes when Save is pressed, and at
    no other time."""

    def __init__(self, folder: str | Path = ".") -> None:
        """:param folder: the project, whose recipe it is.
        :raises RecipeError: if there is no recipe, or none that can be shown.
        """
        import ipywidgets

        self.recipe = recipe.find_recipe(Path(folder))
        self._saved = self._read()
        self._good: list[Block] = []
        self.platform = control(
            ipywidgets.Dropdown,
            "Platform",
            "The platform to render the recipe for",
            options=list(PLATFORMS),
            value=native().subdir,
        )
        self.editor = control(
            ipywidgets.Textarea,
            "Recipe",
            "Try something: the file stays as it is until you save",
            value=self._saved,
            rows=24,
        )
        self.save = control(ipywidgets.Button, "Save", "Write the text into recipe.yaml")
        self.reload = control(ipywidgets.Button, "Read again", "Take the text of the file anew")
        self.status = ipywidgets.HTML()
        self.pane = Pane("What the recipe would build", "36em")
        buttons = ipywidgets.HBox([self.save, self.reload])
        left = ipywidgets.VBox([self.platform, self.editor, buttons, self.status])
        self.widget = ipywidgets.VBox([beside(left, self.pane.widget)])
        left.layout.flex = "3 1 26em"
        render = self.pane.answering(self._render)
        self.platform.observe(render, "value")
        self.editor.observe(render, "value")
        self.save.on_click(self._beside(self._save))
        self.reload.on_click(self._beside(self._reload))
        render(None)

    def __repr__(self) -> str:
        return f"RecipeExplorer of {printable(self.recipe.name)} for {self.platform.value}"

    def blocks(self) -> Iterator[Block]:
        """The recipe in the editor, and what it would build for each platform."""
        yield Source(self.recipe.name, self.editor.value)
        for platform in PLATFORMS.values():
            try:
                rendered = self._rendered(platform)
            except RecipeError as error:
                yield _in_place(error)
                yield from _around(error, self.editor.value)
                return
            yield from content.rendered(rendered, platform.subdir)

    def _render(self) -> None:
        same = self.editor.value == self._saved
        self._tell("As in the file." if same else "Not saved. The file is as it was.")
        target = self.platform.value
        try:
            rendered = self._rendered(PLATFORMS[target])
        except RecipeError as error:
            around = _around(error, self.editor.value)
            self.pane.show([_in_place(error), *around, *self._last_good()])
            return
        self._good = list(content.rendered(rendered, target))
        self.pane.show(self._good)

    def _last_good(self) -> list[Block]:
        if not self._good:
            return []
        told = "This is what the recipe would have built before that edit, not what it says now:"
        return [Paragraph(told), *self._good]

    def _rendered(self, target: Platform) -> recipe.Rendered:
        """Render a copy: the renderer takes a path, and the file is the learner's."""
        with tempfile.TemporaryDirectory(prefix="crosscraft-recipe-") as folder:
            copy = Path(folder) / self.recipe.name
            copy.write_text(self.editor.value, encoding="utf-8")
            return recipe.render(copy, native(), target)

    def _read(self) -> str:
        try:
            with self.recipe.open("rb") as file:
                data = file.read(LONGEST + 1)
            if len(data) > LONGEST:
                why = f"it has more than {LONGEST} bytes"
            else:
                return data.decode("utf-8")
        except UnicodeDecodeError as error:
            why = f"byte {error.start} is not UTF-8 text"
        except OSError as error:
            why = (error.strerror or str(error)).lower()
        raise RecipeError(
            f"{self.recipe.name} cannot be shown: {why}",
            looked=str(self.recipe),
            remedy="Make it a text that you may read.",
        )

    def _save(self) -> None:
        if self._read() != self._saved:
            raise RecipeError(
                f"{self.recipe.name} was changed by someone else since it was read",
                remedy="Copy your text, press `Read again`, and edit anew.",
            )
        try:
            files.write(self.recipe, self.editor.value)
        except OSError as error:
            raise StorageError(
                f"{self.recipe.name} cannot be saved: {(error.strerror or str(error)).lower()}",
                looked=str(self.recipe.parent),
                remedy="Make the folder one that you may write, or free some space.",
            ) from None
        self._saved = self.editor.value
        self._tell("Saved.")

    def _reload(self) -> None:
        self._saved = self._read()
        self.editor.value = self._saved
        self._tell("Read from the file.")

    def _tell(self, text: str) -> None:
        self.status.value = html.draw([Paragraph(text)])

    def _beside(self, handler: Callable[[], None]) -> Callable[[object], None]:
        """Answer a button beside it: what the recipe would build stays in sight."""

        def guarded(_: object) -> None:
            try:
                handler()
            except CrosscraftError as error:
                self.status.value = html.draw([Problem(str(error))])

        return guarded


def _in_place(error: RecipeError) -> Problem:
    """The error without the path of the copy, which is nobody's business."""
    return Problem(f"{error.what}. {error.remedy}")


def _around(error: RecipeError, text: str) -> Iterator[Block]:
    """The lines around the place that the error names, if it names one."""
    place = re.search(r"\b(?:line )?(\d+)(?::|, column )(\d+)", error.what)
    lines = text.split("\n")
    if place and 1 <= int(place[1]) <= len(lines):
        line = int(place[1])
        first = max(1, line - _AROUND)
        shown = lines[first - 1 : line + _AROUND]
        yield Source(f"Around line {line}", "\n".join(shown), marked=line - first + 1)
