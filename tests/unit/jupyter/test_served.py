"""What the file browser shows, wherever the workspace is, and the link to the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.jupyter.served import Served
from crosscraft.paths import ROOT


@pytest.mark.parametrize(
    ("home", "own", "root", "first", "way"),
    [
        (ROOT, ROOT / "workspace", ROOT, "workspace/lessons/welcome.md", "../.."),
        (ROOT, ROOT / "a/b", ROOT, "a/b/lessons/welcome.md", "../../.."),
        (ROOT, Path("/w"), Path("/w"), "lessons/welcome.md", "../pages"),
        (
            Path("/home/ada/crosscraft"), Path("/home/ada/crosscraft/workspace"),
            Path("/home/ada/crosscraft"), "workspace/lessons/welcome.md", "../../pages",
        ),
        (Path("/home/ada/crosscraft"), Path("/w"), Path("/w"), "lessons/welcome.md", "../pages"),
    ],
)  # fmt: skip
def test_the_workspace_is_always_in_what_is_served(
    monkeypatch: pytest.MonkeyPatch, home: Path, own: Path, root: Path, first: str, way: str
) -> None:
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(own))
    served = Served.of(home)
    assert (served.root, served.first, served.way_to_pages) == (root, first, way)
    assert f"{served.lessons}/welcome.md" == first


def test_a_clone_needs_no_link() -> None:
    before = sorted(ROOT.iterdir())
    Served(ROOT, ROOT).link_pages()
    assert sorted(ROOT.iterdir()) == before


def test_the_link_follows_the_clone(tmp_path: Path) -> None:
    served = Served(tmp_path / "home", tmp_path / "home/pages")
    served.link_pages()
    assert served.pages.readlink() == ROOT
    made = served.pages.lstat().st_ino
    served.link_pages()
    assert served.pages.lstat().st_ino == made, "it was made again"
    for other in (tmp_path, tmp_path / "gone"):
        served.pages.unlink()
        served.pages.symlink_to(other)
        served.link_pages()
        assert served.pages.readlink() == ROOT
    assert [path.name for path in served.root.iterdir()] == ["pages"]


def test_a_folder_of_the_learner_is_not_replaced(tmp_path: Path) -> None:
    served = Served(tmp_path, tmp_path / "pages")
    served.pages.mkdir()
    with pytest.raises(StorageError, match="Rename it"):
        served.link_pages()
    assert served.pages.is_dir()


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError) as caught:
        Served(tmp_path / "home", tmp_path / "home/pages").link_pages()
    assert "\n" not in str(caught.value)
