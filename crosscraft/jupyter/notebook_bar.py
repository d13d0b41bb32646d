"""A progress bar in the output of the cell that runs, while one of its commands works.

Only where JupyterLab started the kernel: nbval and nbclient compare and store outputs, and get
the lines that the commands print. The bar is a widget. It is there while there is something to
show, and `saving` leaves it out of files, also in mid-work.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from crosscraft.system import relay
from crosscraft.system.progress import HowFar

if TYPE_CHECKING:
    import ipywidgets
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import DisplayHandle

__all__ = ["MARK", "SESSION", "NotebookBar", "drawn", "listen", "wanted"]

MARK = "crosscraft_progress"
"""In the metadata of an output: that it is a bar, and nothing to keep."""

SESSION = "JPY_SESSION_NAME"
"""jupyter_server sets it for kernels that it starts for a page, to the notebook's path; whoever
only runs notebooks has no server."""

_listening: NotebookBar | None = None


def wanted() -> bool:
    """Whether a page that can draw widgets started this kernel."""
    return SESSION in os.environ


def listen() -> None:
    """Begin to show what commands of this notebook tell, if there is a page to show it on."""
    global _listening
    if _listening is None and wanted():
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None:
            _listening = NotebookBar.beside(shell)


def drawn(bars: Iterable[HowFar]) -> str:
    """Return bars as HTML. The browser's own element is drawn in the colours of the theme, and
    says to a screen reader what it is; its label is the text beside it."""
    return "".join(map(_drawn, bars))


def _drawn(bar: HowFar) -> str:
    known = f' value="{bar.done:g}" max="{bar.total:g}"' if bar.total else ""
    words = f"{bar.title}, {bar.words}" if bar.words else bar.title
    return (
        '<label style="display:flex;gap:0.75em;align-items:center;margin:2px 0;'
        'color:var(--jp-content-font-color1)">'
        f'<progress{known} style="width:14em;height:1em;accent-color:var(--jp-brand-color1)">'
        f"</progress><span>{escape(words)}</span></label>"
    )


class NotebookBar:
    """Draws what a receiver gets, in a thread of its own: the kernel's own waits for the cell."""

    def __init__(self, receiver: relay.Receiver) -> None:
        self._receiver = receiver
        self._lock = threading.RLock()
        self._running = True  # the cell that asked for it
        self._bars: dict[int, HowFar] = {}
        self._widget: ipywidgets.HTML | None = None
        self._handle: DisplayHandle | None = None

    @classmethod
    def beside(cls, shell: InteractiveShell) -> NotebookBar | None:
        """Start one for the cells of `shell`; None where there is no room for a socket."""
        try:
            receiver = relay.Receiver()
        except OSError:
            return None
        bar = cls(receiver)
        os.environ[relay.VARIABLE] = str(receiver.path)
        atexit.register(receiver.close)
        shell.events.register("pre_run_cell", bar.begin_cell)
        shell.events.register("post_run_cell", bar.end_cell)
        threading.Thread(target=bar.follow, name="crosscraft progress", daemon=True).start()
        return bar

    def begin_cell(self, info: Any = None) -> None:
        """A cell begins: what is told from now on belongs to it."""
        with self._lock:
            self._receiver.drop()
            self._running = True

    def end_cell(self, result: Any = None) -> None:
        """The cell has ended, or was interrupted. What it left running goes on unseen."""
        with self._lock:
            self._running = False
            self._bars.clear()
            self._remove()

    def follow(self) -> None:
        """Draw what comes, until the receiver is closed."""
        while True:
            try:
                came = self._receiver.receive()
            except OSError:
                return
            if came:
                self.draw(*came)

    def draw(self, who: int, now: HowFar | None) -> None:
        """Draw how far a command is, beside others that work at the same time."""
        with self._lock:
            if not self._running:
                return
            if now is None:
                self._bars.pop(who, None)
            else:
                self._bars[who] = now
            if self._bars or self._widget is not None:
                self._show(drawn(self._bars.values()))

    def _show(self, text: str) -> None:
        if self._widget is not None:
            self._widget.value = text
            return
        import ipywidgets
        from IPython.display import display

        from crosscraft.views.live import WIDGET_VIEW

        self._widget = ipywidgets.HTML(value=text)
        view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        self._handle = display(  # type: ignore[no-untyped-call]
            {"text/plain": "At work …", WIDGET_VIEW: view},
            raw=True,
            metadata={MARK: True},
            display_id=True,
        )

    def _remove(self) -> None:
        """Take it away. An output cannot be removed, but it can be empty."""
        if self._handle is not None:
            self._handle.update({}, raw=True, metadata={MARK: True})  # type: ignore[no-untyped-call]
            self._handle = None
        if self._widget is not None:
            self._widget.close()
            self._widget = None
