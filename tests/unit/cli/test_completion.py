"""Completion, by the shells themselves: each loads our script and is asked as by the Tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscraft.platforms import PLATFORMS

pytestmark = pytest.mark.usefixtures("own_cache")

_BASH = """
source <(crosscraft completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { echo "shell:$2"; }  # is for a completion that a person began
_crosscraft_completion crosscraft
printf '%s\\n' "${COMPREPLY[@]}"
"""
_ZSH = """
autoload -U compinit; compinit -D
source <(crosscraft completion zsh)
words=("$@"); CURRENT=$#
compadd() { print -l -- ${(P)@[-1]}; }
_describe() { print -l -- ${${(P)@[-2]}%%:*}; }
_path_files() { case $1 in -f) echo shell:default;; *) echo shell:dirnames;; esac; }
_crosscraft_completion
"""
_FISH = """
crosscraft completion fish | source
for line in (complete -C (string join ' ' -- $argv)); string split -f1 \\t -- $line; end; true
"""


def ask(argv: list[str], cwd: Path) -> set[str]:
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


def in_bash(words: list[str], cwd: Path) -> set[str]:
    return ask(["bash", "--norc", "-c", _BASH, "-", *words], cwd)


def in_zsh(words: list[str], cwd: Path) -> set[str]:
    return ask(["zsh", "-f", "-c", _ZSH, "-", *words], cwd)


def in_fish(words: list[str], cwd: Path) -> set[str]:
    return ask(["fish", "--no-config", "-c", _FISH, *words], cwd)


Shell = Callable[[list[str], Path], set[str]]
NEEDED = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


@pytest.fixture(params=NEEDED)
def shell(request: pytest.FixtureRequest) -> Shell:
    """Each of the shells, as a function from the words typed so far to what it offers."""
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} on this machine")
    return NEEDED[request.param]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "output" / "noarch").mkdir(parents=True)
    (tmp_path / "output" / "noarch" / "cpp_math-stubs-0.1.0-h_0.conda").touch()
    return tmp_path


OFFERED = [
    ("crosscraft b", {"build", "bundle"}),
    ("crosscraft build --target-platform linux-", set(PLATFORMS)),
    ("crosscraft run --with cpp", {"cpp_math-stubs"}),
]


@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_it_offers_what_fits(shell: Shell, folder: Path, line: str, offered: set[str]) -> None:
    assert shell(line.split(" "), folder) == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("crosscraft channel u", {"use"}),
        ("crosscraft new a --template cp", {"cpp_math"}),
        ("crosscraft channel use l", {"local"}),
        ("crosscraft channel add nu", {"numpy"}),
        ("crosscraft completion ", {"bash", "zsh", "fish"}),
        ("crosscraft build --engine py", {"py-rattler-build"}),
        ("crosscraft build --channel c", {"conda-forge"}),
        ("crosscraft build --test ", {"native", "skip"}),
        ("crosscraft build -t linux-64,linux-aa", {"linux-64,linux-aarch64"}),
    ],
)
def test_every_value_that_is_known_is_offered(folder: Path, line: str, offered: set[str]) -> None:
    assert in_bash(line.split(" "), folder) == offered


def test_it_offers_options(shell: Shell, folder: Path) -> None:
    assert {"--output-dir", "--engine", "--help"} <= shell("crosscraft build --".split(), folder)


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("crosscraft inspect ou", "shell:default", "output/"),
        ("crosscraft channel import ou", "shell:dirnames", "output/"),
        ("crosscraft room ou", "shell:dirnames", "output/"),
        ("crosscraft build --output-dir ou", "shell:dirnames", "output/"),
    ],
)
def test_it_leaves_paths_to_the_shell(
    shell: Shell, folder: Path, line: str, kind: str, name: str
) -> None:
    """bash and zsh are told so; fish answers with the paths."""
    offered = shell(line.split(" "), folder)
    assert offered == {name if shell is in_fish else kind}


def test_an_answer_imports_no_more_than_it_needs() -> None:
    """A person waits for it. The whole command line would be rattler, rich and more."""
    program = (
        "import sys, crosscraft.cli.main as c; sys.argv = ['crosscraft']\n"
        "import os; os._exit = lambda status: None\n"
        "c.main(); print(*sys.modules, file=sys.stderr)"
    )
    env = os.environ | {
        "_CROSSCRAFT_COMPLETE": "bash_complete",
        "COMP_WORDS": "crosscraft build -t ",
        "COMP_CWORD": "3",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert "plain,linux-64" in done.stdout
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & {"rattler", "rattler_build", "rich", "IPython", "ipywidgets", "asyncio"}
