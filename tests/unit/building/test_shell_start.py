"""How bash starts in `crosscraft shell`, with an engine's script that is written here."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.building import shell_start
from crosscraft.building.engines.interface import Request
from crosscraft.building.shell_start import Start
from crosscraft.building.single_output import SingleOutput
from crosscraft.building.variables import Secrets
from crosscraft.errors import CommandError
from crosscraft.platforms import lookup

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
OUTPUT = SingleOutput("own", None, {}, {}, "h1234567", {}, ())  # type: ignore[arg-type]


@pytest.fixture
def request_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A request of a user whose terminal has variables that no build gets."""
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path))
    for name in ("GITHUB_TOKEN", "CFLAGS", "PS1", "EDITOR", "BASH_ENV"):
        monkeypatch.setenv(name, "of-the-user")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("TERM", "screen")
    (tmp_path / "recipe.yaml").write_text("package: {name: own, version: 1}\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Request(tmp_path / "recipe.yaml", HERE, THERE, (), "skip", scratch)


def start(request: Request, tmp_path: Path, output: SingleOutput = OUTPUT) -> dict[str, str]:
    """Return the variables of a command."""
    variables = tmp_path / "build_env.sh"
    variables.write_text(
        "export PATH=/usr/bin:/bin TERM=xterm-256color PKG_HASH=h0 PKG_NAME=own\n"
        'export PATH="/prefix/bin:${PATH}"\n'
    )
    script = tmp_path / "start.sh"
    script.write_text(shell_start.script(variables, output, request))
    env = shell_start.environment(request, tmp_path / "scripts", script, Secrets.of(["OWN_TOKEN"]))
    printed = subprocess.run(
        ["bash", "--rcfile", script, "-c", '"$@"', "bash", "env", "-0"],
        env=env, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert printed.stderr == ""
    return dict(line.split("=", 1) for line in printed.stdout.split("\0") if line)


def test_it_has_the_engines_variables_and_no_others(request_, tmp_path, monkeypatch):
    monkeypatch.setenv("OWN_TOKEN", "abc")
    env = start(request_, tmp_path)
    ours = {name for name in env if name.startswith("CROSSCRAFT_")}
    rest = {k: v for k, v in env.items() if k not in ours and k not in shell_start._PASSED_ON}
    assert env["CROSSCRAFT_CACHE"] == str(tmp_path)
    for name in ("PWD", "SHLVL", "_", "OLDPWD"):  # of bash itself
        rest.pop(name, None)
    assert rest == {
        "PATH": "/prefix/bin:/usr/bin:/bin", "TERM": "xterm-256color", "OWN_TOKEN": "abc",
        "PKG_HASH": "h1234567", "PKG_NAME": "own",
    }  # fmt: skip


def test_the_path_is_that_of_this_terminal(request_, tmp_path, monkeypatch):
    text = shell_start.script(tmp_path / "build_env.sh", OUTPUT, request_)
    monkeypatch.setenv("PATH", "/usr/bin:/bin:/new")
    monkeypatch.setattr(shell_start, "script", lambda *_: text)
    assert start(request_, tmp_path)["PATH"] == "/prefix/bin:/usr/bin:/bin:/new"


def test_the_folder_of_the_compiler_cache_is_on_the_path(request_, tmp_path):
    (tmp_path / "scripts").mkdir()
    env = shell_start.environment(request_, tmp_path / "scripts", tmp_path / "s", Secrets.of([]))
    assert env["PATH"] == f"{tmp_path}/scripts:/usr/bin:/bin"


def test_a_staging_output_has_no_name_of_a_package(request_, tmp_path):
    env = start(request_, tmp_path, replace(OUTPUT, hash=None))
    assert not [name for name in env if name.startswith("PKG_")]


def test_no_bash(request_, tmp_path):
    with pytest.raises(CommandError, match="there is no bash"):
        Start(tmp_path, tmp_path / "s", {"PATH": str(tmp_path)}, 0).replace_process(["true"])
