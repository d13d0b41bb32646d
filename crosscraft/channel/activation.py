"""The activation scripts of compilers: conda-forge's variables with this channel's paths.

docs/compilers.md compares each variable. Sources: conda-forge's ``ctng-compiler-activation`` and
``binutils`` feedstocks for the variables, and the manuals of GCC, CMake and Meson for each flag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosscraft.platforms import Platform

__all__ = ["DRIVER_SCRIPT", "binutils", "gcc", "gxx"]

DRIVER_SCRIPT = "crosscraft-build.sh"
"""The script that an activated compiler sources last, if it is on PATH. It adds variables to a
build: PATH is the only variable that passes rattler-build's isolation."""

_FLAGS = "-O2 -fPIC -fstack-protector-strong -pipe -isystem ${__host}/include"

_CMAKE = {
    "CMAKE_BUILD_TYPE": "Release",
    "CMAKE_AR": "${AR}",
    "CMAKE_RANLIB": "${RANLIB}",
    "CMAKE_LINKER": "${LD}",
    "CMAKE_STRIP": "${STRIP}",
    "CMAKE_FIND_ROOT_PATH": "${__host};${CONDA_BUILD_SYSROOT}",
    "CMAKE_FIND_ROOT_PATH_MODE_PROGRAM": "NEVER",
    "CMAKE_FIND_ROOT_PATH_MODE_LIBRARY": "ONLY",
    "CMAKE_FIND_ROOT_PATH_MODE_INCLUDE": "ONLY",
    "CMAKE_INSTALL_PREFIX": "${__host}",
    "CMAKE_INSTALL_LIBDIR": "lib",
}

# In a cross build, Meson only finds the programs that this file names. `[binaries]` is last,
# because recipes append programs to it.
_MESON_CROSS_FILE = """\
[host_machine]
system = 'linux'
cpu_family = '{target.meson_family}'
cpu = '{target.processor}'
endian = '{target.endianness}'
[binaries]
cmake = '${{__tools}}/bin/cmake'
pkg-config = '${{__tools}}/bin/pkg-config'
"""

# A variable that had a value gets it back from CONDA_BACKUP_NAME when the environment is left.
_SET = """\
__set() {
    eval "__old=\\"\\${$1:-}\\""
    if [ -n "${__old}" ]; then export "CONDA_BACKUP_$1=${__old}"; else unset "CONDA_BACKUP_$1"; fi
    export "$1=$2"
}""".splitlines()
_SET_BACK = """\
    eval "__old=\\"\\${CONDA_BACKUP_${__name}:-}\\""
    if [ -n "${__old}" ]; then export "${__name}=${__old}"; else unset "${__name}"; fi
    unset "CONDA_BACKUP_${__name}"
done""".splitlines()

Scripts = Mapping[str, str]
"""Activation and deactivation scripts: path in the package → text."""


def binutils(target: Platform) -> Scripts:
    """Return the scripts for the binary tools of `target`."""
    tools = (
        "addr2line ar as c++filt elfedit ld nm objcopy objdump ranlib readelf size strings strip"
    ).split()
    variables = {tool.upper().replace("C++", "CXX"): _tool(target, tool) for tool in tools}
    return _scripts(f"binutils_{target.subdir}", variables)


def gcc(build: Platform, target: Platform) -> Scripts:
    """Return the scripts for C builds on `build` for `target`, without the binary tools."""
    crosses = target is not build
    cmake, meson = dict(_CMAKE), ["-Dbuildtype=release", "--prefix=${__host}", "-Dlibdir=lib"]
    crossing: dict[str, str] = {}
    commands: list[str] = []
    if crosses:
        # These two make CMake cross-compile.
        cmake |= {"CMAKE_SYSTEM_NAME": "Linux", "CMAKE_SYSTEM_PROCESSOR": target.processor}
        crossing = {
            "CONDA_BUILD_CROSS_COMPILATION": "1",
            "QEMU_LD_PREFIX": "${CONDA_BUILD_SYSROOT}",
        }
        # Only a build has an environment of its own to write into.
        file = '"${BUILD_PREFIX}/meson_cross_file.txt"'
        text = _MESON_CROSS_FILE.format(target=target)
        commands = [
            'if [ -n "${BUILD_PREFIX:-}" ]; then',
            f"cat > {file} <<END\n{text}END",
            "fi",
        ]
        meson.append("${BUILD_PREFIX:+--cross-file=${BUILD_PREFIX}/meson_cross_file.txt}")
    names = {"CC": "cc", "CPP": "cpp", "GCC": "gcc"}
    names |= {f"GCC_{tool.upper()}": f"gcc-{tool}" for tool in ("ar", "nm", "ranlib")}
    variables = {
        "BUILD": build.triplet,
        "HOST": target.triplet,
        "build_alias": build.triplet,
        "host_alias": target.triplet,
        "CONDA_TOOLCHAIN_BUILD": build.triplet,
        "CONDA_TOOLCHAIN_HOST": target.triplet,
        "CONDA_BUILD_SYSROOT": f"${{__tools}}/{target.sysroot_path}",
        **crossing,
        **{name: _tool(target, tool) for name, tool in names.items()},
        "CC_FOR_BUILD": _tool(build, "cc"),
        "CPP_FOR_BUILD": _tool(build, "cpp"),
        # In a cross build, Meson also looks for this, and would take the machine's own.
        "AR_FOR_BUILD": _tool(build, "ar"),
        "CPPFLAGS": _more(
            "CPPFLAGS", "-DNDEBUG -D_FORTIFY_SOURCE=2 -O2 -isystem ${__host}/include"
        ),
        "CFLAGS": _more("CFLAGS", _FLAGS),
        "LDFLAGS": _more(
            "LDFLAGS",
            "-Wl,-O2 -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,--disable-new-dtags "
            "-Wl,-rpath,${__host}/lib -Wl,-rpath-link,${__host}/lib -L${__host}/lib",
        ),
        # FindPython searches below these. The root path excludes the machine's own headers.
        "CMAKE_PREFIX_PATH": _more(
            "CMAKE_PREFIX_PATH", "${__host}:${CONDA_BUILD_SYSROOT}/usr", between=":"
        ),
        "CMAKE_ARGS": " ".join(f"-D{name}={value}" for name, value in cmake.items()),
        "MESON_ARGS": " ".join(meson),
    }
    commands += [
        f'if __script="$(command -v {DRIVER_SCRIPT})"; then . "${{__script}}"; fi',
        "unset __script",
    ]
    return _scripts(f"gcc_{target.subdir}", variables, commands)


def gxx(build: Platform, target: Platform) -> Scripts:
    """Return the scripts for C++ builds on `build` for `target`, which add to those for C."""
    variables = {
        "CXX": _tool(target, "c++"),
        "GXX": _tool(target, "g++"),
        "CXX_FOR_BUILD": _tool(build, "c++"),
        "CXXFLAGS": _more("CXXFLAGS", f"{_FLAGS} -fvisibility-inlines-hidden"),
    }
    return _scripts(f"gxx_{target.subdir}", variables)


def _tool(platform: Platform, name: str) -> str:
    return f"${{__tools}}/bin/{platform.triplet}-{name}"


def _more(name: str, value: str, between: str = " ") -> str:
    """Return the text that puts `value` before the value that the variable `name` has."""
    return f"{value}${{{name}:+{between}}}${{{name}:-}}"


def _scripts(package: str, variables: Mapping[str, str], commands: Sequence[str] = ()) -> Scripts:
    """Return the scripts that set `variables`, and set them back.

    :param commands: shell commands that follow the variables.
    """
    activate = [
        "# A conda build sets BUILD_PREFIX and PREFIX; elsewhere the environment is both.",
        '__tools="${BUILD_PREFIX:-${CONDA_PREFIX}}"',
        '__host="${PREFIX:-${CONDA_PREFIX}}"',
        *_SET,
        *(f'__set {name} "{value}"' for name, value in variables.items()),
        *commands,
        "unset -f __set",
        "unset __tools __host __old",
    ]
    deactivate = [f"for __name in {' '.join(variables)}; do", *_SET_BACK, "unset __name __old"]
    return {
        f"etc/conda/{when}.d/{when}-{package}.sh": "\n".join((f"# {package}", *lines)) + "\n"
        for when, lines in (("activate", activate), ("deactivate", deactivate))
    }
