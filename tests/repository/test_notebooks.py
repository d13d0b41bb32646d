"""The rules for notebooks, and the tool that runs them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from crosscraft.lessons import workspace
from crosscraft.lessons.exercises import judge
from crosscraft.paths import ROOT
from crosscraft.views.live import WIDGET_VIEW
from tools import notebooks, share

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 15
MOST_GIVEN = 6
LEARNERS_SHARE = 0.4
MOST_WORDS = 11_000
# The recipe that explorers show has a homepage.
MACHINE = re.compile(
    r"(/(home|root|tmp|work|usr|var|Users)/|https?://(?!localhost|pixi\.prefix\.dev/)|[A-Za-z]:\\)"
)
EXPLORER = re.compile(r"^(?:\w+\.)?(?:\w*Explorer|PackageComparison)\(")
TAMED = re.compile(
    r"(?<![\w./$-])(?:eval|bash -c|sed|grep|awk|tr|cut)(?![\w./=(:-])"
    r"|\|\s*(?:head|tail)\b|2>&1\s*\||<\("
)
PLUMBING = re.compile(r"^\s*(def|for|while|try|with|class|import subprocess)\b", re.M)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path: Path) -> str:
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def texts(path: Path) -> Iterator[str]:
    """Every piece of text in the outputs."""
    for cell in code(path):
        for output in cell.outputs:
            if output.output_type == "stream":
                yield output.text
            for value in output.get("data", {}).values():
                yield value if isinstance(value, str) else str(value)


def shell(cell: Any) -> str:
    """What a shell reads of a cell: bash, lines that begin with !, and files that are written."""
    if cell.source.startswith("%%"):
        return str(cell.source)
    lines = cell.source.splitlines()
    return "\n".join(line for line in lines if line.lstrip().startswith("!"))


def is_file(cell: Any) -> bool:
    return bool(cell.source.startswith("%%writefile"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestEvery:
    def test_is_named_by_number_verb_and_noun(self, path: Path) -> None:
        assert re.fullmatch(r"\d\d-[a-z]+-[a-z-]+", path.stem)

    def test_is_valid_and_tidy(self, path: Path) -> None:
        notebook = read(path)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert set(notebook.metadata) == {"kernelspec", "language_info"}
        assert all(cell.get("id") for cell in notebook.cells)

    def test_was_executed_in_order(self, path: Path) -> None:
        counts = [cell.execution_count for cell in code(path)]
        in_order = list(range(1, len(counts) + 1))
        assert counts == in_order, f"run .venv/bin/python -m tools.notebooks {path}"

    def test_begins_its_lesson_first(self, path: Path) -> None:
        number = int(path.stem[:2])
        assert f"\nproject = lesson.begin({number})" in code(path)[0].source

    def test_cells_are_short(self, path: Path) -> None:
        long = [c.source for c in code(path) if not is_file(c) and c.source.count("\n") >= LONGEST]
        assert not long, f"more than {LONGEST} lines: {long}"

    def test_has_no_plumbing(self, path: Path) -> None:
        plain = [c.source for c in code(path) if not c.source.startswith("%%")]
        assert not [source for source in plain if PLUMBING.search(source)]

    def test_shell_lines_are_in_bash_cells(self, path: Path) -> None:
        assert not [c.source for c in code(path) if re.search(r"^\s*[!%](?!%)", c.source, re.M)]

    def test_files_are_written_below_the_project(self, path: Path) -> None:
        """Without `lesson.begin` the name is not expanded, and the cell fails."""
        first = [cell.source.splitlines()[0] for cell in code(path) if is_file(cell)]
        assert all(line.startswith("%%writefile {project}/") for line in first)

    def test_outputs_have_no_stderr_and_no_machine(self, path: Path) -> None:
        streams = [o.get("name") for cell in code(path) for o in cell.outputs]
        assert "stderr" not in streams
        assert not [text for text in texts(path) if MACHINE.search(text)]
        assert not [text for text in texts(path) if "\x1b" in text]

    def test_widgets_have_a_static_form(self, path: Path) -> None:
        """GitHub shows no live widget, and JupyterLab none whose kernel has ended."""
        for cell in code(path):
            bundles = [output.get("data", {}) for output in cell.outputs]
            static = ["text/html" in data for data in bundles if WIDGET_VIEW in data]
            assert all(static), cell.source
            if EXPLORER.search(cell.source.splitlines()[-1]):
                assert any("text/html" in data for data in bundles), cell.source

    def test_opens_with_what_a_learner_asks(self, path: Path) -> None:
        opening = read(path).cells[0].source
        for word in ("What you'll do:", "What you'll learn:", "What you need:", "Time:"):
            assert f"**{word}**" in opening

    def test_declares_the_minutes_that_its_length_takes(self, path: Path) -> None:
        """At 130 words a minute, and a quarter of one to predict and run each cell."""
        form = r"\*\*Time:\*\* (\d+) minutes of reading, (\d+) of exercises; the machine works"
        match = re.search(form, read(path).cells[0].source)
        assert match
        reading, exercises = int(match[1]), int(match[2])
        estimate = len(prose(path).split()) / 130 + len(code(path)) / 4
        assert estimate / 1.7 < reading < estimate * 1.7 + 3, f"{estimate:.0f} minutes of reading"
        asked = sum("lesson.check(" in cell.source for cell in code(path))
        assert asked * 2 <= exercises <= asked * 8, f"minutes for {asked} exercises"

    def test_headings_are_in_order(self, path: Path) -> None:
        levels = [len(mark) for mark in re.findall(r"^(#+) ", prose(path), re.M)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))

    def test_ends_with_key_points_and_a_way_on(self, path: Path) -> None:
        closing = read(path).cells[-1].source
        assert "## Key points" in closing
        assert re.search(r"\*\*(Next|Back to):\*\* \[.+\]\(.+\.ipynb\)", closing)

    def test_links_and_images_resolve(self, path: Path) -> None:
        for mark, text, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)]+)\)", prose(path)):
            assert text, f"{target} has no text"
            assert not mark or len(text) > 40, f"{target} needs alt text that says what it shows"
            if "://" not in target:
                assert (path.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestTheLearner:
    """The learner works, and types what a packager would type."""

    def test_has_two_exercises_or_more(self, path: Path) -> None:
        assert len(share.of(path).exercises) >= 2

    def test_is_never_given_many_cells_in_a_row(self, path: Path) -> None:
        gaps = share.of(path).gaps
        assert max(gaps) <= MOST_GIVEN, f"given cells before, between and after checks: {gaps}"

    def test_sees_whole_outputs_and_edits_files(self, path: Path) -> None:
        found = [cell.source for cell in code(path) if TAMED.search(shell(cell))]
        assert not found, "a learner would not type this"


def test_the_learner_writes_a_good_part_of_the_code() -> None:
    """`python -m tools.share` has the numbers of each notebook. Blanks are given lines."""
    assert share.share([share.of(path) for path in NOTEBOOKS], "typed") >= LEARNERS_SHARE


def test_the_course_is_no_longer_to_read_than_a_day_allows() -> None:
    """The last lesson is for those who want their builds faster, and does not count."""
    *course, _ = (share.of(path) for path in NOTEBOOKS)
    assert sum(one.words for one in course) <= MOST_WORDS


@pytest.mark.parametrize(
    ("source", "tamed"),
    [
        ("%%bash\nsed -i 's/a/b/' src/math.cpp", True),
        ("%%bash\nreadelf -h a.so | grep Machine", True),
        ("%%bash\nout=$(awk '{print $1}' file)", True),
        ('%%bash\neval "$COMMAND"', True),
        ("%%bash\nbash -c 'echo'", True),
        ("%%bash\ncmake . 2>&1 | tail -n 3", True),
        ("%%bash\ndiff <(ls a) b", True),
        ("%%writefile {project}/hand/tools.sh\nsed -n 1p", True),
        ("!ls | head", True),
        ("%%bash\nhead -c 20 a.so", False),
        ("%%bash\ncmake -B build && ninja -C build || true", False),
        ("%%bash\ncrosscraft run -- python -c 'print(eval(\"1\"))'", False),
        ("import re\n'a sed'.cut", False),
    ],
)
def test_what_a_learner_would_not_type(source: str, tamed: bool) -> None:
    cell = nbformat.v4.new_code_cell(source)
    assert bool(TAMED.search(shell(cell))) == tamed


def test_the_tool_leaves_what_only_differs_in_times_and_sizes() -> None:
    rules = notebooks.sanitizer()
    old = [{"output_type": "stream", "text": "cpp_math     54 kB     8.7 s\n"}]
    assert notebooks.same(
        old, [{"output_type": "stream", "text": "cpp_math    1.2 MB    10 s\n"}], rules
    )
    assert not notebooks.same(
        old, [{"output_type": "stream", "text": "stubs  54 kB  8.7 s\n"}], rules
    )


def test_every_rule_of_the_sanitizer_is_read() -> None:
    text = (ROOT / "tests" / "sanitize.cfg").read_text(encoding="utf-8")
    rules = get_sanitize_patterns(text)
    assert len(rules) == len(re.findall(r"^\[", text, re.M)) == len(notebooks.sanitizer())
    assert all(replacement.strip() == replacement != "" for _, replacement in rules)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("built in 8.7 s", "built in<TIME>"),
        ("  12 s", "<TIME>"),
        ("it weighs 54 kB and", "it weighs<SIZE> and"),
        ("built    2026-11-30 13:17 UTC", "built    <DATE>"),
        ("a.so   hardlink   97 440\n", "a.so   <BYTES>\n"),
        ("Overwriting a.txt", "<WRITING> a.txt"),
        ("-- Configuring done (1.6s)", "-- Configuring done <TIME>"),
        ("\nreal\t0m45.8s\nuser\t1m2.0s", "\n<TIME>\n<TIME>"),
        ("[3/15] Building CXX object a.o\n[4/15] Install", "<STEP>\n[4/15] Install"),
        ("<pre>[3/15] Linking CXX a.so</pre>", "<pre><STEP></pre>"),
        ("been written to: /a b/project/build/x", "been written to: <PROJECT>/build/x"),
        ("been written to: …/project/build/x", "been written to: <PROJECT>/build/x"),
        ("ImportError: /a b/project/build/c.so: no", "ImportError: <PROJECT>/build/c.so: no"),
        (
            "CMake Error:\n-- Configuring incomplete, errors occurred!\n  no Python\n",
            "CMake Error:\n  no Python\n<INCOMPLETE>",
        ),
        ("cpp_math-0.1.0-hb0f4dca_0", "cpp_math-0.1.0-hb0f4dca_0"),
        ("x86_64: 1 + 2 = 3", "x86_64: 1 + 2 = 3"),
        ("3 skipped, 2 sources", "3 skipped, 2 sources"),
    ],
)
def test_the_sanitizer_replaces_what_differs_and_no_more(text: str, kept: str) -> None:
    for pattern, replacement in notebooks.sanitizer():
        text = pattern.sub(replacement, text)
    assert text == kept


def test_the_answer_key_has_no_file_that_no_lesson_writes() -> None:
    skipped = ("output", "build")
    files = {
        str(path.relative_to(ROOT / "cpp_math"))
        for path in (ROOT / "cpp_math").rglob("*")
        if path.is_file() and path.relative_to(ROOT / "cpp_math").parts[0] not in skipped
    }
    assert files == {file.path for file in workspace.FILES}


@pytest.mark.parametrize("file", workspace.FILES, ids=lambda file: file.path)
def test_what_the_learner_writes_ends_up_as_the_answer_key(file: workspace.Written) -> None:
    """The last cell of its lesson that writes the file writes the answer key's, to the letter.

    If the file has an exercise, the cell writes what the learner is given, and the solution is the
    answer key's.
    """
    (path,) = (ROOT / "notebooks").glob(f"{file.lesson:02}-*.ipynb")
    head = f"%%writefile {{project}}/{file.path}\n"
    written = [cell.source for cell in code(path) if cell.source.startswith(head)]
    assert written
    key = (ROOT / "cpp_math" / file.path).read_text(encoding="utf-8")
    text = written[-1].removeprefix(head) + "\n"
    if file.exercise:
        exercise = judge.find(file.exercise)
        assert (text, exercise.solution) == (exercise.given, key)
    else:
        assert text == key


@pytest.mark.parametrize("file", workspace.FILES, ids=lambda file: file.path)
def test_no_later_lesson_writes_over_it(file: workspace.Written) -> None:
    later = [path for path in NOTEBOOKS if int(path.stem[:2]) > file.lesson]
    head = f"%%writefile {{project}}/{file.path}\n"
    assert not [path for path in later for c in code(path) if c.source.startswith(head)]
