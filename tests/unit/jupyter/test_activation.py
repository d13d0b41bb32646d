"""`%%bash` cells with the variables of a build, in kernels of a page and of nbclient."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from crosscraft.jupyter import cells

Run = Callable[..., list[tuple[str, str]]]

BEGIN = """
import os
from crosscraft.jupyter.activation import ACTIVE
ACTIVE.begin({"PREFIX": "/cache/host", "BUILD_PREFIX": "/cache/build", "PATH": os.environ["PATH"],
  "CMAKE_ARGS": "-DA=1 -DB=2", "HOME": "/cache/work", "SHLVL": "7", "PWD": "/cache"})
"""


NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "source": ["project = 1"]},
        {"cell_type": "code", "source": ["%%bash\n", "echo above"]},
        {"cell_type": "code", "source": ['lesson.activate("linux-64")']},
        {"cell_type": "code", "source": ["%%bash\n", "echo one"]},
        {"cell_type": "code", "source": ['lesson.activate("linux-aarch64")']},
        {"cell_type": "code", "source": ["%%bash\n", "echo two"]},
    ]
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the kernels, with a notebook."""
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "page.ipynb").write_text(json.dumps(NOTEBOOK))
    return folder


def kernel(folder: Path, **env: str) -> Iterator[Run]:
    """Run a cell, and return its outputs in order: (type or stream, text)."""
    manager, client = start_new_kernel(cwd=str(folder), env=os.environ | env)

    def execute(cell: str, stop: bool = False) -> list[tuple[str, str]]:
        seen: list[tuple[str, str]] = []

        def hook(message: dict[str, Any]) -> None:
            content, kind = message["content"], message["msg_type"]
            if kind == "stream":
                seen.append((content["name"], content["text"]))
                if stop and "begun" in content["text"]:
                    manager.interrupt_kernel()
            elif kind == "display_data":
                seen.append((kind, content["data"]["text/plain"]))
            elif kind == "error":
                seen.append((kind, "\n".join(content["traceback"])))
            elif kind == "clear_output":
                seen.append((kind, ""))

        client.execute_interactive(cell, output_hook=hook, timeout=60)
        return seen

    yield execute
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def stored(folder: Path) -> Iterator[Run]:
    """A kernel of nbclient or nbval."""
    yield from kernel(folder)


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[Run]:
    """A kernel of a notebook that is open in a page."""
    yield from kernel(folder, **{cells.PAGE_VARIABLE: str(folder / "page.ipynb")})


def joined(seen: list[tuple[str, str]]) -> str:
    return "".join(text for _, text in seen)


def test_cells_have_the_variables_and_nothing_else_does(stored: Run, folder: Path) -> None:
    assert stored(BEGIN) == []
    line = "printf '%s\\n' $CMAKE_ARGS; pwd; echo $SHLVL $HOME $BUILD_PREFIX/bin; env"
    text = joined(stored(f"%%bash\n{line}"))
    assert text.startswith(f"-DA=1\n-DB=2\n{folder}\n1 /cache/work $BUILD_PREFIX/bin\n")
    assert "JPY" not in text
    assert joined(stored("import os; print(os.environ.get('CMAKE_ARGS'))")) == "None\n"
    assert joined(stored("%%script bash\necho ${CMAKE_ARGS-none}")) == "none\n"
    assert stored("ACTIVE.end()") == []
    assert joined(stored("%%bash\necho ${CMAKE_ARGS-none}")) == "none\n"


@pytest.mark.parametrize("name", ["stored", "page"])
def test_the_order_of_both_streams_is_kept(name: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(name)
    run(BEGIN)
    shown = run("%%bash\nfor i in 1 2 3; do echo out $i; echo error $i >&2; done")
    assert joined(shown) == "out 1\nerror 1\nout 2\nerror 2\nout 3\nerror 3\n"
    assert {name for name, _ in shown} == {"stdout"}


def test_a_failing_cell_ends_in_a_line(stored: Run) -> None:
    stored(BEGIN)
    line = "The commands of this cell ended with exit status 3: see above."
    assert stored("%%bash\necho before; exit 3") == [("stdout", "before\n"), ("error", line)]
    ((kind, line),) = stored("%%bash --out x\ntrue")
    assert kind == "error"
    assert "%%bash takes no options after lesson.activate" in line


COUNT = "%%bash\nfor i in $(seq 30); do echo line $i; sleep 0.01; done; false"
WHOLE = "".join(f"line {i}\n" for i in range(1, 31))


def test_long_output_is_folded(stored: Run) -> None:
    stored(BEGIN)
    shown = stored(COUNT)
    assert [kind for kind, _ in shown] == ["display_data", "error"]
    assert shown[0][1] == WHOLE


def test_long_output_streams_to_a_page_and_is_folded_at_the_end(page: Run) -> None:
    page(BEGIN)
    *streamed, cleared, folded, error = page(COUNT)
    assert len(streamed) > 1
    assert joined(streamed) == WHOLE
    assert cleared[0] == "clear_output"
    assert folded == ("display_data", WHOLE)
    assert error[0] == "error"


def test_a_stop_ends_all_of_its_commands(page: Run, folder: Path) -> None:
    page(BEGIN)
    cell = "%%bash\necho begun; (sleep 1; touch late) & sleep 60; touch later"
    assert page(cell, stop=True)[-1] == ("error", "The commands of this cell were stopped.")
    time.sleep(1.2)
    assert [path.name for path in folder.iterdir()] == ["page.ipynb"]


def test_after_a_restart_a_cell_names_the_line_to_run_first(page: Run) -> None:
    page("from crosscraft.jupyter.activation import ACTIVE; ACTIVE.end()")
    assert joined(page("%%bash\necho above")) == "above\n"
    for word, target in (("one", "linux-64"), ("two", "linux-aarch64")):
        assert page(f"%%bash\necho {word}\n") == [
            (
                "error",
                f'LessonError: this cell needs the variables of `lesson.activate("{target}")`. '
                "Run the cell with that line first, and then this cell again.",
            )
        ]
    page(BEGIN)
    assert joined(page("%%bash\necho two")) == "two\n"
