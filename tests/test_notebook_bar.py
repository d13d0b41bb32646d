"""The bar below a running cell: there while a command works, and gone without a trace."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from crosscraft.jupyter import notebook_bar
from crosscraft.jupyter.kernels import SocketManager
from crosscraft.jupyter.notebook_bar import MARK, SESSION
from crosscraft.system.progress import HowFar
from crosscraft.views.live import WIDGET_VIEW

BEGIN = "from crosscraft import lesson\nproject = lesson.begin(0)"
WORK = """%%bash
python - <<'END'
import time
from crosscraft.system.console import Console
with Console() as console:
    console.step("packing <b>")
    for number in range(4):
        console.within(number, 4, "MB")
        time.sleep(0.15)
    time.sleep({0})
END
"""

Cell = Callable[..., list[dict[str, Any]]]


@pytest.fixture(params=[True, False], ids=["in a page", "without one"])
def page(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def kernel(page: bool, tmp_path: Path) -> Any:
    env = {k: v for k, v in os.environ.items() if k != SESSION}
    env |= {"CROSSCRAFT_WORKSPACE": str(tmp_path / "work")}
    if page:
        env[SESSION] = "a.ipynb"
    manager = SocketManager(kernel_name="python3")
    manager.start_kernel(env=env)
    yield manager
    manager.shutdown_kernel(now=True)


def run(kernel: KernelManager, *cells: str, stop: bool = False) -> list[Any]:
    """Run cells, and return the messages of the last, but for those of its beginning and end.

    :param stop: interrupt a cell as soon as it shows something.
    """
    client = kernel.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for cell in cells:
            found: list[Any] = []

            def keep(message: Any, found: list[Any] = found) -> None:
                found.append(message)
                if stop and message["msg_type"] == "display_data":
                    kernel.interrupt_kernel()

            client.execute_interactive(cell, timeout=60, output_hook=keep, allow_stdin=False)
    finally:
        client.stop_channels()
    return [one for one in found if one["msg_type"] not in ("status", "execute_input")]


def kinds(messages: list[Any]) -> list[str]:
    return [one["msg_type"] for one in messages]


def text(messages: list[Any]) -> str:
    streams = [one["content"]["text"] for one in messages if one["msg_type"] == "stream"]
    return "".join(streams)


def test_a_page_has_a_bar_and_nothing_else_does(kernel: KernelManager, page: bool) -> None:
    messages = run(kernel, BEGIN, WORK.format(0))
    assert text(messages) == "packing <b>\n", "the lines are the same"
    if not page:
        assert set(kinds(messages)) == {"stream"}
        return
    (shown,) = [one["content"] for one in messages if one["msg_type"] == "display_data"]
    assert WIDGET_VIEW in shown["data"]
    assert shown["metadata"] == {MARK: True}
    states = [
        one["content"]["data"]["state"]["value"]
        for one in messages
        if one["msg_type"] == "comm_msg"
    ]
    assert any("packing &lt;b&gt;, 2 of 4 MB" in state for state in states)
    last = [one["content"] for one in messages if one["msg_type"] == "update_display_data"]
    assert [one["data"] for one in last] == [{}], "an output that shows nothing"
    assert "comm_close" in kinds(messages)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["in a page"])
def test_an_interrupt_ends_the_work_and_the_bar(kernel: KernelManager) -> None:
    began = time.monotonic()
    messages = run(kernel, BEGIN, WORK.format(60), stop=True)
    assert time.monotonic() - began < 50, "it would have slept for longer"
    assert kinds(messages).index("comm_close") > kinds(messages).index("display_data")
    assert text(run(kernel, "print('alive')")) == "alive\n"


def test_the_browsers_own_element_has_a_label() -> None:
    drawn = notebook_bar.drawn([HowFar("a", 1, 4, "MB"), HowFar("b")])
    assert len(re.findall(r"<label.*?</label>", drawn)) == 2
    assert '<progress value="1" max="4"' in drawn
    assert "a, 1 of 4 MB" in drawn
    assert re.search(r"<progress style=[^>]*></progress><span>b</span>", drawn)
