"""What a feedstock has and a project doesn't."""

from __future__ import annotations

import hashlib
import io
import tarfile

from crosscraft.lessons.evidence import feedstock
from crosscraft.paths import ROOT


def test_the_release_has_the_files_of_the_finished_project() -> None:
    with tarfile.open(fileobj=io.BytesIO(feedstock.archive())) as tar:
        files = {name: tar.extractfile(name) for name in tar.getnames()}
        found = {name: file.read() for name, file in files.items() if file}
    assert found == {
        f"cpp_math-0.1.0/{name}": (ROOT / "cpp_math" / name).read_bytes()
        for name in feedstock.MEMBERS
    }


def test_the_release_is_the_same_each_time() -> None:
    first = feedstock.archive()
    feedstock.archive.cache_clear()
    assert feedstock.archive() == first
    assert feedstock.sha256() == hashlib.sha256(first).hexdigest()
