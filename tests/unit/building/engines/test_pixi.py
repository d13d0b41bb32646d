"""What pixi's own errors become."""

from __future__ import annotations

import pytest

from crosscraft.building.engines import pixi
from crosscraft.errors import RecipeError
from crosscraft.system.processes import Completed

NO_CANDIDATES = """\
Error:   × Failed to resolve dependencies
  ╰─▶ Cannot solve the request because of: No candidates were found for
      gcc_linux-64 *.
""".splitlines()


def failed(*lines):
    return Completed(("pixi", "publish"), 1, lines)


def test_a_staging_output_is_told_with_what_can_build_it():
    before = " │ │ Building new staging cache: zsum-build"
    with pytest.raises(RecipeError, match="staging output in no channel") as caught:
        pixi._failure(failed(before, *NO_CANDIDATES), "libzsum")
    assert "--engine rattler-build" in caught.value.remedy


def test_a_missing_package_of_another_output_is_no_matter_of_staging():
    assert pixi._failure(failed(*NO_CANDIDATES), "a").kind == "dependencies"
