"""The names of extensions that each Python looks for, and the functions that it calls.

Sources: CPython's ``Python/dynload_shlib.c`` and ``configure.ac`` for the suffixes, as in
``importlib.machinery.EXTENSION_SUFFIXES``, ``Python/importdl.c`` for the functions, ``site`` for
the folders. PEP 3149 (SOABI), PEP 489 (names that are not ASCII), PEP 793 (PyModExport) and PEP
803 (abi3t). PyPy's documentation for its one suffix.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass

from crosscraft.inspection import python_specs

__all__ = ["ALL", "EXPORTS", "Python", "allowed", "functions", "root", "triplet_in"]


@dataclass(frozen=True, slots=True)
class Python:
    """A Python that a package can be installed with. Its major version is 3."""

    name: str
    """The implementation: ``Python``, ``free-threaded Python``, ``PyPy``."""
    minor: int
    soabi: str
    """The SOABI without the platform: ``cpython-311``."""
    folder: str
    """The folder of its modules, relative to the prefix: ``lib/python3.11``."""
    builds: tuple[str, ...]
    """Build strings of conda's packages of it: of ``python`` and of ``python_abi``."""

    def __str__(self) -> str:
        return f"{self.name} 3.{self.minor}"

    def suffixes(self, triplet: str) -> dict[str, bool | None]:
        """Return the ends of names that it looks for, directly behind the module's name.

        The value is None if only some builds look for it. It looks for no other.

        :param triplet: the GNU triplet of the processor that Python runs on.
        """
        musl = triplet.replace("-gnu", "-musl")
        found: dict[str, bool | None] = {f".{self.soabi}-{triplet}.so": True}
        found |= {f".{self.soabi}-{musl}.so": None} if musl != triplet else {}
        if self.name == "PyPy":
            return found
        free = self.name == "free-threaded Python"
        if self.minor >= EXPORTS:
            stable = ("abi3t",) if free else ("abi3", "abi3t")
            found |= {f".{abi}{end}.so": True for abi in stable for end in (f"-{triplet}", "")}
        else:
            # The free-threaded 3.13 and 3.14 look for this name, but have another ABI.
            found[".abi3.so"] = None if free else True
        return found | {".so": True}


EXPORTS = 15
"""The minor version of the first Python with PyModExport and abi3t."""
_MINORS = range(5, 30)
"""Python 3.5 was the first to have the platform in the names. Later versions keep the rules until
somebody changes them."""


def _pythons() -> tuple[Python, ...]:
    found = []
    for minor in _MINORS:
        flag = "m" if minor < 8 else ""
        soabi, abi, folder = f"cpython-3{minor}", f"0_cp3{minor}", f"lib/python3.{minor}"
        pypy = f"pypy3{minor}"
        found += [
            Python("Python", minor, f"{soabi}{flag}", folder, ("0_cpython", f"{abi}{flag}")),
            Python("free-threaded Python", minor, f"{soabi}t", f"{folder}t", (f"{abi}t",)),
            Python("PyPy", minor, f"{pypy}-pp73", f"lib/pypy3.{minor}",
                   ("0_73_pypy", f"0_{pypy}_pp73")),
            Python("debug Python", minor, f"{soabi}d{flag}", folder, ("0_cpython_debug",)),
        ]  # fmt: skip
    found = [one for one in found if one.name != "free-threaded Python" or one.minor >= 13]
    return tuple(sorted(found, key=lambda one: _PREFERENCE.index(one.name)))


_PREFERENCE = ("Python", "free-threaded Python", "PyPy", "debug Python")
"""A package that leaves the choice gets the first one."""
ALL = _pythons()
"""Every Python whose rules are known here, in the order of preference."""


def allowed(depends: Iterable[str]) -> tuple[Python, ...]:
    """Return the Pythons that the run dependencies `depends` allow, or none if they allow all, or
    no Python whose rules are known."""
    found = ALL
    for text in depends:
        if "python" not in text:
            continue
        spec = python_specs.read(text)
        if spec is None or spec.name not in {"python", "python_abi"}:
            continue
        micros = _MICROS if spec.name == "python" else ("",)
        found = tuple(
            one
            for one in found
            if any(fnmatch.fnmatchcase(build, spec.build) for build in one.builds)
            and any(spec.matches(f"3.{one.minor}{micro}") for micro in micros)
        )
    return () if found == ALL else found


_MICROS = [f".{micro}" for micro in range(40)]
"""More releases than any version of Python has had."""


def functions(module: str) -> tuple[str, str]:
    """Return the functions of which Python needs one in `module`, a name without its package. The
    second one is enough for Python 3.15 and later only."""
    if module.isascii():
        name, flag = module, ""
    else:
        coded = module.encode("utf-8", "replace").decode().encode("punycode").decode()
        name, flag = coded, "U"
    name = name.replace("-", "_")[:_LONGEST]
    return f"PyInit{flag}_{name}", f"PyModExport{flag}_{name}"


_LONGEST = 200
"""Most characters of a module's name that Python looks for."""


def triplet_in(suffix: str) -> str:
    """Return the triplet in a suffix, or an empty string: ``.abi3.so`` has none."""
    match = re.fullmatch(r"\.(?:cpython-\d+[a-z]*|pypy\d+-pp\d+|abi3t?)-(.+)\.so", suffix)
    return match[1] if match else ""


_ROOT = re.compile(r"(?P<python>lib/(?:python|pypy)\d\.\d+t?)/(?!dist-packages/)(?:[^./]+/)*[^/]+")
_NOARCH_ROOT = re.compile(r"(?P<python>)site-packages/(?:[^./]+/)*[^/]+")
_WRONG_ROOT = re.compile(r"(usr/)?(local/)?lib\d*/(python|pypy)[\d.]*t?/(site|dist)-packages/")


def root(path: str, noarch: bool) -> tuple[bool | None, str]:
    """Return whether Python can import from the folder of `path`, and the folder of the Python
    that looks there, or an empty string for every Python.

    Each folder between Python's own and the module is a package, so it has no dot in its name.
    None means that it depends on what else Python is told, by a program or a .pth file.

    :param noarch: whether the package is ``noarch: python``, so that an installer chooses the root.
    """
    if match := _ROOT.fullmatch(path) or (noarch and _NOARCH_ROOT.fullmatch(path)):
        return True, match["python"]
    return (False if _WRONG_ROOT.match(path) and not _ROOT.match(path) else None), ""
