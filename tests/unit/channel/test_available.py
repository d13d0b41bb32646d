"""What can be added to the local channel: for which platforms, and what is said if it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from crosscraft.channel import available, local
from crosscraft.channel.catalog import TARGETS, Deb, Package, RunExports, Wheel, on_demand
from crosscraft.errors import ChannelError
from crosscraft.platforms import NOARCH, lookup

HERE, ARM, IBM = (lookup(name) for name in ("linux-64", "linux-aarch64", "linux-s390x"))
WHEELS = {HERE, ARM}
"""What the small catalog has a wheel of `fast` for."""


def row(name: str, subdir: str, *depends: str, **more: Any) -> Package:
    return Package(name, subdir, "1", f"A {name}", "MIT", depends=depends, **more)


def small(build: Any, targets: Any) -> tuple[Package, ...]:
    """A catalog with a row of each kind."""
    wheel = (Wheel("fast", "1", "0" * 64),)
    return (
        row("pure", NOARCH, "python >=3.11", "base"),
        row("base", NOARCH, "tool >=2"),
        row("tool", build.subdir),
        *(
            row("lib", one.subdir, sources=(Deb("lib", one.debian_arch),),
                run_exports=RunExports(weak=("liblib >=1",)))
            for one in targets
        ),
        *(row("liblib", one.subdir) for one in targets),
        *(row("ninja", one.subdir, sources=wheel) for one in targets if one is not build),
        *(row("fast", one.subdir, sources=wheel) for one in targets if one in WHEELS),
        *(row(f"cross_{one.subdir}", build.subdir, "lib") for one in targets),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small catalog, this machine as linux-64, and a channel for what set-up builds for."""
    here = tuple(lookup(name) for name, when in TARGETS.items() if when == "by set-up")
    monkeypatch.setattr(available, "on_demand", small)
    monkeypatch.setattr(available, "native", lambda: HERE)
    monkeypatch.setattr(local, "targets", lambda listed, among=TARGETS: tuple(
        one for one in here if one.subdir in among))  # fmt: skip


def chosen(*wanted: str, only: Any = ()) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    found = available.choose(wanted, (), only)
    return sorted((one.name, one.subdir) for one in found.rows), found.notes


def test_a_package_brings_what_it_depends_on() -> None:
    pure = [("base", NOARCH), ("pure", NOARCH), ("tool", "linux-64")]
    assert chosen("pure") == (pure, ())
    assert chosen("pure", "pure", "base", only=[ARM]) == (pure, ())


def test_a_library_is_made_for_each_platform_of_the_channel_or_for_one() -> None:
    subdirs = ["linux-64", "linux-aarch64", "linux-ppc64le"]
    every = [(name, subdir) for name in ("lib", "liblib") for subdir in subdirs]
    assert chosen("lib") == (every, ())
    assert chosen("lib", only=[ARM]) == ([("lib", ARM.subdir), ("liblib", ARM.subdir)], ())


def test_platforms_without_one_are_left_out_with_the_reason() -> None:
    made, notes = chosen("fast")
    assert made == [("fast", HERE.subdir), ("fast", ARM.subdir)]
    assert notes == ("fast is left out for linux-ppc64le: PyPI has no wheel of it.",)
    assert chosen("fast", only=[ARM]) == ([("fast", ARM.subdir)], ())


def test_all_is_all_of_it() -> None:
    made, notes = chosen()
    assert made == sorted((one.name, one.subdir) for one in small(HERE, local.targets(())))
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("name", "only", "words"),
    [
        ("fast", [IBM], [
            "fast cannot be made for linux-s390x: PyPI has no wheel of it.",
            "It can be made for linux-64 and linux-aarch64.",
        ]),
        ("lib", [IBM], ["no packages for linux-s390x", "channel build --platform linux-s390x`"]),
        ("cross_linux-s390x", [], ["no packages for linux-s390x"]),
        ("cross_linux-aarch64", [HERE], ["cannot be made for linux-64. It can", "linux-aarch64."]),
        ("prue", [], ["no package 'prue'. Did you mean pure?", "channel list --available`"]),
    ],
)  # fmt: skip
def test_what_cannot_be_added(name: str, only: Any, words: list[str]) -> None:
    with pytest.raises(ChannelError) as raised:
        available.choose(["lib", name], (), only)
    for word in words:
        assert word in str(raised.value)


def test_what_set_up_makes_is_there() -> None:
    note = "python is in the local channel already, because set-up makes it."
    assert chosen("python") == ([], (note,))
    assert chosen("ninja", only=[HERE]) == ([], (note.replace("python", "ninja"),))
    assert chosen("ninja") == ([("ninja", ARM.subdir), ("ninja", "linux-ppc64le")], ())


@pytest.mark.parametrize(
    ("lacking", "platform", "said"),
    [
        (["pure"], HERE, "Run `crosscraft channel add pure` to add it."),
        (["lib", "nonesuch", "fast", "lib"], ARM,
         "Run `crosscraft channel add lib fast` to add them."),
        (["lib"], IBM, "Run `crosscraft channel add lib --platform linux-s390x` to add it."),
        (["cross_linux-aarch64"], HERE,
         "Run `crosscraft channel add cross_linux-aarch64` to add it."),
        (["fast"], IBM, "It can be made for linux-64 and linux-aarch64, but PyPI has no wheel of "
                        "it for linux-s390x."),
        (["nonesuch", "lib"], HERE, ""),
    ],
)  # fmt: skip
def test_what_to_do_about_what_is_lacking(lacking: list[str], platform: Any, said: str) -> None:
    assert available.remedy(lacking, platform) == said


def test_the_overview_has_each_name_once() -> None:
    rows = {name: (version, where) for name, version, _, where in available.overview()}
    assert rows["pure"] == rows["lib"] == ("1", "every platform")
    assert rows["fast"] == ("1", "linux-64 and linux-aarch64")
    assert list(rows) == list(available.names())


def test_no_name_is_of_set_up_for_the_same_platform() -> None:
    """Otherwise a channel would have two packages for one row."""
    targets = [lookup(name) for name in TARGETS]
    for build in targets:
        every = [*local.packages(build, targets), *on_demand(build, targets)]
        named = [(one.name, one.subdir, one.version) for one in every]
        assert len(set(named)) == len(named)
