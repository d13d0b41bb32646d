"""What the sections of an ELF file are for.

Source: the System V ABI's "Special Sections", the Linux Standard Base's list of further ones,
and GNU binutils' documentation for the rest.
"""

from __future__ import annotations

__all__ = ["purpose"]

_SECTIONS: dict[str, tuple[str, str]] = {
    ".text": ("instructions", "the instructions of the program's functions"),
    ".init": ("instructions", "instructions that run when the file is loaded"),
    ".fini": ("instructions", "instructions that run when the file is let go"),
    ".plt": ("instructions", "stubs through which functions of other libraries are called"),
    ".rodata": ("constants", "constants: strings and tables that are never written"),
    ".data": ("variables", "variables that begin with a value"),
    ".data.rel.ro": ("variables", "constants with addresses in them, set once at loading"),
    ".bss": ("variables", "variables that begin as zero; they take no room in the file"),
    ".tdata": ("variables", "variables of which each thread has its own, with a value"),
    ".tbss": ("variables", "variables of which each thread has its own, zero at first"),
    ".dynsym": ("names and symbols", "the symbols that are offered to, or wanted of, others"),
    ".dynstr": ("names and symbols", "the names of those symbols and of needed libraries"),
    ".symtab": ("names and symbols", "all symbols, for debuggers; `strip` removes it"),
    ".strtab": ("names and symbols", "the names of all symbols; `strip` removes it"),
    ".shstrtab": ("names and symbols", "the names of the sections"),
    ".gnu.hash": ("names and symbols", "an index by which the loader finds a symbol quickly"),
    ".hash": ("names and symbols", "an older index by which the loader finds a symbol"),
    ".gnu.version": ("names and symbols", "the version of each symbol, as a number"),
    ".gnu.version_r": ("names and symbols", "the versions wanted of other libraries: GLIBC_2.14"),
    ".gnu.version_d": ("names and symbols", "the versions that this library offers"),
    ".dynamic": ("linking", "what the loader must know: needed libraries, where tables are"),
    ".interp": ("linking", "the path of the loader that starts the program"),
    ".got": ("linking", "addresses that the loader fills in"),
    ".init_array": ("linking", "addresses of functions to call at loading"),
    ".fini_array": ("linking", "addresses of functions to call at the end"),
    ".ctors": ("linking", "addresses of functions to call at loading, the older way"),
    ".dtors": ("linking", "addresses of functions to call at the end, the older way"),
    ".eh_frame": ("exceptions", "how to walk back through callers when an exception is thrown"),
    ".eh_frame_hdr": ("exceptions", "an index into .eh_frame"),
    ".gcc_except_table": ("exceptions", "which exceptions are caught where"),
    ".comment": ("notes", "which compiler made it"),
    ".note.gnu.build-id": ("notes", "a hash by which debuggers know this very build"),
    ".gnu_debuglink": ("notes", "the name of the file that has its debug information"),
}

_FAMILIES: dict[str, tuple[str, str]] = {
    ".rela": ("linking", "places where the loader must write addresses"),
    ".rel.": ("linking", "places where the loader must write addresses"),
    ".relr": ("linking", "places where the loader must write addresses, packed"),
    ".text.": ("instructions", "instructions of functions kept apart"),
    ".plt": ("instructions", "stubs through which functions of other libraries are called"),
    ".got": ("linking", "addresses that the loader fills in"),
    ".rodata": ("constants", "constants that are never written"),
    ".data": ("variables", "variables that begin with a value"),
    ".bss": ("variables", "variables that begin as zero"),
    ".note": ("notes", "a note for tools"),
    ".debug": ("notes", "for debuggers: which instruction is which line of source"),
    ".ARM": ("exceptions", "how to walk back through callers, the ARM way"),
}


def purpose(name: str) -> tuple[str, str]:
    """Return of which kind the section `name` is, of those in ``drawing.KINDS``, and what it is
    for, in words."""
    if name in _SECTIONS:
        return _SECTIONS[name]
    for prefix, meaning in _FAMILIES.items():
        if name.startswith(prefix):
            return meaning
    return "other", "of a kind of its own"
