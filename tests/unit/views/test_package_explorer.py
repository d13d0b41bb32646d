"""The package explorer, used as a front end uses it."""

from __future__ import annotations

import os

import pytest

from crosscraft.errors import CrosscraftError
from crosscraft.inspection import conda_file
from crosscraft.views import member_content, opened, package_explorer
from crosscraft.views.package_explorer import PackageExplorer, packages_in
from tests.support.drawn_pages import said
from tests.support.small_packages import Item

SITE = "lib/python3.11/site-packages/"


@pytest.fixture
def explorer(folder):
    made = PackageExplorer(folder)
    made.wait()
    return made


def choose(explorer, path):
    places = [line.path for line in explorer._lines]
    explorer.contents.index = places.index(path)
    explorer.pane.wait()
    return said(explorer.pane.widget.value)


def test_it_begins_with_what_the_first_package_says(explorer):
    assert "python >=3.11" in said(explorer.pane.widget.value)
    labels = [label.strip() for label, _ in explorer.contents.options]
    assert labels[:2] == ["Metadata", "Verdicts: is it what it says?"]
    assert "▾ info/" in labels
    assert "readme.txt" in labels


def test_another_package(explorer):
    explorer.package.index = 1
    assert "linux-aarch64" in said(explorer.pane.widget.value)
    assert any("b.so" in label for label, _ in explorer.contents.options)


def test_verdicts(explorer):
    assert "Is each binary for the platform that is claimed? yes" in choose(explorer, "\0verdicts")


def test_an_info_file_and_what_it_is_for(explorer):
    page = choose(explorer, "info/about.json")
    assert conda_file.describe("info/about.json") in page
    assert '{"summary": "a small thing"}' in page


def test_a_text(explorer):
    page = choose(explorer, "share/a/readme.txt")
    assert "Read me, please." in page
    assert "Permissions 755, 17 bytes." in page


def test_a_link_leads_somewhere(explorer):
    assert "symbolic link. It points to readme.txt" in choose(explorer, "share/a/latest")


def test_what_is_no_text(explorer):
    page = choose(explorer, "share/a/data")
    assert "neither text nor a binary" in page
    assert "The first 256 of 512 bytes." in page


def test_a_binary(explorer, extension):
    page = choose(explorer, f"{SITE}{extension.name}")
    assert "Python loads it by PyInit__speedups" in page
    assert ".dynsym" in page


@pytest.mark.parametrize("small", [0, 2**30])
def test_a_binary_is_the_same_at_once_and_later(explorer, extension, monkeypatch, small):
    monkeypatch.setattr(opened, "_SMALL", small)
    assert "PyInit__speedups" in choose(explorer, f"{SITE}{extension.name}")


def test_a_folder_opens_and_closes(explorer):
    page = choose(explorer, "share/a/")
    assert "readme.txt 17" in page
    before = len(explorer.contents.options)
    assert (explorer.toggle.disabled, explorer.toggle.description) == (False, "Close folder")
    explorer.toggle.click()
    assert len(explorer.contents.options) == before - 3
    assert explorer.toggle.description == "Open folder"
    assert explorer._chosen() == "share/a/"  # what was chosen still is
    explorer.toggle.click()
    assert len(explorer.contents.options) == before
    choose(explorer, "share/a/readme.txt")
    assert explorer.toggle.disabled


def test_a_folder_with_a_name_of_other_bytes(folder):
    """A shell that runs machine code leaves such files. A package may have such a name, too."""
    for name in (b"2\x12\xd7\x16n\x04", b"dir\xfe"):
        (folder / os.fsdecode(name)).mkdir()
    first = folder / "linux-64" / "a-1-h0000000_0.conda"
    first.rename(folder / os.fsdecode(b"dir\xfe") / os.fsdecode(b"a-1\xd7.conda"))
    explorer = PackageExplorer(folder)
    explorer.wait()
    labels = [label for label, _ in explorer.package.options]
    assert labels == ["a-1\\udcd7.conda", "b-1-h0000000_0.conda"]
    (repr(explorer) + explorer.static() + explorer.pane.widget.value).encode()


def test_the_filter(explorer):
    explorer.filter.value = "README"
    assert [label for label, _ in explorer.contents.options] == ["share/a/readme.txt"]
    explorer.pane.wait()
    assert "Read me, please." in said(explorer.pane.widget.value)
    explorer.filter.value = "nothing like it"
    assert not explorer.contents.options
    assert "No file has 'nothing like it'" in said(explorer.pane.widget.value)
    explorer.filter.value = ""
    assert len(explorer.contents.options) > 5


def test_what_would_hurt_is_escaped(explorer):
    labels = [label for label, _ in explorer.contents.options]
    assert any("alert(1)" in label for label in labels)
    assert not any("\x1b" in label or "\u202e" in label for label in labels)
    explorer.filter.value = "alert"
    explorer.pane.wait()
    page = explorer.pane.widget.value
    assert "<script" not in page
    assert "<b>bold" not in page
    assert "\x1b" not in page
    assert "\\x1b[31mred & <b>bold</b>" in said(page)


def test_a_long_list_is_cut_in_words(explorer, monkeypatch):
    monkeypatch.setattr(package_explorer, "LISTED", 3)
    explorer.filter.value = "a"
    labels = [label for label, _ in explorer.contents.options]
    assert len(labels) == 4
    assert labels[-1].startswith("… The first 3 of ")
    explorer.contents.index = 3
    assert "The list is cut here" in said(explorer.pane.widget.value)


def test_a_long_text_is_cut_in_words(make):
    explorer = PackageExplorer(make(Item("big.txt", b"0123456789abcdef" * 2**14)))
    explorer.wait()
    page = choose(explorer, "big.txt")
    assert "The first 65 536 of 262 144 bytes." in page
    assert page.count("0123456789abcdef") == member_content.TEXT / 16


def test_a_file_that_is_listed_and_not_there(make):
    path = make()
    explorer = PackageExplorer(path)
    explorer.wait()
    explorer._tree = package_explorer.Tree(["gone"])
    explorer._list()
    assert "Error: 'gone' is listed, but is not in" in choose(explorer, "gone")


def test_a_damaged_package_is_told_in_place(folder):
    broken = folder / "linux-64" / "z-1-0.conda"
    broken.write_bytes(b"PK")
    explorer = PackageExplorer(folder)
    explorer.package.index = 1
    assert explorer.package.value == broken
    assert "Error:" in said(explorer.pane.widget.value)
    assert "cannot be read as a conda package" in said(explorer.pane.widget.value)
    assert "Error:" in said(explorer.static())
    assert not explorer.contents.options
    explorer.package.index = 2
    assert "linux-aarch64" in said(explorer.pane.widget.value)


def test_a_payload_that_is_damaged_is_told_in_place(folder):
    (path,) = folder.glob("linux-64/*.conda")
    data = bytearray(path.read_bytes())
    at = data.index(b"pkg-") + 80
    data[at : at + 64] = bytes(64)
    path.write_bytes(bytes(data))
    explorer = PackageExplorer(path)
    explorer.wait()
    assert "Error:" in choose(explorer, "\0verdicts")
    assert "Error:" in choose(explorer, "share/a/readme.txt")


def test_no_room_to_unpack_is_told_in_place(folder, monkeypatch):
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(opened.tempfile, "TemporaryFile", full)
    explorer = PackageExplorer(folder)
    explorer.wait()
    page = choose(explorer, "share/a/readme.txt")
    assert "cannot be unpacked: no space left on device" in page


def test_what_is_too_much_to_keep_is_read_from_the_package(folder, monkeypatch):
    monkeypatch.setattr(opened, "KEPT", 0)
    explorer = PackageExplorer(folder)
    explorer.wait()
    assert "Read me, please." in choose(explorer, "share/a/readme.txt")


def test_the_static_form_says_what_the_live_one_says(explorer):
    static = said(explorer.static())
    for path in ("\0about", "\0verdicts"):
        assert set(choose(explorer, path).split()) <= set(static.split())


def test_the_repr_names_packages_and_no_folders(explorer, folder):
    assert repr(explorer) == "PackageExplorer of a-1-h0000000_0.conda, b-1-h0000000_0.conda"
    assert str(folder) not in explorer.static()


def test_no_packages(tmp_path):
    with pytest.raises(CrosscraftError, match="there is no package in"):
        PackageExplorer(tmp_path)
    for count in range(package_explorer.PACKAGES + 1):
        (tmp_path / f"{count}.conda").touch()
    with pytest.raises(CrosscraftError, match="takes 200 at most"):
        packages_in(tmp_path)
