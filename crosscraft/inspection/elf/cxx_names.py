"""Demangle C++ names.

cxxfilt calls the C++ runtime's ``__cxa_demangle``, so the result is the same as that of
``c++filt``. A short name can expand to gigabytes of text, and a damaged name can crash that
function. So :func:`demangle` starts this file as a script, in a separate process with limits.
:func:`demangle_here` is for a browser, which has no processes.

Source: the Itanium C++ ABI's chapter "Mangling".
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence

__all__ = ["Demangle", "demangle", "demangle_here", "leave_mangled"]

Demangle = Callable[[Sequence[str]], dict[str, str]]
"""Returns the form of each name."""

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
    return _with_forms(names, _run_demangler)


def demangle_here(names: Sequence[str]) -> dict[str, str]:
    """Return the same forms without a separate process, so without limits of time and memory.

    Emscripten links the C++ runtime into its programs. The caller has to end this process if it
    takes too long.
    """
    return _with_forms(names, _call_runtime)


def leave_mangled(names: Sequence[str]) -> dict[str, str]:
    """Return each of `names` as its form."""
    return {name: name for name in names}


def _with_forms(names: Sequence[str], run: Callable[[list[str]], dict[str, str]]) -> dict[str, str]:
    forms = leave_mangled(names)
    mangled = [name for name in forms if name.startswith("_Z") and "\0" not in name]
    if mangled:
        forms.update(run(mangled))
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


def _call_runtime(names: list[str]) -> dict[str, str]:
    import ctypes

    runtime = ctypes.CDLL(None)
    function = runtime.__cxa_demangle
    function.restype = ctypes.c_void_p

    def demangle_one(name: bytes) -> bytes:
        made = function(name, None, None, None)
        if not made:
            return name
        form = ctypes.string_at(made)
        runtime.free(ctypes.c_void_p(made))
        return form

    forms = _within_limits((name.encode(errors="replace") for name in names), demangle_one)
    if forms is None:
        return {}
    return {
        name: form.decode(errors="backslashreplace")
        for name, form in zip(names, forms, strict=True)
    }


def _within_limits(
    names: Iterable[bytes], demangle_one: Callable[[bytes], bytes]
) -> list[bytes] | None:
    """Return the form of each of `names`, or None if all forms together are too long."""
    forms = []
    left = MAX_OUTPUT
    for name in names:
        form = demangle_one(name)
        form = form if len(form) <= MAX_NAME else name
        left -= len(form)
        if left < 0:
            return None
        forms.append(form)
    return forms


def _main() -> None:
    """Read names from stdin, and write their forms to stdout, separated by NUL."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_TIME, MAX_PROCESSOR_TIME))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import cxxfilt

    def demangle_one(name: bytes) -> bytes:
        try:
            return bytes(cxxfilt.demangleb(name))
        except cxxfilt.LibraryNotFound:
            sys.exit(1)
        except cxxfilt.Error:
            return name  # it is not mangled, or needs too much memory

    forms = _within_limits(sys.stdin.buffer.read().split(b"\0"), demangle_one)
    if forms is None:
        sys.exit(1)
    sys.stdout.buffer.write(b"\0".join(forms))


if __name__ == "__main__":
    _main()
