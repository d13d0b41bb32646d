"""The common parts of the explorers: a pane, errors shown in it, and a static form.

An explorer's output in a notebook is one bundle of the live widget, HTML and text. JupyterLab
shows the widget while its kernel runs, GitHub shows the HTML, and nbval compares HTML and text.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from crosscraft.errors import CrosscraftError
from crosscraft.text import printable
from crosscraft.views import html
from crosscraft.views.blocks import Block, Paragraph, Problem

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["EXPLORER", "KERNEL", "WIDGET_VIEW", "Explorer", "Pane", "Quiet", "control", "controls"]
__all__ += ["drop_widget", "in_background", "settle", "side_by_side"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
"""The mimetype of a live widget."""

EXPLORER = "crosscraft-explorer"
"""The CSS class of an explorer. Within it our extension of JupyterLab leaves keys to the controls,
which are shortcuts for cells elsewhere."""

KERNEL = "crosscraft_kernel"
"""The key of the kernel's process id in the metadata of a widget's output."""

_SCROLLS = "overflow:auto;box-sizing:border-box;padding:0 4px;width:0;min-width:100%"
"""The style of a scrolling box that has the available width, whatever its contents."""

_LABEL = "5.5em"
"""The width of labels. It is fixed, so that controls are aligned."""

Value = TypeVar("Value")


class Quiet(threading.local):
    """Whether the code in this thread sets controls, so that their callbacks do nothing. User
    input, which arrives in another thread, is still handled."""

    on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.on = True
        try:
            yield
        finally:
            self.on = False


class Explorer:
    """A widget with a static form. Derived classes set :attr:`widget`."""

    widget: ipywidgets.VBox
    """The live form."""

    def blocks(self) -> Iterable[Block]:
        """Return everything that the static form shows, without any choice."""
        raise NotImplementedError

    def static(self) -> str:
        """Return the same facts as HTML."""
        return html.draw(self.blocks())

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the three forms, and the kernel in which the widget is alive."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        forms = {"text/plain": repr(self), "text/html": self.static(), WIDGET_VIEW: view}
        return forms, {WIDGET_VIEW: {KERNEL: os.getpid()}}


def drop_widget(output: dict[str, Any]) -> None:
    """Leave the static forms of an output alone. A widget ends with its kernel, and JupyterLab
    would fail to find it and not show them."""
    for part in ("data", "metadata"):
        output.get(part, {}).pop(WIDGET_VIEW, None)


class Pane:
    """The area that shows an explorer's result. A long result scrolls, also by keyboard."""

    def __init__(self, label: str, height: str = "34em") -> None:
        """:param label: the name of the area for screen readers."""
        import ipywidgets

        self.label = label
        self.height = height
        self.widget = ipywidgets.HTML(layout={"width": "100%", "min_width": "0"})
        self._lock = threading.RLock()
        self._requests = 0
        self._shown = threading.Event()

    def show(self, blocks: Iterable[Block]) -> None:
        """Show `blocks` in place of the previous result."""
        drawn = self._drawn(blocks)
        with self._lock:
            self._requests += 1
            self.widget.value = drawn
            self._shown.set()

    def show_when(self, ready: Future[Any], blocks: Callable[[], Iterable[Block]]) -> None:
        """Show ``blocks()`` when `ready` is done, and a note until then.

        The result is dropped if another one was requested in the meantime.
        """
        if ready.done():
            self.guard(lambda: self.show(blocks()))(None)
            return
        with self._lock:
            self._requests += 1
            mine = self._requests
            self._shown.clear()
            self.widget.value = self._drawn([Paragraph("Still reading. The result appears here.")])

        def show_result(_: object) -> None:
            if mine != self._requests:
                return
            try:
                drawn = self._drawn(blocks())
            except Exception as error:
                drawn = self._drawn([Problem(_message(error))])
                if not isinstance(error, CrosscraftError):
                    raise  # shown in the pane, and also logged by concurrent.futures
            finally:
                with self._lock:
                    if mine == self._requests:
                        self.widget.value = drawn
                        self._shown.set()

        ready.add_done_callback(show_result)

    def wait(self) -> None:
        """Wait until the result is shown."""
        self._shown.wait()

    def guard(self, handler: Callable[[], None]) -> Callable[[object], None]:
        """Return `handler` as a callback that shows expected errors in the pane. ipywidgets would
        only log them."""

        def guarded(_: object) -> None:
            try:
                handler()
            except CrosscraftError as error:
                self.show([Problem(str(error))])

        return guarded

    def _drawn(self, blocks: Iterable[Block]) -> str:
        # data-lm-suppress-shortcuts: the scroll keys are shortcuts of JupyterLab elsewhere.
        return (
            f'<div role="region" aria-label="{escape(printable(self.label))}" tabindex="0" '
            f'data-lm-suppress-shortcuts="true" '
            f'style="{_SCROLLS};max-height:{self.height}">'
            f"{html.draw(blocks)}</div>"
        )


def _message(error: Exception) -> str:
    if isinstance(error, CrosscraftError):
        return str(error)
    return f"this cannot be shown ({type(error).__name__}: {error}). Please report it."


def control(kind: Any, description: str, tooltip: str, **traits: Any) -> Any:
    """Create a control with a label. All controls have the same width."""
    traits.setdefault("layout", {"width": "auto"})
    made = kind(description=description, tooltip=tooltip, **traits)
    if hasattr(made.style, "description_width"):
        made.style.description_width = _LABEL
    return made


def controls(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield the widgets within `widget` that accept input."""
    if widget.has_trait("disabled"):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from controls(child)


def side_by_side(left: ipywidgets.Widget, right: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return two columns side by side. On a narrow page they are below each other."""
    import ipywidgets

    left.layout.flex, left.layout.min_width = "2 1 22em", "16em"
    right.layout.flex, right.layout.min_width = "3 1 24em", "16em"
    return ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap", "width": "100%"})


def in_background(work: Callable[[], Value]) -> Future[Value]:
    """Start `work` in a daemon thread, and return the future of its result."""
    future: Future[Value] = Future()
    thread = threading.Thread(target=settle, args=(future, work), daemon=True)
    thread.start()
    return future


def settle(future: Future[Value], work: Callable[[], Value]) -> None:
    """Do `work`, and set its result or its exception on `future`."""
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)  # future.result() raises it
    else:
        future.set_result(result)
