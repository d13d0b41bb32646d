"""A visit to a page with a fresh profile, and what was seen during it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page

PATIENCE = 60_000
"""Milliseconds that anything may take to appear: the machine may be busy with much else."""

OPEN: list[Visit] = []
"""The visits that go on. Of these a failing test keeps what can be seen."""


@dataclass
class Visit:
    """One page, and what it did."""

    page: Page
    """The page."""
    host: str
    """The one server it may talk to, with its port."""
    elsewhere: list[str] = field(default_factory=list)
    """Requests to other hosts."""
    complaints: list[str] = field(default_factory=list)
    """Errors of the page and of its scripts."""

    def asks(self, url: str) -> None:
        """Note a request, by HTTP or for a socket."""
        where = urlsplit(url)
        if where.scheme not in ("data", "blob") and where.netloc != self.host:
            self.elsewhere.append(url)

    def says(self, message: ConsoleMessage) -> None:
        """Note what the page writes to its console, if it is an error."""
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def keep(self, folder: Path) -> list[Path]:
        """Keep a picture and a trace of what happened so far, and return where."""
        folder.mkdir(parents=True, exist_ok=True)
        number = OPEN.index(self)
        picture, trace = folder / f"page-{number}.png", folder / f"trace-{number}.zip"
        self.page.screenshot(path=picture)
        self.page.context.tracing.stop_chunk(path=trace)
        self.page.context.tracing.start_chunk()
        return [picture, trace]


@contextmanager
def visiting(browser: Browser, url: str, **context: object) -> Iterator[Visit]:
    """Open `url` with a fresh profile. When the visit ends, no request may have gone to another
    host, and nothing may have failed in the page.

    :param context: more of what Playwright lets one choose, such as ``color_scheme``.
    """
    # Half as many pixels again as a page needs: pictures for the docs are sharp then.
    chosen = {"viewport": {"width": 1240, "height": 860}, "device_scale_factor": 1.5, **context}
    profile = browser.new_context(**chosen)  # type: ignore[arg-type]
    profile.set_default_timeout(PATIENCE)
    profile.tracing.start(snapshots=True)
    profile.tracing.start_chunk()
    page = profile.new_page()
    visit = Visit(page, urlsplit(url).netloc)
    page.on("request", lambda request: visit.asks(request.url))
    page.on("websocket", lambda socket: visit.asks(socket.url))
    page.on("console", visit.says)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    OPEN.append(visit)
    try:
        page.goto(url)
        yield visit
    finally:
        OPEN.remove(visit)
        profile.close()
    assert not visit.elsewhere, f"the page asked other hosts: {visit.elsewhere}"
    assert not visit.complaints, f"something failed in the page: {visit.complaints}"
