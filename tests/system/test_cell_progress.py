"""How far a command is, below a running cell: only in a page, and gone without a trace."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from crosscraft.jupyter.cells import PAGE_VARIABLE
from crosscraft.jupyter.kernels import SocketManager
from tests.support.drawn_pages import drawn

BEGIN = "from crosscraft import lesson\nproject = lesson.begin(0)"
WORK = """%%bash
cat > work.py <<'END'
import time
from crosscraft.system.console import Console
with Console() as console:
    console.step("packing <b>")
    for number in range(4):
        console.progress(number, 4, "MB")
        time.sleep(0.15)
    time.sleep({0})
END
python work.py {1}
"""


@pytest.fixture(params=[True, False], ids=["in a page", "without one"])
def page(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def kernel(page: bool, tmp_path: Path) -> Any:
    env = {k: v for k, v in os.environ.items() if k != PAGE_VARIABLE}
    env |= {"CROSSCRAFT_WORKSPACE": str(tmp_path / "work")}
    if page:
        env[PAGE_VARIABLE] = "a.ipynb"
    manager = SocketManager(kernel_name="python3")
    manager.start_kernel(env=env)
    yield manager
    manager.shutdown_kernel(now=True)


def run(kernel: KernelManager, *cells: str, stop: bool = False) -> list[str]:
    """Run cells, and return what the last printed, piece by piece.

    :param stop: interrupt a cell as soon as it says how far it is.
    """
    client = kernel.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for cell in cells:
            found: list[str] = []

            def keep(message: Any, found: list[str] = found) -> None:
                if message["msg_type"] == "stream":
                    found.append(message["content"]["text"])
                    if stop and "\r" in found[-1]:
                        kernel.interrupt_kernel()

            client.execute_interactive(cell, timeout=60, output_hook=keep, allow_stdin=False)
    finally:
        client.stop_channels()
    return found


def test_a_page_is_told_and_nothing_else_is(kernel: KernelManager, page: bool) -> None:
    pieces = run(kernel, BEGIN, WORK.format(0, ""))
    assert drawn("".join(pieces)) == "packing <b>\n"
    if page:
        assert any("    2 of 4 MB\r" in piece for piece in pieces), "as it happens"
        assert len(pieces) > 3
    else:
        assert "".join(pieces) == "packing <b>\n"


@pytest.mark.parametrize("redirected", ["| cat", "> log; cat log"])
@pytest.mark.parametrize("page", [True], indirect=True, ids=["in a page"])
def test_what_reads_a_command_gets_its_lines_alone(kernel: KernelManager, redirected: str) -> None:
    assert "".join(run(kernel, BEGIN, WORK.format(0, redirected))) == "packing <b>\n"


@pytest.mark.parametrize("page", [True], indirect=True, ids=["in a page"])
def test_an_interrupt_ends_the_work_and_leaves_nothing(kernel: KernelManager) -> None:
    began = time.monotonic()
    said = drawn("".join(run(kernel, BEGIN, WORK.format(60, "2> /dev/null"), stop=True)))
    assert time.monotonic() - began < 50, "it would have slept for longer"
    assert said.startswith("packing <b>\n")
    assert " of 4" not in said
    assert run(kernel, "print('alive')") == ["alive\n"]


CHECK = 'lesson.check("own-function")'
WRITE = """import pathlib
from crosscraft.lessons.exercises import judge
path = project / "checksums/src/checksums.cpp"
path.parent.mkdir(parents=True, exist_ok=True)
size = path.write_text(judge.find("own-function").solution)
"""


@pytest.mark.parametrize("page", [True], indirect=True, ids=["in a page"])
def test_a_check_says_what_it_does_and_leaves_its_verdict(kernel: KernelManager) -> None:
    pieces = run(kernel, BEGIN, WRITE, CHECK)
    assert any("    compiling checksums.cpp for linux-aarch64\r" in piece for piece in pieces)
    said = drawn("".join(pieces))
    assert said.startswith("  read checksums/src/checksums.cpp (60 lines)\n")
    assert said.endswith("Correct. Now raise the version, add a test, and build.\n")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["in a page"])
def test_a_check_can_be_interrupted(kernel: KernelManager) -> None:
    said = drawn("".join(run(kernel, BEGIN, WRITE, CHECK, stop=True)))
    assert "Correct" not in said
    assert run(kernel, "print('alive')") == ["alive\n"]
