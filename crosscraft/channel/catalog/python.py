"""Python, its ABI, and nanobind."""

from __future__ import annotations

from crosscraft.channel.catalog.model import (
    CPP_RUNTIME,
    GCC,
    GLIBC_BOUND,
    PREFIX,
    PYTHON,
    Package,
    RunExports,
    Wheel,
    copyrights,
    debs_of,
)
from crosscraft.platforms import NOARCH, Platform

__all__ = [
    "BACKENDS",
    "NANOBIND",
    "PYTHON_ABI",
    "libzlib",
    "nanobind",
    "nanobind_backend",
    "python",
]

_PYTHON_DEBS = (
    f"python{PYTHON}-minimal libpython{PYTHON}-minimal libpython{PYTHON}-stdlib "
    f"libpython{PYTHON}-dev libexpat1 libffi8 libssl3 libbz2-1.0 liblzma5 "
    "libsqlite3-0 libuuid1 libncursesw6 libtinfo6 libreadline8 libcrypt1 libdb5.3"
).split()

# Debian's `site` is frozen into the interpreter and adds dist-packages only. It imports this
# file, which adds the folder of conda packages.
_SITECUSTOMIZE = """\
import site
import sys

site.addsitedir(f"{sys.prefix}/lib/python%d.%d/site-packages" % sys.version_info[:2])
"""

# Debian's file has folders for each processor.
_PKG_CONFIG = f"""\
prefix={PREFIX}
exec_prefix=${{prefix}}
includedir=${{prefix}}/include

Name: Python
Description: Build a C extension for Python
Version: {PYTHON}
Cflags: -I${{includedir}}/python{PYTHON}
"""

# On these processors even C code needs libgcc, for example to divide or to unwind the stack.
_COMPILERS_HALF = {"EM_ARM": (f"libgcc >={GCC}",)}


def python(target: Platform) -> Package:
    lib, include = f"lib/python{PYTHON}/", f"include/python{PYTHON}/"
    config = f"{lib}config-{PYTHON}-{target.triplet}"
    # Debian's folders, except those of its own programs and of its database of time zones.
    usr = (
        r"/usr(?!/bin/(?:install|dtrace)|[/\w]*/zoneinfo)"
        rf"(?:(/lib|/include)/{target.triplet}(?![\w-]))?"
    )
    own_folders = (usr, rf"{PREFIX}\1")
    return Package(
        name="python",
        subdir=target.subdir,
        version=f"=python{PYTHON}-minimal",
        summary="CPython, with the libraries its modules need",
        license="PSF-2.0",
        sources=debs_of(_PYTHON_DEBS, target),
        moves=(
            (f"usr/bin/python{PYTHON}", f"bin/python{PYTHON}"),
            # FindPython asks this script for the include folder and the SOABI.
            (f"usr/bin/{target.triplet}-python{PYTHON}-config", f"bin/python{PYTHON}-config"),
            (f"usr/lib/python{PYTHON}/", lib),
            # Debian's main pyconfig.h only includes the one of the compiler's processor.
            (f"usr/include/{target.triplet}/python{PYTHON}/", include),
            (f"usr/include/python{PYTHON}/pyconfig.h", "share/doc/python/pyconfig-multiarch.h"),
            (f"usr/include/python{PYTHON}/", include),
            (f"usr/lib/{target.triplet}/lib", "lib/lib"),
            (f"usr/lib/{target.triplet}/ossl-modules/", "lib/ossl-modules/"),
            (f"lib/{target.triplet}/lib", "lib/lib"),
            *copyrights(_PYTHON_DEBS),
        ),
        drop=(
            f"lib/libpython{PYTHON}*",
            "lib/*.a",
            f"{lib}config-*/*.a",
            f"{lib}config-*/*.so",
            f"{lib}config-*/*.o",
            f"{lib}test/*",
            # CPython's tests, and NIS, which would need Kerberos.
            f"{lib}lib-dynload/_test*",
            f"{lib}lib-dynload/_ctypes_test*",
            f"{lib}lib-dynload/xxlimited*",
            f"{lib}lib-dynload/_xxtestfuzz*",
            f"{lib}lib-dynload/nis.*",
            f"{lib}sitecustomize.py",
            f"{lib}EXTERNALLY-MANAGED",
            # Debian's install folders for setuptools.
            f"{lib}_distutils_system_mod.py",
            "share/doc/python/pyconfig-multiarch.h",
        ),
        links={
            "bin/python": f"python{PYTHON}",
            "bin/python3": f"python{PYTHON}",
            "bin/python3-config": f"python{PYTHON}-config",
            "lib/pkgconfig/python3.pc": f"python-{PYTHON}.pc",
        },
        texts={
            f"{lib}sitecustomize.py": _SITECUSTOMIZE,
            f"lib/pkgconfig/python-{PYTHON}.pc": _PKG_CONFIG,
            f"{lib}site-packages/README.txt": "Packages are installed into this folder.\n",
        },
        edits={
            f"{lib}sysconfig.py": (
                "prefix_scheme = 'posix_local'",
                "prefix_scheme = 'posix_prefix'",
            ),
            f"{lib}_sysconfigdata__{target.triplet}.py": own_folders,
            f"{config}/Makefile": own_folders,
            f"{config}/python-config.py": own_folders,
            f"bin/python{PYTHON}-config": own_folders,
        },
        rpaths={f"bin/python{PYTHON}": "$ORIGIN/../lib"},
        modules=lib,
        depends=(
            GLIBC_BOUND,
            "libzlib",
            f"python_abi {PYTHON}.* *_cp{PYTHON.replace('.', '')}",
            *_COMPILERS_HALF.get(target.elf_machine, ()),
        ),
        run_exports=RunExports(
            noarch=("python",),
            weak=(f"python_abi {PYTHON}.* *_cp{PYTHON.replace('.', '')}",),
        ),
        build_suffix="cpython",
    )


def libzlib(target: Platform) -> Package:
    return Package(
        name="libzlib",
        subdir=target.subdir,
        version="=zlib1g",
        summary="A compression library",
        license="Zlib",
        sources=debs_of(("zlib1g",), target),
        moves=((f"lib/{target.triplet}/lib", "lib/lib"), *copyrights(("zlib1g",))),
        depends=(GLIBC_BOUND,),
    )


PYTHON_ABI = Package(
    name="python_abi",
    subdir=NOARCH,
    version=PYTHON,
    build=f"8_cp{PYTHON.replace('.', '')}",
    summary="Metapackage that selects the Python ABI",
    license="BSD-3-Clause",
    constrains=(f"python {PYTHON}.* *_cpython",),
    noarch="generic",
)

# ── nanobind ────────────────────────────────────────────────────────────────────────────

NANOBIND = (
    Wheel("nanobind", "2.0.0", "9e4f4383ad83a72ce46ba5e9395dc67fadb8d53e5230aecdfc90ffdcd08d1a70"),
    Wheel("nanobind", "3.1.0", "96984dbe8154ffb86e653b1b60aaeed6985c710c5e75ad0279eb87943c66292d"),
)
# nanobind's compiled part that extensions can share, for the platforms that PyPI has it for.
BACKENDS = {
    "linux-64": Wheel(
        "nanobind-backend",
        "1.0.0",
        "33bdec0da2f78669d5c95bd546ff2bb7744dafa43a16bb72b2eecdf83d8c3b3a",
        "manylinux_2_28_x86_64",
    ),
    "linux-aarch64": Wheel(
        "nanobind-backend",
        "1.0.0",
        "fdf41e97cfb9f149c89b323b7850bd9dc6316d1d79adf99081511b9a1d0858b1",
        "manylinux_2_28_aarch64",
    ),
}


def nanobind(wheel: Wheel) -> Package:
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


def nanobind_backend(target: Platform) -> Package:
    wheel = BACKENDS[target.subdir]
    return Package(
        name="nanobind-backend",
        subdir=target.subdir,
        version=wheel.version,
        summary="The part of nanobind that extensions built in split mode share",
        license="BSD-3-Clause",
        sources=(wheel,),
        moves=(("nanobind_backend/", f"lib/python{PYTHON}/site-packages/nanobind_backend/"),),
        depends=(
            "python",
            f"python_abi {PYTHON}.* *_cp{PYTHON.replace('.', '')}",
            *CPP_RUNTIME,
        ),
    )
