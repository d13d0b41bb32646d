"""Each example, built and used on this machine. test_examples_cross has the other platform.

An example is built once. `crosscraft run --with` installs its packages with py-rattler, from the
output folder and the local channel. engines/test_conda.py installs them with conda.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import examples
from tests.support.examples import EXAMPLES, Built

pytestmark = pytest.mark.builds

TYPED = [name for name, known in EXAMPLES.items() if known.program]
"""Those with a Python module."""


@pytest.fixture(scope="module", params=EXAMPLES)
def built(
    request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    folder = tmp_path_factory.mktemp(request.param)
    return examples.build(request.param, "linux-64", folder, cache)


def test_each_example_is_tested() -> None:
    assert examples.folders() == set(EXAMPLES)


def test_it_is_verified_and_prints_its_answer(built: Built) -> None:
    examples.check(built)


@pytest.mark.parametrize("built", TYPED, indirect=True)
def test_a_type_checker_sees_its_types(built: Built) -> None:
    examples.check_types(built)
