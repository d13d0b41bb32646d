"""A hostile name, at each place that takes one: one line or what was asked, and nothing run."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscraft.system import files
from tests.support.commands import call

FRAGMENTS = (
    b"; touch CANARY ;", b"$(touch CANARY)", b"`touch CANARY`", b"| touch CANARY",
    b"&& touch CANARY", b"\n", b"\r", b"\t", b"\x1b[2J", b"\x1b]0;owned\x07", b"\x08", b"\x7f",
    b"\xff\xfe", b"\xc3", b"\xe2\x80\xae", b"\xc2\x9b31m", b"'", b'"', b" ", b"-", b"--", b"-rf",
    b"../", b"/", b"//", b".", b"%s", b"{0}", b"${HOME}", b"~", b"*", b"?", b"[", b"]", b"#",
    b"\\", b"@", b"=", b":", b"file:", b"http://", b"https://u:hunter2@", b"://",
    b"https://h/t/hunter3/", b"a", b"python", b"linux-64", b"\xc3\xa9", b"\xf0\x9f\x92\xa5",
    b">", b"<", b"x" * 300,
)  # fmt: skip

NAMES = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map(b"".join).map(os.fsdecode)
"""As the command line gets them: bytes that are not UTF-8 too."""

PLACES = (
    ("build", "--target-platform", "{}"),
    ("build", "--project", "{}"),
    ("build", "--project", "recipe", "--output-dir", "{}"),
    ("build", "--project", "recipe", "--channel", "{}"),
    ("build", "--engine", "{}"),
    ("build", "--test", "{}"),
    ("build", "{}"),
    ("render", "--target-platform", "{}"),
    ("render", "--project", "{}"),
    ("run", "--platform", "{}", "--", "true"),
    ("run", "--quiet", "--with", "{}", "--", "true"),
    ("run", "--channel", "{}", "--", "true"),
    ("run", "--output-dir", "{}", "--with", "no-such-package", "--", "true"),
    ("run", "--quiet", "--with", "jq", "--", "{}"),
    ("inspect", "{}"),
    ("inspect", "--json", "{}"),
    ("new", "{}"),
    ("new", "geo_tools", "--template", "{}"),
    ("new", "geo_tools", "--into", "{}"),
    ("channel", "{}"),
    ("doctor", "--report", "{}"),
    ("doctor", "{}"),
    ("{}",),
    ("CROSSCRAFT_CACHE={}", "channel", "list"),
    ("CROSSCRAFT_WORKSPACE={}", "doctor", "--verbose"),
)
"""Each place that takes a name. (`channel use` would record one for the tests' environment.)"""

RECIPE = "package:\n  name: a\n  version: 1\nrequirements:\n  build:\n    - no-such-package\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run, three folders below what is searched for the canary."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "channels").symlink_to(files.cache("channels"))
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(cache))
    made = tmp_path / "a" / "b" / "c"
    (made / "recipe").mkdir(parents=True)
    (made / "recipe" / "recipe.yaml").write_text(RECIPE)
    return made


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
@settings(max_examples=max(1, settings().max_examples // 50))
@given(name=NAMES)
def test_one_line_and_nothing_of_the_name_is_run(
    place: tuple[str, ...], name: str, folder: Path
) -> None:
    words = [word.replace("{}", name) for word in place]
    env = dict(word.split("=", 1) for word in words if word.startswith("CROSSCRAFT_"))
    done = call(*words[len(env) :], cwd=folder, env=env)
    assert list(faults(done.returncode, done.stdout, done.stderr, "doctor" in words)) == []
    assert not list(folder.parents[2].rglob("CANARY"))


def faults(status: int, out: str, err: str, doctor: bool) -> Iterator[str]:
    """What is wrong with the way a command ended."""
    for text in (out, err):
        raw = {one for one in text if unicodedata.category(one)[0] == "C"} - {"\n", "\t"}
        if raw:
            yield f"printed {sorted(raw)!r}"
        for word in ("Traceback", "panicked", "hunter2@", "hunter3"):
            if word in text:
                yield f"printed {word}"
    if status == 0 or (doctor and status == 1 and not err):  # its findings are on stdout
        return
    *details, last = err.splitlines() or [""]
    if not last.startswith("crosscraft: "):
        yield "no line of ours"
    if any(line and not line.startswith(("  ", "crosscraft: ")) for line in details):
        yield "more than one line"
    if not 0 < status < 126:
        yield f"status {status}"
