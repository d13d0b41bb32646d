"""A browser, JupyterLab as a user starts it, and what is kept of a test that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser.chromium import CHROMIUM
from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab, serving
from tests.support.browser.site_server import serving_files
from tests.support.browser.visit import OPEN, visiting
from tools.site.make import SITE

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""A browser that asks no host by itself, on a machine that may have no display."""

OpenNotebook = Callable[..., AbstractContextManager[LabPage]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM.find(), args=list(FLAGS), chromium_sandbox=False
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Lab]:
    """A server that all share: each test has a notebook of its own, and all one workspace."""
    with serving(tmp_path_factory.mktemp("lab"), cache) as server:
        yield server


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Lab]:
    """A server for the tests of one file, in whose clone nothing was ever run."""
    with serving(tmp_path_factory.mktemp("lab"), cache) as server:
        assert not (server.clone / "workspace" / "project").exists()
        yield server


@pytest.fixture(scope="session")
def open_notebook(browser: Browser, lab: Lab) -> OpenNotebook:
    """Open the learner's copy of a notebook with a fresh profile."""

    @contextmanager
    def opening(name: str, server: Lab = lab, **context: object) -> Iterator[LabPage]:
        path = f"workspace/lessons/{name}.ipynb"
        with visiting(browser, server.url_of(path), **context) as visit:
            yield LabPage(visit.page, server, path)

    return opening


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address that the site is served at."""
    assert (SITE / "index.html").is_file(), "the site has not been made: run `make site`"
    with serving_files(SITE) as address:
        yield address


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where pictures go, and whether to work through the lessons."""
    parser.addoption("--walk", action="store_true", help="solve all exercises in JupyterLab")
    parser.addoption("--screenshots", metavar="FOLDER", help="keep the pictures of the docs here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep a picture and a trace of each page that is open when a test fails, and say where."""
    report = yield
    if report.failed and OPEN:
        factory: pytest.TempPathFactory = item.config._tmp_path_factory  # type: ignore[attr-defined]
        folder = factory.mktemp(f"failed-{item.name[:60]}")
        kept = [path for visit in OPEN for path in visit.keep(folder)]
        report.sections.append(("kept of this failure", "\n".join(map(str, kept))))
    return report


@pytest.fixture(scope="session")
def lesson6(open_notebook: OpenNotebook) -> Iterator[LabPage]:
    """Notebook 06, begun: the packages of lessons 02 and 05 are built."""
    with open_notebook("06-look-inside") as page:
        page.run(page.cell("lesson.begin(6)"))
        yield page


@pytest.fixture(scope="session")
def packages(lab: Lab, lesson6: LabPage) -> Path:
    """The output folder of the learner's project, with the packages in it."""
    return lab.clone / "workspace" / "project" / "output"
