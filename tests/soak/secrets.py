"""Planted secrets: in variables and in files of a home, looked for in all that a build leaves.

Each round plants other variables, builds a recipe whose script and test
print their environment, lets the script fail once, makes an environment, runs a program in it,
emulated too, and looks for every planted value in what was said and in every file.
"""

from __future__ import annotations

import io
import os
import random
import tarfile
import tempfile
from pathlib import Path

from crosscraft.system import files
from tests.support.commands import CROSSCRAFT, run

MARK = "hunter2"
"""What every planted value begins with."""

VARIABLES = (
    "AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN GITHUB_TOKEN GH_TOKEN "
    "CI_JOB_TOKEN ANACONDA_API_TOKEN CONDA_TOKEN BINSTAR_TOKEN SSH_AUTH_SOCK MY_KEY "
    "DATABASE_PASSWORD PGPASSWORD NPM_TOKEN TWINE_PASSWORD HF_TOKEN OPENAI_API_KEY VAULT_TOKEN "
    "DOCKER_AUTH_CONFIG GPG_PASSPHRASE SLACK_WEBHOOK_SECRET AZURE_CLIENT_SECRET SESSION_COOKIE "
    "GOOGLE_APPLICATION_CREDENTIALS JUPYTER_TOKEN RATTLER_AUTH_TOKEN CODECOV_TOKEN "
    "SENTRY_AUTH_TOKEN"
).split()
URLS = "http_proxy HTTPS_PROXY all_proxy PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_INDEX_URL".split()
FILES = (".netrc", ".condarc", ".ssh/id_rsa", ".aws/credentials", ".config/pip/pip.conf",
         ".git-credentials", ".pypirc")  # fmt: skip

RECIPE = """\
package:
  name: spy
  version: 1
build:
  noarch: generic
  script:
    - env
    - tr '\\0' '\\n' < /proc/self/environ
    - tr '\\0' '\\n' < /proc/$PPID/environ
    - cat "$HOME/.netrc" "$HOME/.condarc" "$HOME/.ssh/id_rsa" || true
    - mkdir -p $PREFIX/share
    - env > $PREFIX/share/env
    - {end}
requirements:
  host:
    - jq
tests:
  - script:
      - env
      - cat "$HOME/.netrc" || true
      - {test_end}
"""


def planted(home: Path, random_: random.Random) -> dict[str, str]:
    """Fill `home`, and return the variables."""
    for name in FILES:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(f"machine example.org login me password {MARK}-file\n")
    odd = [f"X{random_.randrange(10**6)}_{end}" for end in ("TOKEN", "KEY", "PASSWORD", "SECRET")]
    values = {name: f"{MARK}-{random_.randrange(10**9)}" for name in (*VARIABLES, *odd)}
    url = f"http://me:{MARK}-{random_.randrange(10**9)}@127.0.0.1:9/"
    return values | dict.fromkeys(URLS, url)


def look(said: list[str], folders: list[Path]) -> int:
    """See that no planted value is anywhere; return how many files were looked through."""
    for text in said:
        assert MARK not in text, next(line for line in text.splitlines() if MARK in line)
    count = 0
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            count += 1
            assert MARK.encode() not in _content(path), path
    return count


def _content(path: Path) -> bytes:
    if not path.name.endswith(".conda"):
        return path.read_bytes()
    from conda_package_streaming.package_streaming import stream_conda_component

    found = io.BytesIO()
    for part in ("info", "pkg"):
        for archive, member in stream_conda_component(str(path), component=part):
            content = archive.extractfile(member) if member.type == tarfile.REGTYPE else None
            found.write(content.read() if content else b"")
    assert b"PREFIX=" in found.getvalue(), "it is not the script's environment that we look in"
    return found.getvalue()


def planted_everywhere(rounds: int) -> dict[str, int | float]:
    """Build, fail, install and run `rounds` times, and search all that was printed and kept."""
    random_ = random.Random(random.random())
    searched = runs = secrets = 0
    channels = files.cache("channels")
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as folder:
            home, project, cache = (Path(folder) / name for name in ("home", "project", "cache"))
            for one in (home, project, cache):
                one.mkdir()
            (cache / "channels").symlink_to(channels)
            # Without the caller's own variables of these names, whatever they are.
            secret = planted(home, random_)
            env = os.environ | secret | {"HOME": str(home), "CROSSCRAFT_CACHE": str(cache)}
            said = []
            for end, test_end, argv in _calls():
                recipe = RECIPE.replace("{end}", end).replace("{test_end}", test_end)
                (project / "recipe.yaml").write_text(recipe)
                done = run([CROSSCRAFT, *argv], cwd=project, env=env)
                said.append(done.stdout + done.stderr)
                expected = 1 if "exit 3" in (end, test_end) and argv[0] == "build" else 0
                assert done.returncode == expected, said[-1]
                # Logs of builds that failed are there now; scratch is looked at while it lasts.
                searched += look(said[-1:], [project, cache / "builds"])
            runs += len(said)
            secrets += len(secret) + len(FILES)
            kept = [path for path in cache.iterdir() if path.name not in ("channels", "unpacked")]
            searched += look([], kept)
    return {
        "tried": rounds,
        "survived": rounds,
        "secrets": secrets,
        "files": searched,
        "commands": runs,
    }


def _calls() -> tuple[tuple[str, str, list[str]], ...]:
    """(end of the script, end of the test, command)."""
    emulated = ["--platform", "linux-aarch64", "--with", "python"]
    python = ["--", "python", "-c", "import os; print(dict(os.environ))"]
    return (
        ("exit 3", "exit 0", ["build", "-v"]),
        ("exit 0", "exit 3", ["build", "-v"]),
        ("exit 0", "exit 0", ["build", "-v"]),
        ("exit 0", "exit 0", ["run", "--with", "spy", "--with", "python", *python]),
        ("exit 0", "exit 0", ["run", *emulated, *python]),
        ("exit 0", "exit 0", ["doctor", "--verbose"]),
        ("exit 0", "exit 0", ["doctor", "--report", "report.txt"]),
    )
