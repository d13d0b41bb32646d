"""Cells with the variables of a build: output streams, and folds at the end if it is long."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import expect

from tests.support.browser.lab_page import LabPage
from tests.support.browser.lab_server import Lab

BEGIN = "from crosscraft import lesson\nproject = lesson.begin(3)"
ACTIVATE = 'lesson.activate("linux-aarch64")'
COUNT = "%%bash\nfor n in $(seq 40); do echo line $n of $PREFIX; sleep 0.05; done"


@pytest.fixture(scope="module")
def page(open_notebook, own_lab: Lab) -> Iterator[LabPage]:
    """A notebook with three cells."""
    cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{place}")
        for place, source in enumerate((BEGIN, ACTIVATE, COUNT))
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, own_lab.lessons / "active.ipynb")
    with open_notebook("active", own_lab) as page:
        yield page


def test_long_output_streams_and_is_folded_at_the_end(page: LabPage) -> None:
    page.run(page.cell("lesson.begin"))
    active = page.run(page.cell("lesson.activate"))
    expect(active).to_contain_text("cpp_math for linux-aarch64")
    count = page.cell("seq 40")
    count.locator(".cm-content").click()
    page.forget_prompts()
    page.page.keyboard.press("Control+Enter")
    output = page.outputs(count)
    expect(output).to_contain_text("line 3 of $PREFIX")
    expect(count.locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.wait_until_ran(count)
    expect(output).to_have_count(1)
    hidden = output.get_by_text("line 20 of $PREFIX")
    expect(output.get_by_text("line 1 of $PREFIX")).to_be_visible()
    expect(output.get_by_text("line 40 of $PREFIX")).to_be_visible()
    expect(hidden).to_be_hidden()
    output.get_by_text("25 more lines").click()
    expect(hidden).to_be_visible()
    left = output.locator("pre").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().x)"
    )
    assert len(left) == 3 and len(set(left)) == 1
    (stored,) = page.save()[-1]["outputs"]
    lines = "".join(stored["data"]["text/plain"]).splitlines()
    assert lines == [f"line {n} of $PREFIX" for n in range(1, 41)]


def test_after_a_restart_the_cell_says_what_to_run_first(page: LabPage) -> None:
    page.restart()
    count = page.cell("seq 40")
    expect(page.run(count)).to_contain_text("Run the first cell of this notebook")
    page.run(page.cell("lesson.begin"))
    output = page.run(count)
    expect(output).to_contain_text('needs the variables of `lesson.activate("linux-aarch64")`')
    expect(output).not_to_contain_text("Traceback")
    expect(output).not_to_contain_text("line 1")
    page.write(count, "%%bash\necho edited")
    expect(page.run(count)).to_contain_text("needs the variables of")
