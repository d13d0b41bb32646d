"""Change the code that guards people in small ways, and show each change that no test notices.

    python -m tools.mutants [GROUP…]

mutmut makes the changes in a copy of the repository, one at a time, and runs the group's tests.
A change that mypy refuses counts as noticed. mutmut leaves decorated functions, constants and
child processes alone.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from crosscraft.paths import ROOT
from crosscraft.system import processes, program, tracked

__all__ = ["GROUPS", "Group", "is_wording", "main"]


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that guard people, and the tests that must notice a change to them."""

    modules: tuple[str, ...]
    """Patterns of paths below ``crosscraft/``."""
    tests: tuple[str, ...]
    """Patterns of paths below ``tests/unit/``."""


_REAL = "inspection/test_real_package.py"

GROUPS = {
    "verdicts": Group(
        (
            "inspection/verdicts.py",
            "inspection/extensions.py",
            "inspection/machine_code.py",
        ),
        (
            "inspection/test_verdicts.py",
            "inspection/test_extensions.py",
            "inspection/test_machine_code.py",
            _REAL,
        ),
    ),
    "packages": Group(
        ("inspection/conda_file/[!s_]*.py",),
        ("inspection/conda_file/test_[!s]*.py", "inspection/test_inspect_packages.py", _REAL),
    ),
    "archives": Group(
        ("inspection/conda_file/stream.py",), ("inspection/conda_file/test_stream.py",)
    ),
    "store": Group(("environments/store.py",), ("environments/test_store.py",)),
    "debian": Group(("channel/deb*.py",), ("channel/test_debian.py",)),
    "wheels": Group(("channel/wheels.py",), ("channel/test_wheels.py",)),
    "engines": Group(
        ("building/engines/child.py", "building/engines/credentials.py"),
        ("building/engines/test_child.py", "building/engines/test_credentials.py"),
    ),
    "output": Group(("channel/output.py",), ("channel/test_output.py",)),
    "workspace": Group(("lessons/workspace.py",), ("lessons/test_workspace.py",)),
}
"""What guards people."""

_FOLDER = ROOT / "build" / "mutants"
_WORDING = [r"[eE]rror\(", r"\b(_leads_out|not_a_package|_Exceeded)\("]
"""Calls that make an error, which have its wording. mutmut changes nothing in them."""
_TEXT = re.compile(r'"[^"]*"')
_ENCODING = re.compile(r',?[ ]?encoding=("utf-8"|"UTF-8"|None)|,[ ]?(?=\))')
"""Python's own encoding wherever we run, and the comma that is left without it."""
_QUICK = ("-m", "not builds and not hypothesis")
_MYPY = ("--output", "json", "--disable-error-code", "unused-ignore")
_NOTICED = {"killed", "timeout", "segfault", "suspicious"}
"""mutmut's words for a change that a test noticed."""
_BY_TYPES = "caught by type check"


def main(arguments: Sequence[str]) -> int:
    """Print the survivors and the score of the named groups, or of all."""
    unknown = [name for name in arguments if name not in GROUPS]
    if unknown:
        print(f"there is no group {unknown[0]}. There are {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    scores: list[str] = []

    def work() -> None:
        for name in arguments or GROUPS:
            scores.append(_run(name, GROUPS[name]))

    status = program.exit_status("mutants", work)
    print("", *scores, sep="\n")
    return status


def is_wording(diff: str) -> bool:
    """Return whether a unified diff changes nothing but wording, or names the default encoding."""
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    old, new = ([_behaviour(line[1:]) for line in lines if line[:1] == sign] for sign in "-+")
    return old == new


def _behaviour(line: str) -> str:
    """Return a line of code without texts of several words, which are wording too."""
    plain = _ENCODING.sub("", line)
    return _TEXT.sub(lambda text: "" if re.search(r"\w.* ", text[0]) else text[0], plain)


def _run(name: str, group: Group) -> str:
    """Print the survivors of a group, and return a line with its score."""
    folder = _FOLDER / name
    _copy_repository(folder, group)
    print(f"{name}: changing {', '.join(group.modules)}", flush=True)
    _mutmut(folder, "run", "--max-children", str(len(os.sched_getaffinity(0))))
    rows = (line.strip().split(": ") for line in _mutmut(folder, "results", "--all", "true"))
    results = {row[0]: row[1] for row in rows if len(row) == 2}
    left = [one for one, status in results.items() if status not in {*_NOTICED, _BY_TYPES}]
    diffs = {one: "\n".join(_mutmut(folder, "show", one)) for one in left}
    survivors = {one: diff for one, diff in diffs.items() if not is_wording(diff)}
    for one, diff in survivors.items():
        changed = [line for line in diff.splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
        print(f"\n{one}: {results[one]}", *changed, sep="\n", flush=True)
    by_types = sum(status == _BY_TYPES for status in results.values())
    return (
        f"{name}: of {len(results)} changes tests noticed {len(results) - len(left) - by_types} "
        f"and mypy {by_types}, {len(left) - len(survivors)} are of wording, "
        f"and {len(survivors)} survive"
    )


def _mutmut(folder: Path, *arguments: str) -> tuple[str, ...]:
    command = Path(sys.executable).with_name("mutmut")
    return processes.run([str(command), *arguments], cwd=folder, env=os.environ).lines


def _copy_repository(folder: Path, group: Group) -> None:
    """Copy the repository into the empty `folder`, and tell mutmut what to change there."""
    shutil.rmtree(folder, ignore_errors=True)
    names = tracked.files(ROOT)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    modules = _matching(folder, "crosscraft", group.modules)
    tests = _matching(folder, "tests/unit", group.tests)
    settings = {
        "source_paths": ["crosscraft"],
        "only_mutate": modules,
        "do_not_mutate_patterns": _WORDING,
        "also_copy": sorted({name.split("/")[0] for name in names} - {"crosscraft"}),
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": [*_QUICK, *tests],
        "type_check_command": [sys.executable, "-m", "mypy", *modules, *_MYPY],
        # In seconds of the clock, so a busy machine needs some.
        "timeout_constant": 10.0,
        "timeout_multiplier": 4.0,
        # Threads of rattler do not survive a fork of the process that has run tests.
        "process_isolation": "forkserver",
        "use_git_change_detection": False,
    }
    with (folder / "pyproject.toml").open("ab") as file:
        file.write(b"\n")
        tomli_w.dump({"tool": {"mutmut": settings}}, file)


def _matching(folder: Path, below: str, patterns: Sequence[str]) -> list[str]:
    """Return the paths below a folder of the copy that match, relative to the copy."""
    found = (path for pattern in patterns for path in sorted((folder / below).glob(pattern)))
    return [str(path.relative_to(folder)) for path in found]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
