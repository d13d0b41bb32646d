"""What a target needs beyond the environment is pinned, and agrees with it."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from crosscraft.errors import DownloadError
from crosscraft.paths import ROOT
from crosscraft.setup import extras
from crosscraft.system import processes


def pins(path: Path) -> dict[str, set[str]]:
    """Versions by name; a package may have one for some Pythons and another for the rest."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text("utf-8"), re.M):
        found.setdefault(name, set()).add(version)
    return found


PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_dependency_group_has_its_file() -> None:
    assert set(PYPROJECT["dependency-groups"]) == {"build", "test", *extras.NAMES}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"for group in {' '.join(extras.NAMES)}; do" in makefile


def test_the_build_backend_is_pinned_for_the_editable_install() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]
    assert "flit-core" in pins(ROOT / "requirements.txt")


@pytest.mark.parametrize("name", extras.NAMES)
def test_an_extra_is_pinned_and_agrees_with_the_environment(name: str) -> None:
    path = extras.requirements(name)
    base, own = pins(ROOT / "requirements.txt"), pins(path)
    assert own
    assert {package: own[package] for package in base.keys() & own.keys()}.items() <= base.items()


@pytest.mark.parametrize(
    "name", ["requirements.txt", *(f"requirements/{n}.txt" for n in extras.NAMES)]
)
def test_every_pin_has_a_hash_and_no_file_names_a_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") >= len(pins(ROOT / name))
    assert "://" not in text


def test_what_is_installed_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(
        processes, "run", lambda argv, **_: calls.append(argv) or processes.Completed((), 0, ())
    )
    extras.install("site")
    extras.install("site")
    assert len(calls) == 1
    assert "--require-hashes" in calls[0]
    assert str(extras.requirements("site")) in calls[0]


def test_what_failed_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(
        processes, "run", lambda *_, **__: processes.Completed((), 1, ("ERROR: no such thing",))
    )
    for _ in range(2):
        with pytest.raises(DownloadError):
            extras.install("site")
