"""What a notebook shows when a cell's commands fail, by a kernel as JupyterLab starts it."""

from __future__ import annotations

import time
from subprocess import CalledProcessError

import pytest
from jupyter_client.manager import start_new_kernel

from crosscraft.jupyter import bash_cells


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    client.execute_interactive(
        "from crosscraft.jupyter import bash_cells; bash_cells.set_up(); bash_cells.set_up()",
        timeout=60,
    )
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def fails(kernel):
    """Run a cell that fails; returns the name of the error, and what is drawn of it."""
    manager, client = kernel

    def run(cell: str, stop: bool = False) -> tuple[str, list[str]]:
        errors = []

        def hook(message) -> None:
            if message["msg_type"] == "error":
                errors.append(message["content"])
            if stop and message["content"].get("text") == "begun\n":
                time.sleep(0.2)
                manager.interrupt_kernel()

        reply = client.execute_interactive(cell, output_hook=hook, timeout=60)
        assert reply["content"]["status"] == "error", "`Run All` would go on"
        (error,) = errors
        return error["ename"], error["traceback"]

    return run


def test_a_status_is_told_in_a_line(fails):
    assert fails("%%bash\nfalse\n") == (
        "CalledProcessError",
        ["The commands of this cell ended with exit status 1: see above."],
    )


def test_a_stop_is_told_in_a_line(fails):
    assert fails("%%bash\necho begun; sleep 60\n", stop=True)[1] == [
        "The commands of this cell were stopped."
    ]


def test_errors_of_the_learners_own_python_are_as_ever(fails):
    name, lines = fails("import subprocess; subprocess.run(['false'], check=True)")
    assert name == "CalledProcessError"
    assert "Traceback" in "".join(lines)
    assert "subprocess.run" in "".join(lines)
    assert fails("1/0")[0] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("status", "said"),
    [(None, "stopped"), (-15, "stopped"), (-9, "ended by signal 9"), (2, "exit status 2")],
)
def test_how_they_can_end(status, said):
    error = CalledProcessError(status, "x")
    assert said in bash_cells.message(error)
    error.__context__ = KeyboardInterrupt()
    assert bash_cells.message(error) == "The commands of this cell were stopped."
