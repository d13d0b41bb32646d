"""Measure `elf.read` against readelf on the largest library of the sysroot, in ratios.

    python benchmarks/inspect_elf.py [--rounds N] [FILE]

Each round runs everything once, in turn; ratios are those of the medians. readelf is a process
of its own and prints all it reads; `elf.read` runs in this one, with its modules loaded.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crosscraft.channel import local
from crosscraft.inspection import elf
from crosscraft.inspection.elf import sections as elf_sections
from crosscraft.inspection.elf import symbols as elf_symbols
from crosscraft.inspection.elf import tables as elf_tables
from crosscraft.platforms import native


def largest() -> bytes:
    """Return the largest shared library of this machine's sysroot package."""
    from conda_package_streaming.package_streaming import CondaComponent, stream_conda_component

    (package,) = local.find().glob(f"noarch/{native().sysroot_package}-[0-9]*.conda")
    found = b""
    for tar, member in stream_conda_component(package, component=CondaComponent.pkg):
        if member.isreg() and ".so" in Path(member.name).name and member.size > len(found):
            content = tar.extractfile(member)
            assert content is not None
            found = content.read()
            name = member.name
    print(f"{name}: {len(found)} bytes")
    return found


def through_pyelftools(data: bytes) -> None:
    """The same symbols as objects of pyelftools', to say what its iteration takes."""
    import io

    from elftools.elf.elffile import ELFFile

    section = ELFFile(io.BytesIO(data)).get_section_by_name(".dynsym")
    for _ in section.iter_symbols():  # type: ignore[union-attr]
        pass


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("file", nargs="?", type=Path)
    args = parser.parse_args()
    data = args.file.read_bytes() if args.file else largest()
    readelf = shutil.which("readelf") or sys.exit("There is no readelf here.")
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()

        def call(options: str) -> None:
            subprocess.run([readelf, options, file.name], stdout=subprocess.DEVNULL, check=True)

        tables = elf.tables_of(data)
        facts = elf.read(data)
        required = elf_symbols.needed_versions(tables)
        jobs: dict[str, Callable[[], object]] = {
            "readelf -aW": lambda: call("-aW"),
            "readelf -hW": lambda: call("-hW"),
            "elf.read": lambda: elf.read(data),
            "  of it: header and tables": lambda: elf_tables.Tables(data),
            "  of it: sections": lambda: elf_sections.sections(tables),
            "  of it: exported symbols": lambda: elf_symbols.exported(tables, required),
            "elf.demangled": lambda: elf.demangled(facts),
            "pyelftools' symbols alone": lambda: through_pyelftools(data),
        }
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(args.rounds):
            for name, job in jobs.items():
                tables.allowance.spend(-elf_tables.MAX_TEXT)  # as for a new file
                started = time.perf_counter()
                job()
                taken[name].append(time.perf_counter() - started)
    whole = statistics.median(taken["readelf -aW"])
    print(f"{len(facts.sections)} sections, {len(facts.exported)} exported symbols; medians of "
          f"{args.rounds} rounds, as parts of readelf -aW:")  # fmt: skip
    for name, seconds in taken.items():
        print(f"{name:28} {1000 * statistics.median(seconds):8.2f} ms "
              f"{statistics.median(seconds) / whole:7.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
