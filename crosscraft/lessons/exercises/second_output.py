"""Lesson 02: the output of the stubs, rendered for every platform, built, read and installed."""

from __future__ import annotations

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence import finished, packages, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import skip, stub_package
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native

_RECIPE = "recipe/recipe.yaml"
_SOLUTION = (finished.KEY / _RECIPE).read_text(encoding="utf-8")
_FIRST, _MARK, _REST = _SOLUTION.partition("  # Its type stubs")
_EXTENSION, _STUBS = "cpp_math", "cpp_math-stubs"


def check(work: Work) -> Verdict:
    """Render the recipe for six platforms, build it for two, and use the packages."""
    project = finished.with_file(work, _RECIPE)
    rendered = recipes.render(work, project / _RECIPE)
    if _STUBS not in rendered["linux-64"].skipped:
        recipes.output(rendered, _STUBS, "linux-64")
    skip.check(work, rendered, _STUBS, {"linux-64"}, "where the extension can't be imported")
    _look_at_stubs(
        recipes.output(rendered, _EXTENSION, "linux-64"),
        recipes.output(rendered, _STUBS, "linux-64"),
    )
    arm = lookup("linux-aarch64")
    made = packages.build_project(work, project, [arm, native()])
    stub_package.check(work, made)
    for path in made.files:
        work.see(f"built: {path.parent.name}/{path.name}")
        for doubt in packages.doubts(path):
            raise NotYet(f"{path.name} is not what it says. {_NO_ARGS}", [doubt])
    runner = packages.installed(work, made, [_EXTENSION, _STUBS], arm)
    said = runner.python("import cpp_math; print(cpp_math.add(2, 3))", work.scratch)
    work.see(f"{arm.subdir}: extension and stubs installed; add(2, 3) = {said}")
    return passed(
        "One recipe, three packages: the extension of each platform, and stubs for both of them."
    )


def _look_at_stubs(extension: Output, stubs: Output) -> None:
    """Look at how the stubs are rendered for linux-64."""
    if stubs.noarch != "python":
        raise NotYet(_NOARCH[stubs.noarch])
    missing = recipes.required(extension, "build") - recipes.required(stubs, "build")
    if missing:
        raise NotYet(
            f"The extension's build list has {min(missing)}, and the stubs' list lacks it. The "
            "same CMakeLists.txt needs the same tools. For example, it looks for a compiler, and "
            "without yours CMake would quietly take one of this machine.",
            [f"{_STUBS}: {recipes.lists(stubs)}"],
        )
    if _EXTENSION not in stubs.pins["host"]:
        plain = _EXTENSION in recipes.required(stubs, "host")
        raise NotYet(_PIN[plain], [f"{_STUBS}: {recipes.lists(stubs)}"])


_NOARCH = {
    "": "The stubs are built as a package for one platform, linux-64. They are text, and the same "
    "text for every processor. Which line says that one package serves all platforms?",
    "generic": "`noarch: generic` is for files that no Python looks for, such as data. With it, "
    "the stubs are in the folder of Python 3.11 for every Python. There's a second kind of noarch.",
}
"""What to say of another value of `noarch`."""
_PIN = {
    False: "Nothing in the host list puts the extension into the stubs' `$PREFIX`, so the stub "
    "generator would have nothing to import.",
    True: "The host list names `cpp_math` as any package that a channel has, also an old one. A "
    "function says that it's the extension of *this recipe*.",
}
"""What to say if the pin is missing, by whether the name is there without one."""


_NO_ARGS = (
    "CMake built for this machine in the cross build. What tells it about the target processor is "
    "in `${CMAKE_ARGS}`. Do both scripts have it?"
)


def _stubs(*edits: tuple[str, str]) -> str:
    """Return the recipe with edits of the second output."""
    return _FIRST + changed(_MARK + _REST, *edits)


_COMMENT = '      # pixi renders a noarch output once more, with "noarch" as the host platform.\n'
"""Lesson 05 shows why the reference names `noarch` in its condition."""
_SKIP = 'skip: host_platform not in ("linux-64", "noarch")'
_CONSTRAINT = "- cpp_math ==${{ version }}"
_MAKE = "        - ninja -C build cpp_math_stub\n"
_TOUCH = "        - touch $SP_DIR/cpp_math-stubs/__init__.pyi\n"

EXERCISE = Exercise(
    name="second-output",
    lesson=2,
    minutes=10,
    title="the output of the stubs",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=_RECIPE,
    given=_stubs(
        (_COMMENT, ""),
        ("noarch: python", f"noarch: {BLANK}"),
        (_SKIP, f"skip: {BLANK}"),
        ("-DSTUBS_ONLY=ON", BLANK),
        ("ninja -C build cpp_math_stub\n", f"ninja -C build {BLANK}\n"),
        ("${{ compiler('cxx') }}", BLANK),
        ("${{ pin_subpackage('cpp_math') }}", BLANK),
        (_CONSTRAINT, f"- {BLANK}"),
    ),
    hint="Compare with the first output: the same CMakeLists.txt, with another option and another "
    "target. `noarch` and `skip` say for which platforms it is, and where it can be made.",
    part='The first two lines are `noarch: python` and `skip: host_platform != "linux-64"`. The '
    "host list ends with `pin_subpackage`, written like `compiler`, with the name of the first "
    "output.",
    solution=_SOLUTION,
    check=check,
    right=(
        _stubs(
            (_SKIP, 'skip: host_platform not in (build_platform, "noarch")'),
            ("compiler('cxx')", 'compiler("cxx")'),
        ),
        _stubs((_COMMENT, ""), (_SKIP, 'skip: host_platform != "linux-64"')),
        _stubs(
            (_SKIP, "skip:\n        - host_platform not in ['noarch', 'linux-64']"),
            (_CONSTRAINT, "- ${{ pin_subpackage('cpp_math', upper_bound='x.x.x') }}"),
        ),
    ),
    wrong=(
        Wrong(_stubs((_SKIP, 'skip: host_platform == "linux-64"')), "when *not* to build"),
        Wrong(_stubs((_SKIP, 'skip: build_platform == "linux-aarch64"')), "machine that compiles"),
        Wrong(
            _stubs((_SKIP, 'skip: host_platform == "linux-aarch64"')),
            "would be built for linux-ppc64le too",
        ),
        Wrong(_stubs((f"      {_SKIP}\n", "")), "skips nothing"),
        Wrong(_stubs(("      noarch: python\n", "")), "for one platform"),
        Wrong(_stubs(("noarch: python", "noarch: generic")), "no Python looks for"),
        Wrong(_stubs(("        - ${{ pin_subpackage('cpp_math') }}\n", "")), "nothing to import"),
        Wrong(_stubs(("${{ pin_subpackage('cpp_math') }}", "cpp_math")), "of *this recipe*"),
        Wrong(_stubs(("        - ${{ compiler('cxx') }}\n", "")), "quietly take"),
        Wrong(_stubs((f"name: {_STUBS}", "name: cpp_math_stubs")), "should build `cpp_math-stubs`"),
        Wrong(_stubs(("cpp_math_stub\n", "cpp_math_stubs\n")), "no target of that name", True),
        Wrong(
            _stubs((_MAKE, f"        - mkdir $SP_DIR/cpp_math-stubs\n{_TOUCH}")),
            "doesn't describe `add`",
            True,
        ),
        Wrong(
            _stubs((_CONSTRAINT, "- ${{ pin_subpackage('cpp_math', exact=True) }}")),
            "one build of `cpp_math`",
            True,
        ),
        Wrong(changed(_FIRST, (" ${CMAKE_ARGS}", "")) + _MARK + _REST, "in `${CMAKE_ARGS}`", True),
    ),
    meanings=(
        (
            r"unknown target",
            "CMake made no target of that name. `nanobind_add_stub` in your CMakeLists.txt names "
            "it, and only if `STUBS_ONLY` is ON.",
        ),
        (
            r"No module named 'cpp_math'",
            "The stub generator imports the extension, and it isn't in the stubs' `$PREFIX`.",
        ),
        (
            r"cpp_math ==\S+ h\w+",
            "The stubs fit one build of `cpp_math` only: the extension of linux-64. They are for "
            "every platform, so name the version and not the build.",
        ),
        (r"Could NOT find Python|No module named nanobind", _NO_ARGS),
    ),
)
