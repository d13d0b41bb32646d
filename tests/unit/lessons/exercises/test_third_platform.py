"""What can be wrong with a package for the third platform before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.lessons.evidence import parts
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.lessons.exercises import judge
from tests.support.tiny_elf import make

EXERCISE = judge.find("third-platform")
INDEX = {"name": "cpp_math", "version": "1", "build": "0", "depends": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an output channel, with a package for Arm under a name of the platform's."""
    made = Parts({**INDEX, "subdir": "linux-aarch64"}, {"a.so": bytes(make(machine=183).data)})
    folder = tmp_path / "mine/output/linux-ppc64le"
    parts.put_together(made, folder / "cpp_math-1-0.conda")
    return folder


def says(folder: Path) -> str:
    return str(judge.judge(EXERCISE, folder))


def test_a_missing_folder_is_not_attempted(tmp_path: Path) -> None:
    assert says(tmp_path / "output/linux-ppc64le").startswith("Not attempted.")


def test_a_folder_of_other_packages_is_empty(folder: Path) -> None:
    (folder / "cpp_math-1-0.conda").rename(folder / "cpp_math-stubs-1-0.conda")
    assert "There is no package of `cpp_math` in linux-ppc64le yet." in says(folder)


def test_what_is_no_package_is_an_error_with_words(folder: Path) -> None:
    (folder / "cpp_math-1-0.conda").write_text("a text")
    assert "Not yet. cpp_math-1-0.conda can't be read. Build it again." in says(folder)


def test_the_newest_package_counts(folder: Path) -> None:
    assert "That package is for linux-aarch64." in says(folder)
    code = bytes(make(machine=21).data)
    made = Parts({**INDEX, "version": "2", "subdir": "linux-ppc64le"}, {"a.so": code})
    parts.put_together(made, folder / "cpp_math-2-0.conda")
    said = says(folder)
    assert "read linux-ppc64le/cpp_math-2-0.conda: subdir linux-ppc64le" in said
    assert "a.so: EM_PPC64" in said


def test_a_package_without_an_extension_is_no_build(folder: Path) -> None:
    made = Parts({**INDEX, "version": "2", "subdir": "linux-ppc64le"}, {"cpp_math.py": b"1"})
    parts.put_together(made, folder / "cpp_math-2-0.conda")
    assert "cpp_math-2-0.conda has no extension" in says(folder)


@pytest.mark.parametrize("content", [b"", b"no ELF file"])
def test_an_extension_that_is_none_is_an_error_with_words(folder: Path, content: bytes) -> None:
    made = Parts({**INDEX, "version": "2", "subdir": "linux-ppc64le"}, {"a.so": content})
    parts.put_together(made, folder / "cpp_math-2-0.conda")
    assert "Not yet. An extension can't be read." in says(folder)


def test_a_package_in_a_folder_below_is_found_and_not_taken(folder: Path) -> None:
    assert "there are some in its folder linux-ppc64le" in says(folder.parent)


def test_a_link_to_nothing_is_no_package(folder: Path) -> None:
    (folder / "cpp_math-1-0.conda").unlink()
    (folder / "cpp_math-1-0.conda").symlink_to("nowhere")
    assert "There is no package of `cpp_math` in linux-ppc64le yet." in says(folder)
