"""Lesson 05: change the recipe's `skip`, so that pixi builds the stubs as rattler-build does."""

from __future__ import annotations

from pathlib import Path

from crosscraft.lessons.evidence import finished, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import skip
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed

_RECIPE = "recipe/recipe.yaml"
_SOLUTION = (finished.KEY / _RECIPE).read_text(encoding="utf-8")
_COMMENT = '      # pixi renders a noarch output once more, with "noarch" as the host platform.\n'
_STUBS, _EXTENSION = "cpp_math-stubs", "cpp_math"
_MORE = ("osx-64", "win-arm64", "linux-riscv64")
"""Platforms that the exercise doesn't show."""


def check(work: Work) -> Verdict:
    """Render the recipe as rattler-build does, and then in the two ways in which pixi does."""
    recipe = finished.with_file(work, _RECIPE) / _RECIPE
    rendered = recipes.render(work, recipe)
    if _STUBS not in rendered["linux-64"].skipped:
        stubs = recipes.output(rendered, _STUBS, "linux-64")
        if stubs.noarch != "python":
            raise NotYet(
                f"The output `{_STUBS}` isn't `noarch: python` any more. Keep that line, and "
                "change the condition below it."
            )
    for subdir in rendered:
        recipes.output(rendered, _EXTENSION, subdir)
    work.see("rendered as rattler-build does:")
    skip.check(work, rendered, _STUBS, {"linux-64"}, "where the extension can't be imported")
    more = sorted(recipes.built_for(recipes.render(work, recipe, _MORE), _STUBS))
    if more:
        raise NotYet(
            f"There are more platforms than these six, and the stubs would be built for {more[0]} "
            "too, where the extension can't be imported. Name the platforms that are wanted, and "
            "skip all others."
        )
    work.see("rendered as pixi does:")
    _check_list(work, recipe)
    skip.check_pixi(work, recipe, _STUBS)
    return passed("Now rattler-build and pixi both build the stubs, once, in the native build.")


def _check_list(work: Work, recipe: Path) -> None:
    """Render the recipe as pixi does to list the outputs for a platform.

    :raises NotYet: if pixi would build the stubs for other platforms than linux-64.
    """
    listed = recipes.built_for(recipes.render(work, recipe, build_is_host=True), _STUBS)
    shown = ", ".join(sorted(listed)) or "no platform"
    work.see(f"with the target as the build platform, {_STUBS} is built for: {shown}")
    if listed != {"linux-64"}:
        raise NotYet(
            "It's right with rattler-build and wrong with pixi. While pixi lists the outputs, "
            "`build_platform` is the platform that you build *for*, so a condition that reads "
            "`build_platform` can't recognize a cross build. Use `host_platform` alone."
        )


_SKIP = 'skip: host_platform not in ("linux-64", "noarch")'


def _with(condition: str) -> str:
    """Return the recipe with another condition."""
    return changed(_SOLUTION, (_COMMENT, ""), (_SKIP, f"skip: {condition}"))


EXERCISE = Exercise(
    name="skip-for-pixi",
    lesson=5,
    minutes=4,
    title="a skip that pixi needs, too",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path=_RECIPE,
    hint="`skip` is true where the stubs are *not* built. Write a small table: your condition for "
    "the host platforms linux-64, linux-aarch64 and noarch. In which two rows must it be false?",
    part="The two values belong in one list: `host_platform not in (…, …)`.",
    solution=_SOLUTION,
    check=check,
    right=(
        _with("host_platform not in ['noarch', 'linux-64']"),
        _with('host_platform != "linux-64" and host_platform != "noarch"'),
        _with('\n        - not (host_platform == "linux-64" or host_platform == "noarch")'),
    ),
    wrong=(
        Wrong(_with('host_platform != "linux-64"'), "there is no output defined"),
        Wrong(_with('host_platform != "linux-64" or host_platform != "noarch"'), "one side of the"),
        Wrong(_with('host_platform == "linux-aarch64"'), "would be built for linux-ppc64le too"),
        Wrong(
            _with(f"host_platform in {tuple(recipes.PLATFORMS[1:])}"),
            "more platforms than these six",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("    build:\n      script:", f"    build:\n      {_SKIP}\n      script:"),
            ),
            "skips `cpp_math` for linux-aarch64",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, (f"      {_SKIP}\n", "")), "It skips nothing"),
        Wrong(changed(_SOLUTION, ("      noarch: python\n", "")), "Keep that line"),
        Wrong(
            _with('host_platform not in (build_platform, "noarch")'),
            "wrong with pixi",
            looks_right=True,
        ),
        Wrong(
            _with('host_platform not in ("linux-64", "no-arch")'),
            "is skipped",
            looks_right=True,
        ),
        Wrong(
            _with('host_platform not in ("linux-64", "noarch"'),
            "It skips nothing",
            looks_right=True,
        ),
        Wrong(
            _with('"linux-64" != host_platform and "noarch" != host_platform'), "not be the first"
        ),
    ),
    meanings=(
        (
            r"",
            "The recipe doesn't parse. Compare the line with the one that you had. In YAML, a "
            "platform in quotes must not be the first word after `skip:`.",
        ),
    ),
)
