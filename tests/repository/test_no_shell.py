"""No shell is ever handed a string that is put together: by reading our own source."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from crosscraft.paths import ROOT

SOURCES = sorted([*(ROOT / "crosscraft").rglob("*.py"), *(ROOT / "tools").rglob("*.py")])
TO_SHELLS = {
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "pty.spawn", "os.spawnl", "os.spawnlp",
}  # fmt: skip
STARTERS = {"run", "Popen", "call", "check_call", "check_output", "start"}
SHELLS = {"sh", "bash", "/bin/sh", "/bin/bash", "dash"}


def faults(source: str) -> list[str]:
    """What is wrong with a source, as line numbers with a word."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in TO_SHELLS:
                found.append(f"{node.lineno}: {called}")
            if any(word.arg == "shell" for word in node.keywords):
                found.append(f"{node.lineno}: shell=")
            if called.split(".")[-1] in STARTERS and node.args:
                first = node.args[0]
                if isinstance(first, ast.JoinedStr | ast.BinOp) and "[" not in ast.unparse(first):
                    found.append(f"{node.lineno}: a string for a command")
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append(f"{node.lineno}: a string for a command")
        if isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 2:
            program, option, text = node.elts[:3]
            if (
                isinstance(program, ast.Constant) and program.value in SHELLS
                and isinstance(option, ast.Constant) and str(option.value).startswith("-")
                and not isinstance(text, ast.Constant)
                and not (isinstance(text, ast.Name) and text.id in constants)
            ):  # fmt: skip
                found.append(f"{node.lineno}: a shell with a text that is no constant")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_shell_is_handed_a_string(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "os.system(x)", "os.popen('ls')", "subprocess.run(a, shell=True)", "run.run(f'ls {x}')",
        "subprocess.run('ls')", "run.start('ls ' + x)", "x = ['bash', '-c', f'ls {y}']",
        "T = f'{x}'\nx = ['sh', '-ec', T]",
    ],
)  # fmt: skip
def test_each_way_is_seen(source: str) -> None:
    assert faults(source)


def test_constant_text_with_arguments_is_allowed() -> None:
    assert faults("T = 'exec \"$@\"'\nx = ['bash', '-c', T, 'name', *argv]") == []


def test_the_linter_looks_too() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {"S602", "S604", "S605"} <= set(settings["tool"]["ruff"]["lint"]["select"])
