"""What a cell shows of its output: short names for folders, and a fold if it is long."""

from __future__ import annotations

from typing import Any

import pytest

from crosscraft.jupyter import folding
from crosscraft.jupyter.folding import Output, as_html

NAMES = {"/cache/host_env": "$PREFIX", "/cache/build_env": "$BUILD_PREFIX"}
LONG = "".join(f"line {number} <&>\n" for number in range(30))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is displayed, and when the output is cleared."""
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: seen.append(bundle))
    monkeypatch.setattr("IPython.display.clear_output", lambda wait: seen.append("cleared"))
    return seen


@pytest.mark.parametrize("size", [1, 2, 5, 7, 1000])
def test_folders_have_their_names_wherever_a_piece_ends(size, capsys):
    text = "a /cache/host_env/bin:/cache/build_env/bin /cache/host_en /cache\n/cache/host_env"
    output = Output(NAMES, live=True)
    for start in range(0, len(text), size):
        output.add(text[start : start + size])
    output.end()
    assert capsys.readouterr().out == (
        "a $PREFIX/bin:$BUILD_PREFIX/bin /cache/host_en /cache\n$PREFIX"
    )


def test_it_is_printed_while_it_comes_if_somebody_looks(capsys):
    live, stored = Output(NAMES, live=True), Output(NAMES, live=False)
    for output in (live, stored):
        output.add("one\rtwo")
    assert capsys.readouterr().out == "one\rtwo"
    stored.end()
    assert capsys.readouterr().out == "one\rtwo"
    live.end()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("live", [True, False])
def test_long_output_is_folded_and_whole(live, shown, capsys):
    output = Output(NAMES, live)
    output.add(LONG)
    output.end()
    assert capsys.readouterr().out == (LONG if live else "")
    *cleared, bundle = shown
    assert cleared == (["cleared"] if live else [])
    assert bundle["text/plain"] == LONG
    html = bundle["text/html"]
    assert html.startswith("<div>") and html.endswith("</div>")  # no text has JupyterLab's margin
    head, rest = html.split("<details><summary>15 more lines</summary>")
    middle, tail = rest.split("</details>")
    assert head.count("line") == 5 and middle.count("line") == 15 and tail.count("line") == 10
    assert "line 29 &lt;&amp;&gt;</pre>" in tail


def test_short_output_is_not(shown, capsys):
    output = Output(NAMES, live=False)
    output.add("line\n" * folding._MOST)
    output.end()
    assert shown == []
    assert capsys.readouterr().out == "line\n" * folding._MOST


def test_progress_that_was_erased_is_not_folded_in(shown):
    output = Output(NAMES, live=False)
    output.add("    7 of 12\r    8 of 12\r\n" + "50%" + "\b" * 3 + "done\n" + LONG)
    output.end()
    assert shown[0]["text/plain"] == "    8 of 12\ndone\n" + LONG


def test_colours_are_kept_in_html_and_left_out_of_the_text(shown):
    output = Output(NAMES, live=False)
    output.add("\x1b[1;31merror: <b>\x1b[0m\n" + LONG)
    output.end()
    assert shown[0]["text/plain"] == "error: <b>\n" + LONG
    html = as_html("\x1b[1;31merror: <b>\x1b[0m\n" + LONG)
    assert "error: &lt;b&gt;</span>" in html
    assert "font-weight: bold" in html
    assert "\x1b" not in html
