"""Pyodide is downloaded once by npm, and only used if its hash is the pinned one."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from crosscraft.errors import CommandError, SiteError
from tools.site import pyodide

NPM = """\
#!/bin/sh
echo "$@" >> {log}
while [ "$1" != --pack-destination ]; do shift; done
cp {package} "$2/pyodide-1.2.3.tgz"
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package file with all that is needed, and more."""
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (*pyodide.FILES, "console.html"):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
    return path


@pytest.fixture
def npm(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for npm. The returned file has the arguments of each call."""
    log = tmp_path / "npm.log"
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM.format(log=log, package=package))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    licence = tmp_path / "licence"
    licence.write_text("You may use it.\n")
    monkeypatch.setattr(pyodide, "LICENCES", {"For pyodide.": str(licence)})
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    pin = tmp_path / "pin.json"
    pin.write_text(json.dumps({"version": "1.2.3", "integrity": f"sha512-{digest}"}))
    monkeypatch.setattr(pyodide, "PIN", pin)
    monkeypatch.setattr(pyodide, "ROOT", tmp_path)
    return log


def test_it_is_downloaded_once(npm: Path, package: Path) -> None:
    assert pyodide.fetch().read_bytes() == package.read_bytes()
    assert pyodide.fetch().name == "pyodide-1.2.3.tgz"
    (call,) = npm.read_text().splitlines()
    assert call.startswith("pack ")
    assert call.endswith(" pyodide@1.2.3")


def test_another_file_is_not_used_and_not_kept(npm: Path, package: Path) -> None:
    package.write_bytes(b"something else")
    for _ in range(2):
        with pytest.raises(SiteError, match=r"pyodide-1\.2\.3\.tgz does not have the hash"):
            pyodide.fetch()
    assert len(npm.read_text().splitlines()) == 2


def test_a_file_that_was_changed_later_is_not_used(npm: Path) -> None:
    pyodide.fetch().write_bytes(b"something else")
    with pytest.raises(SiteError, match="does not have the hash"):
        pyodide.fetch()


@pytest.mark.usefixtures("npm")
def test_without_npm_there_is_an_error_that_the_site_can_do_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandError, match="npm"):
        pyodide.fetch()


@pytest.mark.usefixtures("npm")
def test_it_goes_with_its_licence_or_not_at_all(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made" / "pyodide"
    pyodide.unpack(package, folder)
    assert {path.name for path in folder.iterdir()} == {*pyodide.FILES, "LICENSES.txt"}
    assert (folder / "pyodide.mjs").read_text() == "pyodide.mjs"
    assert (folder / "LICENSES.txt").read_text() == "For pyodide.\n\nYou may use it.\n"
    monkeypatch.setattr(pyodide, "LICENCES", {"For pyodide.": str(tmp_path / "gone")})
    with pytest.raises(CommandError, match="licence"):
        pyodide.fetch()
