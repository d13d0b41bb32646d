"""The error reference: pages of traps that are made up here, and the tables of the index."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.building.check import catalogue
from crosscraft.building.check.model import Replacement, Reproduction, Symptom, Trap
from crosscraft.paths import ROOT
from tools import error_page, errors

SILENT = Trap(
    name="no-word",
    title="the package is for *another* processor",
    happens="the compiler of this machine built `{file}`",
    cure="Name the other one in {file}.",
    cause="A cause.",
    fix="A fix.",
    sources=("https://example.org/a", "ld(1)"),
)
SAID = replace(
    SILENT,
    name="said",
    title="undefined reference to `f()'",
    symptoms=(
        Symptom("ld 2.40", "undefined reference", "\na.o: undefined\n```\n````\n\n"),
        Symptom("Zig 1", "no | such", "no | such"),
    ),
)
INDEX = f"# Errors\n\n{errors._BEGIN}\nold\n{errors._END}\n## After\n"
REAL = catalogue.find("stl-header-missing-argument")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("undefined reference to `f()'", r"undefined reference to \`f()'"),
        ("`skip: a_b` and <a> [b]", r"`skip: a_b` and \<a\> \[b\]"),
        ("PyInit_x, _x and x_ *", r"PyInit_x, \_x and x\_ \*"),
    ],
)
def test_a_title_is_shown_as_it_was_printed(title: str, shown: str) -> None:
    assert error_page.title(replace(SILENT, title=title)) == shown


def test_a_page_has_every_part_of_a_trap() -> None:
    page = error_page.page(replace(SAID, since="ld 2", until="ld 3"))
    assert page.startswith("# undefined reference to \\`f()'\n\n<!-- Written by")
    assert "The compiler of this machine built `FILE`. Name the other one in FILE." in page
    assert "From ld 2.40:\n\n`````\na.o: undefined\n```\n````\n`````\n" in page
    assert "Since ld 2. Until ld 3." in page
    assert page.endswith("- <https://example.org/a>\n- ld(1)\n")
    assert "No tool prints a message." in error_page.page(SILENT)


def test_fields_are_in_capitals_unless_their_names_are_words() -> None:
    trap = replace(SILENT, happens="{a_script} calls `{program}`", cure="Call {another_one}.")
    assert "\nA script calls `PROGRAM`. Call another one.\n" in error_page.page(trap)


def test_a_page_shows_what_check_prints_and_how_to_see_it() -> None:
    page = error_page.page(REAL)
    assert re.search(r"\nsrc/math\.cpp:\d+: stl-header-missing-argument: `", page)
    assert page.count('\n+    m.def("total", &total);\n') == 1
    assert page.count("\n+#include <nanobind/stl/vector.h>\n") == 1
    assert "crosscraft build --target-platform linux-aarch64\n" in page
    assert str(ROOT) not in page


def test_a_project_of_new_files_is_written_out() -> None:
    edits = (Replacement("recipe/recipe.yaml", "", "build:\n"), Replacement("a.c", "", "int a;\n"))
    command = ("run", "--", "python", "-c", "a b")
    steps = Reproduction("", edits, (), "linux-ppc64le", command, shown="package", needs=("make",))
    page = error_page.page(replace(SILENT, reproduction=steps))
    assert "`recipe/recipe.yaml`:\n\n```\nbuild:\n```\n\n`a.c`:\n\n```\nint a;\n```\n" in page
    assert page.count("```diff") == 0
    commands = page.split("Then run:")[1].splitlines()[3:6]
    assert commands == [
        "crosscraft channel add make",
        "crosscraft build --target-platform linux-ppc64le",
        "crosscraft run -- python -c 'a b'",
    ]
    assert "Only `crosscraft check output/*/*.conda` shows the trap." in page


@pytest.mark.parametrize(
    ("command", "last"),
    [
        ((), "crosscraft build -v --target-platform linux-aarch64"),
        (("inspect", "output/*/a-*.conda"), "crosscraft inspect output/*/a-*.conda"),
    ],
)
def test_a_page_shows_the_effect_of_its_last_command(command: tuple[str, ...], last: str) -> None:
    edits = (Replacement("a.c", "", "int a;\n"),)
    steps = Reproduction("", edits, command=command, shown="effect", effect="for x86_64")
    page = error_page.page(replace(SILENT, reproduction=steps))
    assert f"{last}\n```\n\nNothing fails. The last command prints a line with:" in page
    assert "\n```\nfor x86_64\n```\n" in page


def test_the_index_has_each_trap_under_its_tools_and_keeps_the_rest() -> None:
    index = errors.pages(INDEX, [SILENT, SAID])["README.md"]
    before, tables = index.split(errors._BEGIN)
    tables, after = tables.split(errors._END)
    assert (before, after) == ("# Errors\n\n", "\n## After\n")
    shown = [line for line in tables.splitlines() if line.startswith(("##", "| un", "| the"))]
    reference = r"| undefined reference to \`f()'"
    assert shown == [
        "## Compilers and linkers",
        f"{reference} | [said](said.md) |",
        "## Other tools",
        rf"{reference}<br>no \| such | [said](said.md) |",
        "## No message",
        r"| the package is for \*another\* processor | [no-word](no-word.md) |",
    ]


def test_an_index_without_markers_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        errors.pages("# Errors\n", [SILENT])


def test_pages_of_former_traps_go(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(INDEX)
    (tmp_path / "former.md").write_text("# Former\n")
    errors.write(tmp_path, [SILENT])
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "no-word.md"}
    assert (tmp_path / "no-word.md").read_text() == error_page.page(SILENT)
