"""A widget to explore packages: their files, texts, binaries and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.text import printable
from crosscraft.views import content, member_content
from crosscraft.views.blocks import Block, Paragraph, Problem, Table, Varies, cut, number
from crosscraft.views.live import (
    EXPLORER,
    Explorer,
    Pane,
    Quiet,
    control,
    in_background,
    side_by_side,
)
from crosscraft.views.opened import Opened
from crosscraft.views.tree import Line, Tree

__all__ = ["ENDINGS", "LISTED", "PACKAGES", "PackageExplorer", "packages_in"]

LISTED = 500
"""The maximum number of lines in the list."""

PACKAGES = 200
"""The maximum number of packages to choose from."""

_ABOUT, _VERDICTS = "\0about", "\0verdicts"
_TITLES = {_ABOUT: "Metadata", _VERDICTS: "Verdicts: is it what it says?"}
"""The entries of the list besides the files. A path cannot contain NUL, so names never clash."""
_KINDS = {
    "link": "symbolic link",
    "hardlink": "hard link to another file",
    "directory": "folder",
    "other": "device or a pipe, which a package should not contain",
}
ENDINGS = (".conda", ".tar.bz2")
"""The file name extensions of packages."""


def packages_in(*places: str | Path) -> tuple[Path, ...]:
    """Return the packages at `places`, which are files, or folders with packages at any depth.

    :raises CrosscraftError: if there is no package, or more than :data:`PACKAGES`.
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
            remedy="Build a package with `crosscraft build`, or name another folder.",
        )
    if len(found) > PACKAGES:
        raise CrosscraftError(
            f"there are {len(found)} packages in {names}, and the list takes {PACKAGES} at most",
            remedy="Name a folder with fewer packages, or the packages themselves.",
        )
    return tuple(found)


class PackageExplorer(Explorer):
    """Choose a package, browse its files, and read any of them."""

    def __init__(self, *places: str | Path) -> None:
        """:param places: packages, and folders that contain packages at any depth.
        :raises CrosscraftError: if there is no package.
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
            "The package to explore",
            options=[(printable(path.name), path) for path in self.packages],
        )
        self.filter = control(
            ipywidgets.Text,
            "Filter",
            "Show only files with this text in their path. Leave it empty to show all folders",
            placeholder="part of a path",
        )
        self.contents = control(ipywidgets.Select, "Contents", "Choose what to read", rows=20)
        self.toggle = control(
            ipywidgets.Button, "Open folder", "Open the chosen folder, or close it"
        )
        self.pane = Pane("The chosen entry")
        left = ipywidgets.VBox([self.filter, self.contents, self.toggle])
        both = side_by_side(left, self.pane.widget)
        self.widget = ipywidgets.VBox([self.package, both]).add_class(EXPLORER)
        choose = self.pane.guard(self._choose)
        self.package.observe(choose, "value")
        self.filter.observe(self.pane.guard(self._list), "value")
        self.contents.observe(self.pane.guard(self._show), "index")
        self.toggle.on_click(self.pane.guard(self._toggle))
        choose(None)

    def __repr__(self) -> str:
        names = ", ".join(printable(path.name) for path in self.packages)
        return f"PackageExplorer of {names}"

    def blocks(self) -> Iterator[Block]:
        """Yield the list of packages, and the inspection of the chosen one."""
        if len(self.packages) > 1:
            rows = [(path.name, *_summary(path)) for path in self.packages]
            head = ("package", "platform (subdir)", "files")
            yield Table("Packages", head, rows, code=(0,))
        try:
            opened = self._opened or Opened(self.package.value)
            yield from content.inspection(opened.inspection.result())
        except CrosscraftError as error:
            yield Problem(str(error))

    def wait(self) -> None:
        """Wait until the chosen package is inspected and shown."""
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
        """Fill the list, and keep the chosen entry if it is still in the list."""
        kept = self._chosen()
        text = self.filter.value.strip()
        lines = [] if text or not self._opened else [Line(_ABOUT, 0), Line(_VERDICTS, 0)]
        lines += self._tree.matching(text) if text else self._tree.lines()
        shown, note = cut(lines, LISTED, "lines")
        self._lines = list(shown)
        labels = [*(_label(line, bool(text)) for line in shown), *([f"… {note}"] if note else [])]
        same = (at for at, line in enumerate(shown) if line.path == kept)
        # New options change the selection, whose callback would run each time.
        with self._quiet():
            self.contents.options = [(label, at) for at, label in enumerate(labels)]
            self.contents.index = next(same, 0) if labels else None
        self._show()

    def _chosen(self) -> str:
        at = self.contents.index
        return self._lines[at].path if at is not None and at < len(self._lines) else ""

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
            cut_here = "The list is cut here. Close some folders, or use the filter."
            none = f"No file has {self.filter.value!r} in its path."
            self.pane.show([Paragraph(cut_here if self._lines else none)])
        elif chosen == _ABOUT:
            self.pane.show(content.package(opened.facts))
        elif chosen == _VERDICTS:
            self.pane.show_when(opened.inspection, lambda: _verdicts(opened))
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
            # A user who moves on quickly does not wait for the entries passed by.
            wanted = self._opened is opened and self._chosen() == path
            return _member(opened, path) if wanted else ()

        blocks = in_background(read)
        self.pane.show_when(blocks, blocks.result)


def _summary(path: Path) -> tuple[str, str]:
    try:
        facts = conda_file.read(path)
    except CrosscraftError as error:
        return f"Error: {error.what}", ""
    return facts.subdir, number(len(facts.files))


def _label(line: Line, whole: bool) -> str:
    """Return the text of a list entry, indented with non-breaking spaces, with a folder sign."""
    sign = "" if line.path in _TITLES or whole else "  "
    if line.folder:
        sign = "▾ " if line.opened else "▸ "
    name = line.path if whole else _TITLES.get(line.path, line.name)
    return "\u00a0" * 3 * line.depth + sign + printable(name) + ("/" if line.folder else "")


def _verdicts(opened: Opened) -> Iterator[Block]:
    found = opened.inspection.result()
    yield content.evidence(found.verdicts)
    if found.contents:
        yield content.binaries(found.contents)


def _info(opened: Opened, name: str) -> tuple[Block, ...]:
    data = conda_file.info_member(opened.path, name)
    what = conda_file.describe(name) or "conda has no use for this file."
    return (Paragraph(what), *member_content.member(name, data, len(data)))


def _member(opened: Opened, path: str) -> tuple[Block, ...]:
    found = opened.contents.result().members.get(path)
    if found is None:
        raise CrosscraftError(
            f"{path!r} is listed, but is not in the package",
            remedy="Do not install this package. Build it again.",
        )
    if found.kind != "file":
        target = f" It points to {found.target}." if found.target else ""
        return (Paragraph(f"{path} is a {_KINDS[found.kind]}.{target}"),)
    head = opened.read(path, member_content.TEXT)
    data = opened.read(path) if member_content.is_binary(head) else head
    mode = Paragraph(f"Permissions {found.mode:o}, {number(found.size)} bytes.")
    return (mode, *member_content.member(path, data, found.size))
