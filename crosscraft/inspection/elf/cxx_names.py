"""Demangle C++ names.

cxxfilt calls the C++ runtime's ``__cxa_demangle``, so the result is the same as that of
``c++filt``. A short name can expand to gigabytes of text, and a damaged name can crash that
function. So :func:`demangle` starts this file as a script, in a separate process with limits.

Source: the Itanium C++ ABI's chapter "Mangling".
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

__all__ = ["demangle"]

MAX_MEMORY = 512 * 2**20
"""Most bytes of memory for the process."""
MAX_PROCESSOR_TIME = 5
"""Most seconds of processor time for the process."""
MAX_WAIT = 15.0
"""Most seconds to wait for the process. It may be slow on a busy machine."""
MAX_NAME = 2**16
"""Most characters of a demangled name. A longer name stays mangled."""
MAX_OUTPUT = 64 * 2**20
"""Most bytes of all demangled names together."""


def demangle(names: Sequence[str]) -> dict[str, str]:
    """Return the demangled form of each of `names`.

    The form of a name that is not mangled is the name. All names stay mangled if the process
    exceeds its limits, or if this machine has no C++ runtime.
    """
    forms = {name: name for name in names}
    mangled = [name for name in forms if name.startswith("_Z") and "\0" not in name]
    if mangled:
        forms.update(_run_demangler(mangled))
    return forms


def _run_demangler(names: list[str]) -> dict[str, str]:
    # Imported late, because the script below cannot import it.
    from crosscraft.system.processes import clean_environment

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
        return {}  # not the output of the script below
    return dict(zip(names, forms, strict=True))


def _main() -> None:
    """Read names from stdin, and write their forms to stdout, separated by NUL."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_TIME, MAX_PROCESSOR_TIME))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import cxxfilt

    forms = []
    left = MAX_OUTPUT
    for name in sys.stdin.buffer.read().split(b"\0"):
        try:
            form = cxxfilt.demangleb(name)
        except cxxfilt.Error as error:
            if isinstance(error, cxxfilt.LibraryNotFound):
                sys.exit(1)
            form = name  # the name is not mangled, or needs too much memory
        form = form if len(form) <= MAX_NAME else name
        left -= len(form)
        if left < 0:
            sys.exit(1)
        forms.append(form)
    sys.stdout.buffer.write(b"\0".join(forms))


if __name__ == "__main__":
    _main()
