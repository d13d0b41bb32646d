"""Lesson 07: the recipe of a feedstock, rendered for five platforms, read by the rules, built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from crosscraft.building.conda_forge import recipe_text, rules
from crosscraft.building.recipe import Output, Rendered
from crosscraft.lessons.evidence import feedstock, finished, packages, recipes
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import skip
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native
from crosscraft.system import files

_FOLDER = "feedstock"
_URL = "https://example.org/cpp_math-0.1.0.tar.gz"
_SHA256 = f"sha256: {feedstock.sha256()}"
_SOURCE = f"  url: https://example.org/cpp_math-${{{{ version }}}}.tar.gz\n  {_SHA256}\n"
_EXTENSION, _STUBS = "cpp_math", "cpp_math-stubs"
_LICENCE = "BSD-3-Clause"
"""The SPDX name of the licence in the release."""


def prepare(project: Path) -> Sequence[str]:
    """Make the feedstock's folder, and put the release into it."""
    path = project / _FOLDER / feedstock.ARCHIVE
    (project / _FOLDER / "recipe").mkdir(parents=True, exist_ok=True)
    if path.exists():
        return ()
    files.write(path, feedstock.archive())
    return (path.relative_to(project).as_posix(),)


def check(work: Work) -> Verdict:
    """Render the recipe with conda-forge's pinning, compare it with release and rules, build it."""
    text = work.text()
    rendered = feedstock.render(work, text, "now")
    recipe = recipe_text.read(work.scratch / "now/recipe.yaml")
    _look_at_source(work, recipe, rendered)
    _look_at_rules(recipe)
    _look_at_licence(recipe)
    _look_at_platforms(work, rendered)
    _build(work, recipe, rendered)
    return passed(
        "It keeps all twenty rules. The same text serves Linux and macOS, because `compiler` and "
        "`stdlib` name other packages on each platform."
    )


def _look_at_source(
    work: Work, recipe: recipe_text.Recipe, rendered: Mapping[str, Rendered]
) -> None:
    """Compare the source with the release, and with the source of the next version."""
    source = _source(rendered)
    url, sha256 = str(source.get("url", "")), str(source.get("sha256", ""))
    work.see(f"source: {url or '-'}")
    if url.rstrip("/") != _URL:
        raise NotYet(f"The release is {_URL}, and the recipe downloads something else.")
    if sha256.lower() != feedstock.sha256():
        raise NotYet(
            f"The checksum isn't that of {feedstock.ARCHIVE}. `sha256sum` prints it, and a build "
            "stops if the download has another one.",
            [f"sha256 in the recipe: {sha256 or 'none'}"],
        )
    context = {**recipe.section("context"), "version": "0.2.0"}
    later = yaml.safe_dump({**recipe.whole, "context": context}, sort_keys=False)
    following = str(_source(feedstock.render(work, later, "next")).get("url", ""))
    if following == url:
        raise NotYet(
            "Raise `version` to 0.2.0, and the recipe still downloads 0.1.0. The bot that updates "
            "feedstocks changes that one line, so the url has to follow it.",
            [f"source of 0.2.0: {following}"],
        )


def _source(rendered: Mapping[str, Rendered]) -> Mapping[str, object]:
    output = recipes.output(rendered, _EXTENSION, "linux-64")
    return output.sources[0] if output.sources else {}


def _look_at_rules(recipe: recipe_text.Recipe) -> None:
    for rule in rules.RULES:
        for place in rule.places(recipe):
            raise NotYet(
                "conda-forge's linter would stop the pull request. Its rule is: "
                f"{rule.says}. Look at `{place}`."
            )


def _look_at_licence(recipe: recipe_text.Recipe) -> None:
    licence = str(recipe.section("about").get("license"))
    if licence != _LICENCE:
        raise NotYet(
            "Another license than the one in the release gives away rights that nobody gave. Read "
            "the first line of `LICENSE`, and take its name from SPDX's list.",
            [f"license in the recipe: {licence}"],
        )
    for name in recipe_text.flat(recipe.section("about").get("license_file")):
        if name not in feedstock.MEMBERS:
            raise NotYet(
                f"There is no file {name} in the release, so the package would have no license.",
                [f"{feedstock.ARCHIVE}: {', '.join(feedstock.MEMBERS)}"],
            )


def _look_at_platforms(work: Work, rendered: Mapping[str, Rendered]) -> None:
    """Compare what is built, and with what, on each platform."""
    for subdir, facts in rendered.items():
        built = [one for one in facts.outputs if one.name == _EXTENSION]
        if built:
            work.see(f"{subdir}: {_versions(built)}, with {', '.join(built[0].build_specs[:2])}")
    unix = {subdir for subdir in feedstock.PLATFORMS if subdir != "win-64"}
    windows = "although the script needs bash"
    skip.check(work, rendered, _EXTENSION, unix, windows)
    skip.check(work, rendered, _STUBS, {"linux-64"}, "where the extension can't be imported")


def _build(work: Work, recipe: recipe_text.Recipe, rendered: Mapping[str, Rendered]) -> None:
    """Build the release for this machine, which runs the recipe's tests, and for Arm."""
    platforms = [native(), lookup("linux-aarch64")]
    made = feedstock.build(work, recipe.whole, _source(rendered), platforms)
    work.see(f"built: {', '.join(f'{path.parent.name}/{path.name}' for path in made.files)}")
    for path in made.files:
        for doubt in packages.doubts(path):
            raise NotYet(f"{path.name} is not what its name and its folder claim.", [doubt])


def _versions(built: Sequence[Output]) -> str:
    found = [one.variant.get("python", "any").split()[0] for one in built]
    return f"Python {', '.join(found)}"


def _recipe() -> str:
    """Return the finished recipe with what conda-forge wants to have different."""
    key = (finished.KEY / "recipe/recipe.yaml").read_text(encoding="utf-8")
    start, end = key.index("  # The oldest Python"), key.index("recipe:\n")
    source, build = key.index("source:\n"), key.index("build:\n  number")
    text = (
        f"{key[:start]}\n{key[end:source]}"
        f"source:\n{_SOURCE}\n"
        f"{key[build:]}\n"
        "extra:\n  recipe-maintainers:\n    - your-github-name\n"
    )
    return changed(
        text,
        ("  number: 0\n", "  number: 0\n  skip: win\n"),
        ("https://pixi.prefix.dev/latest/build/cross_compilation/", "https://example.org/cpp_math"),
    )


_SOLUTION = _recipe()
_STDLIB = "        - ${{ stdlib('c') }}\n"


def _with(*edits: tuple[str, str]) -> str:
    return changed(_SOLUTION, *edits)


EXERCISE = Exercise(
    name="feedstock-recipe",
    lesson=7,
    minutes=8,
    title="the recipe of a feedstock",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path=f"{_FOLDER}/recipe/recipe.yaml",
    given=_with(
        (_SOURCE, f"  {BLANK}\n"),
        ("skip: win", f"skip: {BLANK}"),
        (_STDLIB, f"        - {BLANK}\n"),
        (_SOLUTION[_SOLUTION.index("  homepage:") : _SOLUTION.index("\nextra:")], f"  {BLANK}\n"),
        ("  recipe-maintainers:\n    - your-github-name\n", f"  {BLANK}\n"),
    ),
    hint="Your own recipe has the lines about the C library and the license. "
    "`sha256sum feedstock/cpp_math-0.1.0.tar.gz` prints the checksum. The word for Windows is "
    "`win`.",
    part="The source has a `url` that ends in `cpp_math-${{ version }}.tar.gz`, and a `sha256`. "
    "Under `extra`, the key `recipe-maintainers` has a list of GitHub names.",
    solution=_SOLUTION,
    check=check,
    prepare=prepare,
    right=(
        _with(
            ("skip: win", 'skip: host_platform == "win-64"'),
            ("    - your-github-name", "    - ada\n    - grace"),
        ),
        _with(
            ("skip: win", "skip:\n    - not unix"),
            (_SHA256, f'sha256: "{feedstock.sha256()}"'),
            ("license_file: LICENSE", "license_file: [LICENSE]"),
        ),
    ),
    wrong=(
        Wrong(_with(("${CMAKE_ARGS} -DSTUBS_ONLY=OFF", "-DSTUBS_ONLY=OFF")), "CMAKE_ARGS", True),
        Wrong(_with((_SHA256, f"sha256: {'0' * 64}")), "`sha256sum` prints it"),
        Wrong(_with((_STDLIB, "")), "stdlib('c')"),
        Wrong(_with(("license: BSD-3-Clause", "license: BSD License")), "SPDX"),
        Wrong(_with(("license: BSD-3-Clause", "license: MIT")), "first line of `LICENSE`", True),
        Wrong(
            _with(("  recipe-maintainers:\n    - your-github-name\n", "  maintainers: [you]\n")),
            "GitHub names",
        ),
        Wrong(_with(("example.org", "example.com")), "downloads something else"),
        Wrong(_with(("license_file: LICENSE", "license_file: LICENSE.txt")), "no file LICENSE.txt"),
        Wrong(_with(("  summary: Arithmetic in C++, called from Python\n", "")), "a summary"),
        Wrong(_with((_STDLIB, "        - sysroot_linux-64 2.17.*\n")), "stdlib('c')"),
        Wrong(_with(("${{ version }}.tar", "0.1.0.tar")), "still downloads 0.1.0", True),
        Wrong(_with(("skip: win", 'skip: build_platform == "win-64"')), "compiles", True),
        Wrong(_with(("skip: win", "skip: windows")), "skips nothing", True),
        Wrong(_with(("skip: win", "skip: win-64")), "because this is true: win-64", True),
    ),
    meanings=(
        (r"SPDX", "The license is a short name from SPDX's list. Your own recipe has it."),
        (
            r"execute_process failed",
            "For Arm, CMake needs `${CMAKE_ARGS}` in the script, and nanobind under `host`.",
        ),
        (r"sha256", "A SHA-256 is 64 digits and letters from a to f. `sha256sum` prints it."),
    ),
)
