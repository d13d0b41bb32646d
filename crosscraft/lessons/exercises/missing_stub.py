"""Lesson 07: an extension and its stubs that cannot be installed together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from crosscraft.lessons.evidence import index, recipes
from crosscraft.lessons.evidence.work import Work, copy_project
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong, changed
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup

_ARM = "linux-aarch64"
_OLD = (("0.2.0", "linux-64"), ("0.2.0", _ARM))
"""The builds whose packages are in the channel already: their version and target platform."""
_NEW = (*_OLD, ("0.3.0", _ARM))
"""The same after the colleague's build."""


def _solve(specs: Sequence[str], builds: Sequence[tuple[str, str]], work: Work) -> str:
    """Render each build, index its outputs, and return the version of cpp_math that is solved."""
    outputs = [
        (output, subdir)
        for version, subdir in builds
        for output in recipes.render(work, _recipe(work, version), [subdir])[subdir].outputs
    ]
    channel = work.scratch / f"channel-{len(list(work.scratch.iterdir()))}"
    index.write(channel, outputs)
    found = index.solved(channel, specs, lookup(_ARM))
    chosen = (f"{name} {found[name]}" for name in ("cpp_math", "cpp_math-stubs") if name in found)
    work.see(f"{' and '.join(specs)}: {', '.join(chosen) or 'the solver finds no solution'}")
    return found.get("cpp_math", "fails")


def _recipe(work: Work, version: str) -> Path:
    """Return the recipe of the finished project in another version."""
    recipe = work.scratch / version / "recipe/recipe.yaml"
    if not recipe.exists():
        copy_project(ROOT / "cpp_math", work.scratch / version)
        text = changed(recipe.read_text(encoding="utf-8"), ("0.1.0", version))
        recipe.write_text(text, encoding="utf-8")
    return recipe


_BOTH = ("cpp_math ==0.3.0", "cpp_math-stubs")
_RIGHT = {"a": "0.3.0", "b": "0.2.0", "c": "fails", "d": "fails", "e": "0.3.0"}

EXERCISE = Exercise(
    name="missing-stub",
    lesson=7,
    minutes=6,
    title="stubs that do not fit",
    kind=Kind.PREDICT,
    hint=(
        "`cpp_math-stubs` constrains `cpp_math`: look at `run_constraints` in the recipe. Which "
        "version of the stubs is in the channel, in each case?"
    ),
    part=(
        "The stubs are skipped unless the target platform is linux-64, so after a, b, c and d the "
        "channel only has those of 0.2.0, which allow no other version of `cpp_math`."
    ),
    solution=repr(_RIGHT),
    check=predict.check(
        [
            Case(
                "a",
                partial(_solve, ["cpp_math"], _NEW),
                "The extension alone depends on no stubs, so the newest version is chosen.",
            ),
            Case(
                "b",
                partial(_solve, ["cpp_math", "cpp_math-stubs"], _NEW),
                "The colleague's build skipped the stubs. The channel has those of 0.2.0, and they "
                "allow `cpp_math` in their own version only. The solver goes back to that.",
            ),
            Case(
                "c",
                partial(_solve, _BOTH, _NEW),
                "The only stubs are those of 0.2.0, and their `run_constraints` allow no other "
                "version of `cpp_math`, so there is no solution.",
            ),
            Case(
                "d",
                partial(_solve, _BOTH, (*_NEW, ("0.3.0", "linux-ppc64le"))),
                "A build for linux-ppc64le skips the stubs as well. Where are they made?",
            ),
            Case(
                "e",
                partial(_solve, _BOTH, (*_NEW, ("0.3.0", "linux-64"))),
                "The recipe makes the stubs where `host_platform` is linux-64, and a noarch "
                "package serves every platform.",
            ),
        ],
        ("0.2.0", "0.3.0", "fails"),
        "The recipe makes the stubs where host_platform is linux-64. A cross build never renews "
        "them, so a release needs both builds.",
    ),
    right=(
        {key: f" {word} " for key, word in _RIGHT.items()},
        {key.upper(): word.title() for key, word in _RIGHT.items()},
    ),
    wrong=(
        Wrong(_RIGHT | {"a": "0.2.0"}, "depends on no stubs"),
        Wrong(_RIGHT | {"b": "0.3.0"}, "skipped the stubs"),
        Wrong(_RIGHT | {"b": "fails"}, "goes back to that"),
        Wrong(_RIGHT | {"c": "0.3.0"}, "no other version"),
        Wrong(_RIGHT | {"d": "0.3.0"}, "skips the stubs as well"),
        Wrong(_RIGHT | {"e": "fails"}, "serves every platform"),
        Wrong(_RIGHT | {"e": "linux-64"}, "is one of"),
        Wrong("linux-64", "a dictionary"),
    ),
)
