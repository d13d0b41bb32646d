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
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import aiohttp

CELL_SECONDS = 600
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

    async def run(self, notebooks: Sequence[str]) -> None:
        """Run each notebook, a path in the learner's folder, in a kernel of its own, which stays
        when the notebook is done, as with JupyterLab."""
        for path in notebooks:
            text = await self._call("GET", f"{self._server}/api/contents/{path}", at=self._server)
            content = json.loads(text)["content"]["cells"]
            session = await self._open(path)
            await self._run_cells(session["kernel"]["id"], path, content)

    async def _open(self, path: str) -> dict[str, dict[str, str]]:
        wanted = {
            "path": path,
            "name": Path(path).name,
            "type": "notebook",
            "kernel": {"name": "python3"},
        }
        text = await self._call(
            "POST", f"{self._server}/api/sessions", at=self._server, json=wanted
        )
        found: dict[str, dict[str, str]] = json.loads(text)
        return found

    async def _run_cells(self, kernel: str, path: str, content: list[dict[str, object]]) -> None:
        session = uuid.uuid4().hex
        where = f"{self.url}{self._server}/api/kernels/{kernel}/channels?session_id={session}"
        async with self.http.ws_connect(
            where.replace("http", "ws", 1), origin=self.url, max_msg_size=0, heartbeat=30
        ) as socket:
            await _ask(socket, session, "kernel_info_request", {})
            for number, cell in enumerate(content, start=1):
                if cell["cell_type"] != "code":
                    continue
                asked = {
                    "code": "".join(cell["source"]),
                    "silent": False,
                    "store_history": True,
                    "user_expressions": {},
                    "allow_stdin": False,
                    "stop_on_error": True,
                }
                reply = await _ask(socket, session, "execute_request", asked)
                tags = cell["metadata"].get("tags", [])
                if reply["status"] != "ok" and "raises-exception" not in tags:
                    said = f"{reply.get('ename')}: {reply.get('evalue')}"
                    raise LessonFailed(f"{self.name}, {path}, cell {number}: {said}")
                self.done += 1

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
    socket: aiohttp.ClientWebSocketResponse, session: str, kind: str, content: dict[str, object]
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
    return reply
