"""What the local channel holds, as data.

Each package has conda-forge's name, so that one recipe serves both channels, and says from
which Debian packages or wheels its files come and where they go. Nothing here does anything:
:mod:`crosscraft.channel.assemble` reads it.

Sources for the rules that the rows follow: Debian's multiarch and cross-toolchain package
names; conda-forge's ``ctng-compiler-activation`` (what the activation scripts set, which
run_exports the compilers carry), ``linux-sysroot`` and ``python`` feedstocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from crosscraft.channel import activation
from crosscraft.platforms import NOARCH, PLATFORMS, Platform

__all__ = ["SUITE", "Deb", "Package", "RunExports", "Wheel", "packages"]

SUITE = "bookworm"
"""The Debian release whose packages these are, by its code name (Debian 12)."""

_PYTHON = "3.11"
_GCC = "12"


@dataclass(frozen=True, slots=True, order=True)
class Deb:
    """A Debian package for one architecture."""

    name: str
    """Its name in Debian."""
    arch: str
    """dpkg's name of the architecture."""


@dataclass(frozen=True, slots=True, order=True)
class Wheel:
    """A wheel on PyPI, pinned."""

    name: str
    """The project."""
    version: str
    """The release."""
    sha256: str
    """Of the wheel, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class RunExports:
    """What a package adds to the dependencies of those built with it.

    The four kinds are those of CEP 12 and the conda-build documentation.
    """

    noarch: tuple[str, ...] = ()
    """Run dependencies that a noarch package gets from its host environment."""
    strong: tuple[str, ...] = ()
    """From the build environment to host and run."""
    weak: tuple[str, ...] = ()
    """From the host environment to run."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Package:
    """One conda package, and where its parts come from."""

    name: str
    """By conda-forge's name."""
    subdir: str
    """The platform it is for, or ``noarch``."""
    version: str
    """A version, or ``=NAME``: the upstream version of that Debian package."""
    summary: str
    """One line."""
    license: str
    """An SPDX expression."""
    sources: tuple[Deb | Wheel, ...] = ()
    """What is downloaded for it."""
    moves: tuple[tuple[str, str], ...] = ()
    """Prefix of a path in a source → its replacement. The first that fits is taken; a file
    that none fits is left out."""
    drop: tuple[str, ...] = ()
    """Shell patterns of paths (after the move) that are left out again."""
    links: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Symbolic links to add or to put right: path → target."""
    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Small files to add: path → text."""
    edits: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NOTHING)
    """Path → (old, new): a replacement in a text file that must be possible."""
    rpaths: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Shell pattern of executables → the ``DT_RPATH`` they get, so that they find the
    libraries in this package and none of the machine's."""
    depends: tuple[str, ...] = ()
    """Run dependencies."""
    constrains: tuple[str, ...] = ()
    """Run constraints."""
    run_exports: RunExports = RunExports()
    """What it adds to those built with it."""
    build: str = ""
    """The build string; empty means a hash of the package's inputs."""
    build_suffix: str = ""
    """Goes behind that hash (``cpython`` for python)."""
    noarch: str | None = None
    """``python``, ``generic``, or None for a package of one platform."""


def packages(build: Platform, targets: Iterable[Platform] | None = None) -> tuple[Package, ...]:
    """Return all packages of the local channel.

    :param build: the platform of the machine that builds.
    :param targets: the platforms it builds for; all of the table by default. The build
        platform is always among them, since its Python makes the stubs.
    """
    wanted = {build.subdir: build} | {
        row.subdir: row for row in (PLATFORMS.values() if targets is None else targets)
    }
    rows: list[Package] = [
        # The largest first: two of them fill two cores from the start.
        *(_emulator(build, target) for target in wanted.values() if target is not build),
        *(_compiler(build, target) for target in wanted.values()),
        *(_binutils_impl(build, target) for target in wanted.values()),
        _cmake(build),
        *(_python(target) for target in wanted.values()),
        *(_sysroot(target) for target in wanted.values()),
        *(_libstdcxx(target) for target in wanted.values()),
        *(_libgcc(target) for target in wanted.values()),
        _ninja(build),
        _binutils(build),
        _jq(build),
        *(_nanobind(wheel) for wheel in _NANOBIND),
        _PYTHON_ABI,
    ]
    return tuple(rows)


# ── Python ──────────────────────────────────────────────────────────────────────────────

_PYTHON_DEBS = (
    f"python{_PYTHON}-minimal libpython{_PYTHON}-minimal libpython{_PYTHON}-stdlib "
    f"libpython{_PYTHON}-dev libexpat1 zlib1g libffi8 libssl3 libbz2-1.0 liblzma5 "
    "libsqlite3-0 libuuid1 libncursesw6 libtinfo6 libreadline8 libcrypt1 libdb5.3"
).split()

# Debian's `site` is frozen into the interpreter and knows dist-packages only; this file is
# imported by it, and adds the folder that conda packages install into.
_SITECUSTOMIZE = """\
import site
import sys

site.addsitedir(f"{sys.prefix}/lib/python%d.%d/site-packages" % sys.version_info[:2])
"""


def _python(target: Platform) -> Package:
    lib, include = f"lib/python{_PYTHON}/", f"include/python{_PYTHON}/"
    return Package(
        name="python",
        subdir=target.subdir,
        version=f"=python{_PYTHON}-minimal",
        summary="CPython, with the libraries its modules need",
        license="PSF-2.0",
        sources=_debs(_PYTHON_DEBS, target),
        moves=(
            (f"usr/bin/python{_PYTHON}", f"bin/python{_PYTHON}"),
            # FindPython asks this script for the include folder and the SOABI.
            (f"usr/bin/{target.triplet}-python{_PYTHON}-config", f"bin/python{_PYTHON}-config"),
            (f"usr/lib/python{_PYTHON}/", lib),
            # Debian's own pyconfig.h only picks one of these by the compiler's processor.
            (f"usr/include/{target.triplet}/python{_PYTHON}/", include),
            (f"usr/include/python{_PYTHON}/pyconfig.h", "share/doc/python/pyconfig-multiarch.h"),
            (f"usr/include/python{_PYTHON}/", include),
            (f"usr/lib/{target.triplet}/lib", "lib/lib"),
            (f"usr/lib/{target.triplet}/ossl-modules/", "lib/ossl-modules/"),
            (f"lib/{target.triplet}/lib", "lib/lib"),
            *_copyrights(_PYTHON_DEBS),
        ),
        drop=(
            f"lib/libpython{_PYTHON}*",
            "lib/*.a",
            f"{lib}config-*/*.a",
            f"{lib}config-*/*.so",
            f"{lib}config-*/*.o",
            f"{lib}test/*",
            # CPython's own tests, and NIS, which would bring Kerberos with it.
            f"{lib}lib-dynload/_test*",
            f"{lib}lib-dynload/_ctypes_test*",
            f"{lib}lib-dynload/xxlimited*",
            f"{lib}lib-dynload/_xxtestfuzz*",
            f"{lib}lib-dynload/nis.*",
            f"{lib}sitecustomize.py",
            f"{lib}EXTERNALLY-MANAGED",
            "share/doc/python/pyconfig-multiarch.h",
        ),
        links={"bin/python": f"python{_PYTHON}", "bin/python3": f"python{_PYTHON}"},
        texts={
            f"{lib}sitecustomize.py": _SITECUSTOMIZE,
            f"{lib}site-packages/README.txt": "Packages are installed into this folder.\n",
        },
        edits={
            f"{lib}sysconfig.py": (
                "prefix_scheme = 'posix_local'",
                "prefix_scheme = 'posix_prefix'",
            )
        },
        rpaths={f"bin/python{_PYTHON}": "$ORIGIN/../lib"},
        depends=(_GLIBC_BOUND, f"python_abi {_PYTHON}.* *_cp{_PYTHON.replace('.', '')}"),
        run_exports=RunExports(
            noarch=("python",),
            weak=(f"python_abi {_PYTHON}.* *_cp{_PYTHON.replace('.', '')}",),
        ),
        build_suffix="cpython",
    )


_PYTHON_ABI = Package(
    name="python_abi",
    subdir=NOARCH,
    version=_PYTHON,
    build=f"8_cp{_PYTHON.replace('.', '')}",
    summary="Metapackage that selects the Python ABI",
    license="BSD-3-Clause",
    constrains=(f"python {_PYTHON}.* *_cpython",),
    noarch="generic",
)

# ── Compilers ───────────────────────────────────────────────────────────────────────────

_GLIBC_BOUND = "__glibc >=2.36,<3.0.a0"
_SUPPORT_DEBS = (
    "libisl23 libmpc3 libmpfr6 libgmp10 libzstd1 zlib1g libjansson4 libctf0 "
    "libctf-nobfd0 libbinutils libgprofng0"
).split()
_SYSROOT_DEBS = (
    "libc6 libc6-dev libgcc-s1 libstdc++6 linux-libc-dev libcrypt1 libcrypt-dev"
).split()
_GNU_TOOLS = (
    "addr2line ar as c++filt elfedit ld ld.bfd nm objcopy objdump ranlib readelf size strings strip"
).split()


def _support(target: Platform) -> str:
    """Where the libraries live that the tools for `target` need on the build machine."""
    return f"libexec/{target.triplet}/lib"


def _sysroot(target: Platform) -> Package:
    root = target.sysroot_path
    usr = f"{root}/usr/lib/{target.triplet}"
    return Package(
        name=target.sysroot_package,
        subdir=NOARCH,
        version="=libc6",
        summary=f"The C library of {target.subdir}, its headers and the kernel's",
        license="LGPL-2.1-or-later AND GPL-2.0-only WITH Linux-syscall-note",
        sources=_debs(_SYSROOT_DEBS, target),
        moves=(
            *_copyrights(_SYSROOT_DEBS, below=f"share/doc/{target.sysroot_package}"),
            ("lib", f"{root}/lib"),
            ("usr/lib/", f"{root}/usr/lib/"),
            ("usr/include/", f"{root}/usr/include/"),
        ),
        drop=(f"{usr}/gconv/*", f"{usr}/audit/*", f"{root}/usr/lib/locale/*"),
        links={
            # Debian keeps these two beside the compiler; here it looks for them here.
            f"{usr}/libstdc++.so": "libstdc++.so.6",
            f"{usr}/libgcc_s.so.1": f"../../../lib/{target.triplet}/libgcc_s.so.1",
        },
        run_exports=RunExports(strong=(_GLIBC_BOUND,)),
        noarch="generic",
    )


def _binutils_impl(build: Platform, target: Platform) -> Package:
    debs = (f"binutils-{target.triplet.replace('_', '-')}", *_SUPPORT_DEBS)
    triplet, support = target.triplet, _support(target)
    return Package(
        name=f"binutils_impl_{target.subdir}",
        subdir=build.subdir,
        version=f"={debs[0]}",
        summary=f"The GNU assembler, linker and binary tools for {target.subdir}",
        license="GPL-3.0-or-later",
        sources=_debs(debs, build),
        moves=(
            (f"usr/bin/{triplet}-", f"bin/{triplet}-"),
            (f"usr/lib/{build.triplet}/lib", f"{support}/lib"),
            (f"lib/{build.triplet}/lib", f"{support}/lib"),
            (f"usr/lib/{triplet}/ldscripts/", f"{triplet}/lib/ldscripts/"),
            (f"usr/lib/{build.triplet}/ldscripts/", f"{triplet}/lib/ldscripts/"),
            *_copyrights(debs),
        ),
        # Gold is no longer developed, and it and dwp would need the C++ library of the machine.
        drop=(
            f"bin/{triplet}-gp*",
            f"bin/{triplet}-dwp",
            f"bin/{triplet}-ld.gold",
            f"{support}/libgprofng*",
        ),
        # The compiler looks for plain `as` and `ld` here before it takes the machine's.
        links={f"{triplet}/bin/{tool}": f"../../bin/{triplet}-{tool}" for tool in _GNU_TOOLS},
        rpaths={f"bin/{triplet}-*": f"$ORIGIN/../{support}"},
        depends=(target.sysroot_package,),
    )


def _compiler(build: Platform, target: Platform) -> Package:
    native = target is build
    if native:
        debs = _debs((f"g++-{_GCC}", f"gcc-{_GCC}", f"cpp-{_GCC}"), build)
        debs += _debs((f"libstdc++-{_GCC}-dev", f"libgcc-{_GCC}-dev"), build)
    else:
        name = target.triplet.replace("_", "-")
        debs = _debs((f"g++-{_GCC}-{name}", f"gcc-{_GCC}-{name}", f"cpp-{_GCC}-{name}"), build)
        debs += tuple(
            Deb(f"{library}-{_GCC}-dev-{target.debian_arch}-cross", "all")
            for library in ("libstdc++", "libgcc")
        )
    triplet = target.triplet
    lib = f"lib/gcc/{triplet}/{_GCC}" if native else f"lib/gcc-cross/{triplet}/{_GCC}"
    up = "../" * (lib.count("/") + 1)
    tools = ["cpp", "gcc", "g++", "gcc-ar", "gcc-nm", "gcc-ranlib"]
    return Package(
        name=f"gxx_{target.subdir}",
        subdir=build.subdir,
        version=f"={debs[0].name}",
        summary=f"The GNU C++ compiler for {target.subdir}, with its activation script",
        license="GPL-3.0-or-later WITH GCC-exception-3.1",
        sources=debs,
        moves=(
            *(
                (f"usr/bin/{triplet}-{tool}-{_GCC}", f"bin/{triplet}-{tool}-{_GCC}")
                for tool in tools
            ),
            (f"usr/{lib}/", f"{lib}/"),
            (f"usr/include/c++/{_GCC}/", f"include/c++/{_GCC}/"),
            (f"usr/include/{triplet}/c++/", f"include/{triplet}/c++/"),
            (f"usr/{triplet}/include/c++/", f"{triplet}/include/c++/"),
            *_copyrights((f"gcc-{_GCC}", f"gcc-{_GCC}-base", *(deb.name for deb in debs))),
        ),
        # Sanitizers and the tools to write plug-ins with: large, and no part of the series.
        drop=(f"{lib}/lib*san*", f"{lib}/plugin/*", f"{lib}/g++-mapper-server"),
        links={f"bin/{triplet}-{tool}": f"{triplet}-{tool}-{_GCC}" for tool in tools}
        | {f"{lib}/libstdc++.so": f"{up}{target.sysroot_path}/usr/lib/{triplet}/libstdc++.so.6"},
        texts={
            f"etc/conda/activate.d/activate-gxx_{target.subdir}.sh": activation.script(
                build, target
            )
        },
        rpaths={
            f"{lib}/{program}": f"$ORIGIN/{up}{_support(target)}"
            for program in ("cc1", "cc1plus", "lto1", "lto-wrapper", "collect2")
        },
        depends=(f"binutils_impl_{target.subdir}", target.sysroot_package),
        run_exports=RunExports(strong=(f"libstdcxx >={_GCC}", f"libgcc >={_GCC}", _GLIBC_BOUND)),
    )


# ── The run-time halves of the compilers ────────────────────────────────────────────────


def _libgcc(target: Platform) -> Package:
    return Package(
        name="libgcc",
        subdir=target.subdir,
        version="=libgcc-s1",
        summary="The GCC low-level runtime library",
        license="GPL-3.0-only WITH GCC-exception-3.1",
        sources=_debs(("libgcc-s1",), target),
        moves=((f"lib/{target.triplet}/lib", "lib/lib"), *_copyrights(("libgcc-s1",))),
        depends=(_GLIBC_BOUND,),
    )


def _libstdcxx(target: Platform) -> Package:
    return Package(
        name="libstdcxx",
        subdir=target.subdir,
        version="=libstdc++6",
        summary="The GNU C++ runtime library",
        license="GPL-3.0-only WITH GCC-exception-3.1",
        sources=_debs(("libstdc++6",), target),
        moves=((f"usr/lib/{target.triplet}/lib", "lib/lib"), *_copyrights(("libstdc++6",))),
        depends=(_GLIBC_BOUND, f"libgcc >={_GCC}"),
    )


# ── Tools ───────────────────────────────────────────────────────────────────────────────

_CMAKE = Wheel("cmake", "4.4.4", "f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238")
_NINJA = Wheel(
    "ninja", "1.13.2", "65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c"
)
_NANOBIND = (
    Wheel("nanobind", "2.0.0", "9e4f4383ad83a72ce46ba5e9395dc67fadb8d53e5230aecdfc90ffdcd08d1a70"),
    Wheel("nanobind", "3.1.0", "96984dbe8154ffb86e653b1b60aaeed6985c710c5e75ad0279eb87943c66292d"),
)


_CPP_RUNTIME = (f"libstdcxx >={_GCC}", f"libgcc >={_GCC}")


def _cmake(build: Platform) -> Package:
    return Package(
        name="cmake",
        subdir=build.subdir,
        version=_CMAKE.version,
        summary="A cross-platform build-system generator",
        license="BSD-3-Clause",
        sources=(_CMAKE,),
        moves=(("cmake/data/bin/", "bin/"), ("cmake/data/share/", "share/")),
        drop=("share/cmake-*/Help/*", "bin/ccmake", "bin/cmake-gui"),
        rpaths={"bin/*": "$ORIGIN/../lib"},
        depends=_CPP_RUNTIME,
    )


def _ninja(build: Platform) -> Package:
    return Package(
        name="ninja",
        subdir=build.subdir,
        version=_NINJA.version,
        summary="A small build system with a focus on speed",
        license="Apache-2.0",
        sources=(_NINJA,),
        moves=(
            (f"ninja-{_NINJA.version}.data/scripts/ninja", "bin/ninja"),
            ("ninja/data/bin/", "bin/"),
        ),
        rpaths={"bin/*": "$ORIGIN/../lib"},
        depends=_CPP_RUNTIME,
    )


def _nanobind(wheel: Wheel) -> Package:
    return Package(
        name="nanobind",
        subdir=NOARCH,
        version=wheel.version,
        summary="Tiny and efficient C++/Python bindings",
        license="BSD-3-Clause",
        sources=(wheel,),
        moves=(("nanobind", "site-packages/nanobind"),),
        depends=("python >=3.8",),
        noarch="python",
    )


def _binutils(build: Platform) -> Package:
    tools = "addr2line c++filt elfedit nm objcopy objdump readelf size strings strip".split()
    return Package(
        name="binutils",
        subdir=build.subdir,
        version=f"=binutils-{build.triplet.replace('_', '-')}",
        summary="readelf, objdump and their kin, by their plain names",
        license="GPL-3.0-or-later",
        # Needed for its version alone: the files are those of binutils_impl.
        sources=_debs((f"binutils-{build.triplet.replace('_', '-')}",), build),
        links={f"bin/{tool}": f"{build.triplet}-{tool}" for tool in tools},
        depends=(f"binutils_impl_{build.subdir}",),
    )


def _jq(build: Platform) -> Package:
    debs = ("jq", "libjq1", "libonig5")
    return Package(
        name="jq",
        subdir=build.subdir,
        version="=jq",
        summary="A command-line JSON processor",
        license="MIT",
        sources=_debs(debs, build),
        moves=(
            ("usr/bin/jq", "bin/jq"),
            (f"usr/lib/{build.triplet}/lib", "lib/lib"),
            *_copyrights(debs),
        ),
        rpaths={"bin/jq": "$ORIGIN/../lib"},
    )


def _emulator(build: Platform, target: Platform) -> Package:
    return Package(
        name=target.emulator_package,
        subdir=build.subdir,
        version="=qemu-user-static",
        summary=f"QEMU's user-mode emulator for {target.subdir} (without execve interception)",
        license="GPL-2.0-only",
        sources=_debs(("qemu-user-static",), build),
        moves=(
            (f"usr/bin/{target.emulator}-static", f"bin/{target.emulator}"),
            *_copyrights(("qemu-user-static",)),
        ),
    )


# ── Shared by the rows ──────────────────────────────────────────────────────────────────


def _debs(names: Iterable[str], platform: Platform) -> tuple[Deb, ...]:
    return tuple(Deb(name, platform.debian_arch) for name in names)


def _copyrights(names: Iterable[str], below: str = "share/licenses") -> tuple[tuple[str, str], ...]:
    """Moves that keep the copyright file of each Debian package."""
    return tuple((f"usr/share/doc/{name}/copyright", f"{below}/{name}/copyright") for name in names)
