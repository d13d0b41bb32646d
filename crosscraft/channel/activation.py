"""The activation script of a compiler: conda-forge's variables with this channel's paths.

Sources: conda-forge's ``ctng-compiler-activation`` feedstock for the variables, and the manuals
of GCC and CMake for each flag.
"""

from __future__ import annotations

from crosscraft.platforms import Platform

__all__ = ["DRIVER_SCRIPT", "script"]

DRIVER_SCRIPT = "crosscraft-build.sh"
"""The script that an activated compiler sources last, if it is on PATH. It adds variables to a
build: PATH is the only variable that passes rattler-build's isolation."""


def script(build: Platform, target: Platform) -> str:
    """Return the activation script for a build on `build` for `target`."""
    triplet, sysroot = target.triplet, "${CONDA_BUILD_SYSROOT}"
    include = "-isystem ${__host}/include"
    cflags = f"--sysroot={sysroot} -O2 -fPIC -fstack-protector-strong -pipe {include}"
    ldflags = (
        f"--sysroot={sysroot} -Wl,-O2 -Wl,--as-needed -Wl,-z,relro -Wl,-z,now "
        "-Wl,--disable-new-dtags -Wl,-rpath,${__host}/lib -Wl,-rpath-link,${__host}/lib "
        "-L${__host}/lib"
    )
    cmake = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_AR": "${AR}",
        "CMAKE_RANLIB": "${RANLIB}",
        "CMAKE_LINKER": "${LD}",
        "CMAKE_STRIP": "${STRIP}",
        "CMAKE_FIND_ROOT_PATH": f"${{__host}};{sysroot}",
        "CMAKE_FIND_ROOT_PATH_MODE_PROGRAM": "NEVER",
        "CMAKE_FIND_ROOT_PATH_MODE_LIBRARY": "ONLY",
        "CMAKE_FIND_ROOT_PATH_MODE_INCLUDE": "ONLY",
        "CMAKE_INSTALL_PREFIX": "${__host}",
        "CMAKE_INSTALL_LIBDIR": "lib",
    }
    if target is not build:
        # These two make CMake cross-compile.
        cmake |= {"CMAKE_SYSTEM_NAME": "Linux", "CMAKE_SYSTEM_PROCESSOR": target.processor}
    tools = {
        "CC": "gcc", "CXX": "g++", "CPP": "cpp", "AR": "ar", "AS": "as", "LD": "ld", "NM": "nm",
        "OBJCOPY": "objcopy", "OBJDUMP": "objdump", "RANLIB": "ranlib", "READELF": "readelf",
        "STRIP": "strip",
    }  # fmt: skip
    variables = {
        "BUILD": build.triplet,
        "HOST": triplet,
        "CONDA_TOOLCHAIN_BUILD": build.triplet,
        "CONDA_TOOLCHAIN_HOST": triplet,
        "CONDA_BUILD_SYSROOT": f"${{__tools}}/{target.sysroot_path}",
        **{name: f"${{__tools}}/bin/{triplet}-{tool}" for name, tool in tools.items()},
        "CPPFLAGS": f"--sysroot={sysroot} -DNDEBUG -D_FORTIFY_SOURCE=2 -O2",
        "CFLAGS": cflags,
        "CXXFLAGS": f"{cflags} -fvisibility-inlines-hidden",
        "LDFLAGS": ldflags,
        # FindPython searches below these. The root path excludes the machine's own headers.
        "CMAKE_PREFIX_PATH": f"${{__host}}:{sysroot}/usr",
        "CMAKE_ARGS": " ".join(f"-D{name}={value}" for name, value in cmake.items()),
    }
    lines = [
        f"# gxx_{target.subdir}: compile on {build.subdir} for {target.subdir}.",
        "# A conda build sets BUILD_PREFIX and PREFIX; elsewhere the environment is both.",
        '__tools="${BUILD_PREFIX:-${CONDA_PREFIX}}"',
        '__host="${PREFIX:-${CONDA_PREFIX}}"',
        *(f'export {name}="{value}"' for name, value in variables.items()),
        "unset __tools __host",
        f'if __script="$(command -v {DRIVER_SCRIPT})"; then . "${{__script}}"; fi',
        "unset __script",
    ]
    return "\n".join(lines) + "\n"
