"""The compilers, the binary tools, the C library and the compilers' runtime libraries."""

from __future__ import annotations

from crosscraft.channel import activation
from crosscraft.channel.catalog.model import (
    GCC,
    GLIBC_BOUND,
    Deb,
    Package,
    RunExports,
    copyrights,
    debs_of,
)
from crosscraft.platforms import NOARCH, Platform

__all__ = ["binutils", "binutils_impl", "compiler", "libgcc", "libstdcxx", "sysroot"]

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


# The driver sets GCC_EXEC_PREFIX to the folder PREFIX/lib/gcc, or PREFIX/lib/gcc-cross. The folders
# of the C library are listed because the driver collects them before it reads `self_spec`, and
# the linker's option because a native driver passes on no sysroot but the one it was started with.
_SPECS = """\
*self_spec:
+ %{{!-sysroot=*:--sysroot=%:getenv(GCC_EXEC_PREFIX ../../{sysroot})}}

*startfile_prefix_spec:
%{{-sysroot=*:/lib/ /usr/lib/}} \
%{{!-sysroot=*:%:getenv(GCC_EXEC_PREFIX ../../{sysroot}/lib/) \
%:getenv(GCC_EXEC_PREFIX ../../{sysroot}/usr/lib/)}}

*link:
+ %(sysroot_spec)

"""


def _support(target: Platform) -> str:
    """Return the folder of the libraries that the tools for `target` need."""
    return f"libexec/{target.triplet}/lib"


def sysroot(target: Platform) -> Package:
    root = target.sysroot_path
    usr = f"{root}/usr/lib/{target.triplet}"
    return Package(
        name=target.sysroot_package,
        subdir=NOARCH,
        version="=libc6",
        summary=f"The C library of {target.subdir}, its headers and the kernel's",
        license="LGPL-2.1-or-later AND GPL-2.0-only WITH Linux-syscall-note",
        sources=debs_of(_SYSROOT_DEBS, target),
        moves=(
            *copyrights(_SYSROOT_DEBS, below=f"share/doc/{target.sysroot_package}"),
            ("lib", f"{root}/lib"),
            ("usr/lib/", f"{root}/usr/lib/"),
            ("usr/include/", f"{root}/usr/include/"),
        ),
        drop=(f"{usr}/gconv/*", f"{usr}/audit/*", f"{root}/usr/lib/locale/*"),
        links={
            # Debian has these two in the compiler's folder. This compiler searches the sysroot.
            f"{usr}/libstdc++.so": "libstdc++.so.6",
            f"{usr}/libgcc_s.so.1": f"../../../lib/{target.triplet}/libgcc_s.so.1",
        },
        run_exports=RunExports(strong=(GLIBC_BOUND,)),
        noarch="generic",
    )


def binutils_impl(build: Platform, target: Platform) -> Package:
    debs = (f"binutils-{target.triplet.replace('_', '-')}", *_SUPPORT_DEBS)
    triplet, support = target.triplet, _support(target)
    return Package(
        name=f"binutils_impl_{target.subdir}",
        subdir=build.subdir,
        version=f"={debs[0]}",
        summary=f"The GNU assembler, linker and binary tools for {target.subdir}",
        license="GPL-3.0-or-later",
        sources=debs_of(debs, build),
        moves=(
            (f"usr/bin/{triplet}-", f"bin/{triplet}-"),
            (f"usr/lib/{build.triplet}/lib", f"{support}/lib"),
            (f"lib/{build.triplet}/lib", f"{support}/lib"),
            (f"usr/lib/{triplet}/ldscripts/", f"{triplet}/lib/ldscripts/"),
            (f"usr/lib/{build.triplet}/ldscripts/", f"{triplet}/lib/ldscripts/"),
            *copyrights(debs),
        ),
        # gold and dwp would need the machine's C++ library, and gold is no longer developed.
        drop=(
            f"bin/{triplet}-gp*",
            f"bin/{triplet}-dwp",
            f"bin/{triplet}-ld.gold",
            f"{support}/libgprofng*",
        ),
        # The compiler searches here for `as` and `ld` before it uses the machine's.
        links={f"{triplet}/bin/{tool}": f"../../bin/{triplet}-{tool}" for tool in _GNU_TOOLS},
        rpaths={f"bin/{triplet}-*": f"$ORIGIN/../{support}"},
        depends=(target.sysroot_package,),
    )


def compiler(build: Platform, target: Platform) -> Package:
    native = target is build
    if native:
        debs = debs_of((f"g++-{GCC}", f"gcc-{GCC}", f"cpp-{GCC}"), build)
        debs += debs_of((f"libstdc++-{GCC}-dev", f"libgcc-{GCC}-dev"), build)
    else:
        name = target.triplet.replace("_", "-")
        debs = debs_of((f"g++-{GCC}-{name}", f"gcc-{GCC}-{name}", f"cpp-{GCC}-{name}"), build)
        debs += tuple(
            Deb(f"{library}-{GCC}-dev-{target.debian_arch}-cross", "all")
            for library in ("libstdc++", "libgcc")
        )
    triplet = target.triplet
    lib = f"lib/gcc/{triplet}/{GCC}" if native else f"lib/gcc-cross/{triplet}/{GCC}"
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
            *((f"usr/bin/{triplet}-{tool}-{GCC}", f"bin/{triplet}-{tool}-{GCC}") for tool in tools),
            (f"usr/{lib}/", f"{lib}/"),
            (f"usr/include/c++/{GCC}/", f"include/c++/{GCC}/"),
            (f"usr/include/{triplet}/c++/", f"include/{triplet}/c++/"),
            (f"usr/{triplet}/include/c++/", f"{triplet}/include/c++/"),
            *copyrights((f"gcc-{GCC}", f"gcc-{GCC}-base", *(deb.name for deb in debs))),
        ),
        # Sanitizers and plug-in tools are large, and the series does not use them.
        drop=(f"{lib}/lib*san*", f"{lib}/plugin/*", f"{lib}/g++-mapper-server"),
        links={f"bin/{triplet}-{tool}": f"{triplet}-{tool}-{GCC}" for tool in tools}
        | {f"{lib}/libstdc++.so": f"{up}{target.sysroot_path}/usr/lib/{triplet}/libstdc++.so.6"},
        texts={
            f"etc/conda/activate.d/activate-gxx_{target.subdir}.sh": activation.script(
                build, target
            )
        },
        # With these a compiler finds the sysroot by itself, whatever flags it is given.
        specs={
            f"{lib}/specs": (
                f"bin/{triplet}-gcc-{GCC}",
                _SPECS.format(sysroot=target.sysroot_path),
            )
        },
        rpaths={
            f"{lib}/{program}": f"$ORIGIN/{up}{_support(target)}"
            for program in ("cc1", "cc1plus", "lto1", "lto-wrapper", "collect2")
        },
        depends=(f"binutils_impl_{target.subdir}", target.sysroot_package),
        run_exports=RunExports(strong=(f"libstdcxx >={GCC}", f"libgcc >={GCC}", GLIBC_BOUND)),
    )


def binutils(build: Platform) -> Package:
    tools = "addr2line c++filt elfedit nm objcopy objdump readelf size strings strip".split()
    return Package(
        name="binutils",
        subdir=build.subdir,
        version=f"=binutils-{build.triplet.replace('_', '-')}",
        summary="readelf, objdump and their kin, by their plain names",
        license="GPL-3.0-or-later",
        # The source gives the version only. The files are in binutils_impl.
        sources=debs_of((f"binutils-{build.triplet.replace('_', '-')}",), build),
        links={f"bin/{tool}": f"{build.triplet}-{tool}" for tool in tools},
        depends=(f"binutils_impl_{build.subdir}",),
    )


# ── The run-time halves ─────────────────────────────────────────────────────────────────


def libgcc(target: Platform) -> Package:
    return Package(
        name="libgcc",
        subdir=target.subdir,
        version="=libgcc-s1",
        summary="The GCC low-level runtime library",
        license="GPL-3.0-only WITH GCC-exception-3.1",
        sources=debs_of(("libgcc-s1",), target),
        moves=((f"lib/{target.triplet}/lib", "lib/lib"), *copyrights(("libgcc-s1",))),
        depends=(GLIBC_BOUND,),
    )


def libstdcxx(target: Platform) -> Package:
    return Package(
        name="libstdcxx",
        subdir=target.subdir,
        version="=libstdc++6",
        summary="The GNU C++ runtime library",
        license="GPL-3.0-only WITH GCC-exception-3.1",
        sources=debs_of(("libstdc++6",), target),
        moves=((f"usr/lib/{target.triplet}/lib", "lib/lib"), *copyrights(("libstdc++6",))),
        depends=(GLIBC_BOUND, f"libgcc >={GCC}"),
    )
