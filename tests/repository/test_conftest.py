"""How strictly a notebook is compared depends on the channel its outputs come from; and no
notebook may take much longer than it tells its reader, however many run at once.

The file takes half a minute, because each test starts pytest and a kernel.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crosscraft.paths import ROOT
from tools import notebooks

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REVEALED = 'a.py:1: note: Revealed type is "int"\n'
RUN = """
import sys, pytest
from crosscraft.system import settings
channel, *arguments = sys.argv[1:]
settings.channel = lambda: channel
sys.exit(pytest.main(arguments))
"""


def cell(source: str, stored: str) -> nbformat.NotebookNode:
    return new_code_cell(
        source, execution_count=1, outputs=[new_output("stream", name="stdout", text=stored)]
    )


def outcome(
    folder: Path,
    channel: str,
    *cells: nbformat.NotebookNode,
    minutes: tuple[int, ...] = (1,),
    options: tuple[str, ...] = (),
) -> tuple[int, str]:
    """Run a notebook of `cells` as a test, with `channel` recorded: exit status and output.

    There is one for each number of `minutes`, which it declares.
    """
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for number in minutes:
        opening = new_markdown_cell(f"the machine works for {number}.")
        made = new_notebook(cells=[opening, *cells], metadata=metadata)
        nbformat.write(made, folder / f"some-{number}.ipynb")
    settings = ["-c", str(ROOT / "pyproject.toml"), "-p", "conftest", f"--rootdir={folder}"]
    done = subprocess.run(
        [sys.executable, "-c", RUN, channel, "--nbval", *options, *settings, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_outputs_of_local_are_compared_to_the_letter(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "local", cell("print('CMake 4')", "CMake 3\n"))
    assert status == 1, said
    assert "CMake 3" in said


def test_a_failed_cell_shows_what_its_commands_said(tmp_path: Path) -> None:
    said_before = "for i in 1 2; do echo looked $((i + 40)); done"
    failing = new_code_cell(f"%%bash\n{said_before}; echo $((6 * 7)) is wrong >&2; exit 3")
    status, said = outcome(tmp_path, "local", failing)
    assert status == 1
    for words in (
        "the cell's stdout",
        "looked 41\nlooked 42\n",
        "the cell's stderr",
        "42 is wrong",
    ):
        assert words in said, said


def test_outputs_of_another_channel_may_differ_but_facts_and_failures_count(tmp_path: Path) -> None:
    may = [cell("print('CMake 4')", "CMake 3\n"), cell("print(3)", "3\n")]
    must_not = [
        cell("print(4)", "3\n"),
        cell("print('Correct.')", "Not attempted. Put your answer in place of the dots.\n"),
        cell("print('a.py:1: note: Revealed type is \"Any\"')", REVEALED),
        cell("assert 1 + 2 == 4", ""),
        cell("%%bash\nfalse", ""),
    ]
    status, said = outcome(tmp_path, "conda-forge", *may, *must_not)
    assert status == 1
    assert f"{len(must_not)} failed, {len(may)} passed" in said, said
    assert "every cell runs, facts are compared" in said
    status, said = outcome(tmp_path, "conda-forge", *may)
    assert status == 0, said


@pytest.mark.parametrize("options", [(), ("--numprocesses", "2", "--dist", "loadfile")], ids=len)
def test_a_notebook_that_takes_longer_than_it_says_is_a_failure(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    slow = cell("import time; time.sleep(1)\nprint(3)", "3\n")
    status, said = outcome(tmp_path, "local", slow, minutes=(0, 1), options=options)
    assert status == 1, said
    assert "2 passed" in said
    assert re.search(r"some-1\.ipynb +[1-9]\d*\.\d s, declares 1 min$", said, re.M), said
    assert re.search(r"some-0\.ipynb .* declares 0 min  more than 2 times that$", said, re.M), said


def test_the_series_states_facts() -> None:
    """The first notebook has none but names."""
    for path in NOTEBOOKS[1:]:
        cells = nbformat.read(path, as_version=4).cells
        assert any(notebooks.is_channel_independent(c) for c in cells if c.cell_type == "code"), (
            path.stem
        )


def test_a_cell_that_leaves_a_garbled_name_fails(tmp_path: Path) -> None:
    lines = (
        "import os, pathlib",
        "project = pathlib.Path(os.environ['CROSSCRAFT_WORKSPACE'], 'project')",
        "project.mkdir(parents=True)",
        "(project / {}).touch()",
    )
    for name, expected in (("'src.txt'", 0), ("os.fsdecode(b'2\\xd7')", 1)):
        source = "\n".join(lines).format(name)
        status, said = outcome(tmp_path, "local", new_code_cell(source, execution_count=1))
        assert (status, r"it has left ['2\udcd7']" in said) == (expected, bool(expected)), said
