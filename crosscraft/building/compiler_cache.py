"""Make CMake run compilers through ccache, with the variables that CMake and ccache document.

https://cmake.org/cmake/help/latest/envvar/CMAKE_LANG_COMPILER_LAUNCHER.html
https://ccache.dev/manual/latest.html#_configuration_options

A build script doesn't inherit our variables. A script on its PATH sets them, and the compiler's
activation script runs that one (:data:`crosscraft.channel.activation.DRIVER_SCRIPT`).
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building.recipe import Rendered
from crosscraft.channel import names
from crosscraft.channel.activation import DRIVER_SCRIPT
from crosscraft.channel.select import Channel
from crosscraft.environments import install
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["keep", "script_folder"]

_SIZE = "500M"
"""The maximum size of the cache. ccache evicts the least recently used entries."""


def script_folder(
    folder: Path,
    rendered: Rendered,
    build: Platform,
    channels: Sequence[Channel],
    packages: Sequence[Path],
) -> Path | None:
    """Create `folder`, which goes on the PATH of build scripts, and return it.

    :param packages: the unpacked packages of the build and host environments. Their names contain
        their checksums.
    :return: None if nothing can be cached: ``CCACHE_DISABLE`` is set, the recipe requires no
        compiler, requires ccache itself or builds its own compiler, or the channel has no ccache.
    """
    required = {names.of_spec(spec) for output in rendered.outputs for spec in output.build_specs}
    compiles = any(name.startswith(("gxx_", "gcc_")) for name in required)
    builds_its_tools = any(output.pins["build"] for output in rendered.outputs)
    kept = files.cache("compiled")
    disabled = "CCACHE_DISABLE" in os.environ or not os.access(kept, os.W_OK)
    if disabled or builds_its_tools or not compiles or "ccache" in required:
        return None
    prefix = keep(build, channels)
    if prefix is None:
        return None  # the build is slower without ccache, but correct
    files.write(kept / "ccache.conf", f"max_size = {_SIZE}\n")
    folder.mkdir()
    script = folder / DRIVER_SCRIPT
    script.write_text(_script(prefix / "bin" / "ccache", kept, packages))
    script.chmod(0o755)  # `command -v` only finds executable files
    return folder


def keep(build: Platform, channels: Sequence[Channel]) -> Path | None:
    """Return the environment with ccache, made again if it was removed, or None without one.

    It counts as used now. Variables that name it, such as those of a shell, need it for long.
    """
    try:
        return install.create(["ccache"], build, channels).prefix
    except CrosscraftError:
        return None


def _script(program: Path, kept: Path, packages: Sequence[Path]) -> str:
    """Return the script that sets the variables."""
    checksums = "\n".join(sorted(package.name for package in packages))
    variables = {
        "CMAKE_C_COMPILER_LAUNCHER": str(program),
        "CMAKE_CXX_COMPILER_LAUNCHER": str(program),
        "CCACHE_DIR": str(kept),
        "CCACHE_DEPEND": "1",  # a cache miss runs the compiler once per file, as without ccache
        "CCACHE_NOHASHDIR": "1",
        "CCACHE_COMPILERCHECK": "content",
        # Another build links the same packages, and that changes the ctime of their headers.
        "CCACHE_SLOPPINESS": "include_file_ctime",
        # The output depends on more than g++, so the cache key covers all these packages.
        "CCACHE_NAMESPACE": hashlib.sha256(checksums.encode()).hexdigest(),
    }
    lines = ["# Run by the compiler's activation script, for `crosscraft build`."]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    # The build folder's name contains the time. Relative paths give equal cache keys.
    lines.append('export CCACHE_BASEDIR="${BUILD_PREFIX%/*}"')
    return "\n".join(lines) + "\n"
