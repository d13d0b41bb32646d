"""Linker scripts that stand in for a library."""

from __future__ import annotations

import pytest

from crosscraft.inspection.elf import linker_script

LIBC = b"""\
/* GNU ld script
   Use the shared library, but some functions are only in
   the static library (libc_nonshared.a), so try that secondarily.  */
OUTPUT_FORMAT(elf64-x86-64)
GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a  AS_NEEDED ( /lib64/ld-linux-x86-64.so.2 ) )
"""


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (LIBC, ("/lib/libc.so.6", "/usr/lib/libc_nonshared.a", "/lib64/ld-linux-x86-64.so.2")),
        (b"INPUT(libncurses.so.6 -ltinfo)\n", ("libncurses.so.6", "-ltinfo")),
        (b"INPUT(a.so)\nGROUP(b.so, c.so)\n", ("a.so", "b.so", "c.so")),
    ],
)
def test_the_files_that_a_script_names(data, names):
    assert linker_script.names(data) == names


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"/* a comment */",
        b"GROUP (",
        b"OUTPUT_FORMAT(elf64-x86-64)",
        b"int main() { INPUT(a); }",
        b"\x7fELF GROUP(a)",
        b"GROUP(\x00a)",
        b"GROUP(" + b"(" * 5000,
        b"/*" * 5000,
    ],
)
def test_what_is_no_linker_script(data):
    assert linker_script.names(data) == ()
