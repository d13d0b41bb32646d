"""How JupyterLab is started: to a page that answers, with kernels others cannot read."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from crosscraft.errors import CommandError
from crosscraft.jupyter import copies, kernels, lab
from crosscraft.jupyter.served import Served
from crosscraft.paths import ROOT
from crosscraft.system import workspace


@pytest.fixture(autouse=True)
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    """What is served: a workspace outside of the clone, with copies of the lessons."""
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    found = Served.of(ROOT)
    copies.update(found)
    return found


def test_the_users_options_come_last() -> None:
    assert lab.command(["--port", "1234"])[-2:] == ["--port", "1234"]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--ServerApp.root_dir={}"], "root_dir = '{}'"),
        (["--notebook-dir={}"], "root_dir = '{}'"),
        (["--ServerApp.root_dir", "{}"], "root_dir = '{}'"),
        (["--ip=127.0.0.2"], "ip = '127.0.0.2'"),
        (["--ServerApp.ip=127.0.0.2"], "ip = '127.0.0.2'"),
        (["--LabApp.default_url=/lab"], "default_url = '/lab'"),
        (["--no-browser"], "open_browser = False"),
    ],
)
def test_what_the_user_says_we_do_not(tmp_path: Path, options: list[str], shown: str) -> None:
    """JupyterLab takes an option twice for an error, and says what it was told."""
    argv = lab.command([option.format(tmp_path) for option in options])
    done = subprocess.run(
        [*argv, "--show-config"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert shown.format(tmp_path) in done.stdout
    home = [line for line in done.stdout.splitlines() if "welcome.md" in line]
    assert bool(home) == ("dir" not in options[0] and "default_url" not in options[0])


def test_terminals_and_kernels_find_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"/usr/bin:{programs}:/bin")
    lab.put_programs_on_path()
    assert os.environ["PATH"] == f"{programs}:/usr/bin:/bin"
    assert shutil.which("crosscraft") == f"{programs}/crosscraft"


def test_terminals_start_no_login_shell(tmp_path: Path) -> None:
    """On Debian, /etc/profile sets PATH, of root and of all others."""
    argv = [*lab.command([]), "--show-config"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    (line,) = [line for line in done.stdout.splitlines() if "terminado_settings" in line]
    assert "'shell_command': '" in line
    assert "-l" not in line.split()
    (tmp_path / "crosscraft").touch(mode=0o755)
    found = subprocess.run(
        [*shlex.split(lab.SHELL), "-c", "command -v crosscraft"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == f"{tmp_path / 'crosscraft'}\n"


def test_it_opens_on_the_learners_welcome_page(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (served.root / served.first).is_file()
    assert f"--LabApp.default_url=/lab/tree/{served.first}" in lab.command([])
    monkeypatch.delenv("CROSSCRAFT_WORKSPACE")
    argv = lab.command([])
    assert f"--ServerApp.root_dir={ROOT}" in argv
    assert "--LabApp.default_url=/lab/tree/workspace/lessons/welcome.md" in argv


@pytest.mark.parametrize(
    ("options", "known"),
    [
        ([], True),
        (["--port=1"], True),
        (["--notebook-dir=x"], False),
        (["--ServerApp.root_dir", "x"], False),
    ],
)
def test_kernels_know_what_is_served(
    served: Served, monkeypatch: pytest.MonkeyPatch, options: list[str], known: bool
) -> None:
    monkeypatch.setenv(workspace.SERVED, "another")
    monkeypatch.chdir(served.root.parent)
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", served.root.name)
    monkeypatch.setattr(lab, "replace_process", lambda *_, **__: None)
    monkeypatch.setattr(lab, "prepare_runtime_folder", lambda: None)
    lab.start(options)
    assert os.environ[workspace.SERVED] == (str(served.root) if known else "")
    assert os.environ["CROSSCRAFT_WORKSPACE"] == str(served.root), "they start in other folders"


def federated(page: str) -> list[dict[str, str]]:
    """The extensions that a page loads."""
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)
    assert found
    return list(json.loads(found[1])["federated_extensions"])


def test_a_kernels_sockets_are_in_a_folder_of_its_owner() -> None:
    manager = kernels.SocketManager(kernel_name="python3")
    folder = Path(manager.ip).parent
    assert manager.transport == "ipc"
    assert folder.stat().st_mode & 0o777 == 0o700
    manager.cleanup_ipc_files()
    assert not folder.exists()


# ── Instead of this process ─────────────────────────────────────────────────────────────


def with_another(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `crosscraft lab --port=1` where JupyterLab's `main` is `code`.

    The signal of a closed terminal may be ignored here, as under nohup.
    """
    program = str(Path(sys.executable).with_name("crosscraft"))
    (folder / "jupyterlab").mkdir()
    (folder / "jupyterlab" / "__init__.py").touch()
    (folder / "jupyterlab" / "labapp.py").write_text(
        f"import os, signal, sys, time\n\n\ndef main():\n    {code}\n", encoding="utf-8"
    )
    return subprocess.run(
        ["env", "--default-signal=HUP", program, "lab", "--port=1"],
        env=os.environ | {"PYTHONPATH": str(folder), "JUPYTER_RUNTIME_DIR": str(folder / "run")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_program_of_this_environment_takes_over(tmp_path: Path) -> None:
    done = with_another(tmp_path, "print(sys.argv[-1], sys.argv[0]); return 3")
    program = Path(sys.executable).with_name("jupyter-lab")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == f"--port=1 {program}\n"


@pytest.mark.parametrize("sign", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_does_what_it_does_to_any_program(tmp_path: Path, sign: signal.Signals) -> None:
    done = with_another(tmp_path, f"os.kill(os.getpid(), {int(sign)}); time.sleep(30)")
    assert done.returncode == -sign


@pytest.mark.parametrize("lacking", ["package", "program"])
def test_one_line_where_it_cannot_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "run"))
    if lacking == "package":
        monkeypatch.setitem(sys.modules, "jupyterlab", None)
    else:
        monkeypatch.setattr(lab, "command", lambda options: [str(tmp_path / "jupyter-lab")])
    with pytest.raises(CommandError) as caught:
        lab.start([])
    said = str(caught.value)
    assert said.startswith("JupyterLab cannot be loaded: ")
    assert said.endswith("Remove the folder .venv and run `make lab` again.")
    assert "\n" not in said


# ── The page ────────────────────────────────────────────────────────────────────────────


def fetch(url: str) -> bytes:
    """Get a page. The server says its URL a moment before it listens."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=20) as page:
                return bytes(page.read())
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"{url} never answered")


def default_of(url: str, setting: str) -> str:
    """What the server tells the page for a setting of notifications that nobody has made."""
    where = "/lab/api/settings/@jupyterlab/apputils-extension:notification"
    schema = json.loads(fetch(re.sub(r"/lab/tree/[^?]*", where, url)))["schema"]
    return str(schema["properties"][setting]["default"])


def test_it_starts_without_a_terminal_and_ends_on_the_url(tmp_path: Path, served: Served) -> None:
    argv = [str(Path(sys.executable).with_name("crosscraft")), "lab", "--port-retries=50"]
    env = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(
        argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if re.search(r"^\s+http://127\.0\.0\.1:\d+/lab/tree/", line):
                    break
            url = line.strip()
            assert served.first in url
            page = fetch(url).decode()
            assert "JupyterLab" in page
            assert f'"preferredPath": "{served.lessons}"' in page, "the card opens its welcome page"
            (card,) = [one for one in federated(page) if one["name"] == "crosscraft-launcher"]
            where = f"/lab/extensions/{card['name']}/{card['load']}"
            entry = re.sub(r"/lab/tree/[^?]*", where, url)
            assert b"window._JUPYTERLAB['crosscraft-launcher']" in fetch(entry)
            assert default_of(url, "fetchNews") == "false", "a question would cover the page"
        finally:
            # At once: a server that is only just starting can miss a polite signal.
            os.killpg(server.pid, signal.SIGKILL)
