"""A widget to edit a recipe and see what it would build for a platform."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from crosscraft.building import recipe, recipe_errors
from crosscraft.errors import CrosscraftError, RecipeError, StorageError
from crosscraft.platforms import PLATFORMS, Platform, native
from crosscraft.system import files
from crosscraft.text import printable
from crosscraft.views import content, html
from crosscraft.views.blocks import Block, Paragraph, Problem, Source
from crosscraft.views.live import EXPLORER, Explorer, Pane, control, side_by_side

__all__ = ["LONGEST", "NUMBERED", "RecipeExplorer"]

_AROUND = 2
"""The number of lines shown before and after the line of an error."""

LONGEST = 256 * 2**10
"""The maximum size of a recipe in the editor, in bytes."""


NUMBERED = "crosscraft-numbered"
"""The CSS class of the editor, whose lines our extension of JupyterLab numbers."""


class RecipeExplorer(Explorer):
    """Edit a recipe and see what it would build. Only the button Save changes the file."""

    def __init__(self, folder: str | Path = ".") -> None:
        """:param folder: the project that contains the recipe.
        :raises RecipeError: if there is no recipe, or it cannot be shown.
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
            "Try something. The file does not change until you save",
            value=self._saved,
            rows=24,
        ).add_class(NUMBERED)
        self.save = control(ipywidgets.Button, "Save", "Write the text into recipe.yaml")
        self.reload = control(ipywidgets.Button, "Read again", "Read the text from the file again")
        self.status = ipywidgets.HTML()
        self.pane = Pane("What the recipe would build", "36em")
        buttons = ipywidgets.HBox([self.save, self.reload])
        left = ipywidgets.VBox([self.platform, self.editor, buttons, self.status])
        self.widget = ipywidgets.VBox([side_by_side(left, self.pane.widget)]).add_class(EXPLORER)
        left.layout.flex = "3 1 26em"
        render = self.pane.guard(self._render)
        self.platform.observe(render, "value")
        self.editor.observe(render, "value")
        self.save.on_click(self._guard(self._save))
        self.reload.on_click(self._guard(self._reload))
        render(None)

    def __repr__(self) -> str:
        return f"RecipeExplorer of {printable(self.recipe.name)} for {self.platform.value}"

    def blocks(self) -> Iterator[Block]:
        """Yield the recipe in the editor, and its outputs for each platform."""
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
        self._show_status("Same as the file." if same else "Not saved. The file is unchanged.")
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
        note = "This is what the recipe would have built before that edit:"
        return [Paragraph(note), *self._good]

    def _rendered(self, target: Platform) -> recipe.Rendered:
        """Render a copy, because the renderer needs a file and the original must not change."""
        with tempfile.TemporaryDirectory(prefix="crosscraft-recipe-") as folder:
            copy = Path(folder) / self.recipe.name
            copy.write_text(self.editor.value, encoding="utf-8")
            for variants in map(self.recipe.with_name, recipe_errors.VARIANTS_FILES):
                if variants.is_file():
                    shutil.copy(variants, folder)
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
            remedy="Make it a text file with read permission for you.",
        )

    def _save(self) -> None:
        if self._read() != self._saved:
            raise RecipeError(
                f"{self.recipe.name} has changed on disk since it was read",
                remedy="Copy your text, press `Read again`, and make your edits again.",
            )
        try:
            files.write(self.recipe, self.editor.value)
        except OSError as error:
            raise StorageError(
                f"{self.recipe.name} cannot be saved: {(error.strerror or str(error)).lower()}",
                looked=str(self.recipe.parent),
                remedy="Make the folder writable, or free some space.",
            ) from None
        self._saved = self.editor.value
        self._show_status("Saved.")

    def _reload(self) -> None:
        self._saved = self._read()
        self.editor.value = self._saved
        self._show_status("Read from the file.")

    def _show_status(self, text: str) -> None:
        self.status.value = html.draw([Paragraph(text)])

    def _guard(self, handler: Callable[[], None]) -> Callable[[object], None]:
        """Return `handler` as a callback that shows errors below the buttons, not in the pane."""

        def guarded(_: object) -> None:
            try:
                handler()
            except CrosscraftError as error:
                self.status.value = html.draw([Problem(str(error))])

        return guarded


def _in_place(error: RecipeError) -> Problem:
    """Return the error without the path of the temporary copy."""
    return Problem(f"{error.what}. {error.remedy}")


def _around(error: RecipeError, text: str) -> Iterator[Block]:
    """Yield the lines around the place that the error names, if any."""
    place = re.search(r"\b(?:line )?(\d+)(?::|, column )(\d+)", error.what)
    lines = text.split("\n")
    if place and 1 <= int(place[1]) <= len(lines):
        line = int(place[1])
        first = max(1, line - _AROUND)
        shown = enumerate(lines[first - 1 : line + _AROUND], first)
        numbered = (f"{number:>3}  {text}" for number, text in shown)
        yield Source(f"Around line {line}", "\n".join(numbered), marked=line - first + 1)
