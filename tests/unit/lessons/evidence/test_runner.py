"""The environments that checks run Python in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.environments.install import Environment
from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.runner import Runner
from crosscraft.platforms import native


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    runner._with_python.cache_clear()


def test_an_environment_that_was_removed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make(*_: object) -> Runner:
        made.append(tmp_path / str(len(made)))
        (made[-1] / "bin").mkdir(parents=True)
        (made[-1] / "bin/python").touch()
        return Runner(Environment(made[-1], native()), None)

    runner._with_python.cache_clear()
    monkeypatch.setattr(runner, "with_packages", make)
    monkeypatch.setattr(runner.select, "choose", lambda: None)
    assert runner.of(native()) is runner.of(native())
    (made[0] / "bin/python").unlink()
    assert runner.of(native()).environment.prefix == made[1]
