"""What Python sees of a bound function, and what its calls return."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crosscraft.lessons.evidence import stubs
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding
from crosscraft.platforms import PLATFORMS, Platform
from crosscraft.system import processes
from crosscraft.system.console import Console


def stub(line: str, docstring: str = "Add.") -> stubs.Stub:
    body = f'    """{docstring}"""' if docstring else "    ..."
    found = stubs.parse(f"{line}:\n{body}\n")
    assert found is not None
    return found


def test_a_function_with_names_and_a_docstring_passes() -> None:
    add = binding.of(stub("def add(a: int, b: int) -> int"), "add")
    binding.named(add, "a", "b")
    binding.integers(add)


@pytest.mark.parametrize(
    ("line", "docstring", "text"),
    [
        ("def add(arg0: int, arg1: int, /) -> int", "", "have no names"),
        ("def add(b: int, a: int) -> int", "Add.", "another order"),
        ("def add(x: int, y: int) -> int", "Add.", "`a` and `b`"),
        ("def add(a: int, b: int, c: int) -> int", "Add.", "`a` and `b`"),
        ("def add(a: int, b: int) -> int", "", "no docstring"),
        ("def add(a: int, b: float) -> int", "Add.", "integers"),
        ("def add(a: int, b: int) -> str", "Add.", "integers"),
        ("def sum(a: int, b: int) -> int", "Add.", "Python sees `sum`"),
    ],
)
def test_what_is_wrong_is_named(line: str, docstring: str, text: str) -> None:
    with pytest.raises(NotYet, match=text):
        add = binding.of(stub(line, docstring), "add")
        binding.named(add, "a", "b")
        binding.integers(add)


def test_a_module_without_functions_is_named() -> None:
    with pytest.raises(NotYet, match="no function at all"):
        binding.of(stubs.Stub("", {}), "add")


@dataclass
class Module:
    """Stands in for a compiled extension: a Python module."""

    folder: Path
    name: str = "cpp_math"
    platform: Platform = PLATFORMS["linux-aarch64"]

    def python(self, code: str) -> str:
        return "\n".join(processes.run([sys.executable, "-c", code], cwd=self.folder).lines)


def call(text: str, calls: dict[str, Any], folder: Path) -> list[str]:
    """Call functions of a module with the given text, and return the evidence."""
    (folder / "cpp_math.py").write_text(text)
    work = Work(..., folder, Console(io.StringIO()), -1)
    binding.call(work, Module(folder), calls, "It should add.")  # type: ignore[arg-type]
    return work.evidence


def test_results_are_shown_whatever_the_module_prints(tmp_path: Path) -> None:
    text = "import atexit; atexit.register(print, 'bye'); print('hello', end='')\n"
    text += "def add(a, b):\n    print(a)\n    return a + b\n"
    assert call(text, {"add(b=2, a=1)": 3, "add(0.5, 1)": 1.5}, tmp_path) == [
        "linux-aarch64: add(b=2, a=1) = 3",
        "linux-aarch64: add(0.5, 1) = 1.5",
    ]


@pytest.mark.parametrize("result", ["4", "3.0", "'3'", "None", "object()", "float('nan')"])
def test_another_result_is_shown(result: str, tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="It should add") as caught:
        call(f"def add(a, b): return {result}", {"add(1, 2)": 3}, tmp_path)
    assert "add(1, 2) = " in caught.value.evidence[0]
    assert caught.value.evidence[0].endswith(", and not 3")


@pytest.mark.parametrize(
    "forged",
    [
        "print('results: [3]'); import os; os._exit(0)",
        "import sys; sys.exit(0)",
        "import json; json.dumps = lambda *_, **__: '[3]'",
    ],
)
def test_a_module_cannot_answer_for_its_function(forged: str, tmp_path: Path) -> None:
    with pytest.raises((NotYet, Refused)):
        call(f"{forged}\ndef add(a, b): return 0", {"add(1, 2)": 3}, tmp_path)


def test_numbers_differ_each_time() -> None:
    assert len({binding.numbers() for _ in range(9)}) > 1
    assert all(first != second for first, second in [binding.numbers() for _ in range(9)])
