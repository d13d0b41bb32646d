"""The environment check: what it says of what is there, and of what is not."""

from __future__ import annotations

import getpass
import re
import socket
from pathlib import Path

import pytest

from crosscraft.setup import doctor
from crosscraft.setup.doctor import Finding
from crosscraft.system import settings


def test_all_is_there_after_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.report() == 0
    said = capsys.readouterr().out
    assert "Everything is there." in said
    assert "missing" not in said


def test_details_are_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.report(verbose=True)
    assert "linux-64" in capsys.readouterr().out.splitlines()[2]


def test_what_is_missing_comes_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = (lambda: Finding("a", "1"), lambda: Finding("b", "none", "Get a b."))
    monkeypatch.setattr(doctor, "CHECKS", checks)
    assert doctor.report() == 1
    said = capsys.readouterr().out
    assert "b: Get a b." in said
    assert "1 of 2 are missing." in said


def test_no_channel_is_found_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path))
    assert doctor.report() == 1
    said = capsys.readouterr().out
    assert "make setup" in said
    assert "Traceback" not in said


def test_a_cache_that_builds_cannot_use_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "a b"))
    assert doctor.report() == 1
    assert "CROSSCRAFT_CACHE=DIR" in capsys.readouterr().out


def test_a_workspace_that_cannot_be_written_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "file"))
    assert doctor.report() == 1
    assert "CROSSCRAFT_WORKSPACE" in capsys.readouterr().out


LINE = re.compile(
    r"crosscraft \S+: linux-\w+, glibc [\d.]+, Python 3[\d.]+, \d+ cores, \d+ GB of memory, "
    r"\d+ GB free, channel (?:local [0-9a-f]+|conda-forge): ready"
)


def test_the_last_line_is_one_to_send(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.report()
    line = capsys.readouterr().out.splitlines()[-1]
    assert LINE.fullmatch(line)
    assert "/" not in line
    assert not {socket.gethostname(), getpass.getuser()} & set(re.findall(r"[\w.-]+", line))


def test_the_last_line_counts_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "a b"))
    doctor.report()
    line = capsys.readouterr().out.splitlines()[-1]
    assert "unknown disk, no channel: not ready, " in line
    assert str(tmp_path) not in line


def test_the_last_line_names_no_other_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "https://conda.example.org/t/hunter2/ours"
    monkeypatch.setattr(settings, "channel", lambda: secret)
    line = doctor.summary(missing=0)
    assert line.endswith("another channel: ready")
    assert "example" not in line
