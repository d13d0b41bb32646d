"""Lesson 07: a release of the learner's own, built without instructions."""

from __future__ import annotations

import shutil
from pathlib import Path

from crosscraft.lessons.exercises.kinds import built, release
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.lessons.exercises.own_function import EXERCISE as OWN_FUNCTION
from crosscraft.paths import ROOT


def _release(version: str, test: str, source: str) -> dict[str, str]:
    """Return the changed files of a release."""
    recipe = (ROOT / "cpp_math/recipe/recipe.yaml").read_text(encoding="utf-8")
    pixi = (ROOT / "cpp_math/pixi.toml").read_text(encoding="utf-8")
    known = '          - python -c "import cpp_math; assert cpp_math.add(1, 2) == 3"\n'
    line = f'          - python -c "import cpp_math; {test}"\n'
    return {
        "src/math.cpp": source,
        "recipe/recipe.yaml": changed(
            recipe, ("version: 0.1.0", f"version: {version}"), (known, known + line)
        ),
        "pixi.toml": changed(pixi, ('version = "0.1.0"', f'version = "{version}"')),
    }


_SOURCE = str(OWN_FUNCTION.solution)
_TEST = "assert cpp_math.clamp(5, 0, 3) == 3"
_SOLUTION = _release("0.3.0", _TEST, _SOURCE)
_ODD = _release(
    "1.0",
    "assert not cpp_math.odd(n=2)",
    changed(
        OWN_FUNCTION.given,
        ("NB_MODULE", "static bool odd(int n) { return n % 2; }\n\nNB_MODULE"),
        ('    m.def("mul"', '    m.def("odd", &odd, "n"_a, "Is n odd?");\n    m.def("mul"'),
    ),
)
_ON_ARM = changed(
    _SOURCE,
    (
        "int clamp(int x, int low, int high) {",
        "int clamp(int x, int low, int high) {\n#ifdef __aarch64__\n    return low;\n#endif\n   ",
    ),
)


def _renamed(folder: Path) -> Path:
    """Make a release for linux-64, whose extension is copied and called one for Arm."""
    mine = built.made("mine", _SOLUTION, release.PLATFORMS)(folder)
    for path in (mine / "output/linux-64").glob("*.conda"):
        (arm,) = (mine / "output/linux-aarch64").glob("*.conda")
        shutil.copyfile(path, arm)
    return mine


EXERCISE = Exercise(
    name="whole-loop",
    lesson=7,
    title="a release of your own",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path="mine",
    base="cpp_math",
    built_for=release.PLATFORMS,
    hint="The order is: source, test, version in both files, native build, cross build.",
    part=(
        "`sed --in-place 's/0\\.2\\.0/0.3.0/' mine/recipe/recipe.yaml mine/pixi.toml` raises the "
        f"version. {release.BUILD}"
    ),
    solution=_SOLUTION,
    check=release.check,
    right=(
        built.made("mine", _ODD, release.PLATFORMS),
        built.made("mine", _SOLUTION, release.PLATFORMS, {"notes.txt": "0.3.0: clamp\n"}),
    ),
    wrong=(
        Wrong(built.made("mine", {}), "Raise `version`"),
        Wrong(built.made("mine", _release("0.2", _TEST, _SOURCE)), "Raise `version`"),
        Wrong(
            built.made("mine", _SOLUTION | {"pixi.toml": '[package]\nversion = "0.2.0"\n'}),
            "the two differ",
        ),
        Wrong(built.made("mine", _SOLUTION), "no package cpp_math for linux-64"),
        Wrong(
            built.made(
                "mine",
                _release("0.3.0", "assert type(cpp_math.clamp(5, 0, 3)) is int", _SOURCE),
                release.PLATFORMS,
            ),
            "No test in the recipe notices",
            looks_right=True,
        ),
        Wrong(_renamed, "no package cpp_math for linux-aarch64", looks_right=True),
        Wrong(
            built.made(
                "mine", _SOLUTION, release.PLATFORMS, {"src/math.cpp": _ON_ARM}, ["linux-64"]
            ),
            "something has changed",
            looks_right=True,
        ),
        Wrong(
            built.made("mine", _SOLUTION | {"src/math.cpp": _ON_ARM}, release.PLATFORMS),
            "on Arm it returns something else",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"no attribute .*attr-defined",
            "The stubs lack your function, so nobody's editor or type checker knows it. A native "
            "build makes them again.",
        ),
        (
            r"linux-aarch64[^\n]*\n(?:.*\n)*.*AssertionError|^AssertionError",
            "The same test passes here. Your function was built for both processors, and on Arm it "
            "returns something else: look for what depends on the processor.",
        ),
        (
            r"a test of cpp_math failed",
            "A test of your recipe fails with the files as they are now. Compare what it expects "
            "with what the function returns.",
        ),
        (
            r"cpp_math did not build",
            "With the files as they are now, the project no longer compiles. The packages in "
            "`mine/output` are from before.",
        ),
    ),
)
