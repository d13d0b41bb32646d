"""What pip printed before it failed, as one error."""

from __future__ import annotations

import pytest

from crosscraft.errors import DownloadError
from crosscraft.system import pip


@pytest.mark.parametrize(
    ("said", "what", "remedy"),
    [
        (
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
                "    anyio==4 from https://example.org:",
                "        Expected sha256 aaaa",
                "             Got        bbbb",
            ),
            "does not have the pinned hash",
            "Nothing of it was used",
        ),
        (
            ("ERROR: Could not install packages: [Errno 28] No space left on device",),
            "the disk is full",
            "Free some space",
        ),
        (
            (
                "WARNING: Retrying after connection broken",
                "ERROR: Could not find a version that satisfies the requirement anyio==4",
                "ERROR: No matching distribution found for anyio==4",
            ),
            "could not be downloaded",
            "Check the network",
        ),
        ((), "could not be downloaded", "Check the network"),
    ],
)
def test_pips_complaint_in_one_line(said: tuple[str, ...], what: str, remedy: str) -> None:
    error = pip.error(said, "the packages", "requirements.txt")
    assert isinstance(error, DownloadError)
    assert what in error.what
    assert error.remedy.startswith(remedy)
    assert "\n" not in str(error)
    assert set(error.detail) <= set(said)
