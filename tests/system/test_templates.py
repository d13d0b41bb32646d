"""A project from each template, built and used on this machine, outside of the clone.

test_templates_cross has the other platform. The examples are not built themselves: what is made
from them differs by the name alone. `crosscraft run --with` installs the packages with py-rattler,
from the output folder and the local channel. engines/test_conda.py installs them with conda.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building import templates
from tests.support import examples
from tests.support.examples import TEMPLATES, Built

pytestmark = pytest.mark.builds

TYPED = [name for name, known in TEMPLATES.items() if known.program]
"""Those with a Python module."""


@pytest.fixture(scope="module", params=TEMPLATES)
def built(
    request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    project = examples.render(request.param, tmp_path_factory.mktemp(request.param))
    return examples.build(TEMPLATES[request.param], project, "linux-64", cache)


def test_each_template_is_tested() -> None:
    assert set(templates.names()) == set(TEMPLATES)


def test_it_is_verified_and_prints_its_answer(built: Built) -> None:
    examples.check(built)


@pytest.mark.parametrize("built", TYPED, indirect=True)
def test_a_type_checker_sees_its_types(built: Built) -> None:
    examples.check_types(built)
