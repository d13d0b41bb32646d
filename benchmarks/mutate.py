"""Read damaged files by the thousand: each has to end in facts or in one CrosscraftError.

    python benchmarks/mutate.py TARGET [--count N] [--seed N] [FILE …]

Every input is a file with bytes flipped, numbers replaced by ones that hurt, parts cut out,
doubled or moved. It is read in this process, with a limit on its memory and on its time.
Prints how many ended in facts and how many were refused, the slowest and the most memory, and
exits with status 1 on any other exception, or if a limit was exceeded.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import mutate_packages

from crosscraft.errors import CrosscraftError

MEMORY = 2**30
"""Bytes that this process may take in all."""
SECONDS = 10
"""What one input may take."""
HURTFUL = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0xFFFE,
    0xFFFF,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**63,
    2**64 - 1,
)
"""Numbers at the edges of what counts, offsets and sizes can be."""


@dataclass(frozen=True)
class Target:
    """What reads the damaged files."""

    samples: Callable[[Path], list[bytes]]
    """Makes or finds whole files, given an empty folder."""
    read: Callable[[bytes], object]
    """What is called with each damaged one."""
    places: Callable[[random.Random, bytes], int]
    """Chooses where to damage a file: where its structure is, more often than not."""


# ELF


def elf_samples(folder: Path) -> list[bytes]:
    """A library, a program, an object file, and a library without section headers."""
    plain = folder / "area.c"
    plain.write_text("int unit; int area(int a, int b) { return a * b * unit; }\n")
    source = folder / "area.cpp"
    source.write_text(
        "#include <string>\n"
        "namespace geometry { int area(int a, int b) { return a * b; }\n"
        "std::string text(int a) { return std::to_string(a); } }\n"
        'extern "C" void *PyInit_area() { return nullptr; }\n'
        "int main() { return geometry::area(0, 1); }\n"
    )
    kinds = {
        "library.so": [
            str(source),
            "-shared",
            "-fPIC",
            "-Wl,-soname,libarea.so.1",
            "-Wl,--hash-style=both",
        ],
        "program": [str(source), "-Wl,-rpath,$ORIGIN/../lib", "-g"],
        "object.o": [str(source), "-c", "-ffunction-sections"],
        "old.so": ["-xc", str(plain), "-shared", "-fPIC", "-m32", "-nostdlib"],
    }
    found = []
    compiler = shutil.which("c++") or sys.exit("There is no C++ compiler here: give files.")
    for name, options in kinds.items():
        argv = [compiler, *options, "-o", str(folder / name)]
        if subprocess.run(argv, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            found.append((folder / name).read_bytes())
    bare = bytearray(found[0])
    bare[40:48] = bytes(8)  # e_shoff
    bare[58:64] = bytes(6)
    return [*found, bytes(bare)]


def elf_read(data: bytes) -> object:
    """All that is read of an ELF file without starting a process."""
    from crosscraft.inspection import elf
    from crosscraft.inspection.elf import header as elf_header
    from crosscraft.inspection.elf import symbols as elf_symbols

    elf_header.fields(data)
    facts = elf.read(data)
    tables = elf.tables_of(data)
    try:
        for entry, names in elf_symbols.symbols(tables, elf_symbols.SHT_SYMTAB):
            names.text(entry.name)
    except (ValueError, OverflowError) as error:  # what disassembly turns into its own error
        raise elf.damaged(error) from None
    return facts


def elf_places(chance: random.Random, data: bytes) -> int:
    """The headers and what they point to, with each part as likely as the next."""
    from crosscraft.inspection import elf

    try:
        tables = elf.tables_of(data)
    except CrosscraftError:
        return chance.randrange(min(len(data), 64) or 1)
    parts = [(0, 64), (tables.header["e_shoff"], 64 * len(tables.sections))]
    parts.append((tables.header["e_phoff"], 56 * len(tables.segments)))
    parts += [(s.offset, s.size) for s in tables.sections if s.type not in (0, 1, 8)]
    parts += [(s.offset, s.file_size) for s in tables.segments if s.type in (2, 4)]
    start, size = chance.choice([part for part in parts if part[1]])
    return min(start + chance.randrange(size), len(data) - 1)


# Packages


def package_samples(folder: Path) -> list[bytes]:
    """Packages with two of the binaries above."""
    return mutate_packages.samples(folder, elf_samples(folder)[2:4])


TARGETS = {
    "elf": Target(elf_samples, elf_read, elf_places),
    "package": Target(package_samples, mutate_packages.read, mutate_packages.places),
}


# Damage


def damaged(chance: random.Random, whole: bytes, places: Callable[[], int]) -> bytes:
    """Return a file with one to eight damages."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 8))):
        place = min(places(), max(len(data) - 1, 0))
        kind = chance.randrange(10)
        if kind < 3 and data:
            data[place] ^= 1 << chance.randrange(8)
        elif kind < 8:
            size = chance.choice((1, 2, 4, 8))
            place -= place % size
            number = chance.choice((*HURTFUL, len(data), len(data) - 1, chance.randrange(2**64)))
            order = chance.choice(("little", "little", "big"))
            data[place : place + size] = (number % 256**size).to_bytes(size, order)
        elif kind == 8:
            other, size = places(), chance.randrange(1, 512)
            data[place : place + size] = data[other : other + size]
        else:
            del data[place if chance.random() < 0.5 else chance.randrange(len(data) or 1) :]
    return bytes(data)


def inputs(target: Target, samples: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield `count` damaged files, always the same for the same samples and seed."""
    chance = random.Random(seed)
    for _ in range(count):
        whole = chance.choice(samples)
        yield damaged(chance, whole, lambda whole=whole: target.places(chance, whole))


class TooLong(BaseException):
    """Not an Exception, so that no reader can take it for a fault of the file."""


def _too_long(*_: object) -> None:
    raise TooLong(f"more than {SECONDS} s")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    target = TARGETS[args.target]
    with tempfile.TemporaryDirectory() as folder:
        samples = [path.read_bytes() for path in args.files] or target.samples(Path(folder))
    for sample in samples:
        target.read(sample)  # whole files have to be read, or nothing below means anything
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends: Counter[str] = Counter()
    worst = 0.0
    for place, data in enumerate(inputs(target, samples, args.count, args.seed)):
        signal.alarm(SECONDS)
        started = time.perf_counter()
        try:
            target.read(data)
            ends["facts"] += 1
        except CrosscraftError as error:
            ends["refused"] += 1
            if "\n" in str(error) or isinstance(error.__context__, MemoryError | RecursionError):
                ends["failed"] += 1
                print(f"input {place} of seed {args.seed}: {error.__context__!r}: {error!r}")
        except BaseException:
            ends["failed"] += 1
            print(f"input {place} of seed {args.seed}:\n{traceback.format_exc(limit=-3)}")
        signal.alarm(0)
        worst = max(worst, time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{args.target}: {len(samples)} files, {args.count} inputs: {ends['facts']} facts, "
        f"{ends['refused']} refused, {ends['failed']} failed; slowest {worst:.2f} s, "
        f"peak memory {peak / 1024:.0f} MiB ({(peak - before) / 1024:.0f} MiB by damage)"
    )
    return 1 if ends["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
