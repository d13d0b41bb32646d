"""Errors of the file system, as lines that tell a user what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from crosscraft.system import storage_errors


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, ("the disk is full", "Free some space")),
        (errno.EDQUOT, ("quota", "Free some space")),
        (errno.EACCES, ("permission denied", "Choose a folder")),
        (errno.EROFS, ("read-only", "Choose a folder")),
        (errno.EPERM, ("not permitted", "Choose a folder")),
    ],
)
def test_explained(number: int, words: tuple[str, str]) -> None:
    explained = storage_errors.explain(OSError(number, os.strerror(number), "/some/file"))
    assert explained is not None
    # What lacks permission may have been read: only of a full disk we know that it was written.
    doing = "opened" if number in (errno.EACCES, errno.EPERM) else "written"
    assert str(explained).startswith(f"/some/file could not be {doing}: ")
    assert all(word in str(explained) for word in words)
    assert storage_errors.explain(OSError(number, "x")) is not None


def test_any_file_that_cannot_be_used_is_named() -> None:
    explained = storage_errors.explain(FileNotFoundError(errno.ENOENT, "No such file", "y"))
    assert str(explained).startswith("'y' cannot be used: no such file.")


def test_not_explained() -> None:
    assert storage_errors.explain(FileNotFoundError(errno.ENOENT, "x")) is None
    assert storage_errors.explain(OSError("no number at all")) is None


def test_real_full_disk_is_explained() -> None:
    with pytest.raises(OSError) as caught, open("/dev/full", "w") as full:
        full.write("x" * 100_000)
    explained = storage_errors.explain(caught.value)
    assert explained is not None
    assert "disk is full" in str(explained)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("E: Write error - write (28: No space left on device)", "the disk is full"),
        ("failed to link: Read-only file system (os error 30)", "read-only"),
        ("Permission denied (os error 13)", "permission denied"),
    ],
)
def test_words_of_tools_are_explained(said: str, words: str) -> None:
    explained = storage_errors.explain_words(said, "the channel could not be indexed")
    assert explained is not None
    assert str(explained).startswith("the channel could not be indexed: ")
    assert words in str(explained)
    assert storage_errors.explain_words("E: no such package", "x") is None
