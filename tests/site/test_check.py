"""The checker of the site finds what is wrong, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site import check

ALLOW = ["https://peps.python.org/pep-"]
GOOD = """<html id="top"><a href="other.html#there">x</a><a href="#top">x</a>
<a href="https://peps.python.org/pep-3149/">x</a><img src="data:image/png;base64,AA" alt="x">
<link rel="next" href="other.html"><link rel="stylesheet" href="one.css?v=1"></html>"""


def site(tmp_path: Path, **files: str) -> Path:
    plain = {"index_html": GOOD, "other_html": '<p id="there">x</p>', "one_css": "a{}"}
    for name, text in (plain | files).items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def faults(folder: Path) -> list[tuple[str, str]]:
    return [(problem.target, problem.what) for problem in check.check(folder, ALLOW)]


def test_a_good_site_has_no_fault(tmp_path: Path) -> None:
    assert faults(site(tmp_path)) == []


@pytest.mark.parametrize(
    ("element", "what"),
    [
        ('<a href="gone.html">x</a>', "no such file"),
        ('<a href="../index.html">x</a>', "no such file"),
        ('<a href="other.html#gone">x</a>', "no element has this id"),
        ('<a href="#gone">x</a>', "no element has this id"),
        ('<label for="gone">x</label>', "no element has this id"),
        ('<a href="/other.html">x</a>', "begins at the root"),
        ('<a href=".">x</a>', "is a folder"),
        ('<p id="a"></p><p id="a"></p>', "more than one element"),
        ('<a href="https://elsewhere.example/">x</a>', "is not on the list"),
        ('<a href="http://peps.python.org/pep-1/">x</a>', "is not on the list"),
        ('<a href="//peps.python.org/pep-1/">x</a>', "is not on the list"),
        ('<a href="javascript:alert()">x</a>', "is not on the list"),
        ('<a href="https://peps.python.org/pep- 1">x</a>', "is no URL"),
        ('<a href="https://[">x</a>', "is no URL"),
        ('<img src="gone.png" alt="x">', "no such file"),
        ('<img srcset="other.html 1x, gone.png 2x" alt="x">', "no such file"),
        # What may be followed may still not be fetched.
        ('<img src="https://peps.python.org/pep-1.png" alt="x">', "is fetched from another host"),
        ('<script src="//cdn.example/require.js"></script>', "is fetched from another host"),
        ('<link rel="stylesheet" href="https://f.example/c.css">', "is fetched from another host"),
        ('<link rel="preconnect" href="https://f.example">', "is fetched from another host"),
        ('<p style="background:url(https://f.example/a.png)">', "is fetched from another host"),
        ("<style>@import 'https://f.example/a.css';</style>", "is fetched from another host"),
        ('<script>fetch("https://f.example/a")</script>', "is fetched from another host"),
        ('<svg><use href="gone.svg#a"/></svg>', "no such file"),
        ('<meta http-equiv="refresh" content="0; url=gone.html">', "no such file"),
        ('<form action="https://f.example/"></form>', "is fetched from another host"),
    ],
)
def test_each_fault_is_found_once(tmp_path: Path, element: str, what: str) -> None:
    folder = site(tmp_path, index_html=GOOD.replace("</html>", f"{element}</html>"))
    (found,) = faults(folder)
    assert what in found[1]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("one_css", "@font-face{src:url('https://f.example/a.woff')}", "another host"),
        ("one_css", "a{background:url( gone.png )}", "no such file"),
        ("one_css", "/* url(gone.png) */ @import 'gone.css';", "no such file"),
        ("two_js", "import('https://f.example/a.js')", "another host"),
        ("two_js", "const socket = `wss://f.example/a`", "another host"),
        ("two_svg", '<svg><image href="https://f.example/a.png"/></svg>', "another host"),
    ],
)
def test_styles_and_scripts_are_read_too(tmp_path: Path, name: str, text: str, what: str) -> None:
    (found,) = faults(site(tmp_path, **{name: text}))
    assert what in found[1]


def test_names_and_remarks_are_not_fetched(tmp_path: Path) -> None:
    script = 'const svg = "http://www.w3.org/2000/svg"; // see https://f.example/'
    assert faults(site(tmp_path, two_js=script, one_css="/* https://f.example */")) == []


def test_the_list_of_hosts_has_remarks(tmp_path: Path) -> None:
    (tmp_path / "allowed.txt").write_text("# why\nhttps://a.example/  # because\n\n", "utf-8")
    assert check.allowed(tmp_path / "allowed.txt") == ["https://a.example/"]
