"""What pages and lessons show of recordings is in them, and a lesson's commands are recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.lessons import series
from crosscraft.paths import ROOT
from tests.support import recordings

FILES = sorted(recordings.FOLDER.glob("*.txt"))
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("notebooks/*.ipynb")])


def cells() -> Iterator[tuple[str, str]]:
    """The Markdown of pages and lessons, by cell."""
    for path in PAGES:
        for text in series.markdown(path):
            yield path.name, text


def shown() -> Iterator[tuple[str, str, list[str]]]:
    """What is shown of a recording: the page, the recording, and the lines."""
    for page, text in cells():
        for lead, block in re.findall(r"^(.+)\n\n```text\n(.*?)\n```$", text, re.M | re.S):
            linked = re.findall(r"recorded/([\w-]+)\.txt", lead.splitlines()[-1])
            if linked:
                yield page, linked[-1], block.splitlines()


def test_what_is_shown_is_in_the_recording() -> None:
    found = list(shown())
    assert {page[:2] for page, _, _ in found} >= {"02", "05"}
    for page, name, lines in found:
        recorded = (recordings.FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        assert recordings.is_excerpt(lines, recorded), (page, name)


def test_each_recording_is_linked_and_says_what_was_run() -> None:
    linked = {name for _, text in cells() for name in re.findall(r"recorded/([\w-]+)\.txt", text)}
    assert linked == {path.stem for path in FILES}
    for path in FILES:
        tool = path.stem.rpartition("-")[0]
        assert re.match(rf"# {tool} \d+\.\d+\.\d+[ ,]", path.read_text(encoding="utf-8"))


def test_each_command_of_a_lesson_is_recorded() -> None:
    recorded = {command.text for path in FILES for command in recordings.read(path)}
    (path,) = ROOT.glob("notebooks/02-*.ipynb")
    commands = re.findall(
        r"^\| (?:pixi|rattler-build) \| `(.+)` \|$", "\n".join(series.markdown(path)), re.M
    )
    assert len(commands) == 2
    assert set(commands) <= recorded


def test_a_recording_is_read(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# x 1.0\n$ first\none\n[...]\ntwo\n[exit status 3]\n$ second\n")
    first, second = recordings.read(path)
    assert first == recordings.Command("first", ("one", "[...]", "two"), 3)
    assert second == recordings.Command("second", (), 0)
    assert recordings.is_excerpt(["one", "[...]", "two"], ["zero", "one", "x", "two"])
    assert not recordings.is_excerpt(["two", "one"], ["one", "two"])
