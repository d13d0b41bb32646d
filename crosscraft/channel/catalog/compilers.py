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

__all__ = [
    "activated_binutils", "binutils", "binutils_impl", "gcc", "gcc_impl", "gxx", "gxx_impl",
    "libgcc", "libstdcxx", "sysroot",
]  # fmt: skip

_LICENSE = "GPL-3.0-or-later WITH GCC-exception-3.1"

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


def _libraries(build: Platform, target: Platform) -> str:
    """Return the folder of GCC's programs and libraries for `target`."""
    return f"lib/gcc{'' if target is build else '-cross'}/{target.triplet}/{GCC}"


def _compiler_debs(
    build: Platform, target: Platform, *programs: str, library: str
) -> tuple[Deb, ...]:
    """Return Debian's compiler packages `programs`, and the package with their library."""
    if target is build:
        return debs_of((*(f"{name}-{GCC}" for name in programs), f"{library}-{GCC}-dev"), build)
    cross = target.triplet.replace("_", "-")
    return (
        *debs_of((f"{name}-{GCC}-{cross}" for name in programs), build),
        Deb(f"{library}-{GCC}-dev-{target.debian_arch}-cross", "all"),
    )


def gcc_impl(build: Platform, target: Platform) -> Package:
    debs = _compiler_debs(build, target, "gcc", "cpp", library="libgcc")
    triplet, lib = target.triplet, _libraries(build, target)
    tools = ("cpp", "gcc", "gcc-ar", "gcc-nm", "gcc-ranlib")
    programs = ("cc1", "lto1", "lto-wrapper", "collect2")
    return Package(
        name=f"gcc_impl_{target.subdir}",
        subdir=build.subdir,
        version=f"={debs[0].name}",
        summary=f"The GNU C compiler for {target.subdir}",
        license=_LICENSE,
        sources=debs,
        moves=(
            *((f"usr/bin/{triplet}-{tool}-{GCC}", f"bin/{triplet}-{tool}-{GCC}") for tool in tools),
            (f"usr/{lib}/", f"{lib}/"),
            *copyrights((f"gcc-{GCC}", f"gcc-{GCC}-base", *(deb.name for deb in debs))),
        ),
        # Sanitizers and plug-in tools are large, and the series does not use them.
        drop=(f"{lib}/lib*san*", f"{lib}/plugin/*"),
        links={f"bin/{triplet}-{tool}": f"{triplet}-{tool}-{GCC}" for tool in tools}
        | {f"bin/{triplet}-cc": f"{triplet}-gcc"},
        # With these a compiler finds the sysroot by itself, whatever flags it is given.
        specs={
            f"{lib}/specs": (
                f"bin/{triplet}-gcc-{GCC}",
                _SPECS.format(sysroot=target.sysroot_path),
            )
        },
        rpaths={f"{lib}/{name}": _support_from(lib, target) for name in programs},
        depends=(f"binutils_impl_{target.subdir}", target.sysroot_package),
    )


def gxx_impl(build: Platform, target: Platform) -> Package:
    debs = _compiler_debs(build, target, "g++", library="libstdc++")
    triplet, lib = target.triplet, _libraries(build, target)
    up = "../" * (lib.count("/") + 1)
    return Package(
        name=f"gxx_impl_{target.subdir}",
        subdir=build.subdir,
        version=f"={debs[0].name}",
        summary=f"The GNU C++ compiler for {target.subdir}",
        license=_LICENSE,
        sources=debs,
        moves=(
            (f"usr/bin/{triplet}-g++-{GCC}", f"bin/{triplet}-g++-{GCC}"),
            (f"usr/{lib}/", f"{lib}/"),
            (f"usr/include/c++/{GCC}/", f"include/c++/{GCC}/"),
            (f"usr/include/{triplet}/c++/", f"include/{triplet}/c++/"),
            (f"usr/{triplet}/include/c++/", f"{triplet}/include/c++/"),
            *copyrights(deb.name for deb in debs),
        ),
        drop=(f"{lib}/g++-mapper-server",),
        links={
            f"bin/{triplet}-g++": f"{triplet}-g++-{GCC}",
            f"bin/{triplet}-c++": f"{triplet}-g++",
            f"{lib}/libstdc++.so": f"{up}{target.sysroot_path}/usr/lib/{triplet}/libstdc++.so.6",
        },
        rpaths={f"{lib}/cc1plus": _support_from(lib, target)},
        depends=(f"gcc_impl_{target.subdir} {GCC}.*", target.sysroot_package),
    )


def _support_from(folder: str, target: Platform) -> str:
    return f"$ORIGIN/{'../' * (folder.count('/') + 1)}{_support(target)}"


# ── Activation ──────────────────────────────────────────────────────────────────────────


def activated_binutils(build: Platform, target: Platform) -> Package:
    return Package(
        name=f"binutils_{target.subdir}",
        subdir=build.subdir,
        version=f"=binutils-{target.triplet.replace('_', '-')}",
        summary=f"The activation of the binary tools for {target.subdir}",
        license="BSD-3-Clause",
        sources=debs_of((f"binutils-{target.triplet.replace('_', '-')}",), build),
        texts=activation.binutils(target),
        depends=(f"binutils_impl_{target.subdir}",),
    )


def gcc(build: Platform, target: Platform) -> Package:
    """Return the compiler that a recipe asks for. A cross compiler brings the build machine's
    compiler too, which its ``CC_FOR_BUILD`` names."""
    source = _compiler_debs(build, target, "gcc", library="libgcc")[0]
    both = dict.fromkeys((build.subdir, target.subdir))
    return Package(
        name=f"gcc_{target.subdir}",
        subdir=build.subdir,
        version=f"={source.name}",
        summary=f"The activation of the GNU C compiler for {target.subdir}",
        license="BSD-3-Clause",
        # The source gives the version only, here and in gxx. The files are in gcc_impl.
        sources=(source,),
        texts=activation.gcc(build, target),
        depends=(
            *(f"gcc_impl_{name} {GCC}.*" for name in both),
            f"binutils_{target.subdir}",
            target.sysroot_package,
        ),
        run_exports=RunExports(strong=(f"libgcc >={GCC}",)),
    )


def gxx(build: Platform, target: Platform) -> Package:
    source = _compiler_debs(build, target, "g++", library="libstdc++")[0]
    both = dict.fromkeys((build.subdir, target.subdir))
    return Package(
        name=f"gxx_{target.subdir}",
        subdir=build.subdir,
        version=f"={source.name}",
        summary=f"The activation of the GNU C++ compiler for {target.subdir}",
        license="BSD-3-Clause",
        sources=(source,),
        texts=activation.gxx(build, target),
        depends=(
            *(f"gxx_impl_{name} {GCC}.*" for name in both),
            f"gcc_{target.subdir} {GCC}.*",
            f"binutils_{target.subdir}",
            target.sysroot_package,
        ),
        run_exports=RunExports(strong=(f"libstdcxx >={GCC}", f"libgcc >={GCC}")),
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
