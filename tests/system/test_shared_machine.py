"""A machine that others use too: what they could read, listen to or change."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from crosscraft.errors import StorageError
from crosscraft.jupyter import kernels
from crosscraft.lessons import workspace
from crosscraft.paths import ROOT
from crosscraft.system import files
from tests.support.commands import CROSSCRAFT, run
from tests.support.small_channels import channel_of

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
NOBODY = 65534


def open_to_others(*folders: Path) -> list[str]:
    """What is below these folders, or is one, that others can write."""
    return [
        str(path)
        for folder in folders
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and path.stat().st_mode & 0o022
    ]


def careless(*argv, **options):
    """Call crosscraft with the umask that keeps nothing from anybody."""
    return run(["sh", "-c", 'umask 000; exec "$@"', "sh", CROSSCRAFT, *argv], **options)


@pytest.mark.builds
def test_nothing_that_is_made_can_be_written_by_others(tmp_path, geometry):
    cache, work = tmp_path / "cache", tmp_path / "work"
    cache.mkdir(mode=0o755)
    (cache / "channels").symlink_to(files.cache("channels"))
    env = os.environ | {"CROSSCRAFT_CACHE": str(cache), "CROSSCRAFT_WORKSPACE": str(work)}
    done = careless("build", cwd=geometry, env=env)
    assert done.returncode == 0, done.stderr
    done = careless("run", "-q", "--with", "geometry", "--", "true", cwd=geometry, env=env)
    assert done.returncode == 0, done.stderr
    recipe = geometry / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("== 12", "== 13"))
    assert careless("build", cwd=geometry, env=env).returncode == 1
    assert list(geometry.glob("output/logs/*.log"))
    lesson = (
        "from crosscraft.lessons import lesson, workspace\nfrom pathlib import Path\n"
        "lesson.begin(4)\n"
        "Path('CMakeLists.txt').write_text('mine')\nlesson.catch_up()\nlesson.check('which-suffix')\n"
        "lesson.reset()\n"
    )
    done = run(["sh", "-c", 'umask 000; exec "$@"', "sh", sys.executable, "-c", lesson], env=env)
    assert done.returncode == 0, done.stderr
    assert list(work.glob("backups/*/*"))
    assert open_to_others(cache, work, geometry / "output") == []
    private = [one for one in cache.iterdir() if one.name != "channels" and one.is_dir()]
    assert {one.stat().st_mode & 0o777 for one in private} == {0o700}


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o707])
@pytest.mark.parametrize("variable", ["CROSSCRAFT_CACHE", "CROSSCRAFT_WORKSPACE"])
def test_a_folder_that_others_can_write_is_refused(tmp_path, mode, variable):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    command = {
        "CROSSCRAFT_CACHE": [CROSSCRAFT, "run", "--", "true"],
        "CROSSCRAFT_WORKSPACE": [CROSSCRAFT, "doctor"],
    }[variable]
    done = run(command, env=os.environ | {variable: str(folder)})
    assert done.returncode == 1
    assert "can be written by other users" in done.stdout + done.stderr
    assert list(folder.iterdir()) == []


@needs_root
def test_a_folder_of_somebody_else_is_refused_even_by_root(tmp_path, monkeypatch):
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(folder))
    with pytest.raises(StorageError, match=r"belongs to another user \(nobody\).*CROSSCRAFT_CACHE"):
        files.cache()
    monkeypatch.setenv("SUDO_UID", str(NOBODY))  # who asked for root's power
    assert files.cache() == folder
    monkeypatch.delenv("CROSSCRAFT_CACHE")
    monkeypatch.delenv("SUDO_UID")
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(folder))
    with pytest.raises(StorageError, match="belongs to another user"):
        workspace.fill(1)


def test_a_group_of_ones_own_is_no_other_user(tmp_path, monkeypatch):
    folder = tmp_path / "group"
    folder.mkdir()
    folder.chmod(0o775)
    monkeypatch.setattr(files, "_is_private_group", lambda group, owner: True)
    files.check_owned(folder, "the cache", "X")
    monkeypatch.setattr(files, "_is_private_group", lambda group, owner: False)
    with pytest.raises(StorageError, match="chmod go-w"):
        files.check_owned(folder, "the cache", "X")


@pytest.mark.parametrize(
    ("group", "name", "members", "private"),
    [
        (700, "jane", [], True),
        (700, "jane", ["jane"], True),
        (700, "jane", ["jane", "joe"], False),
        (700, "staff", [], False),
        (800, "jane", [], False),
    ],
)
def test_a_private_group_is_the_users_own_with_no_other_member(
    monkeypatch, group, name, members, private
):
    user = pwd.struct_passwd(("jane", "x", 700, group, "", "/", ""))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: user)
    monkeypatch.setattr(grp, "getgrgid", lambda number: grp.struct_group((name, "x", 1, members)))
    assert files._is_private_group(700, 700) is private


@needs_root
def test_who_owns_the_program_is_no_stranger(tmp_path, monkeypatch):
    program = tmp_path / "storage.py"
    program.touch()
    os.chown(program, NOBODY, NOBODY)
    folder = tmp_path / "workspace"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    monkeypatch.setattr(files, "__file__", str(program))
    files.check_owned(folder, "the workspace", "CROSSCRAFT_WORKSPACE")


@needs_root
def test_a_shared_channel_serves_an_ordinary_user():
    """Owned by root, read-only, given by its path; each package is compared with its index."""
    # Where an ordinary user gets to, which tmp_path is not.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        check_shared_channel(folder)


def check_shared_channel(folder: Path) -> None:
    from tests.support.small_packages import Item

    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    channel = channel_of(
        folder / "channel", [Item("bin/said", b"#!/bin/sh\necho said\n", mode=0o755)]
    )
    for path in channel.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        "import sys; from crosscraft import platforms; from crosscraft.channel import select; "
        "from crosscraft.environments import install; "
        "e = install.create(['a'], platforms.native(), [select.choose(sys.argv[1])]); "
        "print((e.prefix / 'bin/said').read_text()); sys.stdout.flush(); import os; os._exit(0)"
    )
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    argv = [*drop, sys.executable, "-c", code, str(channel)]
    if run([*drop, sys.executable, "-c", "import crosscraft, rattler"], env=env).returncode:
        pytest.skip("an ordinary user cannot read the Python that runs this")
    done = run(argv, env=env, cwd=home)
    assert "echo said" in done.stdout, done.stderr
    assert open_to_others(home) == []
    index = channel / "linux-64/repodata.json"
    index.write_text(re.sub(r'"sha256": "....', '"sha256": "0000', index.read_text()))
    run(["rm", "-rf", str(home / ".cache")])
    done = run(argv, env=env, cwd=home)
    assert done.returncode == 1
    assert "does not have the checksum in its channel's index" in done.stderr


def test_temporary_files_are_made_where_nobody_can_foresee():
    """Not one fixed name below the folder that all users share."""
    for path in sorted((ROOT / "crosscraft").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[\"']/(var/)?tmp\b|mktemp\(|gettempdir\(\)\) */", text), path


# ── Kernels and JupyterLab ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("manager", [kernels.SocketManager, kernels.AsyncSocketManager])
def test_kernels_of_tests_talk_by_sockets_that_only_we_can_reach(manager):
    made = manager(kernel_name="python3")
    folder = Path(made.ip).parent
    assert made.transport == "ipc"
    assert folder.stat().st_mode & 0o777 == 0o700
    made.cleanup_ipc_files()
    assert not folder.exists()


def listening(pid: int) -> set[str]:
    """The addresses that a process listens on (proc(5), net/tcp and net/tcp6)."""
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            own.add(str(descriptor.readlink()))
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in own:
                raw = bytes.fromhex(words[1].split(":")[0])
                swapped = b"".join(raw[n : n + 4][::-1] for n in range(0, len(raw), 4))
                found.add(socket.inet_ntop(family, swapped))
    return found


@contextlib.contextmanager
def a_kernel(address, token):
    """One that the server at `address` starts, and ends."""

    def ask(method, where):
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"{address}{where}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    started = json.loads(ask("POST", "/api/kernels"))
    yield
    ask("DELETE", f"/api/kernels/{started['id']}")


@pytest.mark.parametrize("long", [False, True])
def test_jupyterlab_is_for_its_owner_alone(tmp_path, long):
    """Whatever the umask, and the configuration of the user's other servers."""
    config = tmp_path / "config"
    config.mkdir()
    # A path short enough for a socket, and of this test alone: other tests start JupyterLab, too.
    short = Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))
    folder = tmp_path / ("l" * 90) if long else short / "runtime"
    settings = {"ServerApp": {"ip": "0.0.0.0"}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    env = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(folder), "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_CONFIG_DIR": str(config), "TMPDIR": str(short),
    }  # fmt: skip
    argv = ["sh", "-c", 'umask 000; exec "$@"', "sh", CROSSCRAFT, "lab", "--port-retries=50"]
    with subprocess.Popen(
        [str(word) for word in argv], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            at = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)")
            address, token = next(m.groups() for line in server.stdout if (m := at.search(line)))
            for _ in range(100):
                used = next(short.glob("crosscraft-lab-*"), folder)
                if listening(server.pid) and list(used.glob("jpserver-*.json")):
                    break
                time.sleep(0.1)
            assert listening(server.pid) == {"127.0.0.1"}
            assert len(token) >= 40
            assert token not in Path(f"/proc/{server.pid}/cmdline").read_text()
            assert (used == folder) != long
            assert list(used.glob("jpserver-*.json"))
            assert used.stat().st_mode & 0o777 == 0o700  # a page with the token is 0644 in it
            with a_kernel(address, token):
                (connection,) = used.glob("kernel-*.json")
                assert json.loads(connection.read_text())["transport"] == "ipc"
                assert open_to_others(used) == []
        finally:
            # At once: a server that is only just starting can miss a polite signal.
            os.killpg(server.pid, signal.SIGKILL)
            shutil.rmtree(short)


def test_an_address_that_the_user_asks_for_is_theirs():
    from crosscraft.jupyter import lab

    for option in ("--ip=0.0.0.0", "--ServerApp.ip=0.0.0.0"):
        assert [word for word in lab.command([option]) if "ip=" in word] == [option]
    assert "--ServerApp.ip=127.0.0.1" in lab.command(["--port", "1"])
