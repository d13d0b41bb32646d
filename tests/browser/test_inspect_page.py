"""The page that inspects files: it says what the command says, and sends nothing anywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.support import inspected_files
from tests.support.browser.accessibility import grave_findings
from tests.support.browser.keyboard import tab_to
from tests.support.browser.site_server import serving_files
from tests.support.browser.visit import visiting
from tests.support.inspected_files import KINDS, Native, native
from tools.site.make import SITE

PATIENCE = 300_000
"""Milliseconds for an answer: Python is loaded, and a hostile file is read twice."""
FETCH = "url => fetch(url).then(() => 'allowed', () => 'refused')"
FETCH_IN_WORKER = """url => new Promise((done) => {
  const code = `fetch("${url}").then(() => postMessage("allowed"), () => postMessage("refused"))`;
  const source = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  new Worker(source, { type: "module" }).onmessage = ({ data }) => done(data);
})"""

GROW = "pages => new WebAssembly.Memory({ initial: 1, maximum: 2 ** 16 }).grow(pages)"
"""A page has 64 KiB."""


@pytest.fixture(scope="module")
def address(site: str) -> str:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm, so the site has no such page")
    assert (SITE / "inspect.html").is_file(), "the site has no such page: `make site` says why"
    return f"{site}inspect.html"


@pytest.fixture(scope="module")
def loaded(browser: Browser, address: str) -> Iterator[Page]:
    """A page that is used for one file after the other, as a visitor does."""
    with visiting(browser, address) as visit:
        yield visit.page
        # Pyodide complains where a hostile name needs more memory than it may have.
        visit.complaints[:] = [one for one in visit.complaints if "/pyodide/" not in one]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as visit:
        yield visit.page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inspected")


def choose(page: Page, *paths: Path) -> None:
    """Choose files, and wait for the answer."""
    page.get_by_label("Files to inspect").set_input_files([str(path) for path in paths])
    wait(page)


def wait(page: Page) -> None:
    expect(page.get_by_role("link", name="Save the facts")).to_be_visible(timeout=PATIENCE)


def saved(page: Page) -> str:
    """Return the JSON that a visitor can save."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the facts").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def shown(page: Page) -> str:
    """Return the text of the result, each blank one blank."""
    return " ".join(page.locator("#inspect-result").inner_text().split())


def compare(page: Page, expected: Native) -> None:
    """Compare the page with the command: the JSON, each verdict, and the error."""
    assert saved(page) == expected.json
    text = shown(page)
    for found in json.loads(expected.json):
        for verdict in found["verdicts"]:
            evidence = " ".join(verdict["evidence"][0].split()) if verdict["evidence"] else ""
            assert f"{verdict['question']} " in text
            assert evidence in text
    assert expected.error in text


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_the_command_says(loaded: Page, folder: Path, kind: str) -> None:
    path = KINDS[kind](folder)
    choose(loaded, path)
    compare(loaded, native(path))
    expect(loaded.get_by_role("status")).to_contain_text(path.name)
    assert grave_findings(loaded) == []


def test_packages_for_two_platforms_are_compared(loaded: Page, folder: Path) -> None:
    paths = [KINDS[kind](folder) for kind in ("honest", "lying")]
    choose(loaded, *paths)
    compare(loaded, native(*paths))
    heading = "area for linux-64 (left) and for linux-aarch64 (right)"
    expect(loaded.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.parametrize(
    ("levels", "status"),
    [
        (28, "hostile.so"),
        (60, "not demangled, because the first attempt failed"),  # by time or by memory
    ],
    ids=["too large", "without end"],
)
def test_a_hostile_name_ends_neither_the_page_nor_the_next_file(
    loaded: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, levels: int, status: str
) -> None:
    path = inspected_files.hostile(tmp_path, monkeypatch, levels)
    choose(loaded, path)
    expect(loaded.get_by_role("status")).to_contain_text(status)
    compare(loaded, native(path))
    honest = KINDS["honest"](tmp_path)
    choose(loaded, honest)
    compare(loaded, native(honest))


def test_each_example_is_inspected(loaded: Page) -> None:
    buttons = loaded.locator(".inspect-examples button")
    expected = {
        "cpp_math for linux-64": "linux-64",
        "cpp_math for linux-aarch64": "linux-aarch64",
        "cpp_math-stubs, noarch": "noarch",
        "both cpp_math, compared": "What differs",
        "a package that lies": "The answer is NO",
    }
    assert buttons.all_inner_texts() == list(expected)
    for label, text in expected.items():
        loaded.get_by_role("button", name=label).click()
        wait(loaded)
        assert text in shown(loaded)
        assert ("The answer is NO" in shown(loaded)) is (label == "a package that lies")


def test_nothing_can_be_sent_elsewhere(browser: Browser, address: str, tmp_path: Path) -> None:
    """The page cannot, and nor can a worker like ours. Our page's own server can be asked."""
    with serving_files(tmp_path) as elsewhere, browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        for fetch in (FETCH, FETCH_IN_WORKER):
            assert page.evaluate(fetch, elsewhere) == "refused"
            assert page.evaluate(fetch, address) == "allowed"
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', _text("inspect.html"))
    assert "connect-src 'self';" in policy
    assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")


def test_nothing_is_loaded_before_it_is_needed(browser: Browser, site: str) -> None:
    with visiting(browser, "about:blank#") as visit:
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        for name in ("index.html", "inspect.html"):
            visit.host = site.split("/")[2]
            visit.page.goto(site + name)
        visit.page.wait_for_load_state("networkidle")
    assert any("inspect/page.js" in url for url in asked)
    assert not [url for url in asked if "pyodide" in url or "crosscraft.zip" in url]


def test_it_is_used_from_the_keyboard_in_the_dark_and_on_a_small_screen(
    browser: Browser, address: str
) -> None:
    """The screen is that of a phone, and that of a window of 1280 pixels at 400 percent."""
    small = {"width": 320, "height": 640}
    with visiting(browser, address, color_scheme="dark", viewport=small) as visit:
        page = visit.page
        button = page.get_by_role("button", name="a package that lies")
        tab_to(page, button)
        page.keyboard.press("Enter")
        wait(page)
        expect(page.get_by_role("status")).to_contain_text("The answer is NO")
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="The header of").first).to_be_visible()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0
        assert grave_findings(page) == []


def test_a_file_that_is_dropped_is_inspected(page: Page, folder: Path) -> None:
    path = KINDS["binary"](folder)
    transfer = page.evaluate_handle(
        """([name, bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], name));
          return data;
        }""",
        [path.name, list(path.read_bytes())],
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    wait(page)
    compare(page, native(path))


def test_a_page_from_a_disk_says_what_to_do(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((SITE / "inspect.html").as_uri())
        expect(page.get_by_role("status")).to_contain_text("python3 -m http.server")
        expect(page.get_by_label("Files to inspect")).to_be_hidden()


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize("size", [None, 1_000_000], ids=["missing", "cut"])
def test_a_page_without_python_says_so(browser: Browser, tmp_path: Path, size: int | None) -> None:
    """As in a browser that is too old for the worker, and after a copy that was cut short."""
    shutil.copytree(SITE / "_static", tmp_path / "_static")
    shutil.copy(SITE / "inspect.html", tmp_path)
    program = next(tmp_path.glob("_static/**/pyodide.asm.wasm"))
    if size is None:
        shutil.rmtree(program.parent)
    else:
        os.truncate(program, size)
    with serving_files(tmp_path) as incomplete, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{incomplete}inspect.html")
        page.get_by_role("button", name="a package that lies").click()
        expect(page.get_by_role("status")).to_contain_text(
            "Python cannot be loaded", timeout=60_000
        )
        expect(page.get_by_role("progressbar")).to_be_hidden()


def test_a_worker_has_at_most_a_gibibyte(loaded: Page, folder: Path) -> None:
    choose(loaded, KINDS["honest"](folder))
    (worker,) = loaded.workers
    assert worker.evaluate(GROW, 2**14 - 1) == 1  # the former size, in pages
    with pytest.raises(Error, match="RangeError: the memory limit"):
        worker.evaluate(GROW, 2**14)


def _text(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")
