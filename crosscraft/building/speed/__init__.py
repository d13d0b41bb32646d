"""What makes the compiling part of a build faster, without a word in the recipe.

A folder on the PATH of the build script holds one script, which the compiler's activation runs
(:data:`crosscraft.channel.activation.DRIVER_SCRIPT`). It puts ccache before the compiler and
joins the files of nanobind's library; the learner's files are compiled as they are.

ccache must not give an object that the compiler would not. By a list of the headers of last time
it would not see one that has come first. So it goes by such a list only where every file that
could come first is known (``by_headers.sh``), and otherwise by what the preprocessor makes of the
source in this very build. And for what compiles it goes by the checksums of all packages in both
environments: the file called g++ is the least part of a compiler.

What CMake finds out about compilers and Python is kept too (``answers.cmake``), by all that it
hangs on: those checksums, all variables of the environment, the project's files. What it finds out
about compilers serves the recipe's other outputs (``compilers.cmake``), and so does what it finds
out about Python and nanobind's flags (``modules/``).
"""

from __future__ import annotations

import contextlib
import fcntl
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

__all__ = ["PLAIN", "is_plain", "scripts"]

PLAIN = "CROSSCRAFT_PLAIN"
"""Set to 1, it makes every build the plain one: no compiler cache, nothing joined, and nothing
taken for up to date."""

_SIZE = "500M"
"""What the compiler cache may hold; ccache removes what was used longest ago."""
_ANSWERS = 100
"""How many sets of CMake's answers are kept, of some 30 kB each."""
_PROJECT = Path(__file__).with_name("project.cmake")
_ASKED = Path(__file__).with_name("asked.sh")


def is_plain() -> bool:
    """Whether the environment asks for the plain form of builds."""
    return os.environ.get(PLAIN) == "1"


def scripts(
    folder: Path,
    rendered: Rendered,
    build: Platform,
    channels: Sequence[Channel],
    steady: bool = False,
) -> Path | None:
    """Make `folder` one for the PATH of build scripts, and return it.

    :param steady: whether the next build of the project will have the same paths as this one.

    None if there is nothing to speed up: no compiler, or a recipe that brings its own ccache, or
    whose compiler may be one that it makes itself.
    """
    specs = [spec for output in rendered.outputs for spec in output.build_specs]
    names = {spec.split()[0] for spec in specs}
    compiles = any(name.startswith(("gxx_", "gcc_")) for name in names)
    own = any(output.pins["build"] for output in rendered.outputs)
    if is_plain() or own or not compiles or "ccache" in names:
        return None
    lines = ["# Run by the compiler's activation script, for `crosscraft build`."]
    lines += _set({"CMAKE_TOOLCHAIN_FILE": str(_PROJECT)})
    # Its time is that at which the output's script begins; activation may be run again.
    lines.append('export CROSSCRAFT_BEGAN="${BUILD_PREFIX%/*}/crosscraft-began"')
    lines.append('[ -e "${CROSSCRAFT_BEGAN}" ] || : >"${CROSSCRAFT_BEGAN}"')
    if steady:
        lines += _answers([output.name for output in rendered.outputs])
    try:
        prefix = install.create(["ccache"], build, channels).prefix
    except CrosscraftError:
        pass  # a channel without it: slower, and right
    else:
        lines += _ccache(prefix / "bin" / "ccache")
    folder.mkdir()
    script = folder / DRIVER_SCRIPT
    script.write_text("\n".join(lines) + "\n")
    script.chmod(0o755)  # `command -v` finds nothing else
    return folder


def _answers(own: Sequence[str]) -> list[str]:
    """Where CMake's answers are kept, and what they hang on (``asked.sh``).

    :param own: the packages that the recipe makes.
    :return: lines of a script; none where nothing can be kept.
    """
    kept = files.cache("answers")
    lock = kept.with_name(f"{kept.name}.lock")
    if not os.access(kept, os.W_OK):
        return []
    try:
        lock.open("a").close()
    except OSError:
        return []
    old = files.beyond(_ANSWERS, kept.iterdir())
    if old:
        # The lock that CMake's file(LOCK) takes, who reads an old one at this moment. A file
        # system without locks has too many kept, and no build that fails.
        with contextlib.suppress(OSError), lock.open("a") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            for one in files.beyond(_ANSWERS, kept.iterdir()):
                files.discard(one)
    return [
        *_set({"CROSSCRAFT_ANSWERS": str(kept)}),
        f'CROSSCRAFT_ASKED="$({shlex.join(["bash", str(_ASKED), *own])})"',
        "export CROSSCRAFT_ASKED",
    ]


def _ccache(program: Path) -> list[str]:
    """ccache before the compiler."""
    kept = files.cache("compiled")
    if not os.access(kept, os.W_OK):
        return []
    settings = {
        "CROSSCRAFT_CCACHE": str(program),
        "CCACHE_DIR": str(kept),
        # Neither the user's configuration nor the machine's.
        "CCACHE_CONFIGPATH": str(kept / "ccache.conf"),
        "CCACHE_MAXSIZE": _SIZE,
        "CCACHE_COMPILERCHECK": "content",
        "CCACHE_NODIRECT": "1",
    }
    return [
        *_set(settings),
        # Each build has a folder with the time in its name. Paths below it are made relative.
        'export CCACHE_BASEDIR="${BUILD_PREFIX%/*}"',
        'CCACHE_NAMESPACE="$(for prefix in "${BUILD_PREFIX}" "${PREFIX}"; do '
        'grep -hE \'^  "sha256":\' "${prefix}"/conda-meta/*.json; echo; done | sha256sum)"',
        "export CCACHE_NAMESPACE",
    ]


def _set(variables: dict[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
