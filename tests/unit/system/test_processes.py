"""The one way to run a command: what it is given, what it says, how it is ended."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from crosscraft.errors import CommandError
from crosscraft.paths import ROOT
from crosscraft.system import processes

PYTHON = sys.executable


def gone(pid: int) -> bool:
    """Whether a process has ended; waits a little, since the kernel may take a moment."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # ended, and not yet waited for by init
            return True
        time.sleep(0.02)
    return False


def family(note: Path, *, stubborn: bool = False) -> list[str]:
    """A command that starts a child which sleeps, and writes both process ids to `note`."""
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" if stubborn else ""
    script = f"""
        import os, subprocess, time
        {ignore}
        child = subprocess.Popen(["sleep", "60"])
        open({str(note)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
        print("started", flush=True)
        time.sleep(60)
    """
    return [PYTHON, "-c", textwrap.dedent(script)]


def pids(note: Path) -> list[int]:
    for _ in range(200):
        if note.exists() and len(words := note.read_text().split()) == 2:
            return [int(word) for word in words]
        time.sleep(0.02)
    raise AssertionError("it never started")


def test_interrupt_ends_the_whole_group(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        processes.run(family(tmp_path / "note"), on_line=interrupt)
    words = pids(tmp_path / "note")
    assert all(gone(pid) for pid in words)


def test_leaving_the_context_ends_the_whole_group(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), processes.start(family(tmp_path / "note")):
        both = pids(tmp_path / "note")
        assert not Path(f"/proc/{both[1]}/stat").read_text().rpartition(")")[2].startswith(" Z")
        raise ZeroDivisionError
    assert all(gone(pid) for pid in both)


def test_one_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_GRACE", 0.2)
    with processes.start(family(tmp_path / "note", stubborn=True)) as started:
        both = pids(tmp_path / "note")
    assert started.process.returncode == -signal.SIGKILL
    assert all(gone(pid) for pid in both)


def test_who_passes_a_signal_on_has_the_time_to() -> None:
    """ninja has each command in a group of its own."""
    script = (
        "import os, signal, subprocess, sys, time\n"
        "if os.fork() == 0:\n"
        "    own = subprocess.Popen(['sleep', '60'], stdout=-3, stderr=-3, process_group=0)\n"
        "    def end(*_):\n"
        "        time.sleep(0.05); own.terminate(); own.wait(); os._exit(0)\n"
        "    signal.signal(signal.SIGTERM, end)\n"
        "    print(own.pid, flush=True)\n"
        "    signal.pause()\n"
        "signal.pause()\n"
    )
    with processes.start([PYTHON, "-c", script]) as started:
        assert started.process.stdout is not None
        pid = int(started.process.stdout.readline())
    assert gone(pid)


def test_children_do_not_outlive_a_command_that_ended() -> None:
    script = "import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=-3, stderr=-3).pid)"
    done = processes.run([PYTHON, "-c", script])
    assert gone(int(done.lines[0]))


def test_command_has_a_process_group_of_its_own() -> None:
    """So a Ctrl-C of the terminal reaches us alone, and the command through us."""
    done = processes.run(
        [PYTHON, "-c", "import os; print(os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid())"]
    )
    assert done.lines == ("True True",)


def test_failure_shows_what_was_said() -> None:
    with pytest.raises(CommandError, match=r"^sh ended with exit status 7") as caught:
        processes.run(["/bin/sh", "-c", "echo out; echo err >&2; exit 7"])
    assert caught.value.detail == ("out", "err")


def test_failure_shows_the_last_lines() -> None:
    with pytest.raises(CommandError) as caught:
        processes.run(["sh", "-c", "seq 100; exit 1"])
    assert caught.value.detail == tuple(str(i) for i in range(81, 101))


def test_failure_can_be_a_value() -> None:
    done = processes.run(["sh", "-c", "seq 5; exit 3"], check=False, keep=2)
    assert (done.argv[0], done.status, done.lines) == ("sh", 3, ("4", "5"))
    assert processes.run(["sh", "-c", "kill -9 $$"], check=False).status == -9


@pytest.mark.parametrize("name", ["no-such-command", "/no/such/command"])
def test_missing_command(name: str) -> None:
    with pytest.raises(CommandError, match=f"no command '{name}'") as caught:
        processes.run([name, "--version"])
    assert f"Install the package that has '{name}'" in caught.value.remedy


def test_missing_folder_is_not_called_a_missing_command(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        processes.run(["true"], cwd=tmp_path / "gone")


def test_forbidden_command(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("not executable")
    with pytest.raises(CommandError, match="no command"):
        processes.run([str(tmp_path / "tool")])


def test_environment_carries_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAKE_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PIP_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    for name in ("PYTHONPATH", "LD_PRELOAD", "FORCE_COLOR", "CONDA_PREFIX", "CFLAGS"):
        monkeypatch.setenv(name, "elsewhere")
    for name in ("LC_TIME", "https_proxy", "APT_CONFIG", "CROSSCRAFT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "needed")
    monkeypatch.setenv("http_proxy", "http://user:hunter2@127.0.0.1:9")

    said = "\n".join(processes.run(["env"]).lines)
    assert "hunter2" not in said
    assert "elsewhere" not in said
    assert said.count("=needed") == 3
    with_network = processes.clean_environment(network=True)
    assert list(with_network.values()).count("needed") == 5
    assert "hunter2" in with_network["http_proxy"]
    assert "NO_COLOR=1" in said
    assert f"PATH={os.environ['PATH']}" in said


def test_environment_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "wanted")
    monkeypatch.setenv("FAKE_TOKEN", "hunter2")
    env = processes.clean_environment({"EXTRA": "1", "NO_COLOR": "0"}, prefixes=("PIP_",))
    assert (env["PIP_INDEX_URL"], env["EXTRA"], env["NO_COLOR"]) == ("wanted", "1", "0")
    assert "FAKE_TOKEN" not in env
    assert "PIP_INDEX_URL" not in processes.clean_environment()


def test_lines_come_as_they_are_written() -> None:
    """Each line is answered before the next is written, so none can have waited for the end."""
    script = "import sys; print('one', flush=True); sys.stdin.readline(); print('two', flush=True)"
    read, write = os.pipe()
    seen = []

    def answer(line: str) -> None:
        seen.append(line)
        if line == "one":
            os.write(write, b"go\n")

    try:
        reopened = f'exec "$0" -c "$1" </proc/{os.getpid()}/fd/{read}'
        processes.run(["sh", "-c", reopened, PYTHON, script], on_line=answer)
    finally:
        os.close(read)
        os.close(write)
    assert seen == ["one", "two"]


def test_output_that_is_not_text_is_no_error() -> None:
    assert processes.run(["printf", r"\377x\r\ny"]).lines == ("�x", "y")


def test_input_and_folder(tmp_path: Path) -> None:
    assert processes.run(["cat"], stdin="a\nb\n").lines == ("a", "b")
    assert processes.run(["cat"]).lines == ()  # nothing to read, and not the terminal
    assert processes.run(["pwd", "-P"], cwd=tmp_path).lines == (str(tmp_path.resolve()),)
    assert processes.run(["true"], stdin="unread" * 100_000).status == 0


def test_arguments_reach_no_shell() -> None:
    words = ["$HOME", "a b", "; echo x", "*", "'", '"']
    assert processes.run(["printf", "%s\n", *words]).lines == tuple(words)


def open_files() -> list[str]:
    gc.collect()  # what earlier tests left to the collector is not ours
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def test_nothing_is_left_open() -> None:
    before = open_files()
    for _ in range(3):
        processes.run(["true"])
        with processes.start(["sleep", "60"]):
            pass
    assert open_files() == before


def test_module_needs_nothing_but_the_standard_library() -> None:
    """Set-up imports it before anything is installed."""
    script = "import crosscraft.system.processes, crosscraft.errors, crosscraft.channel.debian"
    subprocess.run([PYTHON, "-ESsc", script], cwd=ROOT, check=True)


def test_a_command_may_get_its_input_later() -> None:
    with processes.start(["cat"], later=True) as started:
        assert started.is_running(0)
        started.give("said")
        assert started.process.stdout is not None
        assert started.process.stdout.read() == "said"
        assert not started.is_running(5)


def test_one_that_gets_none_ends_with_its_context() -> None:
    with processes.start(["cat"], later=True) as started:
        pass
    assert started.process.returncode == -signal.SIGTERM
    started.end()  # once more, and nothing happens
