"""How notebooks run as tests: each alone and cold, in a workspace of its own.

`pytest --nbval` executes every cell and compares its stored output. What may differ between
two machines is replaced on both sides first, by tests/sanitize.cfg. What a notebook says it
takes is compared with what it took.

Several files may run at once (`--numprocesses`, `--dist loadfile`): each worker is a process of
its own, and what all of them took comes to the one that was called, as reports.

Stored outputs are those of the channel `local`. With another one versions and messages differ:
every cell must still run, and the outputs that are facts in any channel are still compared.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Generator
from pathlib import Path

import nbval.kernel
import pytest
from nbval.plugin import IPyNbCell, coalesce_streams

from crosscraft.jupyter import kernels
from crosscraft.jupyter.cells import PAGE_VARIABLE
from crosscraft.system import files, settings, workspace
from tools import notebooks

WORKSPACE = "CROSSCRAFT_WORKSPACE"
_SANITIZE = Path(__file__).parent / "tests" / "sanitize.cfg"
_SLACK = 2
"""How many times the minutes that a notebook declares it may take: test machines are shared."""

_FOLDERS = pytest.StashKey[dict[Path, Path]]()
_SECONDS = pytest.StashKey[dict[Path, float]]()


def pytest_configure(config: pytest.Config) -> None:
    """Talk to kernels by Unix sockets, and be the same wherever pytest is called from."""
    files.keep_from_others()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for `pytest &`
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.pop(PAGE_VARIABLE, None)  # of a page that runs this: there is none here
    nbval.kernel.KernelManager = kernels.SocketManager
    config.option.nbval_sanitize_with = config.option.nbval_sanitize_with or str(_SANITIZE)
    config.option.nbval_lax |= config.option.nbval and elsewhere()
    config.stash[_FOLDERS] = {}
    config.stash[_SECONDS] = {}
    config.pluginmanager.register(_Times(config))


def elsewhere() -> bool:
    """Whether the channel that set-up recorded is another than stored outputs belong to."""
    return settings.channel() != settings.DEFAULT_CHANNEL


def pytest_report_header() -> str | None:
    """Say so where outputs are not all compared."""
    if elsewhere():
        return "notebooks: not the channel 'local': every cell runs, facts are compared"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Compare facts with any channel."""
    for item in items:
        if isinstance(item, IPyNbCell) and notebooks.is_channel_independent(item.cell):
            item.options["check"] = True


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Give each file's tests a workspace of their own, where a notebook's kernel starts."""
    folders = item.config.stash[_FOLDERS]
    if item.path not in folders:
        factory: pytest.TempPathFactory = item.config._tmp_path_factory  # type: ignore[attr-defined]
        folders[item.path] = factory.mktemp(item.path.stem, numbered=True)
    # As in a clone, where the file browser shows the folder with the workspace.
    os.environ[workspace.SERVED] = str(folders[item.path])
    os.environ[WORKSPACE] = str(folders[item.path] / "workspace")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what a failed cell said itself: nbval shows its error, and not the lines above it. A
    cell also fails if it leaves a file with a garbled name: a shell has run machine code."""
    report = yield
    if report.passed and report.when == "call" and isinstance(item, IPyNbCell):
        entries = item.config.stash[_FOLDERS][item.path].glob("workspace/project/*")
        if garbled := [entry.name for entry in entries if not entry.name.isprintable()]:
            report.outcome, report.longrepr = "failed", f"it has left {garbled!a}"
    if report.failed and isinstance(item, IPyNbCell):
        for output in coalesce_streams(item.test_outputs or []):
            if output.output_type == "stream":
                report.sections.append((f"the cell's {output.name}", output.text))
    return report


class _Times:
    """Takes the time of notebooks, kernels and all."""

    def __init__(self, config: pytest.Config) -> None:
        self.root, self.seconds = config.rootpath, config.stash[_SECONDS]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        path = self.root / report.nodeid.partition("::")[0]
        if path.suffix == ".ipynb":
            self.seconds[path] = self.seconds.get(path, 0.0) + report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a notebook took much longer than it tells its reader."""
    for path, seconds in session.config.stash[_SECONDS].items():
        if seconds > _SLACK * 60 * declared_minutes(path) and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each notebook took."""
    taken = terminalreporter.config.stash[_SECONDS]
    if taken:
        terminalreporter.section("notebooks")
    for path, seconds in taken.items():
        declared = declared_minutes(path)
        late = f"  more than {_SLACK} times that" if seconds > _SLACK * 60 * declared else ""
        terminalreporter.line(f"{path.name:32} {seconds:6.1f} s, declares {declared} min{late}")


def declared_minutes(path: Path) -> int:
    """Return the minutes that a notebook says the machine works for it."""
    match = re.search(r"the machine works for (\d+)\.", path.read_text(encoding="utf-8"))
    return int(match[1]) if match else 0
