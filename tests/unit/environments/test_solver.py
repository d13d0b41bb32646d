"""Solving: which packages an environment has, and why it can have none."""

from __future__ import annotations

import re
import shutil

import pytest

from crosscraft.channel import available, local, select
from crosscraft.channel.catalog.libraries import libraries
from crosscraft.environments import solver
from crosscraft.errors import ChannelError, InstallError
from crosscraft.platforms import lookup, native
from tests.support.small_channels import index_of

pytestmark = pytest.mark.usefixtures("own_cache")

PACKAGES = {
    "python-3.11.2-h1_cpython": [],
    "python-3.12.1-h2_cpython": [],
    "python-3.12.1-h2_pypy": [],
    "numpy-1.26-0": ["python 3.12.*", "libblas >=3"],
    "libblas-3.9-0": ["__glibc >=2.99"],
    "scipy-1-0": ["numpy >=2"],
    "old-1-0": ["python 3.11.*"],
    "new-1-0": ["python 3.12.*"],
    **{f"many-1.{n}-0": [] for n in range(12)},
}


@pytest.fixture
def channel(tmp_path):
    return [select.in_folder(index_of(tmp_path / "channel", PACKAGES), "small")]


def test_missing_packages_are_named(channel):
    specs = ["python >=3", "pyhton", "local::numpy", "__glibc >=2.17", "nanobnid>=2"]
    assert solver.missing_packages(specs, native(), channel) == ["pyhton", "nanobnid"]


@pytest.mark.parametrize(
    ("spec", "versions"),
    [
        ("python", None),
        ("python 3.12.*", None),
        ("python 3.12.* *_pypy", None),
        ("python 3.13.*", ("3.11.2", "3.12.1")),
        ("python =3.1", ("3.11.2", "3.12.1")),
        ("python 3.11.* *_pypy", ("3.11.2 h1_cpython", "3.12.1 h2_cpython", "3.12.1 h2_pypy")),
        ("many <1", tuple(f"1.{n}" for n in range(12))),
        ("nonesuch", ()),
        ("__glibc >=2.99", ("2.17",)),
        ("__glibc >=2.10", None),
        ("__cuda", ()),
    ],
)
def test_the_versions_that_there_are(channel, spec, versions):
    found = solver.unsatisfied(["many", spec], lookup("linux-64"), channel, glibc="2.17")
    assert found == ({} if versions is None else {spec: versions})


def test_the_first_three_of_many_versions_are_left_out():
    assert solver.offer("a", ["1"]) == "the channel has 1"
    assert solver.offer("a", ["1", "2", "3"]) == "the channel has 1, 2 and 3"
    assert solver.offer("a", ["1", "2", "3", "4"]) == "the channel has 4 versions up to 2, 3 and 4"
    assert solver.offer("__glibc >=3", ["2.36"]) == "this machine has 2.36"


@pytest.mark.parametrize(
    ("specs", "words", "tree"),
    [
        (["pyhton"], ["no package 'pyhton' for linux-64"], False),
        (["python >=99"], ["no package 'python >=99' for linux-64, and the channel has 3"], False),
        (["old", "python >=99"], ["installed together for linux-64: no package 'python"], False),
        (["__glibc >=99"], ["'__glibc >=99'", "this machine has 2.17", "describes"], False),
        (["__cuda"], ["no package '__cuda'", "describes the machine"], False),
        (["scipy"], ["scipy cannot be", "'numpy >=2'", "the channel has 1.26"], True),
        (["numpy"], ["'__glibc >=2.99'", "this machine has 2.17"], True),
        (["old", "new"], ["old, new cannot be installed together for linux-64"], True),
    ],
)
def test_what_cannot_be_solved(channel, specs, words, tree):
    with pytest.raises(InstallError) as raised:
        solver.solve(specs, lookup("linux-64"), channel, glibc="2.17")
    for word in (*words, "looked in the channels small"):
        assert word in str(raised.value)
    assert any("would require" in line for line in raised.value.detail) == tree
    assert not any("Cannot solve the request" in line for line in raised.value.detail)


def test_the_nearest_names_are_given(tmp_path):
    folder = index_of(tmp_path, {"nanobind-2-0": []}, "linux-aarch64")
    (folder / "linux-aarch64/nanobind-2-0.conda").touch()
    channel = [select.in_folder(folder, "small")]
    with pytest.raises(InstallError, match=r"Did you mean nanobind\?"):
        solver.solve(["nanobnid"], lookup("linux-aarch64"), channel)
    index_of(folder, {})
    with pytest.raises(InstallError, match="It exists for linux-aarch64 only"):
        solver.solve(["nanobind"], lookup("linux-64"), channel)


@pytest.mark.parametrize(
    ("specs", "words"),
    [
        (["pip"], "no package 'pip' for linux-64 (looked in the channels LOCAL). Run `crosscraft "
                  "channel add pip` to add it."),
        (["python", "make >=1", "pip"], "Run `crosscraft channel add make pip` to add them."),
        (["lacks"], "no package 'pip' for linux-64 (looked in the channels LOCAL). Run `crosscraft "
                    "channel add pip` to add it."),
        (["pipp"], "Check the spelling"),
        (["pip", "python >=99"], "channel add pip` to add it."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["local", "a folder", "small"])
def test_a_package_that_can_be_added_to_the_channel(tmp_path, monkeypatch, name, specs, words):
    folder = index_of(tmp_path / "channel", {**PACKAGES, "lacks-1-0": ["pip >=20"]})
    if name == "a folder":
        shutil.copy(local.find() / local.MANIFEST, folder)
        monkeypatch.setattr(local, "link_path", lambda build=None: folder)
    with pytest.raises(InstallError) as raised:
        solver.solve(specs, lookup("linux-64"), [select.in_folder(folder, name)], glibc="2.17")
    assert (words.replace("LOCAL", name) in str(raised.value)) == (
        name != "small" or specs == ["pipp"]
    )


def test_a_package_that_no_wheel_is_of(tmp_path, monkeypatch):
    made = libraries(lookup("linux-aarch64"))
    monkeypatch.setattr(available, "rows", lambda targets=None: made)
    channel = [select.in_folder(index_of(tmp_path, PACKAGES), "local")]
    with pytest.raises(InstallError, match="but Debian has no package of it for linux-64"):
        solver.solve(["zlib"], lookup("linux-64"), channel)


def test_the_c_library_of_the_target_counts():
    with pytest.raises(InstallError, match="__glibc"):
        solver.solve(["python"], lookup("linux-aarch64"), [select.choose("local")], glibc="2.1")


def test_a_channel_that_does_not_answer_is_named_alone(channel):
    dead = select.Channel("http://127.0.0.1:9/x", "http://127.0.0.1:9/x")
    said = re.escape("the channel http://127.0.0.1:9/x did not respond")
    with pytest.raises(ChannelError, match=said):
        solver.solve(["python"], native(), [dead, *channel])


def test_a_channel_on_this_machine_is_never_out_of_reach(channel):
    assert solver.channel_error("failed to download x: timed out", channel) is None
