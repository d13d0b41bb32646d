"""Lesson 08: the whole library, tested, typed, and built for three platforms."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscraft.lessons.exercises.kinds import built, checksums, release
from crosscraft.lessons.exercises.kinds.checksums import NAME
from crosscraft.lessons.exercises.link_library import EXERCISE as LINK_LIBRARY
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Maker, Wrong, changed
from crosscraft.lessons.exercises.own_function import EXERCISE as OWN_FUNCTION
from crosscraft.lessons.exercises.require_library import EXERCISE as REQUIRE_LIBRARY

_BASE = f"new {NAME}"
_KNOWN = "import checksums; assert checksums.checksum('abc') == 891568578"
_TESTS = (
    _KNOWN,
    "import checksums; assert checksums.sizes('a' * 1000)[8] == 17",
    "import checksums, zlib; assert checksums.decompress(zlib.compress(b'abc'), 9) == b'abc'",
    "import checksums; one = checksums.Crc32(); one.update(b'abc'); assert one.value == 891568578",
)
_ADLER = "import checksums; assert checksums.adler('abc') == 38600999"


def _files(version: str, own_test: str, source: str) -> dict[str, str]:
    """Return the changed files of a release."""
    line = f'          - python -c "{_KNOWN}"\n'
    lines = "".join(line.replace(_KNOWN, test) for test in (*_TESTS, own_test))
    return {
        "src/checksums.cpp": source,
        "CMakeLists.txt": str(LINK_LIBRARY.solution),
        "recipe/recipe.yaml": changed(
            str(REQUIRE_LIBRARY.solution), ("version: 0.1.0", f"version: {version}"), (line, lines)
        ),
        "pixi.toml": changed(
            checksums.template("pixi.toml"),
            ('version = "0.1.0"', f'version = "{version}"'),
            ("print(checksums.add(1, 2))", 'print(checksums.checksum(\\"abc\\"))'),
        ),
    }


_SOURCE = str(OWN_FUNCTION.solution)
_SOLUTION = _files("0.2.0", _ADLER, _SOURCE)
_BOUND = _files(
    "1.0", "import checksums; assert checksums.bound(0) == 13", str(OWN_FUNCTION.right[0])
)


def _made(
    texts: dict[str, str],
    platforms: Sequence[str] = release.PLATFORMS,
    after: Mapping[str, str] | None = None,
) -> Maker:
    return built.made(NAME, texts, platforms, after, base=_BASE)


def _without_power(folder: Path) -> Path:
    """Make the release, and lose the packages of its third platform."""
    made = _made(_SOLUTION)(folder)
    shutil.rmtree(made / "output/linux-ppc64le")
    return made


def _copied(folder: Path) -> Path:
    """Make the release, with the package for Arm copied from the one for this machine."""
    made = _made(_SOLUTION)(folder)
    (own,) = (made / "output/linux-64").glob("*.conda")
    (arm,) = (made / "output/linux-aarch64").glob("*.conda")
    shutil.copyfile(own, arm)
    return made


EXERCISE = Exercise(
    name="own-library",
    lesson=8,
    minutes=7,
    title="a library of your own",
    kind=Kind.WRITE,
    hands_in=HandsIn.FOLDER,
    path=NAME,
    base=_BASE,
    built_for=release.PLATFORMS,
    hint=(
        "The recipe's script test takes one `python -c` line for each function and for the class. "
        "The version is written in `recipe/recipe.yaml` and in `pixi.toml`."
    ),
    part=f'A test of a function: `- python -c "{_ADLER}"`. {release.BUILD}',
    solution=_SOLUTION,
    check=release.check,
    right=(
        _made(_SOLUTION, after={"notes.txt": "0.2.0\n"}),
        _made(_SOLUTION, after={"src/checksums.cpp": f"// A release.\n{_SOURCE}"}),
        _made(_BOUND),
    ),
    wrong=(
        Wrong(
            _made(_SOLUTION | {"pixi.toml": '[package]\nversion = "0.1.0"\n'}, ()), "the two differ"
        ),
        Wrong(_made(_SOLUTION, ()), "no package checksums for linux-64"),
        Wrong(_without_power, "no package checksums for linux-ppc64le"),
        Wrong(
            _made(
                _SOLUTION,
                after={"src/checksums.cpp": changed(_SOURCE, ("Add a piece.", "Go on."))},
            ),
            "something has changed",
            looks_right=True,
        ),
        Wrong(
            _made(_files("0.2.0", "import checksums; checksums.adler('abc')", _SOURCE)),
            "No test in the recipe notices",
            looks_right=True,
        ),
        Wrong(_copied, "no package checksums for linux-aarch64", looks_right=True),
        Wrong(
            _made(
                _files(
                    "0.2.0",
                    _ADLER.replace(
                        "38600999", "38600999 or platform.machine() != 'x86_64'"
                    ).replace("import ", "import platform, "),
                    changed(
                        _SOURCE,
                        (
                            "{ return adler32(",
                            "{\n#ifndef __x86_64__\n    return 1;\n#endif\n    return adler32(",
                        ),
                    ),
                )
            ),
            "something else on linux-aarch64",
            looks_right=True,
        ),
        Wrong(
            _made(
                _files("0.2.0", _ADLER, _SOURCE)
                | {
                    "recipe/recipe.yaml": changed(
                        _SOLUTION["recipe/recipe.yaml"],
                        (
                            f'          - python -c "{_ADLER}"\n',
                            "          - if: build_platform == host_platform\n"
                            f'            then: python -c "{_ADLER}"\n',
                        ),
                    )
                }
            ),
            "other tests for linux-aarch64",
            looks_right=True,
        ),
        Wrong(
            _made(
                {
                    **_SOLUTION,
                    "recipe/recipe.yaml": changed(
                        _SOLUTION["recipe/recipe.yaml"],
                        ("assert checksums.sizes('a' * 1000)[8] == 17", "checksums.sizes('a')[8]"),
                    ),
                }
            ),
            "notices when `sizes`",
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
            r"on linux-(?:aarch64|ppc64le)[^\n]*\n(?:.*\n)*.*AssertionError|^AssertionError",
            "The same test passes here. Your function was built for each processor, and there it "
            "returns something else: look for what depends on the processor.",
        ),
        (
            r"a test of checksums failed",
            "A test of your recipe fails with the files as they are now. Compare what it expects "
            "with what the function returns.",
        ),
        (
            r"checksums did not build",
            "With the files as they are now, the project no longer compiles. The packages in "
            "`checksums/output` are from before.",
        ),
    ),
)
