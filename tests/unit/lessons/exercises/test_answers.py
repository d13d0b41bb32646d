"""An answer reaches the process that checks it as it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crosscraft.lessons.exercises.answers import Unreadable, decode, encode


@pytest.mark.parametrize(
    "answer",
    [
        *(None, True, -1, 1.5, "ä\n\0", b"\xff", (), [1, "b"], {"a": [1, (2,)]}, {1, 2}),
        Path("/a b/ä.cpp"),
    ],
)
def test_a_value_or_a_path_comes_back(answer: Any) -> None:
    back = decode(encode(answer))
    assert back == answer
    assert type(back) is type(answer) or isinstance(answer, Path)


def test_a_relative_path_is_that_of_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert decode(encode(Path("src/math.cpp"))) == tmp_path / "src" / "math.cpp"


class Hostile:
    """An object that can be neither compared nor printed."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (object(), "object"),
        (print, "builtin_function_or_method"),
        (Hostile(), "Hostile"),
        (float("nan"), "float"),
        ("x" * 2_000_000, "str"),
    ],
)
def test_anything_else_is_known_by_its_type_alone(answer: Any, kind: str) -> None:
    back = decode(encode(answer))
    assert isinstance(back, Unreadable)
    assert str(back) == f"a value of type {kind}"
