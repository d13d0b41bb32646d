"""A widget to look into packages: their trees, texts, binaries, and whether they tell the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.text import printable
from crosscraft.views import content, member_content
from crosscraft.views.blocks import Block, Paragraph, Problem, Table, Varies, cut, number
from crosscraft.views.live import Explorer, Pane, Quiet, beside, control, in_background
from crosscraft.views.opened import Opened
from crosscraft.views.tree import Line, Tree

__all__ = ["ENDINGS", "LISTED", "PACKAGES", "PackageExplorer", "packages_in"]

LISTED = 500
"""Lines of a tree that are listed at once."""

PACKAGES = 200
"""Packages that are offered to choose from."""

_ABOUT, _VERDICTS = "\0about", "\0verdicts"
_TITLES = {_ABOUT: "What it says of itself", _VERDICTS: "Verdicts: is it what it says?"}
"""What is in the list beside the files. No path holds a NUL, so none is taken for one of these."""
_KINDS = {
    "link": "symbolic link",
    "hardlink": "further name of another file",
    "directory": "folder",
    "other": "device or a pipe, which no package should have",
}
ENDINGS = (".conda", ".tar.bz2")
"""How the names of packages end."""


def packages_in(*places: str | Path) -> tuple[Path, ...]:
    """Return the packages at `places`: files, and folders with packages somewhere below.

    :raises CrosscraftError: if there is none, or more than :data:`PACKAGES`.
    """
    found: list[Path] = []
    for place in map(Path, places):
        if place.is_dir():
            below = (path for end in ENDINGS for path in place.rglob(f"*{end}"))
            found += sorted(path for path in below if path.is_file())
        else:
            found.append(place)
    names = ", ".join(repr(str(place)) for place in places) or "the arguments"
    if not found:
        raise CrosscraftError(
            f"there is no package in {names}",
            looked="all folders below it",
            remedy="Build one with `crosscraft build`, or name another folder.",
        )
    if len(found) > PACKAGES:
        raise CrosscraftError(
            f"there are {len(found)} packages in {names}; at most {PACKAGES} are offered",
            remedy="Name a folder with fewer, or the packages themselves.",
        )
    return tuple(found)


class PackageExplorer(Explorer):
    """Choose a package, walk through its tree, read any member."""

    def __init__(self, *places: str | Path) -> None:
        """:param places: packages, and folders with packages somewhere below.
        :raises CrosscraftError: if there is none.
        """
        import ipywidgets

        self.packages = packages_in(*places)
        self._opened: Opened | None = None
        self._tree = Tree(())
        self._lines: list[Line] = []
        self._quiet = Quiet()
        self.package = control(
            ipywidgets.Dropdown,
            "Package",
            "The package to look into",
            options=[(printable(path.name), path) for path in self.packages],
        )
        self.filter = control(
            ipywidgets.Text,
            "Filter",
            "Show files with this in their path, from all folders; empty shows the tree",
            placeholder="part of a path",
        )
        self.contents = control(ipywidgets.Select, "Contents", "Choose what to read", rows=20)
        self.toggle = control(
            ipywidgets.Button, "Open folder", "Open the chosen folder, or close it"
        )
        self.pane = Pane("What is in it")
        # In JupyterLab the arrow keys belong to the notebook, whatever list has the focus.
        self.previous = control(ipywidgets.Button, "Previous", "Choose the line above")
        self.next = control(ipywidgets.Button, "Next", "Choose the line below")
        buttons = ipywidgets.HBox([self.previous, self.next, self.toggle])
        left = ipywidgets.VBox([self.filter, self.contents, buttons])
        self.widget = ipywidgets.VBox([self.package, beside(left, self.pane.widget)])
        choose = self.pane.answering(self._choose)
        self.package.observe(choose, "value")
        self.filter.observe(self.pane.answering(self._list), "value")
        self.contents.observe(self.pane.answering(self._show), "index")
        self.toggle.on_click(self.pane.answering(self._toggle))
        self.previous.on_click(self.pane.answering(lambda: self._move(-1)))
        self.next.on_click(self.pane.answering(lambda: self._move(1)))
        choose(None)

    def __repr__(self) -> str:
        names = ", ".join(printable(path.name) for path in self.packages)
        return f"PackageExplorer of {names}"

    def blocks(self) -> Iterator[Block]:
        """The packages to choose from, and all about the chosen one."""
        if len(self.packages) > 1:
            rows = [(path.name, *_said(path)) for path in self.packages]
            head = ("package", "platform (subdir)", "files")
            yield Table("Packages", head, rows, code=(0,))
        try:
            opened = self._opened or Opened(self.package.value)
            yield from content.inspection(opened.inspection.result())
        except CrosscraftError as error:
            yield Problem(str(error))

    def wait(self) -> None:
        """Wait until all of the chosen package has been read."""
        if self._opened:
            self._opened.inspection.exception()
            self.pane.wait()

    def _choose(self) -> None:
        if self._opened:
            self._opened.drop()
        self._opened, self._tree = None, Tree(())
        self._list()
        opened = self._opened = Opened(self.package.value)
        self._tree = Tree([*opened.facts.info_files, *opened.facts.files])
        self._list()

    def _list(self) -> None:
        """List what is in sight, and keep what is chosen if it still is."""
        kept = self._chosen()
        text = self.filter.value.strip()
        lines = [] if text or not self._opened else [Line(_ABOUT, 0), Line(_VERDICTS, 0)]
        lines += self._tree.matching(text) if text else self._tree.lines()
        shown, note = cut(lines, LISTED, "lines")
        self._lines = list(shown)
        labels = [*(_label(line, bool(text)) for line in shown), *([f"… {note}"] if note else [])]
        same = (at for at, line in enumerate(shown) if line.path == kept)
        # Options that change choose anew, and each choice would be answered.
        with self._quiet():
            self.contents.options = [(label, at) for at, label in enumerate(labels)]
            self.contents.index = next(same, 0) if labels else None
        self._show()

    def _chosen(self) -> str:
        at = self.contents.index
        return self._lines[at].path if at is not None and at < len(self._lines) else ""

    def _move(self, step: int) -> None:
        if self.contents.index is not None:
            last = len(self.contents.options) - 1
            self.contents.index = min(last, max(0, self.contents.index + step))

    def _toggle(self) -> None:
        chosen = self._chosen()
        if chosen.endswith("/"):
            self._tree.toggle(chosen)
            self._list()

    def _show(self) -> None:
        opened, chosen = self._opened, self._chosen()
        if self._quiet.on or not opened:
            return
        self.toggle.disabled = not chosen.endswith("/")
        self.toggle.description = "Close folder" if chosen in self._tree.open else "Open folder"
        if not chosen:
            cut_here = "The list is cut here. Open fewer folders, or filter."
            none = f"No file has {self.filter.value!r} in its path."
            self.pane.show([Paragraph(cut_here if self._lines else none)])
        elif chosen == _ABOUT:
            self.pane.show(content.package(opened.facts))
        elif chosen == _VERDICTS:
            self.pane.show_when(opened.inspection, lambda: _judged(opened))
        elif chosen.endswith("/"):
            self.pane.show([self._folder(opened, chosen)])
        elif chosen in opened.facts.info_files:
            self.pane.show(_info(opened, chosen))
        else:
            self._show_member(opened, chosen)

    def _folder(self, opened: Opened, folder: str) -> Table:
        sizes = {entry.path: entry.size for entry in opened.facts.entries}
        shown, note = cut(self._tree.children(folder), content.FILES, "entries")
        rows = []
        for path in shown:
            size = sizes.get(path)
            rows.append((path.removeprefix(folder), Varies("" if size is None else number(size))))
        return Table(f"The folder {folder}", ("name", "bytes"), rows, note, (1,), (0,))

    def _show_member(self, opened: Opened, path: str) -> None:
        if opened.is_quick(path):
            self.pane.show(_member(opened, path))
            return

        def read() -> tuple[Block, ...]:
            # Whoever goes on with the arrow keys does not wait for all that was passed.
            wanted = self._opened is opened and self._chosen() == path
            return _member(opened, path) if wanted else ()

        answer = in_background(read)
        self.pane.show_when(answer, answer.result)


def _said(path: Path) -> tuple[str, str]:
    try:
        facts = conda_file.read(path)
    except CrosscraftError as error:
        return f"Error: {error.what}", ""
    return facts.subdir, number(len(facts.files))


def _label(line: Line, whole: bool) -> str:
    """A line of the list: how deep in blanks that are not swallowed, and a sign for folders."""
    sign = "" if line.path in _TITLES or whole else "  "
    if line.folder:
        sign = "▾ " if line.opened else "▸ "
    name = line.path if whole else _TITLES.get(line.path, line.name)
    return "\u00a0" * 3 * line.depth + sign + printable(name) + ("/" if line.folder else "")


def _judged(opened: Opened) -> Iterator[Block]:
    found = opened.inspection.result()
    yield content.evidence(found.verdicts)
    if found.contents:
        yield content.binaries(found.contents)


def _info(opened: Opened, name: str) -> tuple[Block, ...]:
    data = conda_file.info_member(opened.path, name)
    what = conda_file.describe(name) or "It is not one of those that conda knows."
    return (Paragraph(what), *member_content.member(name, data, len(data)))


def _member(opened: Opened, path: str) -> tuple[Block, ...]:
    found = opened.contents.result().members.get(path)
    if found is None:
        raise CrosscraftError(
            f"{path!r} is listed in info/paths.json, and is not in the package",
            remedy="Do not install this package; build it again.",
        )
    if found.kind != "file":
        leads = f" It leads to {found.target}." if found.target else ""
        return (Paragraph(f"{path} is a {_KINDS[found.kind]}.{leads}"),)
    head = opened.read(path, member_content.TEXT)
    data = opened.read(path) if member_content.is_binary(head) else head
    mode = Paragraph(f"Permissions {found.mode:o}, {number(found.size)} bytes.")
    return (mode, *member_content.member(path, data, found.size))
