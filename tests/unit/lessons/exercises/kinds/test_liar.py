"""Packages that lie: the verdict follows the files, not a list of answers."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from crosscraft.inspection import verdicts
from crosscraft.lessons import workspace
from crosscraft.lessons.evidence import runner, work
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Result
from crosscraft.lessons.exercises.kinds import liar
from crosscraft.lessons.exercises.kinds.liar import Fact
from crosscraft.platforms import Platform
from crosscraft.system.console import Console
from tests.support.small_packages import Item, package, paths_json
from tests.support.tiny_elf import make

FACTS = (
    Fact("subdir", lambda f: [one for one in f.verdicts if one.question == verdicts.PLATFORM],
         "Where is it sent?"),
    Fact("list", lambda f: [one for one in f.verdicts if one.question == verdicts.PATHS],
         "What does it list?"),
)  # fmt: skip
CHECK = liar.check("liars", "abc", FACTS, "print(1)", "All found.")
RIGHT = {"a": "subdir", "b": "list", "c": "honest"}


class StandIn:
    """A runner that imports what has a name for it."""

    def __init__(self, platform: Platform) -> None:
        self.subdir = platform.subdir

    def python(self, code: str, folder: Path, *modules: Path) -> str:
        found = [path.name for path in folder.iterdir()]
        if self.subdir == "linux-64":
            raise Refused("running it", [f"ImportError: {folder}/{found[0]}"])
        return f"{code} with {found[0]}"


@pytest.fixture(autouse=True)
def liars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(runner, "of", StandIn)
    folder = workspace.project() / "liars"
    folder.mkdir(parents=True)
    arm = Item("lib/area.so", bytes(make(machine=183).data))
    other = paths_json([Item("lib/area.so", b"other")])
    package(folder / "a.conda", [arm], {"subdir": "linux-64"})
    package(folder / "b.conda", [arm], {"subdir": "linux-aarch64"}, other)
    package(folder / "c.conda", [arm], {"subdir": "linux-aarch64"})
    return folder


def says(answer: Any) -> tuple[str, list[str]]:
    """Return the text of the verdict, and its evidence."""
    with work.begin(answer, Console(io.StringIO())) as begun:
        try:
            verdict = CHECK(begun)
        except NotYet as wrong:
            return wrong.text, [*begun.evidence, *wrong.evidence]
        assert verdict.result is Result.PASSED
        return verdict.text, begun.evidence


def test_all_lies_are_shown_with_their_evidence() -> None:
    text, evidence = says({"A": " Subdir", "b": "list", "c": "HONEST", "d": "more"})
    assert text == "All found."
    assert evidence == [
        "a: you said subdir. Run for linux-64: ImportError: area.so",
        "   inspect: lib/area.so is for linux-aarch64, not for linux-64",
        "b: you said list. Run for linux-aarch64: print(1) with area.so",
        f"   inspect: lib/area.so has {len(make().data)} bytes, but is listed with 5",
        "c: you said honest. Run for linux-aarch64: print(1) with area.so",
    ]


def test_a_missed_lie_is_hinted_at_and_not_told() -> None:
    text, evidence = says({**RIGHT, "b": "honest"})
    assert text == "b isn't honest. What does it list?"
    assert evidence[-1] == "b: you said honest. Run for linux-aarch64: print(1) with area.so"


def test_a_fact_that_is_true_is_shown_to_be() -> None:
    text, evidence = says({**RIGHT, "b": "subdir"})
    assert text.startswith("The subdir of b is true.")
    assert evidence[-1] == "inspect: lib/area.so is for linux-aarch64"


def test_the_verdict_follows_files_that_are_exchanged(liars: Path) -> None:
    (liars / "a.conda").rename(liars / "old.conda")
    shutil.copy(liars / "c.conda", liars / "a.conda")
    assert says(RIGHT)[0].startswith("The subdir of a is true.")
    assert says({**RIGHT, "a": "honest"})[0] == "All found."


def test_a_package_that_is_gone_or_none_is_named(liars: Path) -> None:
    (liars / "a.conda").write_bytes(make().data)
    assert says(RIGHT)[0].startswith("a.conda is no package. Remove it.")
    (liars / "a.conda").write_text("a text")
    assert says(RIGHT)[0].startswith("a.conda can't be read. Remove it.")
    (liars / "a.conda").unlink()
    assert says(RIGHT)[0].startswith("There is no a.conda in the folder liars.")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (["subdir"], 'The answer is a dictionary: `{"a": "…", "b": "…", "c": "…"}`.'),
        ({"a": "subdir", "b": ...}, "'b' is not in your answer yet."),
        ({**RIGHT, "c": 7}, "'c' is one of honest, subdir, list, not '7'."),
    ],
)
def test_an_answer_in_another_form(answer: Any, text: str) -> None:
    assert says(answer) == (text, [])
