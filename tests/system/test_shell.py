"""`crosscraft shell`: the place where a build script runs, and the variables of a real build."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crosscraft import conda_file, lesson
from crosscraft.jupyter.activation import ACTIVE, Activation
from crosscraft.lessons import workspace
from tests.support.commands import CROSSCRAFT

pytestmark = pytest.mark.usefixtures("own_cache")

RECIPE = """\
recipe: {name: family, version: 1.5}
source: {path: src}
outputs:
  - staging: {name: parts}
    build:
      script: mkdir -p $PREFIX/share; env -0 > $PREFIX/share/parts
    requirements:
      build: ["${{ compiler('c') }}", "${{ stdlib('c') }}", make]
  - package: {name: of-parts}
    inherit: parts
  - package: {name: own}
    build:
      number: 3
      script:
        content: mkdir -p $PREFIX/share; env -0 > $PREFIX/share/own
        env: {OF_SCRIPT: a b}
        secrets: [OWN_TOKEN]
    requirements:
      build: ["${{ compiler('cxx') }}", "${{ stdlib('c') }}", cmake, ninja]
      host: [python, nanobind]
  - package: {name: stubs}
    build:
      noarch: python
      script: mkdir -p $PREFIX/share; env -0 > $PREFIX/share/stubs
    requirements:
      host: [python, "${{ pin_subpackage('own', exact=True) }}"]
"""
SMALL = """\
package: {name: small, version: 1}
source: {path: src}
build: {script: cat a.txt}
requirements: {build: [ninja]}
"""
MAY_DIFFER = {
    "SOURCE_DATE_EPOCH",  # when the build began, or when the folder was made
    "_",  # bash's own: the program that it runs
}
"""Variables of a script in a build and in the shell, besides ``CROSSCRAFT_…``, our own."""


def write(folder: Path, recipe: str, *sources: str) -> Path:
    """Write a project with a recipe at its root and some sources, and return its folder."""
    for name in sources:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("1\n")
    (folder / "recipe.yaml").write_text(recipe)
    (folder / "variants.yaml").write_text("c_stdlib: [sysroot]\n")
    return folder


@pytest.fixture
def family(tmp_path):
    return write(tmp_path, RECIPE, "src/note.txt")


@pytest.fixture
def small(tmp_path):
    """A project whose shell is made in a second."""
    return write(tmp_path, SMALL, "src/a.txt", "src/b.txt")


def read(printed: str) -> dict[str, str]:
    """Return the variables that ``env -0`` printed, with names for the folders of the build."""
    env = dict(one.split("=", 1) for one in printed.split("\0") if one)
    names = {
        env["PREFIX"]: "$PREFIX", env["BUILD_PREFIX"]: "$BUILD_PREFIX", env["SRC_DIR"]: "$SRC_DIR",
        env["BUILD_DIR"]: "$BUILD_DIR",
    }  # fmt: skip
    for folder, name in names.items():
        env = {key: value.replace(folder, name) for key, value in env.items()}
    path = [part for part in env["PATH"].split(":") if not part.endswith("/scripts")]
    return {**env, "PATH": ":".join(path)}


@pytest.mark.builds
@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_its_variables_are_those_of_a_build(family, crosscraft, monkeypatch, platform):
    monkeypatch.setenv("OWN_TOKEN", "abcde")  # too short to be searched for in the packages
    for name in ("EDITOR", "CFLAGS", "PYTHONPATH", "GITHUB_TOKEN", "PS1", "BASH_ENV"):
        monkeypatch.setenv(name, "/of/the/user")
    done = crosscraft("build", "-t", platform, cwd=family)
    assert done.returncode == 0, done.stdout + done.stderr
    for output, subdir, member in (
        ("parts", platform, "of-parts"), ("own", platform, "own"), ("stubs", "noarch", "stubs"),
    ):  # fmt: skip
        (package,) = (family / "output" / subdir).glob(f"{member}-1.5-*.conda")
        built = read(conda_file.open_member(package, f"share/{output}").decode())
        options = ("-q", "-t", platform, "--output", output)
        here = crosscraft("shell", *options, "--", "env", "-0", cwd=family)
        assert here.returncode == 0, here.stderr
        assert here.stderr == ""
        shell = read(here.stdout)
        assert shell["CROSSCRAFT_CACHE"] == os.environ["CROSSCRAFT_CACHE"]  # HOME is another
        shell = {k: value for k, value in shell.items() if not k.startswith("CROSSCRAFT_")}
        different = {k for k in built | shell if built.get(k) != shell.get(k)}
        assert different <= MAY_DIFFER, {k: (built.get(k), shell.get(k)) for k in different}
        assert shell["host_platform"] == platform
        assert shell["CONDA_BUILD_CROSS_COMPILATION"] == str(int(subdir != "linux-64"))
    assert shell["target_platform"] == "noarch"


@pytest.mark.builds
def test_a_cross_shell_has_the_targets_python_and_the_cross_compiler(family, crosscraft):
    line = (
        'od -An -tx1 -j18 -N2 $PREFIX/bin/python3.11; printf "%s\\n" $CMAKE_ARGS | grep SYSTEM; '
        "echo $target_platform $($CC -dumpmachine) ${CCACHE_DIR##*/}; ls; exit 7"
    )
    options = ("-t", "linux-aarch64", "--output", "own")
    done = crosscraft("shell", *options, "--", "bash", "-c", line, cwd=family)
    machine, name, processor, facts, *listed = done.stdout.splitlines()
    assert machine.split() == ["b7", "00"]  # EM_AARCH64
    assert (name, processor) == ("-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64")
    assert facts == "linux-aarch64 aarch64-linux-gnu compiled"
    assert listed == ["build_env.sh", "conda_build.sh", "note.txt"]
    assert done.returncode == 7
    assert "outputs" not in done.stderr  # it was named
    assert "missing  OWN_TOKEN" in done.stderr


def test_it_runs_the_script(small, crosscraft):
    done = crosscraft("shell", "-q", "--", "bash", "conda_build.sh", cwd=small)
    assert (done.stdout, done.returncode) == ("1\n", 0)


def test_it_returns_to_the_folder_as_it_was(small, crosscraft):
    def shell(*command: str, fresh: bool = False):
        argv = ["shell", *(["--fresh"] if fresh else []), "--", *command]
        return crosscraft(*argv, cwd=small)

    first = shell("bash", "-c", "touch mine; pwd")
    folder = Path(first.stdout.strip())
    assert "new" in first.stderr
    again = shell("ls")
    assert "mine" in again.stdout
    assert "as you left it" in again.stderr
    assert "changed" not in again.stderr
    fresh = shell("ls", fresh=True)
    assert "mine" not in fresh.stdout
    (former,) = folder.parents[3].glob(f"{folder.parents[2].name}.old")
    assert list(former.rglob("mine"))
    recipe = small / "recipe.yaml"
    shell("touch", "mine")
    recipe.write_text(recipe.read_text().replace("ninja", "cmake"))
    changed = shell("bash", "-c", "ls; cmake --version")
    assert "mine" not in changed.stdout
    assert "cmake version" in changed.stdout


def test_a_failure_leaves_the_folder_as_it_was(small, crosscraft):
    assert crosscraft("shell", "-q", "--", "touch", "mine", cwd=small).returncode == 0
    recipe = small / "recipe.yaml"
    whole = recipe.read_text()
    recipe.write_text(whole.replace("ninja", "ninja >=99"))
    failed = crosscraft("shell", "--", "true", cwd=small)
    assert failed.returncode == 1
    assert "ninja >=99" in failed.stderr.splitlines()[-1]
    assert "Traceback" not in failed.stderr
    recipe.write_text(whole)
    assert "mine" in crosscraft("shell", "-q", "--", "ls", cwd=small).stdout


def test_a_changed_source_is_named(small, crosscraft):
    assert "changed" not in crosscraft("shell", "--", "true", cwd=small).stderr
    os.utime(small / "src/b.txt", (1, 1))
    assert "changed  b.txt" in crosscraft("shell", "--", "true", cwd=small).stderr


def test_two_at_once_share_the_folder_and_neither_makes_it_again(small, crosscraft):
    crosscraft("shell", "-q", "--", "true", cwd=small)
    with subprocess.Popen(
        [CROSSCRAFT, "shell", "-q", "--", "bash", "-c", "echo in; read line; ls"],
        cwd=small, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        assert first.stdout and first.stdout.readline() == "in\n"
        assert crosscraft("shell", "-q", "--", "touch", "seen", cwd=small).returncode == 0
        refused = crosscraft("shell", "--fresh", "--", "true", cwd=small)
        assert refused.returncode == 1
        assert "a shell is open in" in refused.stderr
        assert "seen" in first.communicate("\n")[0]
    assert crosscraft("shell", "-q", "--fresh", "--", "true", cwd=small).returncode == 0


def test_an_interrupt_while_it_installs_leaves_nothing(small, cache):
    (small / "recipe.yaml").write_text(SMALL.replace("name: small", "name: interrupted"))
    with subprocess.Popen(
        [CROSSCRAFT, "shell", "--fresh"],
        cwd=small, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as started:  # fmt: skip
        until = time.monotonic() + 30
        while not list((cache / "shells").glob("interrupted-*/bld")) and time.monotonic() < until:
            time.sleep(0.005)
        started.send_signal(signal.SIGINT)
        printed = started.communicate()[1]
    if started.returncode:  # it may be ready by now
        assert started.returncode == 130
        assert "interrupted" in printed.splitlines()[-1]
        assert not list((cache / "shells").glob("interrupted-*/bld"))


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--output", "nothing"), 1, "no output 'nothing'"),
        (("--output", "of-parts"), 1, "staging output"),
        (("--output", "stubs"), 1, "needs own ==1.5"),
        (("-t", "vax-vms"), 2, "vax-vms"),
        (("--fresch",), 2, "No such option"),
        (("-p", "elsewhere"), 1, "no recipe"),
    ],
)
def test_what_cannot_be_entered_is_one_line(family, crosscraft, options, status, said):
    done = crosscraft("shell", *options, "--", "true", cwd=family)
    assert done.returncode == status
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_command_and_no_bash(small, crosscraft, tmp_path):
    missing = crosscraft("shell", "-q", "--", "no-such-command", cwd=small)
    assert missing.returncode == 127
    assert "no-such-command: command not found" in missing.stderr
    (tmp_path / "empty").mkdir()
    none = crosscraft("shell", "-q", "--", "true", cwd=small, env={"PATH": str(tmp_path / "empty")})
    assert none.returncode == 1
    assert "no bash" in none.stderr


def test_lines_of_stdin_run_there(small):
    done = subprocess.run(
        [CROSSCRAFT, "shell", "-q"], cwd=small, input="echo $PKG_NAME; cat a.txt; exit 5\n",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("small\n1\n", "", 5)


def test_a_terminal_has_a_prompt_and_its_own_term(small, monkeypatch):
    monkeypatch.setenv("TERM", "screen")
    home = small / "home"
    home.mkdir()
    (home / ".bashrc").write_text("export PKG_NAME=of-the-user; PS1='mine> '\n")
    monkeypatch.setenv("HOME", str(home))
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(small)
        os.execv(CROSSCRAFT, [str(CROSSCRAFT), "shell", "-q"])
    shown = b""
    for expected, typed in (
        (b"[small linux-64] ", b'echo "<$PKG_NAME $TERM $SHLVL ${HISTFILE-none}>"\n'),
        (b"<small screen 1 none>", b"sleep 60\n"),
        (b"sleep 60\r\n", b"\x03"),
        (b"^C", b"exit 4\n"),
    ):
        until = time.monotonic() + 60
        while expected not in shown and time.monotonic() < until:
            shown += os.read(terminal, 4096)
        assert expected in shown
        time.sleep(0.1)
        os.write(terminal, typed)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 4
    os.close(terminal)
    assert b"mine> " not in shown


def test_a_cell_and_the_same_line_in_the_shell_give_the_same(
    small, crosscraft, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("CROSSCRAFT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("CROSSCRAFT_LESSON", "5")
    project = workspace.project()
    shutil.copytree(small, project)
    monkeypatch.chdir(project)
    lesson.activate()
    env = dict(ACTIVE.env or {})
    ACTIVE.end()
    capsys.readouterr()
    line = (
        "cd $SRC_DIR; cat a.txt; bash conda_build.sh; ninja --version; echo $PATH $HOME; "
        "env | grep PKG_ | sort; no-such; echo $?; exit 3"
    )
    done = crosscraft("shell", "-q", "--", "bash", "-c", f"exec 2>&1; {line}", cwd=project)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        Activation().run(env, line, live=False)
    assert caught.value.returncode == done.returncode == 3
    names = {env["PREFIX"]: "$PREFIX", env["BUILD_PREFIX"]: "$BUILD_PREFIX"}
    expected = done.stdout
    for folder, name in names.items():
        expected = expected.replace(folder, name)

    def comparable(text: str) -> list[str]:
        return [one.rpartition("no-such:")[2] for one in text.splitlines()]

    printed = capsys.readouterr().out
    assert comparable(printed) == comparable(expected)
