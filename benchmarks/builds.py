"""The jobs about builds: what `crosscraft build` takes, against the bare tools.

The project is the answer key. In its plain form, by py-rattler-build alone, it is what the
tutorial that this series grew from comes to once it builds; that is the peer of native builds.
A cross build's peer is `cmake` and `ninja` by hand, with the same compiler, on the same source.
"""

from __future__ import annotations

import atexit
import functools
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from side_by_side import Action, Job, Prepare, call

from crosscraft import platforms
from crosscraft.channel import select
from crosscraft.environments import install
from crosscraft.paths import ROOT
from crosscraft.system import files

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))
CROSS = platforms.lookup("linux-aarch64")


@functools.cache
def kept() -> Path:
    """Both sides' own caches, which last for this run: what was downloaded and unpacked is warm."""
    folder = Path(tempfile.mkdtemp(prefix="crosscraft-bench-cache-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _cache() -> Path:
    """Our cache, with the machine's channels; nothing compiled, asked or up to date."""
    cache = kept() / "ours"
    if not cache.exists():
        cache.mkdir()
        (cache / "channels").symlink_to(files.cache("channels"))
    forget(cache)
    return cache


def forget(cache: Path) -> None:
    """Have nothing compiled, asked or up to date in a cache."""
    for name in ("answers", "built", "compiled"):
        shutil.rmtree(cache / name, ignore_errors=True)


def project(folder: Path) -> Path:
    """A copy of the answer key in `folder`."""
    left_out = shutil.ignore_patterns("output", "build")
    return shutil.copytree(ROOT / "cpp_math", folder / "cpp_math", ignore=left_out)


def build(target: str) -> Prepare:
    """`crosscraft build` of a project that was never built, by a compiler cache that is empty."""

    def prepare(folder: Path) -> Action:
        argv = _argv(project(folder), folder, target)
        cache = str(_cache())
        return lambda: call(argv, CROSSCRAFT_CACHE=cache)

    return prepare


def edit(copy: Path) -> None:
    """Change `math.cpp`, to what was never compiled."""
    source = copy / "src" / "math.cpp"
    salt = secrets.randbelow(10**6)
    source.write_text(source.read_text().replace("a + b", f"a + b + 0 * {salt}"))


def rebuild(target: str, edited: bool) -> Prepare:
    """`crosscraft build` of a project that was built before."""

    def prepare(folder: Path) -> Action:
        copy = project(folder)
        argv = _argv(copy, folder, target)
        cache = str(_cache())
        call(argv, CROSSCRAFT_CACHE=cache)
        if edited:
            edit(copy)
        return lambda: call(argv, CROSSCRAFT_CACHE=cache)

    return prepare


def _argv(copy: Path, folder: Path, target: str) -> list[str]:
    output = str(folder / "output")
    where = ["--project", str(copy), "--output-dir", output]
    return [CROSSCRAFT, "build", *where, "--target-platform", target]


def by_rattler_build(folder: Path) -> Action:
    """py-rattler-build on the same recipe with the same options, and nothing more."""
    program = (
        "import sys, warnings, rattler_build; warnings.simplefilter('ignore'); "
        "rattler_build.build_recipes([sys.argv[1]], channel=[sys.argv[2]], "
        "output_dir=sys.argv[3], test='native', package_format='conda:1')"
    )
    recipe = str(project(folder) / "recipe" / "recipe.yaml")
    cache = kept() / "theirs"
    # A stale package of the recipe's own would be tested instead of the new one.
    for stale in cache.glob("pkgs/cpp_math*"):
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    argv = [sys.executable, "-c", program, recipe, select.choose().url, str(folder / "output")]
    return lambda: call(argv, RATTLER_CACHE_DIR=str(cache))


def by_cmake_and_ninja(folder: Path) -> Action:
    """What the recipe's script does, in environments that are there already."""
    channels = [select.choose()]
    compiler = [f"gxx_{CROSS.subdir}", "cmake", "ninja"]
    build_prefix = install.create(compiler, platforms.native(), channels).prefix
    prefix = install.create(["python", "nanobind"], CROSS, channels, glibc="2.99").prefix
    python = next((prefix / "lib").glob("python3.*"))
    script = (
        'for one in "$BUILD_PREFIX"/etc/conda/activate.d/*.sh; do . "$one"; done; '
        "cmake -G Ninja -S . -B build $CMAKE_ARGS && ninja -C build"
    )
    variables = {
        "PREFIX": str(prefix),
        "BUILD_PREFIX": str(build_prefix),
        "PATH": f"{build_prefix / 'bin'}:{os.environ['PATH']}",
        "PY_VER": python.name.removeprefix("python"),
        "SP_DIR": str(python / "site-packages"),
    }
    copy = project(folder)
    return lambda: call(["bash", "-ec", script], cwd=copy, **variables)


_NATIVE = platforms.native().subdir
_PLAIN = "py-rattler-build, the plain recipe"
_BARE = "cmake and ninja, by hand"

JOBS = (
    Job("native", "native build, first", _PLAIN, 0.6, build(_NATIVE), by_rattler_build),
    Job(
        "native-edited",
        "native build, math.cpp edited",
        _PLAIN,
        0.2,
        rebuild(_NATIVE, edited=True),
        by_rattler_build,
    ),
    Job(
        "native-unchanged",
        "native build, nothing changed",
        _PLAIN,
        0.02,
        rebuild(_NATIVE, edited=False),
        by_rattler_build,
    ),
    Job("cross", "cross build, first", _BARE, 1.1, build(CROSS.subdir), by_cmake_and_ninja),
    Job(
        "cross-edited",
        "cross build, math.cpp edited",
        _BARE,
        0.35,
        rebuild(CROSS.subdir, edited=True),
        by_cmake_and_ninja,
    ),
)
