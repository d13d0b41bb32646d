"""What the explorers share: an answer pane, errors shown in place, and a static form.

An explorer's output in a notebook is one bundle: the live widget, HTML and text. JupyterLab
takes the first while a kernel runs behind it, GitHub the second, nbval compares the last two.
"""

from __future__ import annotations

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

__all__ = ["WIDGET_VIEW", "Explorer", "Pane", "Quiet", "beside", "control", "controls"]
__all__ += ["in_background", "settle"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
"""The mimetype of a live widget."""

_SCROLLS = "overflow:auto;box-sizing:border-box;padding:0 4px;width:0;min-width:100%"
"""Of a place as wide as there is room, whatever is in it."""

_LABEL = "5.5em"
"""Width of the labels, so that controls below each other are flush."""

Value = TypeVar("Value")


class Quiet(threading.local):
    """Whether this thread is setting controls by itself, so that their callbacks do not answer.
    What a person does meanwhile, in another thread, is answered."""

    on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.on = True
        try:
            yield
        finally:
            self.on = False


class Explorer:
    """A widget with a static form. Classes derived from it set :attr:`widget`."""

    widget: ipywidgets.VBox
    """The live form."""

    def blocks(self) -> Iterable[Block]:
        """What it shows, all of it, for someone who cannot choose."""
        raise NotImplementedError

    def static(self) -> str:
        """Return the same facts as HTML."""
        return html.draw(self.blocks())

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {"text/plain": repr(self), "text/html": self.static(), WIDGET_VIEW: view}


class Pane:
    """Where an explorer answers. A long answer scrolls, from the keyboard as well."""

    def __init__(self, label: str, height: str = "34em") -> None:
        """:param label: what a screen reader calls the place."""
        import ipywidgets

        self.label = label
        self.height = height
        self.widget = ipywidgets.HTML(layout={"width": "100%", "min_width": "0"})
        self._lock = threading.RLock()
        self._asked = 0
        self._answered = threading.Event()

    def show(self, blocks: Iterable[Block]) -> None:
        """Show an answer in place of the last."""
        drawn = self._drawn(blocks)
        with self._lock:
            self._asked += 1
            self.widget.value = drawn
            self._answered.set()

    def show_when(self, ready: Future[Any], blocks: Callable[[], Iterable[Block]]) -> None:
        """Show ``blocks()`` once `ready` is, and until then say that it is being read.

        An answer that nobody waits for any more is not shown.
        """
        if ready.done():
            self.answering(lambda: self.show(blocks()))(None)
            return
        with self._lock:
            self._asked += 1
            mine = self._asked
            self._answered.clear()
            self.widget.value = self._drawn([Paragraph("Still reading. The answer appears here.")])

        def answer(_: object) -> None:
            if mine != self._asked:
                return
            try:
                drawn = self._drawn(blocks())
            except Exception as error:
                drawn = self._drawn([Problem(_told(error))])
                if not isinstance(error, CrosscraftError):
                    raise  # to the log of the thread's executor; and it is shown all the same
            finally:
                with self._lock:
                    if mine == self._asked:
                        self.widget.value = drawn
                        self._answered.set()

        ready.add_done_callback(answer)

    def wait(self) -> None:
        """Wait until the answer is shown."""
        self._answered.wait()

    def answering(self, handler: Callable[[], None]) -> Callable[[object], None]:
        """Return `handler` as a callback that shows an expected error in place: ipywidgets
        would write it to a log that nobody reads."""

        def guarded(_: object) -> None:
            try:
                handler()
            except CrosscraftError as error:
                self.show([Problem(str(error))])

        return guarded

    def _drawn(self, blocks: Iterable[Block]) -> str:
        # Without the attribute, JupyterLab would take the keys that scroll for its own.
        return (
            f'<div role="region" aria-label="{escape(printable(self.label))}" tabindex="0" '
            f'data-lm-suppress-shortcuts="true" '
            f'style="{_SCROLLS};max-height:{self.height}">'
            f"{html.draw(blocks)}</div>"
        )


def _told(error: Exception) -> str:
    if isinstance(error, CrosscraftError):
        return str(error)
    return f"this cannot be shown ({type(error).__name__}: {error}). Please report it."


def control(kind: Any, description: str, tooltip: str, **traits: Any) -> Any:
    """Make a control with a label in front of it, as wide as those below and above it."""
    traits.setdefault("layout", {"width": "auto"})
    made = kind(description=description, tooltip=tooltip, **traits)
    if hasattr(made.style, "description_width"):
        made.style.description_width = _LABEL
    return made


def controls(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield everything within `widget` that takes input."""
    if widget.has_trait("disabled"):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from controls(child)


def beside(left: ipywidgets.Widget, right: ipywidgets.Widget) -> ipywidgets.HBox:
    """Lay out two columns beside each other; on a narrow page, one above the other."""
    import ipywidgets

    left.layout.flex, left.layout.min_width = "2 1 22em", "16em"
    right.layout.flex, right.layout.min_width = "3 1 24em", "16em"
    return ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap", "width": "100%"})


def in_background(work: Callable[[], Value]) -> Future[Value]:
    """Begin `work` in a thread that ends with the interpreter, and return its result to come."""
    future: Future[Value] = Future()
    thread = threading.Thread(target=settle, args=(future, work), daemon=True)
    thread.start()
    return future


def settle(future: Future[Value], work: Callable[[], Value]) -> None:
    """Do `work`, and give `future` its result, or what it raised."""
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)  # raised where the result is asked for
    else:
        future.set_result(result)
