"""Lesson 06: read the processor from the bytes of an ELF header."""

from __future__ import annotations

import random
import secrets
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscraft.inspection.elf import header
from crosscraft.lessons.evidence import functions, runner
from crosscraft.lessons.evidence.functions import Call
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup

_GIVEN = '''\
from pathlib import Path
import struct


def machine(path):
    """Return the number of the processor in an ELF file's header.

    For a file that isn't an ELF file, return None.
    """
    data = Path(path).read_bytes()
    ____
'''
_SOLUTION = _GIVEN.replace(
    "    ____\n",
    """\
    if data[:4] != b"\\x7fELF":
        return None
    order = "<" if data[5] == 1 else ">"
    (number,) = struct.unpack(order + "H", data[18:20])
    return number
""",
)
_FROM_BYTES = """\
ORDERS = {1: "little", 2: "big"}

def machine(path):
    with open(path, "rb") as file:
        header = file.read(20)
    if header.startswith(b"\\x7fELF"):
        return int.from_bytes(header[18:], ORDERS[header[5]])
"""
_AT_AN_OFFSET = """\
from struct import error, unpack_from

def machine(path):
    data = open(path, "rb").read()
    try:
        magic, order = unpack_from("4sxB", data)
    except error:
        return None
    if magic == b"\\x7fELF":
        return unpack_from("<H" if order == 1 else ">H", data, 18)[0]
"""
_BY_HAND = changed(
    _SOLUTION,
    ('    (number,) = struct.unpack(order + "H", data[18:20])\n    return number', '''\
    low, high = (18, 19) if order == "<" else (19, 18)
    return data[low] + 256 * data[high]'''),
)  # fmt: skip
_HEADER = "16sHHIQQQIHHHHHH"
"""The fields of a 64-bit header. In a 32-bit one, the three ``Q`` are ``I``."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file that `machine` is called with."""

    label: str
    """What it is."""
    path: Path
    """Where it is."""
    why: str
    """What to look at, for a learner whose function is wrong about it."""


def check(work: Work) -> Verdict:
    """Call the function with programs, headers and other files, and compare with our reader."""
    files = list(_files(work))
    work.step(f"calling machine for {len(files)} files")
    order = random.sample(range(len(files)), len(files))
    calls = functions.call(work, "machine", [str(files[i].path) for i in order])
    for i, called in sorted(zip(order, calls, strict=False)):
        number = _number(files[i].path)
        work.see(f"{files[i].label}: machine {_said(called)}")
        _compare(called, files[i], number)
    return passed("It makes no difference who wrote the label: you read what the linker wrote.")


def _compare(called: Call, file: _File, number: int | None) -> None:
    """:raises NotYet: if the function returned something else for `file` than `number`."""
    if called.value == str(number):
        return
    if called.error and number is not None:
        raise NotYet("`machine` stopped with an exception. Look at the line of your file above.")
    if called.type == "NoneType":
        raise NotYet("`machine` returned `None`, as it does without a `return`. Return the number.")
    if called.type == "tuple":
        raise NotYet("`struct.unpack` returns a tuple, even of one number. Return its first item.")
    if called.type and called.type != "int":
        raise NotYet(f"Return the number itself. This is a value of type {called.type}.")
    if number is not None and called.value == str(int.from_bytes(number.to_bytes(2), "little")):
        raise NotYet(
            "These are the right two bytes in the wrong order. Byte 5 gives the order: 1 is "
            "little-endian, which `<` reads, and 2 is big-endian, which `>` reads."
        )
    raise NotYet(file.why)


def _said(called: Call) -> str:
    return f"stopped: {called.error}" if called.error else f"returned {called.value}"


def _number(path: Path) -> int | None:
    """Return the number of the processor, or None if there is no ELF header."""
    data = path.read_bytes()
    if not data.startswith(b"\x7fELF"):
        return None
    found = {field.name: field for field in header.fields(data)}
    little = found["EI_DATA"].raw == b"\1"
    return int.from_bytes(found["e_machine"].raw, "little" if little else "big")


def _files(work: Work) -> Iterator[_File]:
    """Yield the files, copied to names that tell nothing: two programs, then headers."""
    place = "Every ELF header has this number in its bytes 18 and 19. Which bytes do you read?"
    for subdir in ("linux-64", "linux-aarch64"):
        path = _new(work)
        shutil.copyfile(runner.of(lookup(subdir)).environment.prefix / "bin/python", path)
        yield _File(f"Python for {subdir}, a program", path, place)
    for subdir, number, why in (
        ("linux-ppc64le", 21, place),
        ("linux-armv7l", 40, "This file is 32-bit. No field before the processor has another size "
         "because of that, so the number is in the same two bytes."),
        ("linux-s390x", 22, "This file is big-endian: its byte 5 is 2, and the more significant "
         "byte comes first. Read such files with `>`."),
    ):  # fmt: skip
        row = lookup(subdir)
        made = _header(number, row.elf_class == 64, row.endianness == "little")
        yield _File(f"a header for {subdir}", _new(work, made), why)
    high, low = random.sample(range(1, 256), 2)
    for is_little, order in ((True, "little"), (False, "big")):
        yield _File(
            f"a {order}-endian header with a number above 255",
            _new(work, _header(256 * high + low, True, is_little)),
            f"This number is above 255, so it needs both of its bytes. The file is {order}-endian.",
        )
    text = "This isn't an ELF file, because it doesn't begin with 7f 45 4c 46. Return `None`."
    yield _File("a Python file", _new(work, b"import struct\nprint(struct.calcsize('H'))\n"), text)
    yield _File("an empty file", _new(work, b""), text)
    made = _header(62, True, True)
    yield _File("a file with ELF and no 7f", _new(work, b"?ELF" + made[4:]), text)
    yield _File("a file with 7f and no ELF", _new(work, b"\x7f???" + made[4:]), text)


def _new(work: Work, data: bytes = b"") -> Path:
    path = work.scratch / secrets.token_hex(8)
    path.write_bytes(data)
    return path


def _header(number: int, is_wide: bool, is_little: bool) -> bytes:
    """Return the header of a shared library without contents."""
    layout = ("<" if is_little else ">") + (_HEADER if is_wide else _HEADER.replace("Q", "I"))
    start = b"\x7fELF" + bytes((2 if is_wide else 1, 1 if is_little else 2, 1))
    size = struct.calcsize(layout)
    return struct.pack(layout, start, 3, number, 1, 0, 0, 0, 0, size, 0, 0, 0, 0, 0)


EXERCISE = Exercise(
    name="header-bytes",
    lesson=6,
    minutes=7,
    title="the processor in the bytes of a header",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="header.py",
    given=_GIVEN,
    hint=(
        "Three steps: look at the first four bytes, find the byte order in byte 5, and read two "
        "bytes in that order."
    ),
    part=(
        'In an ELF file, `data[:4]` is `b"\\x7fELF"`. In a little-endian one, `struct.unpack("<H", '
        'data[18:20])` reads the number and returns a tuple, and in a big-endian one, `">H"` does.'
    ),
    solution=_SOLUTION,
    check=check,
    right=(_FROM_BYTES, _AT_AN_OFFSET, _BY_HAND),
    wrong=(
        Wrong(changed(_SOLUTION, ('order + "H"', '"<H"')), "in the wrong order", looks_right=True),
        Wrong(changed(_SOLUTION, ('order + "H"', '"H"')), "in the wrong order", looks_right=True),
        Wrong(changed(_BY_HAND, (" + 256 * data[high]", "")), "both of its bytes", True),
        Wrong(changed(_SOLUTION, ("18:20", "16:18")), "Which bytes do you read?"),
        Wrong(
            changed(_SOLUTION, ("data[18:20]", "data[18:20] if data[4] == 2 else data[14:16]")),
            "is 32-bit",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("(number,)", "number")), "a tuple"),
        Wrong(changed(_SOLUTION, ("    return number", "    print(number)")), "without a `return`"),
        Wrong(
            changed(_SOLUTION, ('    if data[:4] != b"\\x7fELF":\n        return None\n', "")),
            "isn't an ELF file",
        ),
        Wrong(changed(_SOLUTION, ("return number", "return hex(number)")), "of type str"),
        Wrong(
            changed(_SOLUTION, ('data[:4] != b"\\x7fELF"', 'data[1:4] != b"ELF"')),
            "isn't an ELF file",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ('data[:4] != b"\\x7fELF"', 'data[:1] != b"\\x7f"')),
            "isn't an ELF file",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ('order + "H"', '"<H"'),
                ("return number", 'return number >> 8 if order == ">" else number'),
            ),
            "The file is big-endian",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("18:20", "18:19")), "stopped with an exception"),
        Wrong(changed(_SOLUTION, ("def machine", "def processor")), "called `machine`"),
    ),
    meanings=(("no function machine", "The function has to be called `machine`."),),
)
