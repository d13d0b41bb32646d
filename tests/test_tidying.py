"""What a build has done with goes while it goes on; what is in use stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.engines.interface import Event, Note
from crosscraft.building.tidying import Tidying

PLACES = ("bld/rattler-build_{}/build_env", "bld/rattler-build_{}/host_env_placehold")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    for name in ("a", "b", "a-b"):
        for place in (*PLACES, "bld/rattler-build_{}/work", "test/test_{}1aB2cD/test_env"):
            (tmp_path / place.format(name)).mkdir(parents=True)
            (tmp_path / place.format(name) / "conda_build.log").touch()
    return tmp_path


def left(scratch: Path) -> set[str]:
    """The outputs that still have all of their environments; no other has any."""
    found = {}
    for name in ("a", "b", "a-b"):
        assert (scratch / f"bld/rattler-build_{name}/work/conda_build.log").exists()
        places = [*PLACES, "test/test_{}1aB2cD/test_env"]
        found[name] = {(scratch / place.format(name)).exists() for place in places}
        assert len(found[name]) == 1, name
    return {name for name, there in found.items() if there == {True}}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("a", "environments"), ("a", "compile")], {"a", "b", "a-b"}),
        ([("a", "compile"), ("b", "environments")], {"a", "b", "a-b"}),
        ([("a", "compile"), ("b", "environments"), ("b", "configure")], {"b", "a-b"}),
        # What is said about an earlier one after that does not end the later one.
        ([("a", "compile"), ("b", "compile"), ("a", "test"), ("a", "test")], {"b", "a-b"}),
        ([("a", "test"), ("b", "test"), ("a-b", "compile")], {"a-b"}),
    ],
)
def test_an_output_is_done_with_when_the_next_ones_script_runs(
    scratch: Path, events: list[tuple[str, str]], expected: set[str]
) -> None:
    with Tidying(scratch, ["a", "b", "a-b"]) as tidy:
        tidy.on_event(Note("cache", "a thing to know"))
        for output, phase in events:
            tidy.on_event(Event(output, phase))
    assert left(scratch) == expected


def test_variants_of_one_name_are_not_told_apart(scratch: Path) -> None:
    with Tidying(scratch, ["a", "a", "b", "a-b"]) as tidy:
        for output in ("a", "b", "a-b"):
            tidy.on_event(Event(output, "compile"))
    assert left(scratch) == {"a", "a-b"}


def test_it_waits_also_if_a_build_fails(scratch: Path) -> None:
    with pytest.raises(ZeroDivisionError), Tidying(scratch, ["a", "b"]) as tidy:
        tidy.remove([scratch / "bld", scratch / "nothing"])
        raise ZeroDivisionError
    assert not (scratch / "bld").exists()
