"""Lesson 07: conda-forge.yml, read as YAML, and what follows from it for each platform."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import yaml

from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import BLANK, Exercise, HandsIn, Kind, Wrong, changed

_KEYS = ("build_platform", "conda_build_tool", "provider", "test")
_NAMES = "linux_64 linux_aarch64 linux_ppc64le osx_64 osx_arm64 win_64 win_arm64".split()
_ALONE = ("linux_64", "osx_64", "win_64")
"""The platforms that a feedstock builds for if the file names none."""
_TESTS = ("all", "native", "native_and_emulated")
_WANTED = {"linux_aarch64": "linux_64", "osx_arm64": "osx_64"}


def check(work: Work) -> Verdict:
    """Work out where each platform is built and tested."""
    settings = _read(work)
    builders = {name: name for name in _ALONE} | _builders(settings)
    test = settings.get("test", "all")
    if test not in _TESTS:
        raise NotYet(f"`test` is one of {', '.join(_TESTS)}.")
    for name in sorted(builders):
        work.see(f"{_plain(name)}: {_built(name, builders[name])}, {_tested(name, builders, test)}")
    _compare(builders, settings)
    if test == "native":
        raise NotYet(
            "The Arm package would be published without a test. Linux packages can be tested under "
            "an emulator, and one of the three values asks for that."
        )
    if test == "all":
        raise NotYet(
            "With `all`, the tests of osx-arm64 would run too, and the Intel Mac that builds it "
            "can't run Arm code."
        )
    if settings.get("conda_build_tool") != "rattler-build":
        raise NotYet(
            "The default tool reads `meta.yaml`. Which program reads your `recipe.yaml`?",
            [f"conda_build_tool: {settings.get('conda_build_tool', 'the default')}"],
        )
    return passed(
        "A feedstock with these lines cross-compiles for both kinds of Arm machines, and tests the "
        "Linux package under QEMU before anyone gets it."
    )


def _read(work: Work) -> Mapping[str, Any]:
    """Return the settings.

    :raises Refused: if the file is no YAML.
    :raises NotYet: if it is no mapping, or has an unknown key.
    """
    try:
        settings = yaml.safe_load(work.text())
    except yaml.YAMLError as error:
        raise Refused("the YAML reader", str(error).splitlines()) from None
    if not isinstance(settings, dict):
        raise NotYet("The file is a mapping, with lines such as `test: native`.")
    for key in map(str, settings):
        near = difflib.get_close_matches(key, _KEYS, 1)
        if key not in _KEYS and near:
            raise NotYet(f"There is no key `{key}`. Did you mean `{near[0]}`?")
    return settings


def _builders(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the platform that builds for each one that is named."""
    named = settings.get("build_platform") or {}
    if not isinstance(named, dict):
        raise NotYet("`build_platform` is a mapping: a platform, a colon, and its builder.")
    for name in (str(each) for pair in named.items() for each in pair):
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, 1)
            guess = f" Did you mean `{near[0]}`?" if near else ""
            raise NotYet(f"This file has no platform `{name}`.{guess}")
    return {str(name): str(builder) for name, builder in named.items()}


def _compare(builders: Mapping[str, str], settings: Mapping[str, Any]) -> None:
    """Compare the builders with those that are wanted."""
    for name in _ALONE:
        if builders[name] != name:
            raise NotYet(
                f"{_plain(name)} would be built on {_plain(builders[name])}, so it's the wrong way "
                "round. First comes the platform of the package, and then the machine that builds."
            )
    for name, builder in _WANTED.items():
        if name not in builders:
            provided = name in (settings.get("provider") or {})
            raise NotYet(
                "`provider` asks for an Arm machine, and then nothing is cross-compiled. Use "
                "`build_platform`."
                if provided
                else f"Nothing builds for {_plain(name)}. Without a line of its own, a feedstock "
                f"builds for {', '.join(map(_plain, _ALONE))} only."
            )
        if builders[name] != builder:
            raise NotYet(
                f"{_plain(name)} would be built on {_plain(builders[name])}. The machine of the "
                f"task is {_plain(builder)}."
            )


def _plain(name: str) -> str:
    return name.replace("_", "-", 1)


def _built(name: str, builder: str) -> str:
    return "built natively" if name == builder else f"cross-compiled on {_plain(builder)}"


def _tested(name: str, builders: Mapping[str, str], test: str) -> str:
    if name == builders[name]:
        return "tested"
    emulated = test == "native_and_emulated" and name.startswith("linux")
    return "tested under QEMU" if emulated else "tested" if test == "all" else "not tested"


_SOLUTION = """\
build_platform:
  linux_aarch64: linux_64
  osx_arm64: osx_64
test: native_and_emulated
conda_build_tool: rattler-build
"""
_PLATFORMS = "build_platform:\n  linux_aarch64: linux_64\n  osx_arm64: osx_64\n"

EXERCISE = Exercise(
    name="conda-forge-yml",
    lesson=7,
    minutes=7,
    title="where a feedstock builds and tests",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path="feedstock/conda-forge.yml",
    given=f"""\
build_platform:
  {BLANK}: {BLANK}
  {BLANK}: {BLANK}
test: {BLANK}
conda_build_tool: {BLANK}
""",
    hint="Under `build_platform`, each line has the platform of the package, a colon, and the "
    "machine that builds it. This file writes platforms with an underscore.",
    part="The first line under `build_platform` is `linux_aarch64: linux_64`. The `test` is "
    "`native_and_emulated`.",
    solution=_SOLUTION,
    check=check,
    right=(
        "build_platform: {osx_arm64: osx_64, linux_aarch64: linux_64}\n"
        "conda_build_tool: rattler-build\ntest: native_and_emulated\n",
        changed(_SOLUTION, ("test:", "github: {branch_name: main}\ntest:"))
        + "bot:\n  automerge: false\n",
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ("native_and_emulated", "native")), "without a test"),
        Wrong(changed(_SOLUTION, ("  osx_arm64: osx_64\n", "")), "Nothing builds for osx-arm64"),
        Wrong(changed(_SOLUTION, (_PLATFORMS, "provider: {linux_aarch64: default}\n")), "an Arm"),
        Wrong(changed(_SOLUTION, ("build_platform", "build-platform")), "Did you mean"),
        Wrong(changed(_SOLUTION, ("conda_build_tool: rattler-build\n", "")), "Which program"),
        Wrong(changed(_SOLUTION, ("test: native_and_emulated\n", "")), "With `all`"),
        Wrong("linux_aarch64\n", "is a mapping"),
        Wrong("build_platform: {\n", "the YAML reader"),
        Wrong(changed(_SOLUTION, ("osx_arm64: osx_64", "osx_64: osx_arm64")), "wrong way round"),
        Wrong(changed(_SOLUTION, ("linux_aarch64", "linux-aarch64")), "no platform", True),
        Wrong(changed(_SOLUTION, ("osx_64", "linux_64")), "of the task is osx-64", True),
    ),
)
