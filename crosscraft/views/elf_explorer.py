"""A widget to explore binaries: sections to scale, the header byte by byte, symbols, and the
instructions of one function for two processors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.errors import CrosscraftError
from crosscraft.text import printable
from crosscraft.views import binary_content
from crosscraft.views.binaries import Binary, binaries_in
from crosscraft.views.blocks import Block, Paragraph, Problem
from crosscraft.views.live import EXPLORER, Explorer, Pane, Quiet, control, in_background, settle
from crosscraft.views.sections import purpose

if TYPE_CHECKING:
    from crosscraft.inspection.elf import Elf
    from crosscraft.inspection.elf.disassembly import BoundFunction
    from crosscraft.inspection.elf.header import HeaderField

__all__ = ["ElfExplorer"]

INSTRUCTIONS = 200
"""The maximum number of instructions shown of a function."""

FUNCTIONS = 500
"""The maximum number of functions in the list."""

_SECTIONS, _HEADER, _SYMBOLS, _CODE = "Sections", "Header", "Symbols", "Instructions"
_FACTS = "Facts"


class ElfExplorer(Explorer):
    """Choose a binary and a view of it."""

    def __init__(self, *places: str | Path, **named: bytes | str | Path) -> None:
        """:param places: binaries, packages, and folders that contain packages at any depth.
        :param named: more binaries under names that you choose, as paths or as bytes.
        :raises CrosscraftError: if there is no binary.
        """
        import ipywidgets

        self.binaries, self._left_out = binaries_in(*places, **named)
        names = [(printable(one.name), one) for one in self.binaries]
        last = self.binaries[min(1, len(self.binaries) - 1)]
        self._quiet = Quiet()
        self._ready: Future[None] = Future()
        self.binary = control(ipywidgets.Dropdown, "Binary", "The binary to explore", options=names)
        self.view = control(
            ipywidgets.ToggleButtons,
            "Show",
            "The view of the binary",
            options=[_FACTS, _SECTIONS, _HEADER, _SYMBOLS, _CODE],
        )
        self.section = control(ipywidgets.Dropdown, "Section", "The section to mark")
        self.field = control(ipywidgets.Dropdown, "Field", "The field of the header to mark")
        self.byte = control(
            ipywidgets.BoundedIntText,
            "Byte",
            "A byte of the header, counted from 0, whose field is marked",
            min=0,
            max=63,
        )
        self.filter = control(
            ipywidgets.Text,
            "Filter",
            "Show symbols with this in their name",
            placeholder="part of a name",
        )
        self.function = control(ipywidgets.Dropdown, "Function", "The function to disassemble")
        self.beside = control(
            ipywidgets.Dropdown,
            "Beside",
            "The second binary, whose instructions are shown beside",
            options=names,
            value=last,
        )
        self._boxes = {
            _FACTS: ipywidgets.VBox([]),
            _SECTIONS: ipywidgets.VBox([self.section]),
            _HEADER: ipywidgets.VBox([self.field, self.byte]),
            _SYMBOLS: ipywidgets.VBox([self.filter]),
            _CODE: ipywidgets.VBox([self.function, self.beside]),
        }
        self.pane = Pane("Facts about the binary", "38em")
        self.widget = ipywidgets.VBox(
            [self.binary, self.view, *self._boxes.values(), self.pane.widget]
        ).add_class(EXPLORER)
        show = self.pane.guard(self._show)
        choose = self.pane.guard(self._choose)
        self.binary.observe(choose, "value")
        for one in (self.view, self.section, self.filter, self.function, self.beside):
            one.observe(show, "value")
        self.field.observe(self.pane.guard(self._field_chosen), "index")
        self.byte.observe(self.pane.guard(self._byte_chosen), "value")
        choose(None)

    def __repr__(self) -> str:
        return f"ElfExplorer of {', '.join(printable(one.name) for one in self.binaries)}"

    def blocks(self) -> Iterator[Block]:
        """Yield all views of the chosen binary."""
        binary = self.binary.value
        if self._left_out:
            yield Paragraph(self._left_out)
        try:
            facts = binary.facts.result()
            for view in _VIEWS.values():
                yield from view(self, binary, facts)
        except CrosscraftError as error:
            yield Problem(str(error))

    def wait(self) -> None:
        """Wait until the chosen view is shown."""
        self.pane.wait()

    def _choose(self) -> None:
        """List the fields, sections and functions of the chosen binary when they are read."""
        binary: Binary = self.binary.value
        ready: Future[None] = Future()
        self._ready = ready
        self._offer(None, (), [])

        def prepare() -> None:
            facts = binary.facts.result()
            if self._ready is ready:
                self._offer(facts, binary.header(), _functions(facts, binary.bound()))

        binary.facts.add_done_callback(lambda _: settle(ready, prepare))
        self._show()

    def _offer(
        self,
        facts: Elf | None,
        header: tuple[HeaderField, ...],
        functions: list[tuple[str, str]],
    ) -> None:
        sections = facts.sections[: binary_content.SECTIONS] if facts else ()
        fields = [
            (f"{binary_content.place(one)}  {one.name}: {printable(one.value)}", one)
            for one in header
        ]
        with self._quiet():
            self.section.options = [("none", None), *((printable(s.name), s) for s in sections)]
            self.field.options = fields
            self.function.options = functions
            # New options do not select an entry.
            self.section.index = 0
            self.field.index = 0 if fields else None
            self.function.index = 0 if functions else None
            self.byte.max = max(0, sum(one.size for one in header) - 1)
            self.byte.value = 0

    def _show(self) -> None:
        for name, box in self._boxes.items():
            box.layout.display = "" if name == self.view.value else "none"
        if self._quiet.on:
            return
        binary: Binary = self.binary.value
        ready = self._ready
        if self.view.value == _CODE and not (binary.small and self.beside.value.small):
            blocks = in_background(lambda: self._blocks_when(ready, binary))
            self.pane.show_when(blocks, blocks.result)
        else:
            self.pane.show_when(ready, lambda: self._blocks_of_view(binary))

    def _blocks_when(self, ready: Future[None], binary: Binary) -> list[Block]:
        ready.result()
        return list(self._blocks_of_view(binary))

    def _blocks_of_view(self, binary: Binary) -> Iterator[Block]:
        return _VIEWS[self.view.value](self, binary, binary.facts.result())

    def _field_chosen(self) -> None:
        if not self._quiet.on and self.field.value:
            with self._quiet():
                self.byte.value = self.field.value.offset
            self._show()

    def _byte_chosen(self) -> None:
        if self._quiet.on:
            return
        at = self.byte.value
        fields = [one for _, one in self.field.options]
        same = (i for i, one in enumerate(fields) if one.offset <= at < one.offset + one.size)
        with self._quiet():
            self.field.index = next(same, None)
        self._show()

    def _show_facts(self, binary: Binary, facts: Elf) -> Iterator[Block]:
        yield binary_content.facts(binary.name, facts)

    def _show_sections(self, binary: Binary, facts: Elf) -> Iterator[Block]:
        chosen = self.section.value
        if chosen:
            yield Paragraph(f"{chosen.name or 'This section'}: {purpose(chosen.name)[1]}.")
        yield from binary_content.sections(facts, binary.size, chosen)

    def _show_header(self, binary: Binary, facts: Elf) -> Iterator[Block]:
        chosen = self.field.value
        if chosen:
            yield Paragraph(
                f"{chosen.name}, bytes {binary_content.place(chosen)}: {chosen.meaning}"
            )
        yield from binary_content.header(binary.header(), chosen)

    def _show_symbols(self, binary: Binary, facts: Elf) -> Iterator[Block]:
        yield from binary_content.symbols(facts, self.filter.value.strip())

    def _show_code(self, binary: Binary, facts: Elf) -> Iterator[Block]:
        function, beside = self.function.value, self.beside.value
        if function is None:
            yield Paragraph("The binary exports no function, so there is none to disassemble.")
            return
        left = binary.disassemble(function, INSTRUCTIONS)
        try:
            right = beside.disassemble(function, INSTRUCTIONS)
        except CrosscraftError as error:
            right = ()
            yield Problem(f"{beside.name}: {error}")
        yield Paragraph(f"On the left {binary.name}, on the right {beside.name}.")
        alike = binary.short == beside.short
        titles = [one.name if alike else one.short for one in (binary, beside)]
        yield from binary_content.instructions(
            self.function.label, (titles[0], left), (titles[1], right), INSTRUCTIONS
        )


_VIEWS = {
    _FACTS: ElfExplorer._show_facts,
    _SECTIONS: ElfExplorer._show_sections,
    _HEADER: ElfExplorer._show_header,
    _SYMBOLS: ElfExplorer._show_symbols,
    _CODE: ElfExplorer._show_code,
}


def _functions(facts: Elf, bound: Sequence[BoundFunction]) -> list[tuple[str, str]]:
    """Return the functions as labels and names: those that Python can call, the module's init
    function, and the other exported ones."""
    inlined = " (inlined into nanobind's trampoline)"
    own = [(f"{one.name}{inlined if one.inlined else ''}", one.name) for one in bound]
    found = [one for one in facts.exported if one.type == "STT_FUNC" and one.size]
    first = facts.init_symbols
    found.sort(key=lambda one: one.name not in first)
    return [*own, *((printable(one.demangled), one.name) for one in found)][:FUNCTIONS]
