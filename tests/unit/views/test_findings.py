"""Findings as text, as JSON, and as annotations of GitHub's Actions."""

from __future__ import annotations

import json

from crosscraft.building.check import catalogue
from crosscraft.building.check.model import Finding
from crosscraft.views.findings import FORMATS

TRAP = catalogue.find("strip-of-the-build-machine")
DIFF = "--- a/Makefile\n+++ b/Makefile\n@@ -1,1 +1,1 @@\n-\tstrip a\n+\t$(STRIP) a\n"
FINDING = Finding(TRAP, "src/Makefile", 3, "`strip` is this machine's", "Call `$STRIP`.", DIFF)
HOSTILE = Finding(
    TRAP, "a,b:c\n.log", 0, "100 % of \x1b[2J\u202e https://me:secret@example.org\nfails", "Wait."
)


def test_text_is_a_line_and_a_diff_that_can_be_applied():
    assert FORMATS["text"]([FINDING]) == (
        "src/Makefile:3: strip-of-the-build-machine: `strip` is this machine's. Call `$STRIP`."
        f" See docs/errors/strip-of-the-build-machine.md.\n{DIFF}"
    )


def test_text_of_nothing_is_empty():
    assert FORMATS["text"]([]) == ""


def test_text_of_a_hostile_log_does_nothing_to_a_terminal():
    said = FORMATS["text"]([HOSTILE])
    assert said.replace("\n", "").isprintable()
    assert "secret" not in said


def test_json_is_a_list_of_facts():
    assert json.loads(FORMATS["json"]([FINDING])) == [
        {
            "file": "src/Makefile", "line": 3, "trap": "strip-of-the-build-machine",
            "title": TRAP.title, "happens": "`strip` is this machine's", "cure": "Call `$STRIP`.",
            "diff": DIFF, "entry": "docs/errors/strip-of-the-build-machine.md",
        }
    ]  # fmt: skip
    assert json.loads(FORMATS["json"]([])) == []


def test_json_contains_no_password():
    said = FORMATS["json"]([HOSTILE])
    assert "secret" not in said
    assert said.isascii()


def test_an_annotation_is_one_line():
    assert FORMATS["github"]([FINDING]) == (
        "::error file=src/Makefile,line=3,title=strip-of-the-build-machine::"
        "`strip` is this machine's. Call `$STRIP`.\n"
    )


def test_an_annotation_cannot_end_early():
    (line,) = FORMATS["github"]([HOSTILE]).splitlines()
    assert line.startswith("::error file=a%2Cb%3Ac%0A.log,line=1,title=strip-of-")
    assert "100 %25 of \\x1b[2J\\u202e" in line
    assert line.endswith("%0Afails. Wait.")
    assert "secret" not in line
