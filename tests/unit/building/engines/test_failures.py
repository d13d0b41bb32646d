"""Words of engines, and what is made of them."""

from __future__ import annotations

import pytest

from crosscraft.building.engines import failures
from crosscraft.paths import ROOT

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
        (
            "Error:   × Test failed\n  ├─▶ failed to setup test environment\n"
            "  ╰─▶ Cannot solve the request because of: No candidates were found for",
            "test",
        ),
        ("\n".join(PIXI), "dependencies"),
        ("something else", "other"),
        ("", "other"),
    ],
)
def test_kinds(text, kind):
    assert failures.classify(text) == kind


def test_the_error_keeps_its_lines_and_loses_its_frames():
    assert failures.last_error(PIXI) == (
        "failed to build 'a' from '.'\n"
        "Failed to resolve\n"
        "dependencies: Cannot solve the request because of: nonesuch\n"
        "no candidates"
    )
    assert failures.last_error(["thread 'main' panicked", " │ at x"]) == (
        "thread 'main' panicked\nat x"
    )
    assert failures.last_error([]) == ""


def test_the_tree_of_a_solver_keeps_its_shape():
    recorded = (ROOT / "docs/recorded/pixi-glibc.txt").read_text(encoding="utf-8")
    said = failures.last_error(recorded.split("[exit")[0].splitlines())
    assert said.startswith("failed to solve the build environment for package 'cpp_math'\nfailed")
    assert said.endswith(
        "\n      └─ libstdcxx 12.2.0 would require"
        "\n         └─ __glibc >=2.36,<3.0.a0, for which no candidates were found."
    )


def test_a_cause_within_a_cause_loses_both_frames():
    lines = [
        "Error:   × failed for 'linux-",
        "  │ 64'",
        "  ├─▶   × not solved",
        "  │   ",
        "  ╰─▶ x",
    ]
    assert failures.last_error(lines) == "failed for 'linux-\n64'\nnot solved\nx"


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
