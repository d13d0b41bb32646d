"""The jobs about builds: what `crosscraft build` takes, against the bare tools.

The project is the answer key, and the peer is py-rattler-build on the same recipe, with the same
options and nothing more.
"""

from __future__ import annotations

import atexit
import functools
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from conda_package_streaming.extract import extract

from benchmarks.side_by_side import Action, Job, Prepare, call
from crosscraft import platforms
from crosscraft.channel import select
from crosscraft.environments import emulate, install
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


def empty_cache() -> Path:
    """Our cache, with the machine's channels and nothing compiled."""
    cache = kept() / "ours"
    if not cache.exists():
        cache.mkdir()
        (cache / "channels").symlink_to(files.cache("channels"))
    forget(cache)
    return cache


def forget(cache: Path) -> None:
    """Have nothing compiled in a cache."""
    shutil.rmtree(cache / "compiled", ignore_errors=True)


def project(folder: Path) -> Path:
    """A copy of the answer key in `folder`."""
    left_out = shutil.ignore_patterns("output", "build")
    return shutil.copytree(ROOT / "cpp_math", folder / "cpp_math", ignore=left_out)


def build(target: str) -> Prepare:
    """`crosscraft build` of a project that was never built, by a compiler cache that is empty."""

    def prepare(folder: Path) -> Action:
        argv = _argv(project(folder), folder, target)
        cache = str(empty_cache())
        return lambda: call(argv, CROSSCRAFT_CACHE=cache)

    return prepare


def edit(copy: Path) -> None:
    """Change `math.cpp`, to what was never compiled."""
    source = copy / "src" / "math.cpp"
    salt = secrets.randbelow(10**6)
    source.write_text(source.read_text().replace("a + b", f"a + b + 0 * {salt}"))


def rebuild(target: str) -> Prepare:
    """`crosscraft build` of a project that was built before, and edited since."""

    def prepare(folder: Path) -> Action:
        copy = project(folder)
        argv = _argv(copy, folder, target)
        cache = str(empty_cache())
        call(argv, CROSSCRAFT_CACHE=cache)
        edit(copy)
        return lambda: call(argv, CROSSCRAFT_CACHE=cache)

    return prepare


SUM = "import cpp_math; print(cpp_math.add(1, 2))"


def see_it_run(folder: Path) -> Action:
    """An edit, a cross build, and a look at the result, by our commands."""
    copy = project(folder)
    argv = _argv(copy, folder, CROSS.subdir)
    run = [CROSSCRAFT, "run", "--quiet", "--output-dir", str(folder / "output")]
    run += ["--platform", CROSS.subdir, "--with", "cpp_math", "--", "python", "-c", SUM]
    cache = str(empty_cache())
    for words in (argv, run):
        call(words, CROSSCRAFT_CACHE=cache)
    edit(copy)
    return lambda: [call(words, CROSSCRAFT_CACHE=cache) for words in (argv, run)]


def see_it_run_by_hand(folder: Path) -> Action:
    """The same by py-rattler-build, and QEMU on an environment that is there."""
    channels = [select.choose()]
    emulator = emulate.find(CROSS, channels)
    assert emulator is not None
    env = install.create(["python"], CROSS, channels, glibc=emulator.glibc)
    run = emulate.command(env, ["python", "-c", SUM], emulator)
    build = by_rattler_build(CROSS.subdir)(folder)
    variables = emulate.variables(env)

    def action() -> None:
        build()
        (package,) = folder.glob(f"output/{CROSS.subdir}/*.conda")
        extract(str(package), dest_dir=str(folder / "unpacked"))
        (extension,) = folder.glob("unpacked/lib/python3.*/site-packages/*.so")
        call(run, **{**variables, "PYTHONPATH": str(extension.parent)})

    return action


def _argv(copy: Path, folder: Path, target: str) -> list[str]:
    output = str(folder / "output")
    where = ["--project", str(copy), "--output-dir", output]
    return [CROSSCRAFT, "build", *where, "--target-platform", target]


def by_rattler_build(target: str) -> Prepare:
    """py-rattler-build on the same recipe with the same options, and nothing more."""
    program = (
        "import sys, warnings, rattler_build; warnings.simplefilter('ignore'); "
        "rattler_build.build_recipes([sys.argv[1]], channel=[sys.argv[2]], "
        "output_dir=sys.argv[3], target_platform=sys.argv[4], test='native', "
        "package_format='conda:1')"
    )

    def prepare(folder: Path) -> Action:
        recipe = str(project(folder) / "recipe" / "recipe.yaml")
        cache = kept() / "theirs"
        # A stale package of the recipe's own would be tested instead of the new one.
        for stale in cache.glob("pkgs/cpp_math*"):
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        argv = [sys.executable, "-c", program, recipe, select.choose().url]
        argv += [str(folder / "output"), target]
        return lambda: call(argv, RATTLER_CACHE_DIR=str(cache))

    return prepare


_NATIVE = platforms.native().subdir
_BARE = "py-rattler-build, the same recipe"

JOBS = (
    Job("native", "native build, first", _BARE, 1.15, build(_NATIVE), by_rattler_build(_NATIVE)),
    Job(
        "native-edited",
        "native build, math.cpp edited",
        _BARE,
        0.4,
        rebuild(_NATIVE),
        by_rattler_build(_NATIVE),
    ),
    Job(
        "cross",
        "cross build, first",
        _BARE,
        1.15,
        build(CROSS.subdir),
        by_rattler_build(CROSS.subdir),
    ),
    Job(
        "cross-edited",
        "cross build, math.cpp edited",
        _BARE,
        0.4,
        rebuild(CROSS.subdir),
        by_rattler_build(CROSS.subdir),
    ),
    Job(
        "see-it-run",
        "edit, cross build, run on Arm",
        "py-rattler-build, then QEMU by hand",
        0.5,
        see_it_run,
        see_it_run_by_hand,
    ),
)
