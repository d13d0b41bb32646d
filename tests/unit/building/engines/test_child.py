"""The environment of every engine, and the child process that gets it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscraft.building.engines import child
from crosscraft.building.engines.interface import Request
from crosscraft.platforms import PLATFORMS, native

PROXY = "http://me:hunter2@proxy.example:8080"
REMOTE = ("file:///srv/channel", "https://conda.example/c")

WORKER = """#!{python}
import json, os, sys
given = {{"argv": sys.argv[1:], "stdin": json.load(sys.stdin), "env": dict(os.environ)}}
given["held"] = os.path.exists(f"/proc/self/fd/{held}")
with open("{folder}/given.json", "w") as file:
    json.dump(given, file)
{more}
"""
"""Takes the place of Python, and keeps what it was given."""


@pytest.fixture
def request_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A build from a local channel, in an environment with a secret and no proxy."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    (tmp_path / "recipe.yaml").write_text("package:\n  name: a\n  version: 1\n")
    (tmp_path / "scratch").mkdir()
    return Request(
        tmp_path / "recipe.yaml",
        native(),
        PLATFORMS["linux-aarch64"],
        ("file:///srv/channel",),
        "skip",
        tmp_path / "scratch",
    )


def test_an_engine_gets_its_cache_and_folder_and_no_secret(request_: Request) -> None:
    env = child.environment(request_, Path("/the/cache"), {"MORE": "1", "LANG": "C"})
    temporary = request_.scratch / "tmp"
    assert temporary.is_dir()
    assert child.environment(request_, Path("/other"))["TMPDIR"] == str(temporary)
    assert env.items() >= {
        "RATTLER_CACHE_DIR": "/the/cache", "TMPDIR": str(temporary), "MORE": "1", "LANG": "C",
        "PATH": "/usr/bin:/bin",
    }.items()  # fmt: skip
    assert "GITHUB_TOKEN" not in env
    assert "ALL_PROXY" not in env


def test_the_folder_of_scripts_comes_first_on_the_path(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_scripts = replace(request_, scripts=Path("/the/scripts"))
    assert child.environment(with_scripts, Path("/c"))["PATH"] == "/the/scripts:/usr/bin:/bin"
    monkeypatch.delenv("PATH")
    assert child.environment(with_scripts, Path("/c"))["PATH"] == "/the/scripts"


SOURCE = "source:\n  {}: https://example.org/a.tar.gz\n"


@pytest.mark.parametrize(
    ("channels", "recipe", "network", "passed_on"),
    [
        (("file:///srv/channel",), "", False, False),
        ((), "", False, False),
        (("file:///srv/channel", "file:///srv/other"), "curl: 1\ngitter: 2\n", False, False),
        (REMOTE, "", False, True),
        (("conda-forge",), "", False, True),
        (("file:///srv/channel",), SOURCE.format("url"), False, True),
        (("file:///srv/channel",), SOURCE.format("git"), False, True),
        (("file:///srv/channel",), "", True, True),
    ],
)
def test_a_proxy_is_passed_on_where_something_is_downloaded(
    request_: Request,
    monkeypatch: pytest.MonkeyPatch,
    channels: tuple[str, ...],
    recipe: str,
    network: bool,
    passed_on: bool,
) -> None:
    """Not by the usual names, which rattler-build passes on to scripts."""
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("no_proxy", "localhost")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    request_.recipe.write_text(recipe)
    certainly = {"network": True} if network else {}
    env = child.environment(replace(request_, channels=channels), Path("/c"), **certainly)
    found = {name: env[name] for name in env if name.lower().endswith("_proxy")}
    expected = {"ALL_PROXY": PROXY, "no_proxy": "localhost", "NO_PROXY": "127.0.0.1"}
    assert found == (expected if passed_on else {})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"HTTPS_PROXY": "a", "http_proxy": "b", "HTTP_PROXY": "c"}, "a"),
        ({"https_proxy": "z", "HTTPS_PROXY": "a"}, "z"),
        ({"https_proxy": "", "http_proxy": "b", "HTTP_PROXY": "c"}, "b"),
        ({"HTTP_PROXY": "c", "no_proxy": ""}, "c"),
        ({"no_proxy": "localhost"}, None),
    ],
)
def test_the_first_proxy_that_is_set_counts(
    request_: Request,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    found: str | None,
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    env = child.environment(replace(request_, channels=REMOTE), Path("/c"))
    assert env.get("ALL_PROXY") == found
    assert "no_proxy" not in env


def work(
    request: Request, monkeypatch: pytest.MonkeyPatch, more: str = ""
) -> tuple[str | None, dict[str, Any], int]:
    """The error of a stand-in for the worker, what it was given, and the number of ticks."""
    folder = request.scratch.parent
    held = os.open(folder / "recipe.yaml", os.O_RDONLY)
    script = folder / "python"
    script.write_text(WORKER.format(python=sys.executable, folder=folder, held=held, more=more))
    script.chmod(0o755)
    ticks: list[None] = []
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(script))
        error = child.work(
            {"recipe": "r", "channels": ["https://t/hunter2"]},
            replace(request, held=(held,)),
            {"RATTLER_CACHE_DIR": "/c"},
            lambda: ticks.append(None),
        )
    os.close(held)
    return error, json.loads((folder / "given.json").read_text()), len(ticks)


def test_a_worker_gets_facts_environment_and_locks_and_no_secret(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "import time; time.sleep(0.35)"
    error, given, ticks = work(request_, monkeypatch, more)
    assert error is None
    assert given["argv"] == ["-P", "-m", "crosscraft.building.engines.worker"]
    assert given["stdin"] == {
        "recipe": "r",
        "channels": ["https://t/hunter2"],
        "environment": {"RATTLER_CACHE_DIR": "/c"},
    }
    assert given["held"]
    assert "hunter2" not in str(given["env"])
    assert 3 <= ticks <= 30  # about ten a second, and once at the end


@pytest.mark.parametrize(
    ("result", "printed", "status", "error"),
    [
        ('{"error": "no solution"}', "panicked", 1, "no solution"),
        ('{"error": ""}', "panicked", 1, "panicked"),
        ("{", " panicked ", 3, "panicked"),
        ("{}", "", 3, "it ended with status 3"),
        (None, "panicked", 3, "panicked"),
        (None, "", 3, "it ended with status 3"),
        ('{"error": "of the build before"}', "fine", 0, None),
    ],
)
def test_the_error_of_a_worker(
    request_: Request,
    monkeypatch: pytest.MonkeyPatch,
    result: str | None,
    printed: str,
    status: int,
    error: str | None,
) -> None:
    if result is not None:
        (request_.scratch / "result.json").write_text(result)
    assert work(request_, monkeypatch, f"print({printed!r})\nsys.exit({status})")[0] == error
