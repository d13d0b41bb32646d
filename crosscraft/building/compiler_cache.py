"""ccache before the compilers that CMake runs, by the variables that CMake and ccache document.

https://cmake.org/cmake/help/latest/envvar/CMAKE_LANG_COMPILER_LAUNCHER.html
https://ccache.dev/manual/latest.html#_configuration_options

A build script gets no variable of ours, so they are in a script on its PATH, which the compiler's
activation runs (:data:`crosscraft.channel.activation.DRIVER_SCRIPT`).
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building.recipe import Rendered
from crosscraft.channel.activation import DRIVER_SCRIPT
from crosscraft.channel.select import Channel
from crosscraft.environments import install
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["script_folder"]

_SIZE = "500M"
"""What the cache may hold. ccache removes what was used longest ago."""


def script_folder(
    folder: Path,
    rendered: Rendered,
    build: Platform,
    channels: Sequence[Channel],
    packages: Sequence[Path],
) -> Path | None:
    """Make `folder` one for the PATH of build scripts, and return it.

    :param packages: the unpacked packages of the build, each named for its checksum.
    :return: None where nothing is to be cached: ``CCACHE_DISABLE`` is set, no compiler is
        required, the recipe brings its own ccache or a compiler that it builds, or the channel
        has no ccache.
    """
    names = {spec.split()[0] for output in rendered.outputs for spec in output.build_specs}
    compiles = any(name.startswith(("gxx_", "gcc_")) for name in names)
    builds_its_tools = any(output.pins["build"] for output in rendered.outputs)
    kept = files.cache("compiled")
    disabled = "CCACHE_DISABLE" in os.environ or not os.access(kept, os.W_OK)
    if disabled or builds_its_tools or not compiles or "ccache" in names:
        return None
    try:
        prefix = install.create(["ccache"], build, channels).prefix
    except CrosscraftError:
        return None  # slower, and right
    files.write(kept / "ccache.conf", f"max_size = {_SIZE}\n")
    folder.mkdir()
    script = folder / DRIVER_SCRIPT
    script.write_text(_script(prefix / "bin" / "ccache", kept, packages))
    script.chmod(0o755)  # `command -v` finds nothing else
    return folder


def _script(program: Path, kept: Path, packages: Sequence[Path]) -> str:
    """Return the script that sets the variables."""
    checksums = "\n".join(sorted(package.name for package in packages))
    variables = {
        "CMAKE_C_COMPILER_LAUNCHER": str(program),
        "CMAKE_CXX_COMPILER_LAUNCHER": str(program),
        "CCACHE_DIR": str(kept),
        "CCACHE_DEPEND": "1",  # a first build runs the compiler once for each file, as without
        "CCACHE_NOHASHDIR": "1",
        "CCACHE_COMPILERCHECK": "content",
        # g++ is the least part of a compiler: all packages of the build count.
        "CCACHE_NAMESPACE": hashlib.sha256(checksums.encode()).hexdigest(),
    }
    lines = ["# Run by the compiler's activation script, for `crosscraft build`."]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    # Each build has a folder with the time in its name. Paths below it are made relative.
    lines.append('export CCACHE_BASEDIR="${BUILD_PREFIX%/*}"')
    return "\n".join(lines) + "\n"
