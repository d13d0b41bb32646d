"""The C++ functions that a nanobind extension offers to Python, found without symbols.

nanobind strips an extension, so these functions have no names. The init code still describes each
of them to ``nb_func_new``, with a record on the stack (``func_data_prelim`` in nanobind's
``nb_attr.h``): the function, a trampoline that converts the arguments, a signature, the name. If
the compiler has inlined the function into the trampoline, the record has only the trampoline.

Sources: the Linux Standard Base for ``.eh_frame`` and ``.eh_frame_hdr``, which have the bounds of
all functions, and each processor's manual for the instructions that load an address.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crosscraft.inspection.elf.symbols import SHT_DYNSYM, symbols
from crosscraft.inspection.elf.tables import Tables

__all__ = ["BoundFunction", "bound_functions"]

_PT_GNU_EH_FRAME = 0x6474E550
_ENCODINGS = (0x03, 0x3B)
"""DW_EH_PE_udata4, and DW_EH_PE_datarel | DW_EH_PE_sdata4: the linker's table of functions."""
_MOST = 20_000
"""The maximum number of functions in the table. Larger files are no extension of a lesson."""
_SEARCHED = 64
"""The maximum number of functions in which the records are searched."""
_CODE = 2**16
"""The maximum number of bytes that are read of a function."""
_STRING = 1000
"""The maximum length of a string in a record, in bytes."""
_SIGNATURE = re.compile(rb"\(.*\) -> ")
_NAME = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A C++ function that Python can call."""

    name: str
    """The name in Python."""
    address: int
    """The address of its instructions if the file is loaded at 0."""
    size: int
    """The size in bytes."""
    inlined: bool
    """Whether the instructions are those of the trampoline, which contains the function."""


class Line(NamedTuple):
    """An instruction as capstone returns it."""

    address: int
    size: int
    mnemonic: str
    operands: str


class Step(NamedTuple):
    """An address that the code loads or calls."""

    address: int
    """The address, or 0 for a call by a register."""
    called: bool = False


Decode = Callable[[bytes, int], Iterable[tuple[int, int, str, str]]]
"""Disassembles bytes at an address."""


def bound_functions(tables: Tables, arch: str, decode: Decode) -> tuple[BoundFunction, ...]:
    """Return the functions in the order of the source, or none if it is no such extension.

    :param arch: the name of the processor's family in capstone.
    :raises ValueError: if the file does not match its headers.
    """
    steps_of = _STEPS.get(arch)
    if steps_of is None:
        return ()
    pending = [
        entry.value
        for entry, names in symbols(tables, SHT_DYNSYM)
        if entry.section and names.text(entry.name).startswith("PyInit")
    ]
    sizes = dict(_bounds(tables)) if pending else {}
    # The init function passes on a callback, which calls the function that has the records.
    for start in itertools.islice(pending, _SEARCHED):
        if start in sizes:
            code = bytes(tables.part(tables.at(start)[0], min(sizes[start], _CODE)))
            steps = list(steps_of(map(Line._make, decode(code, start))))
            if found := tuple(_records(tables, steps, sizes)):
                return found
            pending += dict.fromkeys(s.address for s in steps if s.address not in pending)
    return ()


def _bounds(tables: Tables) -> Iterator[tuple[int, int]]:
    """Yield the address and the size of each function."""
    for segment in tables.segments:
        if segment.type != _PT_GNU_EH_FRAME:
            continue
        if tables.unpack("4B", segment.offset)[2:] != _ENCODINGS:
            return
        (count,) = tables.unpack("I", segment.offset + 8)
        tables.at_most(count, _MOST, "functions")
        pairs = tables.unpack(f"{2 * count}i", segment.offset + 12)
        for start, description in zip(pairs[::2], pairs[1::2], strict=True):
            place, _ = tables.at(segment.address + description)
            yield segment.address + start, tables.unpack("I", place + 12)[0]


def _records(tables: Tables, steps: list[Step], sizes: dict[int, int]) -> Iterator[BoundFunction]:
    """Yield the function of each record that the code makes: the addresses between two calls."""
    texts = {step: _text(tables, step.address) for step in steps if not step.called}
    signatures = {step for step, text in texts.items() if _SIGNATURE.match(text)}
    records: list[tuple[list[Step], Step]] = []
    loaded: list[Step] = []
    for step in steps:
        if step.called:
            records.append((loaded, step))
            loaded = []
        else:
            loaded.append(step)
    # The compiler may load a signature long before the rest. Then any call may take the record.
    takers = {call for loaded, call in records if signatures.intersection(loaded)}
    for loaded, call in records:
        code = [step.address for step in loaded if step.address in sizes]
        names = [texts[step] for step in loaded if _NAME.fullmatch(texts[step])]
        if signatures and code and names and (not takers or call in takers):
            size = sizes[code[0]]
            yield BoundFunction(names[0].decode(), code[0], size, inlined=len(code) == 1)


def _text(tables: Tables, address: int) -> bytes:
    try:
        start, end = tables.at(address)
    except ValueError:  # an address that the loader fills
        return b""
    return tables.data[start : min(end, start + _STRING)].partition(b"\0")[0]


# The addresses that instructions load and call, in order


def _x86(lines: Iterable[Line]) -> Iterator[Step]:
    """``lea rax, [rip - 0x268]``: relative to the next instruction."""
    for line in lines:
        if line.mnemonic == "call":
            yield Step(_number(line.operands), called=True)
        elif line.mnemonic == "lea" and (found := _RELATIVE.search(line.operands)):
            yield Step(line.address + line.size + int(found[1] + found[2], 0))


_RELATIVE = re.compile(r"\[rip ([+-]) (\w+)\]")


def _arm64(lines: Iterable[Line]) -> Iterator[Step]:
    """``adrp x0, #0x4000`` and ``add x0, x0, #0x704``: the page, and the place in it."""
    pages: dict[str, int] = {}
    for line in lines:
        match line.mnemonic, line.operands.replace("#", "").split(", "):
            case "bl", [target]:
                yield Step(_number(target), called=True)
            case "adrp", [register, page]:
                pages[register] = _number(page)
            case "add", [_, register, offset] if register in pages:
                yield Step(pages[register] + _number(offset))


def _ppc(lines: Iterable[Line]) -> Iterator[Step]:
    """``addis r3, r2, -3`` and ``addi r3, r3, 0x47b4``: from the table of contents in r2, which a
    function computes from its own address in r12, in the two instructions that others skip."""
    known: dict[str, int] = {}
    for line in lines:
        known.setdefault("r12", line.address)
        match line.mnemonic, line.operands.split(", "):
            case "bl", [target]:
                yield Step(_number(target), called=True)
                yield Step(_number(target) - 8, called=True)
            case "addis", [register, base, offset] if base in known:
                known[register] = known[base] + (int(offset, 0) << 16)
            case "addi", [register, base, offset] if base in known:
                known[register] = known[base] + int(offset, 0)
                yield Step(known[register])


def _number(text: str) -> int:
    """Return the number in an operand, or 0 if the operand is a register."""
    return int(text, 0) if text[:1].isdigit() else 0


_STEPS: dict[str, Callable[[Iterable[Line]], Iterator[Step]]] = {
    "CS_ARCH_X86": _x86,
    "CS_ARCH_ARM64": _arm64,
    "CS_ARCH_PPC": _ppc,
}
"""The processors whose code is read. With others, only exported functions are known."""
