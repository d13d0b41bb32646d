"""What a page fetches from another host is found, and a link to a host that is not listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site import check

ALLOW = ["https://peps.python.org/pep-"]


def faults(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return check.check(folder, ALLOW)


@pytest.mark.parametrize(
    "element",
    [
        '<img src="https://peps.python.org/pep-1.png" alt="x">',  # a link there is allowed
        '<img srcset="a.png 1x, https://f.example/b.png 2x" alt="x">',
        '<script src="//cdn.example/require.js"></script>',
        '<link rel="stylesheet" href="https://f.example/c.css">',
        '<p style="background:url(https://f.example/a.png)">',
        "<style>@import 'https://f.example/a.css';</style>",
        '<script>fetch("https://f.example/a")</script>',
        '<svg><image href="https://f.example/a.png"/></svg>',
        '<meta http-equiv="refresh" content="0; url=https://f.example/">',
        '<form action="https://f.example/"></form>',
    ],
)
def test_what_a_page_fetches_from_another_host_is_found(tmp_path: Path, element: str) -> None:
    (found,) = faults(tmp_path, "index.html", element)
    assert found.startswith("index.html: ")
    assert found.endswith(" is fetched from another host")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.css", "@font-face{src:url('https://f.example/a.woff')}"),
        ("one.css", "a{background:url( //f.example/a.png )}"),
        ("one.js", "const socket = `wss://f.example/a`"),
        ("one.svg", '<svg><image href="https://f.example/a.png"/></svg>'),
    ],
)
def test_styles_scripts_and_pictures_are_read_too(tmp_path: Path, name: str, text: str) -> None:
    (found,) = faults(tmp_path, name, text)
    assert "f.example/a" in found


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "http://peps.python.org/pep-1/", "javascript:alert()"]
)
def test_a_link_to_a_host_that_is_not_listed_is_found(tmp_path: Path, url: str) -> None:
    (found,) = faults(tmp_path, "index.html", f'<a href="{url}">x</a>')
    assert found == f"index.html: {url} is not on the list of allowed links"


def test_listed_links_namespaces_and_remarks_are_fine(tmp_path: Path) -> None:
    page = """<a href="https://peps.python.org/pep-3149/">x</a><a href="other.html#there">x</a>
    <img src="data:image/png;base64,AA" alt="https://f.example/"><code>"https://f.example/"</code>
    <script>const svg = "http://www.w3.org/2000/svg"; // see https://f.example/</script>"""
    assert faults(tmp_path, "index.html", page) == []
    picture = (
        '<svg xmlns:cc="http://a.example/ns#"><dc:type rdf:resource="http://a.example/"/></svg>'
    )
    assert faults(tmp_path, "one.svg", picture) == []
    assert faults(tmp_path, "one.css", "/* https://f.example */") == []


def test_the_list_of_hosts_has_remarks(tmp_path: Path) -> None:
    (tmp_path / "allowed.txt").write_text("# why\nhttps://a.example/  # because\n\n", "utf-8")
    assert check.allowed(tmp_path / "allowed.txt") == ["https://a.example/"]
