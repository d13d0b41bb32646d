"""The zip of code has all that inspection needs, and the same bytes each time."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.small_packages import elf_header
from tools.site import code_zip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("code") / "crosscraft.zip"
    code_zip.write(path)
    return path


def test_it_inspects_without_any_other_package(written: Path, tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(elf_header())
    code = (
        f"import sys; sys.path.append({str(written)!r})\n"
        "from crosscraft.views import in_browser\n"
        f"print(in_browser.answer([{str(tmp_path / 'a.so')!r}], False))\n"
    )
    argv = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert not done.stderr
    (found,) = json.loads(json.loads(done.stdout)["json"])
    assert found["platform"] == "linux-64"


def test_it_has_licences_and_no_more_of_us_than_it_needs(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names if name.endswith(".py")} == {
            "crosscraft", "conda_package_streaming", "elftools", "packaging",
        }  # fmt: skip
    assert sum("license" in name.lower() for name in names) >= len(code_zip.WHEELS)
    ours = {name.split("/")[1] for name in names if name.startswith("crosscraft/")}
    assert {"inspection", "views", "system", "text.py"} <= ours
    assert not {"building", "lessons", "jupyter", "cli"} & ours


def test_the_same_files_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    code_zip.write(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == written.read_bytes()
