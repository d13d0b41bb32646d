"""Lesson 09: find a bug in the learner's own project, which somebody has planted there."""

from __future__ import annotations

from crosscraft.building.check import catalogue
from crosscraft.lessons.exercises.kinds import repair
from crosscraft.lessons.exercises.model import Wrong, changed
from crosscraft.paths import ROOT

_TRAP = catalogue.find("stl-header-missing-return")
_FILE = "src/math.cpp"
_PLANTED = changed(
    (ROOT / "cpp_math" / _FILE).read_text(encoding="utf-8"),
    *((edit.old, edit.new) for edit in repair.reproduction_of(_TRAP).edits),
)
_HEADER = ("#include <string>\n", "#include <nanobind/stl/string.h>\n#include <string>\n")
_RECIPE = (ROOT / "cpp_math/recipe/recipe.yaml").read_text(encoding="utf-8")

EXERCISE = repair.bug(
    "bug-hunt",
    _TRAP,
    minutes=8,
    title="a bug in your project",
    hint=(
        "It builds, and it can be imported. Call the new function: what does the message say that "
        "Python can't do?"
    ),
    part=(
        "nanobind converts `int` and `double` by itself. For a type of C++'s standard library it "
        "needs one more of its own headers, whose name has the type in it."
    ),
    solution={_FILE: changed(_PLANTED, _HEADER)},
    right=(
        {_FILE: changed(_PLANTED, ("-> std::string", "-> const char *"))},
        {
            _FILE: changed(
                _PLANTED,
                ("[]() -> std::string { return", "[] { return nb::str("),
                ('"a name"; }', '"a name"); }'),
            )
        },
    ),
    wrong=(
        Wrong(
            {_FILE: changed(_PLANTED, (_HEADER[0], "#include <nanobind/stl/string_view.h>\n"))},
            "Unable to convert function return value",
            looks_right=True,
        ),
        Wrong(
            {
                _FILE: changed(_PLANTED, _HEADER),
                "recipe/recipe.yaml": _RECIPE[: _RECIPE.index("    tests:")]
                + _RECIPE[_RECIPE.index("  # Its type stubs") :],
            },
            "removes more than the bug",
            looks_right=True,
        ),
        Wrong(
            {
                _FILE: changed(
                    _PLANTED, ("-> std::string", "-> int"), ('return "a name"', "return 3")
                )
            },
            "it does something else than it was written for",
            looks_right=True,
        ),
        Wrong(
            {_FILE: changed(_PLANTED, (_HEADER[0], f"#ifdef __aarch64__\n{_HEADER[1]}#endif\n"))},
            "wrong for linux-64",
            looks_right=True,
        ),
        Wrong(
            {
                _FILE: changed(_PLANTED, _HEADER),
                "recipe/recipe.yaml": changed(_RECIPE, ("; assert cpp_math.add(1, 2) == 3", "")),
            },
            "missing or changed: a test",
            looks_right=True,
        ),
    ),
)
