"""Lesson 08: the library in the recipe's host environment, and a test of the new module."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence import own_tests, recipes, runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import checksums
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import native

_KNOWN = "import checksums; assert checksums.checksum('abc') == 891568578"
_TEST = 'import checksums; assert checksums.add(1, 2) == 3"'
_GIVEN = checksums.template("recipe/recipe.yaml")
_HOST = "        - nanobind >=2.0.0\n      run:"
_SOLUTION = changed(
    _GIVEN,
    (_HOST, "        - nanobind >=2.0.0\n        - zlib\n      run:"),
    (_TEST, f'{_KNOWN}"'),
)
PLATFORMS = ("linux-64", "linux-aarch64", "linux-ppc64le")
_MODULE = """\
import zlib


def checksum(text):
    return zlib.crc32(text.encode())


def sizes(text):
    return [len(zlib.compress(text.encode(), level)) for level in range(1, 10)]
"""
"""What the module does so far, in Python, because nothing is compiled here."""


def check(work: Work) -> Verdict:
    """Render the recipe for three platforms, and look at the requirements of the extension."""
    project = checksums.write_template(work.scratch / "project")
    recipe = shutil.copyfile(work.path, project / "recipe/recipe.yaml")
    rendered = recipes.render(work, recipe, PLATFORMS)
    given = checksums.write_template(work.scratch / "given") / "recipe/recipe.yaml"
    before = recipes.render(work, given, PLATFORMS)
    for subdir in PLATFORMS:
        output = recipes.output(rendered, checksums.NAME, subdir)
        _requirements(output, subdir)
        _nothing_is_lost(output, recipes.output(before, checksums.NAME, subdir), subdir)
        work.see(f"{subdir}: {checksums.NAME} has zlib in host")
    stubs = recipes.output(rendered, f"{checksums.NAME}-stubs", "linux-64")
    if "zlib" in recipes.required(stubs, "host"):
        raise NotYet(
            "The stubs' host environment needs no `zlib`: they are made from an extension that is "
            "already there, and it brings the library with it."
        )
    tests = {
        subdir: own_tests.scripts(recipes.output(rendered, checksums.NAME, subdir))
        for subdir in PLATFORMS
    }
    _tests(work, tests["linux-64"])
    for subdir in (subdir for subdir in PLATFORMS if tests[subdir] != tests["linux-64"]):
        raise NotYet(f"The recipe has another test for {subdir} than for linux-64.")
    return passed(
        "The target's headers and library are where the compiler looks. zlib's run_exports add "
        "`libzlib` to the package, so you don't write that."
    )


def _requirements(output: Output, subdir: str) -> None:
    in_build, in_host, in_run = (
        "zlib" in recipes.required(output, kind) for kind in ("build", "host", "run")
    )
    if in_build and not in_host:
        raise NotYet(
            "`build` is for programs that run on this machine. A library that you link with is "
            "read from the target's environment. Which list is that?",
            [f"{subdir}: {recipes.lists(output)}"],
        )
    if not in_host:
        raise NotYet(
            f"For {subdir}, the extension's host environment has no `zlib`.",
            [f"{subdir}: {recipes.lists(output)}"],
        )
    if in_build or in_run:
        raise NotYet(
            "`zlib` belongs into `host` alone. The headers are not needed at run time, and the "
            "library itself comes by the run_exports.",
            [f"{subdir}: {recipes.lists(output)}"],
        )


def _nothing_is_lost(output: Output, before: Output, subdir: str) -> None:
    """:raises NotYet: if the extension no longer requires what compiles it."""
    for kind in ("build", "host"):
        for name in sorted(recipes.required(before, kind) - recipes.required(output, kind)):
            raise NotYet(
                f"The extension can't be built without `{name}` in `{kind}`. Bring it back.",
                [f"{subdir}: {recipes.lists(output)}"],
            )


def _tests(work: Work, tests: Sequence[str]) -> None:
    """Run the recipe's tests with a right module and with a wrong one.

    :raises NotYet: if one fails with the right module, or none fails with the wrong one.
    """
    failure = _failure(work, tests, _MODULE)
    if failure:
        raise NotYet(
            "The test still calls a function that your module no longer has. Let it compare "
            "`checksums.checksum('abc')` with 891568578."
            if "has no attribute 'add'" in failure
            else "The test fails with a right `checksum`. Is it Python, and is the number right?",
            [f"the test: {failure}"],
        )
    if not _failure(work, tests, changed(_MODULE, ("crc32(", "adler32("))):
        raise NotYet(
            "The test passes with a `checksum` that returns another number, so it compares "
            "nothing. `assert … == …` stops Python if the two sides differ."
        )
    work.see("the test passes with a right checksum, and fails with a wrong one")


def _failure(work: Work, tests: Sequence[str], module: str) -> str:
    """Return the first failure of the tests with a module in Python, or an empty text."""
    folder = Path(tempfile.mkdtemp(prefix="module-", dir=work.scratch))
    (folder / f"{checksums.NAME}.py").write_text(module, encoding="utf-8")
    try:
        for test in tests:
            runner.of(native()).script(test, work.scratch / "tools", folder, folder)
    except Refused as refused:
        return refused.lines[0]
    return ""


EXERCISE = Exercise(
    name="require-library",
    lesson=8,
    minutes=4,
    title="a library in host",
    kind=Kind.REPAIR,
    hands_in=HandsIn.FILE,
    path="checksums/recipe/recipe.yaml",
    hint="Where do Python's headers come from? zlib's come from the same environment.",
    part="One line below `nanobind >=2.0.0` in the first output, and a test of `checksum`.",
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("- zlib\n", "- zlib >=1.2\n")),
        changed(
            _SOLUTION,
            (
                "assert checksums.checksum('abc') == 891568578",
                "assert 891568578 == checksums.checksum(text='abc')",
            ),
        ),
        changed(
            _SOLUTION,
            (
                "import checksums; assert checksums.checksum('abc')",
                "from checksums import checksum; assert checksum('abc')",
            ),
        ),
        changed(
            _SOLUTION,
            (
                f'script:\n          - python -c "{_KNOWN}"\n',
                "script:\n          interpreter: python\n          content:\n"
                + "".join(f"            - {line}\n" for line in _KNOWN.split("; ")),
            ),
        ),
    ),
    wrong=(
        Wrong(
            changed(_GIVEN, (_TEST, "import checksums; checksums.checksum('a')\"")), "has no `zlib`"
        ),
        Wrong(
            changed(
                _GIVEN,
                (
                    "        - ninja\n      host:\n        - python\n",
                    "        - ninja\n        - zlib\n      host:\n        - python\n",
                ),
            ),
            "programs that run on this machine",
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "      run:\n        - python\n",
                    "      run:\n        - python\n        - zlib\n",
                ),
            ),
            "into `host` alone",
        ),
        Wrong(
            changed(_GIVEN, (_HOST, "        - nanobind >=2.0.0\n        - zlib\n      run:")),
            "no longer has",
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "        - ${{ pin_subpackage('checksums') }}\n",
                    "        - ${{ pin_subpackage('checksums') }}\n        - zlib\n",
                ),
            ),
            "stubs' host environment needs no",
        ),
        Wrong(
            changed(_SOLUTION, ("assert checksums", "print(checksums"), ("8578", "8578)")),
            "compares nothing",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("891568578", "891568579")), "fails with a right", True),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "        - zlib\n",
                    "        - if: build_platform == host_platform\n          then: zlib\n",
                ),
            ),
            "For linux-aarch64",
            looks_right=True,
        ),
        Wrong(
            changed(_GIVEN, ("- nanobind >=2.0.0\n      run:", "- zlib\n      run:")),
            "without `nanobind`",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    f'          - python -c "{_KNOWN}"\n',
                    "          - if: not ppc64le\n"
                    f'            then: python -c "{_KNOWN}"\n'
                    "            else: python -c pass\n",
                ),
            ),
            "another test for linux-ppc64le",
            looks_right=True,
        ),
    ),
)
