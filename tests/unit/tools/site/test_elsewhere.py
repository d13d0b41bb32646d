"""Links that open a page elsewhere are made where it is known where that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.errors import SiteError
from tools.site import elsewhere
from tools.site.elsewhere import Places

PATH = "notebooks/05-cross-compile.ipynb"
COPY = "workspace/lessons/05-cross-compile.ipynb"


def read(tmp_path: Path, table: str = "", **environ: str) -> Places:
    (tmp_path / "pyproject.toml").write_text(f"[tool.crosscraft.site]\n{table}", "utf-8")
    return elsewhere.read(tmp_path / "pyproject.toml", environ)


def urls(places: Places) -> dict[str, str]:
    return {one.label: one.url for one in elsewhere.openings(PATH, places)}


def test_with_nothing_said_there_is_only_the_learners_own_lab(tmp_path: Path) -> None:
    assert urls(read(tmp_path)) == {"Open in Lab": f"http://127.0.0.1:8888/lab/tree/{COPY}"}
    assert urls(read(tmp_path, SITE_REPOSITORY="", SITE_HUB="")).keys() == {"Open in Lab"}


@pytest.mark.parametrize(
    ("said", "binder"),
    [
        ("owner/name", "gh/owner/name"),
        ("https://github.com/owner/name.git", "gh/owner/name"),
        ("https://gitlab.com/group/sub/name", "gl/group%2Fsub%2Fname"),
        ("https://git.example.org/a/b/", "git/https%3A%2F%2Fgit.example.org%2Fa%2Fb"),
    ],
)
def test_a_repository_can_be_opened_in_binder(tmp_path: Path, said: str, binder: str) -> None:
    found = urls(read(tmp_path, SITE_REPOSITORY=said))["Open in Binder"]
    path = "lab%2Ftree%2Fworkspace%2Flessons%2F05-cross-compile.ipynb"
    assert found == f"https://mybinder.org/v2/{binder}/HEAD?urlpath={path}"


@pytest.mark.parametrize("said", ["https://hub.example.org", "https://hub.example.org/hub/"])
def test_a_hub_is_its_address(tmp_path: Path, said: str) -> None:
    found = urls(read(tmp_path, SITE_HUB=said))["Open in the Hub"]
    assert found == f"https://hub.example.org/hub/user-redirect/lab/tree/{COPY}"


def test_a_hub_may_need_another_path(tmp_path: Path) -> None:
    puller = "https://h.example.org/hub/user-redirect/git-pull?repo=x&urlpath=lab/tree/y/{path}"
    found = urls(read(tmp_path, f'hub = "{puller}"'))["Open in the Hub"]
    assert found == puller.replace("{path}", PATH)


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    places = read(tmp_path, 'repository = "a/b"', SITE_REPOSITORY="c/d")
    assert places.repository == "https://github.com/c/d"
    assert read(tmp_path, 'repository = "a/b"').repository == "https://github.com/a/b"


@pytest.mark.parametrize(
    "said", ["http://h.example.org", "javascript:alert()", "https://", 'https://a/"><script>', "x"]
)
def test_what_is_no_https_address_is_refused(tmp_path: Path, said: str) -> None:
    for name in ("SITE_REPOSITORY", "SITE_HUB"):
        with pytest.raises(SiteError, match=name):
            read(tmp_path, **{name: said})


def test_every_link_that_is_made_may_be_on_the_site(tmp_path: Path) -> None:
    places = read(tmp_path, SITE_REPOSITORY="owner/name", SITE_HUB="https://hub.example.org")
    may = tuple(elsewhere.prefixes(places))
    assert [one.label for one in elsewhere.openings(PATH, places) if one.url.startswith(may)] == [
        "Open in Lab",
        "Open in the Hub",
        "Open in Binder",
        "Repository",
    ]
