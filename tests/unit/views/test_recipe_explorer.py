"""The recipe explorer, used as a front end uses it."""

from __future__ import annotations

import pytest

from crosscraft.errors import RecipeError
from crosscraft.views import recipe_explorer
from crosscraft.views.recipe_explorer import RecipeExplorer
from tests.support.drawn_pages import said


@pytest.fixture
def explorer(project):
    made = RecipeExplorer(project)
    made.platform.value = "linux-64"
    return made


def page(explorer):
    return said(explorer.pane.widget.value)


def test_outputs_hash_variant_and_dependencies(explorer):
    for fact in (
        "file name cpp_math-0.1.0-hdab6535_0",
        "hash of the variant dab6535",
        "variant c_stdlib: sysroot, target_platform: linux-64",
        "build gxx_linux-64, sysroot_linux-64, cmake, ninja",
        "cpp_math (of this recipe)",
        "file name cpp_math-stubs-0.1.0-pyh77f7967_0 subdir noarch",
    ):
        assert fact in page(explorer)


def test_another_platform_and_what_it_skips(explorer):
    explorer.platform.value = "linux-aarch64"
    assert "gxx_linux-aarch64" in page(explorer)
    assert "Skipped, for linux-aarch64 output because cpp_math-stubs host_platform not in" in page(
        explorer
    )


def test_an_edit_shows_at_once_and_is_not_saved(explorer):
    text = explorer.recipe.read_text()
    before = list(explorer.recipe.parent.iterdir())
    explorer.editor.value = text.replace("0.1.0", "7.7.7")
    assert "cpp_math-7.7.7" in page(explorer)
    assert "Not saved" in said(explorer.status.value)
    assert explorer.recipe.read_text() == text
    assert list(explorer.recipe.parent.iterdir()) == before
    explorer.editor.value = text
    assert "Same as the file" in said(explorer.status.value)


def test_a_mistake_shows_its_place_and_the_last_good_result(explorer):
    good = explorer.editor.value
    explorer.editor.value = good.replace("compiler('cxx')", "compilr('cxx')", 1)
    shown = page(explorer)
    assert shown.startswith("Error: recipe.yaml:30:11: ")
    assert "▶ 30 - ${{ compilr('cxx') }}" in shown
    assert "would have built before that edit" in shown
    assert "cpp_math-0.1.0-hdab6535_0" in shown
    assert "crosscraft-recipe-" not in shown  # where the copy was
    assert "Error:" in said(explorer.static())
    explorer.editor.value = good
    assert "Error" not in page(explorer)
    assert "before that edit" not in page(explorer)


@pytest.mark.parametrize(
    "text", ["", "[", "\t", "a: &a [*a]", "package:\n  name: 3\n", "é\u2028\x85"]
)
def test_no_text_is_too_odd(explorer, text):
    explorer.editor.value = text
    assert page(explorer).startswith("Error: recipe.yaml")


def test_text_that_would_hurt_is_escaped(explorer):
    explorer.editor.value = "<script>alert(1)</script>"
    assert "<script" not in explorer.pane.widget.value + explorer.static()


def test_saved(explorer):
    explorer.editor.value += "# mine\n"
    explorer.save.click()
    assert explorer.recipe.read_text().endswith("# mine\n")
    assert "Saved." in said(explorer.status.value)


def test_what_someone_else_wrote_is_not_overwritten(explorer):
    explorer.recipe.write_text("theirs")
    explorer.editor.value += "# mine\n"
    explorer.save.click()
    assert explorer.recipe.read_text() == "theirs"
    assert "Error: recipe.yaml has changed on disk" in said(explorer.status.value)
    explorer.reload.click()
    assert explorer.editor.value == "theirs"
    explorer.editor.value = "mine"
    explorer.save.click()
    assert explorer.recipe.read_text() == "mine"


def test_a_recipe_that_vanished_is_told_in_place(explorer):
    explorer.recipe.unlink()
    for button in (explorer.save, explorer.reload):
        explorer.status.value = ""
        button.click()
        assert "cannot be shown: no such file or directory" in said(explorer.status.value)


def test_no_room_to_save_is_told_in_place(explorer, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recipe_explorer.files, "write", full)
    explorer.save.click()
    assert "cannot be saved: no space left on device" in said(explorer.status.value)


def test_the_static_form_says_what_the_live_one_says(explorer, tmp_path):
    static = set(said(explorer.static()).split())
    for platform in explorer.platform.options:
        explorer.platform.value = platform
        assert set(page(explorer).split()) <= static
    assert "filter:" in static  # the recipe itself
    assert str(tmp_path) not in explorer.static()


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"\xff", "byte 0 is not UTF-8"), (b"#" * (recipe_explorer.LONGEST + 1), "more than")],
)
def test_what_cannot_be_shown(make_project, data, why):
    with pytest.raises(RecipeError, match=why):
        RecipeExplorer(make_project(data))


def test_no_recipe(tmp_path):
    with pytest.raises(RecipeError, match="there is no recipe"):
        RecipeExplorer(tmp_path)
