"""A learner's function, called in a process of its own."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from crosscraft.lessons.evidence import functions, work
from crosscraft.lessons.evidence.functions import Call
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.system.console import Console


def call(folder: Path, text: str, *arguments: str, seconds: int = 10) -> tuple[Call, ...]:
    file = folder / "mine.py"
    file.write_text(text)
    with work.begin(file, Console(io.StringIO())) as begun:
        return functions.call(begun, "length", arguments, seconds)


def test_each_call_has_its_value(tmp_path: Path) -> None:
    text = "def length(text):\n    print('noise')\n    return len(text)\n"
    assert call(tmp_path, text, "a", "bcd") == (Call("1", "int"), Call("3", "int"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_an_exception_is_one_result_with_its_line(tmp_path: Path) -> None:
    text = "def length(text):\n    return {'a': 1}[text]\n"
    assert call(tmp_path, text, "b", "a") == (
        Call(error="KeyError: 'b' (mine.py, line 2)"),
        Call("1", "int"),
    )


def test_leaving_python_is_an_exception_like_others(tmp_path: Path) -> None:
    (only,) = call(tmp_path, "import sys\nlength = sys.exit\n", "a")
    assert only.error == "SystemExit: a"


def test_a_call_that_does_not_end_is_ended(tmp_path: Path) -> None:
    text = "def length(text):\n    while text == 'b':\n        pass\n"
    first, second = call(tmp_path, text, "a", "b", "c", seconds=1)
    assert first == Call("None", "NoneType")
    assert second.error == "it took too long, so it was ended"


def test_a_process_that_ends_itself_is_reported(tmp_path: Path) -> None:
    (only,) = call(tmp_path, "import os\ndef length(text):\n    os._exit(5)\n", "a")
    assert only.error == "it ended the whole process, with the status 5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def length(text)\n    return 1\n", "SyntaxError: expected ':' (mine.py, line 1)"),
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere' (mine.py, line 1)"),
        ("def other(text):\n    return 1\n", "NameError: there is no function length in mine.py"),
        ("length = 3\n", "NameError: there is no function length in mine.py"),
        ("\n1 / 0\n", "ZeroDivisionError: division by zero (mine.py, line 2)"),
        ("import os\nos._exit(3)\n", "mine.py: it ended the whole process, with the status 3"),
    ],
)
def test_a_file_without_the_function_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Refused) as raised:
        call(tmp_path, text, "a")
    assert raised.value.lines[0] == says


def test_a_long_value_is_shortened(tmp_path: Path) -> None:
    (only,) = call(tmp_path, "def length(text):\n    return text * 1000\n", "a")
    assert only == Call(repr("a" * 1000)[:200], "str")
