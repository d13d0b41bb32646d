"""What a notebook shows when a cell fails, by kernels as JupyterLab and nbclient start them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CalledProcessError
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from crosscraft.building.check import catalogue
from crosscraft.jupyter import cells
from crosscraft.paths import ROOT

Run = Callable[..., dict[str, Any]]
Start = Callable[..., Run]

FIRST = (
    "LessonError: no lesson has begun in this kernel. "
    "Run the first cell of this notebook, and then this cell again."
)
FALSE = "The commands of this cell ended with exit status 1: see above."
CONFIG = ROOT / "crosscraft/jupyter/prefix/etc/ipython/ipython_kernel_config.json"


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start a kernel, and return what runs a cell in it and returns the error, or nothing."""
    started = []

    def begin(folder: Path = ROOT, page: Path | None = None, **env: str) -> Run:
        if page:
            env[cells.PAGE_VARIABLE] = str(page)
        manager, client = start_new_kernel(cwd=str(folder), env=os.environ | env)
        started.append((manager, client))

        def run(cell: str, stop: bool = False) -> dict[str, Any]:
            errors: list[dict[str, Any]] = []

            def hook(message: dict[str, Any]) -> None:
                if message["msg_type"] == "error":
                    errors.append(message["content"])
                if stop and message["content"].get("text") == "begun\n":
                    time.sleep(0.2)
                    manager.interrupt_kernel()

            reply = client.execute_interactive(cell, output_hook=hook, timeout=60)
            assert reply["content"]["status"] == ("error" if errors else "ok")
            return errors[0] if errors else {}

        return run

    yield begin
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(start: Start) -> Run:
    """A kernel where there is no lesson."""
    return start()


def test_every_kernel_of_the_environment_loads_the_extension() -> None:
    assert json.loads(CONFIG.read_text())["InteractiveShellApp"]["extensions"] == [cells.__name__]
    installed = Path(sys.prefix, *CONFIG.parts[-3:])
    assert installed.read_bytes() == CONFIG.read_bytes(), "run `make setup`"


def test_a_status_is_told_in_a_line(kernel: Run) -> None:
    error = kernel("%%bash\nfalse\n")
    assert error["ename"] == "CalledProcessError"
    assert error["traceback"] == [FALSE]


TRAP = catalogue.find("interpreter-of-the-target")
PRINT = f"cat >&2 <<'END'\n{TRAP.symptoms[0].example}\nEND\n"


def test_a_trap_in_the_output_is_named_in_the_same_line(kernel: Run) -> None:
    (line,) = kernel(f"%%bash\necho first\n{PRINT}false\n")["traceback"]
    assert line.startswith(f"{FALSE} trap: {TRAP.name}: ")
    assert line.endswith(f"{TRAP.entry}.")
    assert "\n" not in line


def test_the_output_of_the_error_is_read_if_it_has_one() -> None:
    error = CalledProcessError(1, "bash", output=TRAP.symptoms[0].example)
    assert cells._trap(error, SimpleNamespace(history_manager=None)).startswith(
        f"trap: {TRAP.name}: "
    )


def test_a_trap_of_another_cell_or_of_a_command_that_named_it_is_not(kernel: Run) -> None:
    assert kernel(f"%%bash\n{PRINT}") == {}
    assert kernel("%%bash\nfalse\n")["traceback"] == [FALSE]
    assert kernel(f"%%bash\n{PRINT}echo '  trap: {TRAP.name}: known'\nfalse\n")["traceback"] == [
        FALSE
    ]


def test_a_stop_is_told_in_a_line(kernel: Run) -> None:
    assert kernel("%%bash\necho begun; sleep 60\n", stop=True)["traceback"] == [
        "The commands of this cell were stopped."
    ]


def test_a_stop_whose_status_nobody_got_is_no_other_error(kernel: Run) -> None:
    raises = "raise CalledProcessError(None, 'bash')"
    code = f"compile({raises!r}, '/magics/script.py', 'exec')"
    error = kernel(f"from subprocess import CalledProcessError\nexec({code})")
    assert error["traceback"] == ["The commands of this cell were stopped."]
    assert error["ename"] == "CalledProcessError"
    assert "SIGINT" in error["evalue"]


@pytest.mark.parametrize(
    ("cell", "name", "shown"),
    [
        (
            "import subprocess\nsubprocess.run(['false'], check=True)",
            "CalledProcessError",
            "subprocess.run",
        ),
        ("1/0", "ZeroDivisionError", "division by zero"),
        ("elfs", "NameError", "name 'elfs' is not defined"),
        ("del nothing", "NameError", "name 'nothing' is not defined"),
        ("def f(): return wrong\nf()", "NameError", "name 'wrong' is not defined"),
    ],
)
def test_errors_of_the_learners_own_python_are_as_ever(
    kernel: Run, cell: str, name: str, shown: str
) -> None:
    error = kernel(cell)
    assert error["ename"] == name
    assert "Traceback" in "".join(error["traceback"])
    assert shown in "".join(error["traceback"])


@pytest.mark.parametrize(
    ("status", "said"),
    [(None, "stopped"), (-15, "stopped"), (-9, "ended by signal 9"), (2, "exit status 2")],
)
def test_how_they_can_end(status: int, said: str) -> None:
    error = CalledProcessError(status, "x")
    assert said in cells.message(error)
    error.__context__ = KeyboardInterrupt()
    assert cells.message(error) == "The commands of this cell were stopped."


# ── Before the first cell ───────────────────────────────────────────────────────────────

COMMANDS = "%%bash\ntouch here\n"
CELLS = (
    COMMANDS,
    "%%writefile {project}/src/math.cpp\nint a;\n",
    "project",
    'lesson.check("predict-stub", ...)',
    "conda_file.read(project / 'a')",
    "def f():\n    return elf\nf()",
)
LESSON = {
    "cells": [
        {"cell_type": "markdown", "source": ["# A lesson"]},
        {
            "cell_type": "code",
            "source": [
                "import json\n",
                "from crosscraft import lesson\n",
                "project = lesson.begin(1)",
            ],
        },
    ]
}


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A folder with a lesson, and a notebook of the learner's own."""
    (tmp_path / "01-write-extension.ipynb").write_text(json.dumps(LESSON))
    own = {"cells": [{"cell_type": "code", "source": "import json"}]}
    (tmp_path / "own.ipynb").write_text(json.dumps(own))
    return tmp_path


@pytest.mark.parametrize("page", [None, "01-write-extension.ipynb"])
def test_a_cell_before_the_first_is_told_in_a_line(
    start: Start, lessons: Path, page: str | None
) -> None:
    before = sorted(lessons.iterdir())
    run = start(lessons, lessons / page if page else None)
    for cell in CELLS if page is None else (*CELLS[:4], "json.loads('1')"):
        assert run(cell)["traceback"] == [FIRST], cell
    assert sorted(lessons.iterdir()) == before
    # What the first cell of another lesson defines is an error as ever on a page.
    assert "Traceback" in "".join(run("views.elf")["traceback"]) or page is None
    run("project = 1")
    assert run(COMMANDS) == {}
    assert (lessons / "here").exists()
    assert "Traceback" in "".join(run("elf")["traceback"])


def test_a_notebook_of_ones_own_is_left_alone(start: Start, lessons: Path) -> None:
    run = start(lessons, lessons / "own.ipynb")
    assert run(COMMANDS) == {}
    assert (lessons / "here").exists()
    for name in ("project", "json", "lesson"):
        assert "Traceback" in "".join(run(name)["traceback"])


def test_commands_are_found_before_the_first_cell(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path, PATH="/usr/bin:/bin")
    assert run("%%bash\ncommand -v crosscraft\n") == {}
