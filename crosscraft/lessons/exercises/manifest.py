"""Lesson 02: fill in the manifest for pixi. The check reads it, and runs its task."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from crosscraft.lessons.evidence import extension, finished, recipes, runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import native

_PATH = "pixi.toml"
_SOLUTION = (finished.KEY / _PATH).read_text(encoding="utf-8")
_BACKEND = "pixi-build-rattler-build"
_CHANNEL = r"conda-forge|https://(?:conda\.anaconda\.org|(?:repo\.)?prefix\.dev)/conda-forge/?"
"""The name of the channel, or its address on one of its servers."""
_PLATFORM = (
    r"linux-(?:32|64|aarch64|armv[67]l|loongarch64|ppc64le|ppc64|ppc|riscv32|riscv64|s390x)"
    r"|osx-(?:64|arm64)|win-(?:32|64|arm64)|freebsd-64|zos-z|(?:emscripten|wasi)-wasm32|noarch"
)
"""What pixi takes as the name of a platform."""
_SUM = "4711"
"""What `add` returns in a module that stands in for the extension."""


def check(work: Work) -> Verdict:
    """Read the manifest, compare it with the recipe, and run its task with two modules."""
    manifest = _read(work)
    _look_at_workspace(manifest.get("workspace", {}))
    _look_at_package(work, manifest.get("package", {}))
    dependency = manifest.get("dependencies", {}).get("cpp_math")
    if not isinstance(dependency, dict) or dependency.get("path") not in (".", "./"):
        raise NotYet(
            "pixi would look for `cpp_math` in another place, and it's this very project. Which "
            "path means the folder that the manifest is in?",
            [f"cpp_math = {dependency}"],
        )
    task = manifest.get("tasks", {}).get("start")
    _run(work, task.get("cmd", "") if isinstance(task, dict) else task)
    return passed(
        "With this manifest, `pixi run start` builds your package, installs it into an environment "
        "and runs the task there."
    )


def _read(work: Work) -> Mapping[str, Any]:
    try:
        return tomllib.loads(work.text())
    except tomllib.TOMLDecodeError as error:
        raise Refused("TOML", [str(error)]) from None


def _look_at_workspace(workspace: Mapping[str, Any]) -> None:
    channels = workspace.get("channels")
    if not isinstance(channels, list):
        raise NotYet("The channels are a list, in square brackets.", [f"channels = {channels}"])
    if not any(re.fullmatch(_CHANNEL, str(channel)) for channel in channels):
        raise NotYet(
            "pixi needs the name of a channel with the compiler, CMake and Python in it. Which "
            "public channel has them all?",
            [f"channels = {channels}"],
        )
    platforms = workspace.get("platforms")
    if not isinstance(platforms, list):
        raise NotYet("The platforms are a list, in square brackets.", [f"platforms = {platforms}"])
    missing = {"linux-64", "linux-aarch64"}.difference(map(str, platforms))
    if missing:
        raise NotYet(
            f"pixi builds for no platform that the manifest doesn't list, and {min(missing)} isn't "
            "there. Compare the spelling with what `crosscraft render` prints.",
            [f"platforms = {platforms}"],
        )
    unknown = [name for name in platforms if not re.fullmatch(_PLATFORM, str(name))]
    if unknown:
        raise NotYet(
            f"pixi stops at `{unknown[0]}`, because no platform is called that. Leave it out.",
            [f"platforms = {platforms}"],
        )
    preview = workspace.get("preview")
    if preview is not True and "pixi-build" not in (preview if isinstance(preview, list) else ()):
        raise NotYet(
            "Without the line `preview`, pixi refuses to build packages. Put it back.",
            [f"preview = {preview}"],
        )


def _look_at_package(work: Work, package: Mapping[str, Any]) -> None:
    """Compare the package's table with the recipe of the finished project."""
    rendered = recipes.render(work, finished.KEY / "recipe/recipe.yaml", ["linux-64"])
    output = recipes.output(rendered, "cpp_math", "linux-64")
    mine = (package.get("name"), package.get("version"))
    if mine != (output.name, output.version):
        raise NotYet(
            "The manifest and the recipe describe the same package, so the names and the versions "
            "are the same.",
            [f"the recipe: {output.name} {output.version}", f"your manifest: {mine[0]} {mine[1]}"],
        )
    backend = package.get("build", {}).get("backend", {})
    name = backend.get("name") if isinstance(backend, dict) else backend
    if name != _BACKEND:
        raise NotYet(
            "The backend is the program that reads your recipe. Its name is `pixi-build-`, and "
            "then the name of the tool that builds recipes.",
            [f"backend = {name}"],
        )


def _run(work: Work, task: object) -> None:
    """Run the task with the extension, and with a module whose sums are wrong."""
    if not isinstance(task, str) or not task.strip():
        raise NotYet("There's no task called `start`, or it has no command.")
    folder = work.scratch / "stand-in"
    folder.mkdir()
    (folder / "cpp_math.py").write_text(f"def add(a, b): return {_SUM}\n", encoding="utf-8")
    here = runner.of(native())
    source = finished.KEY / "src/math.cpp"
    made = extension.compile_file(work, source, native()).path.parent
    printed = here.script(task, work.scratch / "tools", work.scratch, made)
    work.see(f"the task prints {printed or 'nothing'}")
    if printed.strip() != "3":
        raise NotYet("The task should print what `cpp_math.add(1, 2)` returns, and nothing else.")
    if here.script(task, work.scratch / "tools", work.scratch, folder).strip() != _SUM:
        raise NotYet(
            "The task prints 3 even with a module that adds wrongly, so it isn't your function "
            "that computes it."
        )


def _with(*edits: tuple[str, str]) -> str:
    return changed(_SOLUTION, *edits)


_TASK = "python -c 'import cpp_math; print(cpp_math.add(1, 2))'"

EXERCISE = Exercise(
    name="manifest",
    lesson=2,
    minutes=6,
    title="the manifest for pixi",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_PATH,
    given=_with(
        ('"conda-forge"', f'"{BLANK}"'),
        ('"linux-aarch64"', f'"{BLANK}"'),
        ('name = "cpp_math"', f'name = "{BLANK}"'),
        (_BACKEND, f"pixi-build-{BLANK}"),
        ('path = "."', f'path = "{BLANK}"'),
        (_TASK, BLANK),
    ),
    hint="Most of the words are in your recipe, and in what `crosscraft render` prints. The task "
    "is the command that you typed after `crosscraft run … --`.",
    part="The channel is `conda-forge`, the backend is `pixi-build-rattler-build`, and the path "
    "`.` means the project itself. A task in double quotes can have single quotes in it.",
    solution=_SOLUTION,
    check=check,
    right=(
        _with(
            (f'"{_TASK}"', "'python -c \"from cpp_math import add; print(add(a=1, b=2))\"'"),
            ('"linux-64", "linux-aarch64"', '"linux-aarch64", "linux-64", "osx-arm64"'),
        ),
        _with((f'start = "{_TASK}"', f'start = {{ cmd = "{_TASK}" }}'), ('"."', '"./"')),
        _with(('"conda-forge"', '"https://prefix.dev/conda-forge"')),
    ),
    wrong=(
        Wrong(_with(('["conda-forge"]', '"conda-forge"')), "in square brackets"),
        Wrong(_with(('preview = ["pixi-build"]\n', "")), "Put it back"),
        Wrong(_with(('"linux-64", "linux-aarch64"', '"linux-64"')), "linux-aarch64 isn't there"),
        Wrong(_with(('"linux-aarch64"', '"linux_aarch64"')), "linux-aarch64 isn't there"),
        Wrong(_with(('"conda-forge"', '"local"')), "Which public channel"),
        Wrong(_with(('name = "cpp_math"', 'name = "math"')), "describe the same package"),
        Wrong(_with((_BACKEND, "pixi-build-cmake")), "reads your recipe"),
        Wrong(_with(('path = "."', 'path = "src"')), "this very project"),
        Wrong(_with(("'import cpp_math; print", "'print")), "cpp_math", looks_right=True),
        Wrong(_with(("cpp_math.add(1, 2)", "1 + 2")), "even with a module", looks_right=True),
        Wrong(_with(("platforms = [", "platforms = ")), "line 3"),
        Wrong(
            _with(('"linux-aarch64"', '"linux-aarch64", "linux-arm64"')),
            "no platform is called that",
        ),
        Wrong(_with((f'"{_TASK}"', '"python -c "print(3)""')), "ends at the next one"),
    ),
    meanings=(
        (
            r"Expected newline or end of document after a statement",
            "TOML can't read that line. A string in double quotes ends at the next one, so put "
            "single quotes inside it.",
        ),
    ),
)
