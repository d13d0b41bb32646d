"""What every explorer has: labels, a static form, one output that holds both; panes that wait."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import Future

import ipywidgets
import pytest

from crosscraft import views
from crosscraft.errors import CrosscraftError
from crosscraft.jupyter import lab
from crosscraft.paths import ROOT
from crosscraft.views.blocks import Paragraph
from crosscraft.views.elf_explorer import ElfExplorer
from crosscraft.views.live import (
    EXPLORER,
    KERNEL,
    WIDGET_VIEW,
    Pane,
    Quiet,
    controls,
    in_background,
)
from crosscraft.views.package_comparison import PackageComparison
from crosscraft.views.package_explorer import PackageExplorer
from crosscraft.views.recipe_explorer import RecipeExplorer
from tests.support.drawn_pages import said
from tools import notebooks

EXPLORERS = (PackageExplorer, ElfExplorer, PackageComparison, RecipeExplorer)
COUNTS = {PackageExplorer: 4, ElfExplorer: 8, PackageComparison: 3, RecipeExplorer: 4}


@pytest.fixture(params=EXPLORERS, ids=lambda kind: kind.__name__)
def explorer(request, folder):
    made = request.param(ROOT / "cpp_math" if request.param is RecipeExplorer else folder)
    made.pane.wait()
    return made


def test_names_of_the_package(explorer):
    name = type(explorer).__name__
    assert getattr(views, name) is type(explorer)
    assert name in views.__all__
    assert views.controls is controls
    with pytest.raises(AttributeError, match="no attribute 'Explorer'"):
        _ = views.Explorer


def test_every_control_has_a_label_and_a_tooltip(explorer):
    found = list(controls(explorer.widget))
    assert len(found) == COUNTS[type(explorer)]
    assert all(one.description.strip() for one in found)
    assert all(one.tooltip.strip() for one in found)


def test_controls_are_found_wherever_they_are():
    text = ipywidgets.Text()
    box = ipywidgets.VBox([ipywidgets.HTML("x"), ipywidgets.HBox([text])])
    assert list(controls(box)) == [text]
    assert list(controls(text)) == [text]


def test_one_output_holds_the_live_and_the_static_form(explorer):
    bundle, metadata = explorer._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html", WIDGET_VIEW]
    assert bundle["text/html"] == explorer.static()
    assert bundle["text/plain"].startswith(type(explorer).__name__)
    assert bundle[WIDGET_VIEW]["model_id"] == explorer.widget.model_id
    assert metadata == {WIDGET_VIEW: {KERNEL: os.getpid()}}
    json.dumps([bundle, metadata])


def test_the_static_form_does_not_change(explorer, folder):
    again = type(explorer)(ROOT / "cpp_math" if isinstance(explorer, RecipeExplorer) else folder)
    assert explorer.static() == again.static()
    assert repr(explorer) == repr(again)


def test_the_live_form_scrolls_from_the_keyboard(explorer):
    value = explorer.pane.widget.value
    assert 'role="region"' in value
    assert 'tabindex="0"' in value
    assert "data-lm-suppress-shortcuts" in value  # or JupyterLab takes the keys


def test_our_extension_leaves_keys_to_it(explorer):
    assert EXPLORER in explorer.widget._dom_classes
    entry = lab.EXTENSIONS / "crosscraft-launcher" / "static" / "remoteEntry.js"
    assert f"const EXPLORER = '.{EXPLORER}';" in entry.read_text(encoding="utf-8")


def test_what_varies_is_not_compared_and_the_rest_is(explorer):
    def sanitized(text: str) -> str:
        for pattern, replacement in notebooks.sanitizer():
            text = pattern.sub(replacement, text)
        return text

    page = explorer.static()
    assert "<svg" not in sanitized(page)
    assert 'class="varies"' not in sanitized(page)
    assert sanitized(page) != sanitized(page.replace("platform", "plateform"))


def test_a_stored_notebook_holds_the_static_form_alone():
    import nbformat

    data = {"text/plain": "in /tmp/x/a", "text/html": "<p>x</p>", WIDGET_VIEW: {"model_id": "1"}}
    output = nbformat.v4.new_output("execute_result", data, metadata={WIDGET_VIEW: {KERNEL: 1}})
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebooks._tidy(notebook, "/tmp/x")
    assert cell.outputs[0].data == {"text/plain": "in …/a", "text/html": "<p>x</p>"}
    assert not cell.outputs[0].metadata


def test_a_pane_waits_and_then_shows():
    pane, ready = Pane("here"), Future()
    pane.show_when(ready, lambda: [Paragraph(ready.result())])
    assert "Still reading" in said(pane.widget.value)
    ready.set_result("done")
    pane.wait()
    assert said(pane.widget.value) == "done"


def test_an_answer_that_nobody_waits_for_is_not_shown():
    pane, ready, other = Pane("here"), Future(), Future()
    pane.show_when(ready, lambda: [Paragraph("late")])
    pane.show_when(other, lambda: [Paragraph("other")])
    ready.set_result(None)
    assert "Still reading" in said(pane.widget.value)
    other.set_result(None)
    assert said(pane.widget.value) == "other"
    third = Future()
    pane.show_when(third, lambda: [Paragraph("late")])
    pane.show([Paragraph("now")])
    third.set_result(None)
    assert said(pane.widget.value) == "now"


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_error_in_the_background_is_shown(when):
    pane, go = Pane("here"), threading.Event()

    def fail() -> None:
        go.wait()
        raise CrosscraftError("it failed", remedy="Fix it.")

    answer = in_background(fail)
    if when == "before":
        go.set()
        assert isinstance(answer.exception(), CrosscraftError)
    pane.show_when(answer, lambda: [Paragraph(str(answer.result()))])
    go.set()
    pane.wait()
    assert said(pane.widget.value) == "Error: it failed. Fix it."


def test_even_what_nobody_expected_is_shown(caplog):
    pane, ready = Pane("here"), Future()
    pane.show_when(ready, lambda: [Paragraph(str({}["missing"]))])
    ready.set_result(None)
    pane.wait()
    assert "this cannot be shown (KeyError: 'missing')" in said(pane.widget.value)
    assert "KeyError" in caplog.text


def test_an_error_of_a_callback_is_shown():
    pane = Pane("here")

    def fail() -> None:
        raise CrosscraftError("<it> failed", remedy="Fix it.")

    pane.guard(fail)(None)
    assert said(pane.widget.value) == "Error: <it> failed. Fix it."
    assert 'role="alert"' in pane.widget.value


def test_quiet_is_of_one_thread():
    quiet, seen = Quiet(), []
    with quiet():
        thread = threading.Thread(target=lambda: seen.append(quiet.on))
        thread.start()
        thread.join()
        assert quiet.on
    assert not quiet.on
    assert seen == [False]
