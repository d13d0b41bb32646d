"""Words of engines, and what is made of them."""

from __future__ import annotations

import pytest

from crosscraft.engines import failures

PIXI = """\
 ╭─ Running build for recipe: a-1-h0_0
 │ │ Error: a word of the script's own
Error:   × failed to build 'a' from '.'
  ├─▶ Failed to resolve
  │   dependencies: Cannot solve the request because of: nonesuch
  ╰─▶ no candidates
""".splitlines()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IO Error: No space left on device (os error 28)", "disk"),
        ("Script failed with status 1", "script"),
        ("Error:   × Script\n  │ failed to execute", "script"),
        ("\x1b[31mError:\x1b[0m   × Test failed", "test"),
        ("\n".join(PIXI), "dependencies"),
        ("something else", "other"),
        ("", "other"),
    ],
)
def test_kinds(text, kind):
    assert failures.classify(text) == kind


def test_the_error_is_one_line_without_frames():
    assert failures.last_error(PIXI) == (
        "failed to build 'a' from '.' Failed to resolve dependencies: Cannot solve the request "
        "because of: nonesuch no candidates"
    )
    assert failures.last_error(["thread 'main' panicked", " │ at x"]) == (
        "thread 'main' panicked at x"
    )
    assert failures.last_error([]) == ""


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        (" │ │ + cmake -B build", "+ cmake -B build"),
        (" │ │   indented", "  indented"),
        ("\x1b[1m │ \x1b[0mtext  ", "text"),
        ("  no frame", "  no frame"),
        (" │", ""),
    ],
)
def test_frames(line, plain):
    assert failures.unframed(line) == plain
