"""Tests of a recipe, and whether they notice a function that is wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from crosscraft.building.recipe import Output
from crosscraft.lessons.evidence import own_tests
from crosscraft.lessons.evidence import work as works
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.system.console import Console


class Here:
    """Runs scripts with this Python, and with a module of our own."""

    def __init__(self, site: Path) -> None:
        self.site = site

    def script(self, text: str, tools: Path, folder: Path, *modules: Path) -> str:
        path = os.pathsep.join(map(str, [*modules, self.site]))
        env = {"PYTHONPATH": path, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        argv = ["bash", "-ec", text]
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, check=False)
        if done.returncode:
            raise Refused("bash", [done.stderr.decode()])
        return done.stdout.decode()


@pytest.fixture
def work() -> Iterator[Work]:
    with works.begin(..., Console(io.StringIO())) as begun:
        yield begun


@pytest.mark.parametrize(
    ("test", "notices"),
    [
        ("assert cpp_math.odd(3)", True),
        ("assert not cpp_math.odd(2)", True),
        ("assert cpp_math.odd(3) == True", True),
        ("assert cpp_math.odd(3) is True", True),
        ("cpp_math.odd(3)", False),
        ("print(cpp_math.odd(3))", False),
        ("assert cpp_math.odd", False),
        ("assert cpp_math.add(1, 2) == 3", False),
    ],
)
def test_a_test_notices_if_it_compares_the_result(
    work: Work, tmp_path: Path, test: str, notices: bool
) -> None:
    text = "def odd(n): return n % 2 == 1\ndef add(a, b): return a + b\n"
    (tmp_path / "site").mkdir()
    (tmp_path / "site/cpp_math.py").write_text(text)
    script = f'python -c "import cpp_math; {test}"'
    runner = cast(Runner, Here(tmp_path / "site"))
    missed = own_tests.unnoticed(work, runner, [script], ["odd"], tmp_path)
    assert missed == ([] if notices else ["odd"])


@pytest.mark.parametrize(
    ("test", "notices"), [("assert sums.Sum().value == 0", True), ("1", False)]
)
def test_a_class_of_another_module_can_be_wrong(
    work: Work, tmp_path: Path, test: str, notices: bool
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sums.py").write_text("class Sum:\n    value = 0\n")
    script = f'python -c "import sums; {test}"'
    runner = cast(Runner, Here(tmp_path / "site"))
    missed = own_tests.unnoticed(work, runner, [script], ["Sum"], tmp_path, "sums")
    assert missed == ([] if notices else ["Sum"])


def test_a_test_that_fails_by_itself_notices_nothing(work: Work, tmp_path: Path) -> None:
    runner = cast(Runner, Here(tmp_path))
    assert own_tests.unnoticed(work, runner, ["false"], ["odd"], tmp_path) == ["odd"]


def test_the_scripts_of_every_form_are_found() -> None:
    tests: tuple[dict[str, Any], ...] = (
        {"python": {"imports": ["cpp_math"]}},
        {"script": "one"},
        {"script": ["two", "three"], "requirements": {"run": ["pytest"]}},
        {"script": {"content": ["four"]}, "requirements": None},
        {"script": {"file": "test.sh"}},
    )
    output = Output("a", "1", "0", (), (), (), {}, "", {}, tests=tests)
    assert own_tests.scripts(output) == ("one", "two\nthree", "four")
    assert own_tests.requirements(output) == ("pytest",)
