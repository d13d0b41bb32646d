"""Firefox over WebDriver BiDi, for what the tests need of it. Playwright has a Firefox of its own.

Source: the W3C's "WebDriver BiDi".
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websocket

__all__ = ["FirefoxPage", "opening"]

PATIENCE = 300.0
"""Seconds that anything may take."""
PREFERENCES = {
    "browser.download.folderList": 2,
    "browser.helperApps.neverAsk.saveToDisk": "application/json",
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "services.settings.server": "data:,",
    "extensions.update.enabled": False,
    "app.update.enabled": False,
}
"""A browser that asks no host by itself, and saves a file without a question."""


@dataclass
class FirefoxPage:
    """One page in Firefox."""

    socket: websocket.WebSocket
    """The connection."""
    downloads: Path
    """The folder of saved files."""
    context: str = ""
    """Firefox's name for the page."""
    asked: list[str] = field(default_factory=list)
    """The URLs that the page and its workers have asked for."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, method: str, **params: object) -> Any:
        """Send a command, and return its result.

        :raises RuntimeError: if Firefox answers with an error.
        """
        number = next(self._numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            heard = json.loads(self.socket.recv())
            if heard.get("method") == "network.beforeRequestSent":
                self.asked.append(heard["params"]["request"]["url"])
            if heard.get("id") == number:
                if heard["type"] == "error":
                    raise RuntimeError(f"{method}: {heard['error']}: {heard['message']}")
                return heard["result"]

    def goto(self, url: str) -> None:
        """Open `url`, and wait until it is loaded."""
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression, or of its promise, if it is text, a number or so.

        :raises RuntimeError: if the expression throws.
        """
        target = {"context": self.context}
        options = {"awaitPromise": True, "resultOwnership": "none"}
        found = self.ask("script.evaluate", expression=script, target=target, **options)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")

    def set_files(self, selector: str, *paths: Path) -> None:
        """Choose files in the input at a CSS selector."""
        target = {"context": self.context}
        script = f"document.querySelector({json.dumps(selector)})"
        found = self.ask("script.evaluate", expression=script, target=target, awaitPromise=False)
        element = {"sharedId": found["result"]["sharedId"]}
        files = [str(path) for path in paths]
        self.ask("input.setFiles", context=self.context, element=element, files=files)

    def wait_for(self, script: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.evaluate(f"Boolean({script})"):
            assert time.monotonic() < end, f"{script} did not become true"
            time.sleep(0.2)

    def saved(self, selector: str) -> str:
        """Click the link at a CSS selector, and return the text of the file that it saves."""
        before = set(self.downloads.iterdir())
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            new = list(set(self.downloads.iterdir()) - before)
            if new and not any(path.suffix == ".part" for path in new):
                text = new[0].read_text(encoding="utf-8")
                if text:
                    return text
            time.sleep(0.2)
        raise AssertionError(f"{selector} saved nothing")


@contextmanager
def opening(executable: Path, url: str) -> Iterator[FirefoxPage]:
    """Open `url` in a Firefox with a fresh profile. When it ends, no request of the page may have
    gone to another host."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-firefox-") as name:
        profile, downloads = Path(name) / "profile", Path(name) / "downloads"
        profile.mkdir()
        downloads.mkdir()
        preferences = {**PREFERENCES, "browser.download.dir": str(downloads)}
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
        (profile / "user.js").write_text("".join(lines))
        argv = [str(executable), "--headless", "--no-remote", "--remote-debugging-port=0"]
        log = Path(name) / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*argv, "--profile", str(profile), "about:blank"], stdout=output, stderr=output
            )
        try:
            yield from _visiting(_address(log), downloads, url)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _visiting(address: str, downloads: Path, url: str) -> Iterator[FirefoxPage]:
    socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
    page = FirefoxPage(socket, downloads)
    page.ask("session.new", capabilities={})
    page.ask("session.subscribe", events=["network.beforeRequestSent"])
    page.context = page.ask("browsingContext.getTree")["contexts"][0]["context"]
    page.goto(url)
    yield page
    page.evaluate("1")  # hears what it has asked for until now
    host = urlsplit(url).netloc
    elsewhere = [one for one in page.asked if urlsplit(one).netloc not in (host, "")]
    socket.close()
    assert not elsewhere, f"the page asked other hosts: {elsewhere}"


def _address(log: Path) -> str:
    """Return the address that Firefox listens on."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text("utf-8")):
            return f"{found[1]}/session"
        time.sleep(0.2)
    raise AssertionError(f"Firefox did not start: {log.read_text('utf-8')[-500:]}")
