"""Messages are one line: what failed, where we looked, what to do next."""

from __future__ import annotations

import pytest

from crosscraft import errors
from crosscraft.errors import CrosscraftError


def test_message_reads_as_one_line() -> None:
    error = CrosscraftError("it failed", looked="PATH", remedy="Fix it.", detail=["a", "b"])
    assert str(error) == "it failed (looked in PATH). Fix it."
    assert error.detail == ("a", "b")
    assert str(CrosscraftError("it failed", remedy="Fix it.")) == "it failed. Fix it."


@pytest.mark.parametrize("name", [n for n in errors.__all__ if n != "CrosscraftError"])
def test_one_base_and_a_status_that_is_a_failure(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, CrosscraftError)
    assert kind.exit_status in (1, 2)
    assert kind.__doc__
