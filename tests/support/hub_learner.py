"""A learner at a hub, by the protocols that a browser speaks: log in, start, run notebooks.

They log in by the hub's form, start their server by its API, open a session for a notebook by
that of the server, and send each code cell to the kernel over the proxied websocket, as
JupyterLab does. They do not read: the next cell follows at once.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import aiohttp

CELL_SECONDS = 1800
"""What a cell may take in a crowd, before the learner gives up."""
START_SECONDS = 300
"""From asking for a server to its being ready, with the wait for one's turn."""
_AGAIN = 5
"""Seconds before a hub that starts too many servers at once is asked again."""
_API = "/hub/api"


class Busy(Exception):
    """The hub starts as many servers as it may at once."""


class LessonFailed(Exception):
    """A cell that failed, a request that was refused, or something that never came."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of a notebook."""

    source: str
    may_fail: bool
    """Whether the notebook says that it fails."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a kernel said to a cell."""

    ok: bool
    error: str
    """The exception, if it is not ok."""
    text: str
    """What was printed, and what a result looks like as text."""


class Connection:
    """A connection with a kernel, as a page has one."""

    def __init__(
        self, learner: Learner, socket: aiohttp.ClientWebSocketResponse, session: str
    ) -> None:
        self._learner, self._socket, self._session = learner, socket, session

    async def run(self, source: str, on_text: Callable[[str], object] = lambda _: None) -> Answer:
        """Run a cell to its end.

        :param on_text: called with each piece of text at once.
        """
        pieces: list[str] = []

        def heard(text: str) -> None:
            pieces.append(text)
            on_text(text)

        asked = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        reply = await _ask(self._socket, self._session, "execute_request", asked, heard)
        ok = reply["status"] == "ok"
        self._learner.done += ok
        return Answer(ok, f"{reply.get('ename')}: {reply.get('evalue')}", "".join(pieces))


class Learner:
    """One of them; an asynchronous context manager.

    :param url: of the hub's proxy, without a slash at its end.
    """

    def __init__(self, url: str, name: str, password: str) -> None:
        self.url = url
        self.name = name
        self.password = password
        self.done = 0
        """Cells that have run."""

    async def __aenter__(self) -> Learner:
        # unsafe: cookies of a host that is an address.
        jar = aiohttp.CookieJar(unsafe=True)
        timeout = aiohttp.ClientTimeout(total=CELL_SECONDS)
        self.http = aiohttp.ClientSession(cookie_jar=jar, timeout=timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.http.close()

    async def log_in(self) -> None:
        """By the form, with the token that came with its page."""
        await self._call("GET", "/hub/login")
        form = {"username": self.name, "password": self.password, "_xsrf": self._xsrf("/hub/")}
        # What follows would start the server at once; they ask for that by themselves.
        await self._call("POST", "/hub/login", data=form, allow_redirects=False)
        await self._call("GET", "/hub/home")  # with the token of who is logged in

    async def start_server(self) -> None:
        """By the hub's API, and wait until the server is ready and knows the learner."""
        started = time.monotonic()
        while True:
            try:
                await self._call("POST", f"{_API}/users/{self.name}/server", at="/hub/", json={})
                break
            except Busy:  # as the hub's page does: it asks again by itself
                await asyncio.sleep(_AGAIN)
        while True:
            user = json.loads(await self._call("GET", f"{_API}/users/{self.name}", at="/hub/"))
            if user["servers"].get("", {}).get("ready"):
                break
            if time.monotonic() - started > START_SECONDS:
                raise LessonFailed(f"the server of {self.name} is not ready")
            await asyncio.sleep(0.5)
        # The page of JupyterLab: by way of the hub, which hands out the cookies of the server.
        page = await self._call("GET", f"/user/{self.name}/lab")
        if "jupyter-config-data" not in page:
            raise LessonFailed(f"{self.name} got another page than JupyterLab's")

    async def cells(self, path: str) -> list[Cell]:
        """Return the code cells of a notebook, a path in the learner's folder."""
        text = await self._call("GET", f"{self._server}/api/contents/{path}", at=self._server)
        return [
            Cell("".join(one["source"]), "raises-exception" in one["metadata"].get("tags", []))
            for one in json.loads(text)["content"]["cells"]
            if one["cell_type"] == "code"
        ]

    async def open(self, path: str) -> str:
        """Open a notebook, and return the ID of its kernel."""
        wanted = {
            "path": path,
            "name": Path(path).name,
            "type": "notebook",
            "kernel": {"name": "python3"},
        }
        text = await self._call(
            "POST", f"{self._server}/api/sessions", at=self._server, json=wanted
        )
        return str(json.loads(text)["kernel"]["id"])

    @asynccontextmanager
    async def connect(self, kernel: str) -> AsyncIterator[Connection]:
        """Connect with a kernel, which stays when the connection ends."""
        session = uuid.uuid4().hex
        where = f"{self.url}{self._server}/api/kernels/{kernel}/channels?session_id={session}"
        async with self.http.ws_connect(
            where.replace("http", "ws", 1), origin=self.url, max_msg_size=0, heartbeat=30
        ) as socket:
            await _ask(socket, session, "kernel_info_request", {})
            yield Connection(self, socket, session)

    async def interrupt(self, kernel: str) -> None:
        """Interrupt a kernel, as the button of JupyterLab does."""
        path = f"{self._server}/api/kernels/{kernel}/interrupt"
        await self._call("POST", path, at=self._server)

    @property
    def _server(self) -> str:
        return f"/user/{self.name}"

    def _xsrf(self, path: str) -> str:
        """The token that the cookies for `path` have; the one for the longest path counts."""
        found = [c for c in self.http.cookie_jar if c.key == "_xsrf" and path.startswith(c["path"])]
        if not found:
            raise LessonFailed(f"{self.name} got no token for {path}")
        return max(found, key=lambda cookie: len(cookie["path"])).value

    async def _call(self, method: str, path: str, at: str = "", **options: object) -> str:
        """Make a request and return its answer; as a page's script does, if `at` is its path."""
        headers = {"X-XSRFToken": self._xsrf(at.rstrip("/") + "/")} if at else {}
        headers["Referer"] = f"{self.url}{at or '/hub/'}"
        async with self.http.request(method, self.url + path, headers=headers, **options) as answer:
            text = await answer.text()
            if answer.status == 429:
                raise Busy
            if answer.status >= 400:
                raise LessonFailed(f"{method} {path}: {answer.status} {text[:300]}")
            return text


async def _ask(
    socket: aiohttp.ClientWebSocketResponse,
    session: str,
    kind: str,
    content: dict[str, object],
    on_text: Callable[[str], object] = lambda text: None,
) -> dict[str, object]:
    """Send one message on the shell channel; return its reply when the kernel is idle again."""
    number = uuid.uuid4().hex
    header = {"msg_id": number, "msg_type": kind, "username": "", "session": session}
    header |= {"date": "", "version": "5.4"}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
    await socket.send_json(message | {"content": content, "buffers": []})
    reply: dict[str, object] | None = None
    idle = False
    async with asyncio.timeout(CELL_SECONDS):
        while reply is None or not idle:
            got = await socket.receive()
            if got.type is not aiohttp.WSMsgType.TEXT:
                if got.type is aiohttp.WSMsgType.BINARY:
                    continue  # a widget's buffers: no reply comes so
                raise LessonFailed(f"the kernel's connection ended: {got.type.name}")
            answer = json.loads(got.data)
            if answer["parent_header"].get("msg_id") != number:
                continue
            if answer["channel"] == "shell":
                reply = answer["content"]
            elif answer["msg_type"] == "status":
                idle = answer["content"]["execution_state"] == "idle"
            elif answer["msg_type"] == "stream":
                on_text(answer["content"]["text"])
            elif answer["msg_type"] in ("execute_result", "display_data"):
                on_text(answer["content"]["data"].get("text/plain", ""))
    return reply
