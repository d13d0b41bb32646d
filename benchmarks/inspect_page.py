"""Measure the site's page that inspects files, against the command: a table in Markdown.

    python -m benchmarks.inspect_page [--rounds N]

It needs what `make site` and `make setup-browser` make. Both sides read the same files on this
machine, in turns. The page loads Python for its first file alone, and the command for each file.
docs/inspect-in-a-browser.md has what was measured.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.builds import CROSSCRAFT
from tests.support import real_package
from tests.support.browser.chromium import CHROMIUM
from tests.support.browser.site_server import serving_files
from tests.support.inspected_files import large
from tools.site.make import SITE

_PATIENCE = 300_000
"""Milliseconds for an answer."""
_MEGABYTES = (5, 50)
"""The sizes of the large packages."""


def main() -> int:
    """Measure, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of each row [3]")
    rounds = parser.parse_args().rounds
    if not (SITE / "inspect.html").is_file():
        sys.exit("there is no build/site/inspect.html: run `make setup-browser site`, with npm")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_files(SITE) as address,
        sync_playwright() as playwright,
    ):
        files = _files(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM.find())
        taken = [_round(browser, f"{address}inspect.html", files) for _ in range(rounds)]
        browser.close()
    print("| file | in Chromium, s | command, s |\n|---|---|---|")
    for row in taken[0]:
        ours, theirs = (statistics.median(one[row][side] for one in taken) for side in (0, 1))
        print(f"| {row} | {ours:.2f} | {theirs:.2f} |")
    return 0


def _files(folder: Path) -> Mapping[str, Path]:
    """Write the files, and return them by the names of their rows."""
    small = real_package.write(folder / f"{real_package.NAME}.conda")
    sized = {f"{size} MB": large(folder, size * 2**20) for size in _MEGABYTES}
    return {"the first one, small": small, "the same again": small, **sized}


def _round(browser: Browser, url: str, files: Mapping[str, Path]) -> dict[str, tuple[float, float]]:
    """Return the seconds of page and command for each row, with a fresh profile."""
    with browser.new_context() as profile:
        page = profile.new_page()
        page.goto(url)
        return {
            row: (_timed(_choose, page, path), _timed(_inspect, path))
            for row, path in files.items()
        }


def _timed(action: Callable[..., object], *arguments: object) -> float:
    began = time.monotonic()
    action(*arguments)
    return time.monotonic() - began


def _choose(page: Page, path: Path) -> None:
    page.get_by_label("Files to inspect").set_input_files(str(path))
    saved = page.get_by_role("link", name="Save the facts")
    expect(saved).to_be_visible(timeout=_PATIENCE)


def _inspect(path: Path) -> None:
    argv = [CROSSCRAFT, "inspect", "--json", path]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
