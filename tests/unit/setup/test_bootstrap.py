"""Set-up: what it refuses, what it skips, what it says, and how it ends."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.errors import CommandError, DownloadError
from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap

SCRIPT = ROOT / "crosscraft" / "setup" / "bootstrap.py"


# ── Other Pythons ───────────────────────────────────────────────────────────────────────


def test_older_python_gets_one_line() -> None:
    pretend = (
        "import runpy, sys\n"
        "sys.version_info, sys.version = (3, 9, 1, 'final', 0), '3.9.1 (then)'\n"
        # What an older Python lacks must not be reached; here, all that is ours.
        "sys.modules['crosscraft'] = None\n"
        f"sys.argv = ['bootstrap', '--help']; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "setup: this is Python 3.9.1, and 3.11 or later is needed. "
        "Name one with `make setup PYTHON=python3.11`.\n"
    )


def test_older_python_can_read_it_that_far() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source, "Python 3.6 does not know it"


# ── What is done, and what is skipped ───────────────────────────────────────────────────


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Set-up in a folder of its own, with its four steps replaced by notes of them."""
    done: list[str] = []
    venv = tmp_path / ".venv"
    for name, text in (("requirements.txt", "a==1\n"), ("pyproject.toml", "")):
        (tmp_path / name).write_text(text)

    def make(*_: object) -> None:
        done.append("venv")
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", tmp_path / "requirements.txt")
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "_make_environment", make)
    monkeypatch.setattr(bootstrap, "_install_requirements", lambda *_: done.append("install"))
    monkeypatch.setattr(bootstrap, "_runs", lambda: True)
    monkeypatch.setattr(bootstrap, "_has_channel", lambda: False)
    monkeypatch.setattr(bootstrap, "_call", lambda argv: done.append(" ".join(argv[1:])))
    return done


def test_what_is_done_is_skipped(steps: list[str], tmp_path: Path) -> None:
    bootstrap.set_up("local")
    assert steps == ["venv", "install", "channel build", "channel use local"]
    steps.clear()
    bootstrap.set_up("conda-forge")
    assert steps == ["channel use conda-forge"]
    recorded = tmp_path / ".venv/share/crosscraft/settings.json"
    recorded.parent.mkdir(parents=True)
    for text, last in (
        ('{"channel": "local"}', ["channel build"]),
        ('{"channel": "conda-forge"}', ["channel build", "channel use local"]),
        ("[]", ["channel build", "channel use local"]),
    ):
        steps.clear()
        recorded.write_text(text)
        bootstrap.set_up("local")
        assert steps == last, text
    for name in ("requirements.txt", "pyproject.toml"):
        steps.clear()
        (tmp_path / name).write_text("changed")
        bootstrap.set_up("local")
        assert steps[:2] == ["venv", "install"], name


def test_the_channel_is_asked_for_each_time(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.set_up("local")
    monkeypatch.setattr(bootstrap, "_has_channel", lambda: True)
    capsys.readouterr()
    steps.clear()
    bootstrap.set_up("local")
    assert "channel build" not in steps
    assert "[3/4] the channel 'local' is there" in capsys.readouterr().out
    monkeypatch.setattr(bootstrap, "_has_channel", lambda: False)
    bootstrap.set_up("local")
    assert "channel build" in steps


def test_crosscraft_says_whether_the_channel_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "crosscraft"
    program.parent.mkdir()
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    for status in (0, 1):
        program.write_text(f'#!/bin/sh\n[ "$*" = "channel path" ] && exit {status}\n')
        program.chmod(0o755)
        assert bootstrap._has_channel() == (status == 0)


def test_what_was_interrupted_is_done_again(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.set_up("local")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_runs", lambda: False)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bootstrap, "_install_requirements", interrupt)
        bootstrap.set_up("local")
    # Now it would run, but not all is installed.
    monkeypatch.setattr(bootstrap, "_runs", lambda: True)
    steps.clear()
    bootstrap.set_up("local")
    assert steps[:2] == ["venv", "install"]


def test_environment_of_a_clone_that_was_moved_or_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    python = venv / "bin" / "python"
    monkeypatch.setattr(bootstrap, "PYTHON", python)

    def answers(text: str) -> None:
        python.write_text(f"#!/bin/sh\n{text}\n")
        python.chmod(0o755)

    answers(f"echo {ROOT}")
    assert not bootstrap._runs(), "it has no crosscraft command"
    (venv / "bin" / "crosscraft").touch()
    assert bootstrap._runs()
    answers(f"echo {tmp_path}")
    assert not bootstrap._runs(), "it has another clone's crosscraft"
    answers("echo No module named crosscraft; exit 1")
    assert not bootstrap._runs()


# ── What it says ────────────────────────────────────────────────────────────────────────


def test_no_venv_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CommandError, match=r"no venv module.*apt-get install python3-venv"):
        bootstrap._make_environment(None, ())


def test_an_activated_environment_is_made_again(tmp_path: Path) -> None:
    """`python3` is then the one in .venv, which set-up removes, as after an update."""
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    program = (
        "from pathlib import Path\n"
        "from crosscraft.setup import bootstrap\n"
        f"bootstrap.VENV = Path({str(venv)!r})\n"
        "bootstrap._make_environment(None, ())\n"
    )
    argv = [str(venv / "bin" / "python3"), "-S", "-c", program]
    subprocess.run(argv, cwd=ROOT, check=True, timeout=120)
    assert (venv / "bin" / "pip").exists()


@pytest.fixture
def as_before() -> Iterator[None]:
    """`main` takes SIGTERM over."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            DownloadError("it broke", remedy="Fix it.", detail=["why"]),
            1,
            "  why\nsetup: it broke. Fix it.\n",
        ),
        (
            KeyboardInterrupt(),
            130,
            "setup: interrupted. Run it again. It resumes where it stopped.\n",
        ),
        (
            OSError(28, "No space left on device", "/x"),
            1,
            "setup: /x could not be written: the disk is full. Free some space and run this again. "
            "No partial result was kept.\n",
        ),
    ],
    ids=["ours", "interrupt", "system"],
)
def test_failure_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    said: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(bootstrap, "set_up", fail)
    monkeypatch.setattr(sys, "argv", ["bootstrap"])
    assert bootstrap.main() == status
    assert capsys.readouterr().err == said


# ── How it ends ─────────────────────────────────────────────────────────────────────────

_CHILD = """
import os, signal, sys, time
os.close(2)  # so that set-up is heard to end, and not this
def end(*_):
    time.sleep(0.6)  # as long as a child of ours may need to end its own children
    open(sys.argv[1] + ".cleaned", "w").close()
    sys.exit(130)
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
open(sys.argv[1], "w").close()
time.sleep(60)
"""

_PARENT = f"""
import signal, sys
from crosscraft.setup import bootstrap
from crosscraft.system.processes import Completed
# Whoever runs the tests in the background has it ignored, and so would we.
signal.signal(signal.SIGINT, signal.default_int_handler)
note, sys.argv[1:] = sys.argv[1], []
bootstrap.set_up = lambda *_: bootstrap._call([sys.executable, "-c", {_CHILD!r}, note])
sys.exit(bootstrap.main())
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whom", ["group", "alone"])
def test_interrupt_gives_children_the_time_to_end(
    tmp_path: Path, sign: signal.Signals, whom: str
) -> None:
    note = tmp_path / "note"
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_PARENT), str(note)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(3000):
        if note.exists():
            break
        time.sleep(0.02)
    (os.killpg if whom == "group" else os.kill)(parent.pid, sign)
    _, said = parent.communicate(timeout=120)
    assert parent.returncode == 130
    assert said == "setup: interrupted. Run it again. It resumes where it stopped.\n"
    assert note.with_name("note.cleaned").exists()


def test_status_of_a_child_is_ours() -> None:
    with pytest.raises(SystemExit) as caught:
        bootstrap._call(["sh", "-c", "exit 5"])
    assert caught.value.code == 5
    bootstrap._call(["true"])
