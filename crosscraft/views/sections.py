"""The purposes of the sections of an ELF file.

Sources: "Special Sections" in the System V ABI, "Additional Special Sections" in the Linux Standard
Base, and the documentation of GNU binutils.
"""

from __future__ import annotations

__all__ = ["purpose"]

_SECTIONS: dict[str, tuple[str, str]] = {
    ".text": ("instructions", "the instructions of the program's functions"),
    ".init": ("instructions", "instructions that run when the file is loaded"),
    ".fini": ("instructions", "instructions that run when the file is unloaded"),
    ".plt": ("instructions", "stubs through which functions of other libraries are called"),
    ".rodata": ("constants", "constants: strings and tables that are never written"),
    ".data": ("variables", "variables with an initial value"),
    ".data.rel.ro": ("variables", "constants with addresses in them, set once at loading"),
    ".bss": ("variables", "variables that are zero at first (no space in the file)"),
    ".tdata": ("variables", "per-thread variables with an initial value"),
    ".tbss": ("variables", "per-thread variables that are zero at first"),
    ".dynsym": ("names and symbols", "the exported and imported symbols"),
    ".dynstr": ("names and symbols", "the names of those symbols and of needed libraries"),
    ".symtab": ("names and symbols", "all symbols, for debuggers (`strip` removes it)"),
    ".strtab": ("names and symbols", "the names of all symbols (`strip` removes it)"),
    ".shstrtab": ("names and symbols", "the names of the sections"),
    ".gnu.hash": ("names and symbols", "a hash table for the loader's symbol lookup"),
    ".hash": ("names and symbols", "an older hash table for the loader's symbol lookup"),
    ".gnu.version": ("names and symbols", "the version of each symbol, as a number"),
    ".gnu.version_r": ("names and symbols", "the required versions of symbols, as in GLIBC_2.14"),
    ".gnu.version_d": ("names and symbols", "the symbol versions that this library defines"),
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
    ".note.gnu.build-id": ("notes", "a hash that identifies this build for debuggers"),
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
    ".data": ("variables", "variables with an initial value"),
    ".bss": ("variables", "variables that are zero at first"),
    ".note": ("notes", "a note for tools"),
    ".debug": ("notes", "debug information, such as the source line of each instruction"),
    ".ARM": ("exceptions", "how to walk back through callers, the ARM way"),
}


def purpose(name: str) -> tuple[str, str]:
    """Return the kind of the section `name` (see ``drawing.KINDS``), and its purpose in words."""
    if name in _SECTIONS:
        return _SECTIONS[name]
    for prefix, meaning in _FAMILIES.items():
        if name.startswith(prefix):
            return meaning
    return "other", "of unknown purpose"
