"""C++ names as C++ programmers write them.

The C++ runtime's own ``__cxa_demangle`` does it, by way of cxxfilt, so that the result is
that of ``c++filt``. A short name can stand for gigabytes of text, and a damaged one can
crash that function, which nothing in this process could interrupt. So it runs in a short
process of its own, with limits: :func:`demangle` starts this file as a script.

Source: the Itanium C++ ABI's chapter "Mangling".
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

__all__ = ["demangle"]

MAX_MEMORY = 512 * 2**20
"""Bytes of memory the process may take."""
MAX_PROCESSOR_TIME = 5
"""Seconds of processor time it may take."""
MAX_WAIT = 15.0
"""Seconds we wait for it, on a machine that is busy with other things."""
MAX_NAME = 2**16
"""The most characters of a demangled name; a longer one stays mangled."""
MAX_ANSWER = 64 * 2**20
"""The most bytes of all demangled names together."""


def demangle(names: Sequence[str]) -> dict[str, str]:
    """Return each of `names` with its demangled form.

    A name that is not a mangled one is its own form. So is every name if the process fails:
    if it is beyond its limits, or there is no C++ runtime on this machine.
    """
    forms = {name: name for name in names}
    asked = [name for name in forms if name.startswith("_Z") and "\0" not in name]
    if asked:
        forms.update(_ask(asked))
    return forms


def _ask(names: list[str]) -> dict[str, str]:
    from crosscraft.system.processes import (
        clean_environment,  # late: the script below cannot import it
    )

    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__],
            input="\0".join(names).encode(errors="replace"),
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MAX_WAIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    forms = done.stdout.decode(errors="backslashreplace").split("\0")
    if len(forms) != len(names) or not all(forms):
        return {}  # not the answer of what is below
    return dict(zip(names, forms, strict=True))


def _answer() -> None:
    """What the process does: names from stdin, their forms to stdout, NUL between them."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_TIME, MAX_PROCESSOR_TIME))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import cxxfilt

    forms = []
    left = MAX_ANSWER
    for name in sys.stdin.buffer.read().split(b"\0"):
        try:
            form = cxxfilt.demangleb(name)
        except cxxfilt.Error as error:
            if isinstance(error, cxxfilt.LibraryNotFound):
                sys.exit(1)
            form = name  # not a mangled name after all, or one for which memory ran out
        form = form if len(form) <= MAX_NAME else name
        left -= len(form)
        if left < 0:
            sys.exit(1)
        forms.append(form)
    sys.stdout.buffer.write(b"\0".join(forms))


if __name__ == "__main__":
    _answer()
