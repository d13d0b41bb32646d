"""What the site is made from: pages, and what they link to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crosscraft.system import tracked
from tests.support.small_site import lesson
from tools.site import sources

Make = Callable[..., Path]


def wanted(root: Path) -> set[str]:
    return set(sources.wanted(sorted(tracked.files(root)), root))


def test_every_page_is_there_and_nothing_else(repository: Make) -> None:
    pages = {"README.md", "docs/glossary.md", "cpp_math/recipe.yaml", "notebooks/00-one.ipynb"}
    pages.add("notebooks/images/build-host-target.svg")  # which the front page shows
    files = {"crosscraft/run.py": "", "notebooks/notes.txt": "", "tests/data.md": "", "new.md": ""}
    assert wanted(repository(**files)) == {*pages, "new.md"}


def test_what_a_page_links_to_goes_along(repository: Make) -> None:
    text = '[a](../crosscraft/run.py#L3) ![b](c.svg "d") <img src="e.png" width="3"> [f](<g.txt>)'
    names = ["crosscraft/run.py", "docs/c.svg", "docs/e.png", "docs/g.txt"]
    root = repository(**{"docs/page.md": text}, **dict.fromkeys(names, "x"))
    assert set(names) <= wanted(root)


def test_links_of_linked_pages_are_followed(repository: Make) -> None:
    root = repository(
        **{
            "docs/page.md": "[a](../deploy/a.md)",
            "deploy/a.md": "[b](b.md)",
            "deploy/b.md": "[c](c.txt)",
        },
        **{"deploy/c.txt": "x"},
    )
    assert {"deploy/a.md", "deploy/b.md", "deploy/c.txt"} <= wanted(root)


def test_a_linked_folder_becomes_a_page(repository: Make, tmp_path: Path) -> None:
    root = repository(**{"docs/page.md": "[a](../deploy/)", "deploy/a/b.txt": "x"})
    sources.gather(tmp_path / "out", tracked.files(root), root)
    assert "[`a/b.txt`](a/b.txt)" in (tmp_path / "out/deploy/index.md").read_text("utf-8")
    assert (tmp_path / "out/deploy/a/b.txt").read_text("utf-8") == "x"


def test_the_page_of_an_example_shows_its_files(repository: Make, tmp_path: Path) -> None:
    names = ("recipe/recipe.yaml", "a.pyx", "LICENSE")
    example = {f"examples/a/{name}": "x" for name in names} | {"examples/a/README.md": "# A\n"}
    root = repository(**{"examples/README.md": "# All\n\n[a](a/README.md)\n"}, **example)
    sources.gather(tmp_path / "out", tracked.files(root), root)
    page = (tmp_path / "out/examples/a/README.md").read_text("utf-8")
    assert page.startswith("# A\n\n## Files\n")
    assert "### recipe/recipe.yaml\n\n```{literalinclude} recipe/recipe.yaml" in page
    assert ":language: cython" in page
    assert "LICENSE" not in page
    assert (tmp_path / "out/examples/a/a.pyx").is_file()
    assert "a <examples/a/README>" in (tmp_path / "out/index.md").read_text("utf-8")


def test_the_index_of_the_errors_contains_their_pages(repository: Make, tmp_path: Path) -> None:
    pages = {"docs/errors/README.md": "# Errors\n", "docs/errors/no-word.md": "# No word\n"}
    root = repository(**pages)
    sources.gather(tmp_path / "out", tracked.files(root), root)
    index = (tmp_path / "out/docs/errors/README.md").read_text("utf-8")
    assert index.startswith("# Errors\n\n```{toctree}\n:hidden:\n\n")
    assert index.endswith("no-word <no-word.md>\n```")
    front = (tmp_path / "out/index.md").read_text("utf-8")
    assert "explains 1 of its messages" in front
    assert "Errors <docs/errors/README>" in front
    assert "docs/errors/no-word" not in front


def test_code_and_other_hosts_are_no_links(repository: Make) -> None:
    text = "```\n[a](a.txt)\n```\n`[b](b.txt)` [c](https://c.example/c.txt) [d](#d) [e](gone.txt)"
    root = repository(**{"docs/page.md": text, "docs/a.txt": "", "docs/b.txt": ""})
    assert not {name for name in wanted(root) if name.endswith(".txt")}


def test_the_front_page_has_each_lesson_with_its_minutes(repository: Make, tmp_path: Path) -> None:
    root = repository(**{"notebooks/01-two.ipynb": lesson("01", "Two")})
    sources.gather(tmp_path / "out", tracked.files(root), root)
    front = (tmp_path / "out/index.md").read_text("utf-8")
    assert "| [01 · Two](notebooks/01-two.ipynb) | Read `$PREFIX` and $HOST. | 3 + 2 |" in front
