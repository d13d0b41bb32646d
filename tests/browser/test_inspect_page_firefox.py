"""The page that inspects files, in Firefox."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest

from tests.support import inspected_files
from tests.support.browser.accessibility import GRAVE
from tests.support.browser.bidi import FirefoxPage, opening
from tests.support.browser.firefox import FIREFOX
from tests.support.browser.site_server import serving_files
from tests.support.inspected_files import KINDS, native

SAVE = "#inspect-save"
FOUND = "axe.run(document).then(found => JSON.stringify(found.violations))"


@pytest.fixture(scope="module")
def page(site: str) -> Iterator[FirefoxPage]:
    """A page that is used for one file after the other."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm, so the site has no such page")
    with opening(FIREFOX.find(), f"{site}inspect.html") as opened:
        (source,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
        opened.evaluate(f"{source.read_text('utf-8')}; 1")
        yield opened


def choose(page: FirefoxPage, path: Path) -> None:
    page.set_files("#inspect-files", path)
    page.wait_for(f"!document.querySelector('{SAVE}').hidden")


def compare(page: FirefoxPage, path: Path) -> None:
    """Compare the page with the command: the JSON, each verdict, and the error."""
    expected = native(path)
    assert page.saved(SAVE) == expected.json
    text = page.evaluate(
        "document.querySelector('#inspect-result').innerText.replace(/\\s+/g, ' ')"
    )
    verdicts = [one for found in json.loads(expected.json) for one in found["verdicts"]]
    assert all(f"{one['question']} " in text for one in verdicts)
    assert expected.error in text


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_the_command_says(page: FirefoxPage, tmp_path: Path, kind: str) -> None:
    path = KINDS[kind](tmp_path)
    choose(page, path)
    compare(page, path)
    found = json.loads(page.evaluate(FOUND))
    assert [one["id"] for one in found if one["impact"] in GRAVE] == []


def test_a_hostile_name_ends_neither_the_page_nor_the_next_file(
    page: FirefoxPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inspected_files.hostile(tmp_path, monkeypatch, 60)
    choose(page, path)
    assert "not demangled" in page.evaluate("document.querySelector('#inspect-status').innerText")
    compare(page, path)
    honest = KINDS["honest"](tmp_path)
    choose(page, honest)
    compare(page, honest)


def test_nothing_can_be_sent_elsewhere(page: FirefoxPage, tmp_path: Path) -> None:
    with serving_files(tmp_path) as elsewhere:
        fetch = f"fetch({elsewhere!r}).then(() => 'allowed', () => 'refused')"
        assert page.evaluate(fetch) == "refused"
        in_worker = f"""new Promise((done) => {{
          const code = `{fetch}.then((text) => postMessage(text))`;
          const source = URL.createObjectURL(new Blob([code], {{ type: "text/javascript" }}));
          new Worker(source, {{ type: "module" }}).onmessage = ({{ data }}) => done(data);
        }})"""
        assert page.evaluate(in_worker) == "refused"
