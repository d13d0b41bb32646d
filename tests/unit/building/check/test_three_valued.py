"""What is known decides a condition, and what is unknown never does."""

from __future__ import annotations

from itertools import product

import pytest

from crosscraft.building.check.three_valued import both, either, negated

POSSIBLE = {True: (True,), False: (False,), None: (True, False)}
"""What each value may turn out to be."""


def decided(results: set[bool]) -> bool | None:
    """The result that is the same in every case."""
    return results.pop() if len(results) == 1 else None


@pytest.mark.parametrize(("one", "other"), [*product(POSSIBLE, repeat=2)])
def test_a_result_is_known_where_every_case_agrees(one: bool | None, other: bool | None) -> None:
    cases = list(product(POSSIBLE[one], POSSIBLE[other]))
    assert both(one, other) is decided({a and b for a, b in cases})
    assert either(one, other) is decided({a or b for a, b in cases})
    assert negated(one) is decided({not a for a in POSSIBLE[one]})
