"""Several Pythons in the variants, of which the local channel has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building import pythons
from crosscraft.building import recipe as recipes
from crosscraft.channel import select
from crosscraft.errors import InstallError
from crosscraft.platforms import lookup
from tests.support.small_channels import index_of

pytestmark = pytest.mark.usefixtures("own_cache")

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
RECIPE = """\
recipe: {name: fast, version: "1"}
outputs:
  - package: {name: fast}
    requirements:
      host:
        - python
        - if: is_abi3
          then: python-abi3
  - package: {name: docs}
    build: {noarch: generic}
"""
ZIPPED = "zip_keys: [[python, is_abi3]]\nis_abi3: [false, true, false]\n"


@pytest.fixture
def rendered(tmp_path: Path):
    def render(pythons: str, more: str = "is_abi3: [false]\n") -> recipes.Rendered:
        (tmp_path / "recipe.yaml").write_text(RECIPE)
        (tmp_path / "variants.yaml").write_text(f"python: {pythons}\n{more}")
        return recipes.render(tmp_path / "recipe.yaml", HERE, THERE)

    return render


@pytest.fixture
def local(tmp_path: Path) -> select.Channel:
    """A local channel with one Python, and with another for this machine."""
    folder = index_of(tmp_path / "channel", {"python-3.12.1-0": []})
    return select.in_folder(
        index_of(folder, {"python-3.11.2-5_cpython": []}, THERE.subdir), "local"
    )


@pytest.mark.parametrize("one", ["3.11", '"3.11"', "3.11.*", '"3.11.* *_cpython"'])
def test_what_the_local_channel_has_is_kept_and_the_rest_is_named(rendered, local, one):
    several = rendered(f"[{one}, 3.12, 3.13.* *_cp313]")
    kept, lines = pythons.without(several, pythons.missing(several, THERE, local))
    assert {output.name for output in kept.outputs} == {"fast", "docs"}
    (fast,) = (output for output in kept.outputs if output.name == "fast")
    assert fast.variant["python"].startswith("3.11")
    assert lines[:2] == [
        "left out fast with python 3.12: the local channel has python 3.11.2 alone",
        "left out fast with python 3.13.* *_cp313: the local channel has python 3.11.2 alone",
    ]
    assert "Debian 12 and PyPI offer no second Python" in lines[2]


def test_a_channel_without_any_of_them_is_an_error(rendered, local):
    with pytest.raises(InstallError, match=r"no python 3\.12 or 3\.13 for linux-aarch64, only 3"):
        pythons.missing(rendered("[3.12, 3.13]"), THERE, local)


def test_nothing_is_left_out_for_another_channel_or_without_python(rendered, local):
    several = rendered("[3.11, 3.12]")
    other = select.Channel("small", local.url)
    assert pythons.missing(several, THERE, other) == {}
    assert pythons.without(several, {}) == (several, [])
    docs = recipes.Rendered(
        tuple(one for one in several.outputs if one.name == "docs"), several.skipped
    )
    assert pythons.missing(docs, THERE, local) == {}


@pytest.mark.parametrize("more", ["is_abi3: [false]\n", ZIPPED])
def test_the_engine_renders_what_is_kept(rendered, local, tmp_path, more):
    several = rendered("[3.10, 3.11, 3.12]", more)
    lacking = pythons.missing(several, THERE, local)
    kept, _ = pythons.without(several, lacking)
    (fast,) = (output for output in kept.outputs if output.name == "fast")
    assert ("python-abi3" in fast.host_specs) == (more is ZIPPED)
    text = pythons.variants_without(tmp_path / "recipe.yaml", HERE, THERE, lacking)
    (tmp_path / "variants.yaml").write_text(text)
    again = recipes.render(tmp_path / "recipe.yaml", HERE, THERE)
    assert sorted(map(repr, again.outputs)) == sorted(map(repr, kept.outputs))
