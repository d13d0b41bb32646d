"""No token, key or password of the user's reaches a script, a package, a log or a report."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest

from crosscraft.environments import emulate
from crosscraft.environments.install import Environment
from crosscraft.platforms import native


def test_a_program_gets_the_callers_variables_but_for_secrets(tmp_path, monkeypatch):
    kept = {"PREFIX": "/p", "EDITOR": "vi", "KEYBOARD": "de", "http_proxy": "http://127.0.0.1:9"}
    gone = {
        "GITHUB_TOKEN": "x", "MY_KEY": "x", "SSH_AUTH_SOCK": "/run/x", "API_KEY_FILE": "x",
        "AWS_SECRET_ACCESS_KEY": "x", "https_proxy": "http://u:p@127.0.0.1:9", "DB_PASS": "x",
        "PIP_INDEX_URL": "https://u:p@127.0.0.1/simple",
    }  # fmt: skip
    for name, value in (kept | gone).items():
        monkeypatch.setenv(name, value)
    given = emulate.variables(Environment(tmp_path, native()))
    assert {name: given.get(name) for name in kept} == kept
    assert not set(gone) & set(given)


def test_modules_of_the_project_are_not_ours(crosscraft, own_cache, make_project):
    """A folder is named as the project; a file in it called json.py is not run by that."""
    recipe = "package:\n  name: a\n  version: 1\nbuild:\n  noarch: generic\n"
    project = make_project(recipe)
    for name in ("json", "rattler_build", "warnings", "sitecustomize", "pathlib", "pip"):
        (project / f"{name}.py").write_text(f"open('CANARY-{name}', 'w')\nraise SystemExit(9)\n")
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0, done.stderr
    assert not list(project.glob("CANARY*"))


def test_requests_are_not_in_the_list_of_processes(monkeypatch, tmp_path):
    """The URL of a channel may hold a token, and everybody can read arguments."""
    from crosscraft.building.engines.embedded import Embedded
    from crosscraft.building.engines.interface import Request

    seen = {}

    class Stop(Exception):
        pass

    class Waiting(ExitStack):
        def give(self, text):
            seen["given"] = text
            raise Stop

    def start(*arguments, **options):
        seen["started"] = (arguments, options)
        return Waiting()

    monkeypatch.setattr("crosscraft.system.processes.start", start)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("")
    url = "https://u:hunter2@example.org/c"
    monkeypatch.setenv("https_proxy", "http://u:hunter3@127.0.0.1:9")
    for channel in (url, "file:///c"):
        scratch = tmp_path / channel[:4]
        request = Request(recipe, native(), native(), (channel,), "skip", scratch)
        with pytest.raises(Stop):
            Embedded().build(request, lambda event: None)
        assert "hunter" not in str(seen["started"])
        given = json.loads(seen["given"])["environment"]
        assert "hunter2" not in str(given)
        assert ("hunter3" in str(given)) == (channel == url)  # where something is fetched
    assert "http_proxy" not in str(given).lower().replace("all_proxy", "")
