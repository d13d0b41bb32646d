"""The site is made whole or not at all, and only when something has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.errors import SiteError
from crosscraft.system import tracked
from tools.site import elsewhere, make


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The one page that is made, in place of Sphinx's; its repository is one file."""
    source = tmp_path / "page.html"
    source.write_text("<p>first</p>", encoding="utf-8")

    def build(folder: Path, places: elsewhere.Places, held: object, runtime: object) -> None:
        (folder / "html").mkdir()
        (folder / "html" / "index.html").write_bytes(source.read_bytes())

    monkeypatch.setattr(make, "build", build)
    monkeypatch.setattr(tracked, "files", lambda root: (str(source),))
    return source


def test_what_has_not_changed_is_not_made_again(page: Path, tmp_path: Path) -> None:
    site = tmp_path / "made" / "site"
    site.parent.mkdir()
    assert make.make(site, {})
    assert not make.make(site, {})
    page.write_text("<p>second</p>", encoding="utf-8")
    assert make.make(site, {})
    assert (site / "index.html").read_text("utf-8") == "<p>second</p>"
    assert make.make(site, {"SITE_REPOSITORY": "owner/name"})
    assert make.make(site, {"SITE_REPOSITORY": "owner/name"}, runtime=tmp_path)
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_a_picture_from_elsewhere_stops_it_and_leaves_the_site_as_it_was(
    page: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    make.make(site, {})
    page.write_text("<img src='https://f.example/a.png' alt=''>", encoding="utf-8")
    with pytest.raises(SiteError, match="fetches from other hosts") as raised:
        make.make(site, {})
    assert raised.value.detail == (
        "index.html: https://f.example/a.png is fetched from another host",
    )
    assert (site / "index.html").read_text("utf-8") == "<p>first</p>"
