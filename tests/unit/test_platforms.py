"""The table of platforms, and how a name finds its row."""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import FrozenInstanceError

import capstone
import pytest
from elftools.elf.enums import ENUM_E_MACHINE

from crosscraft.channel.catalog import TARGETS
from crosscraft.errors import PlatformError
from crosscraft.paths import ROOT
from crosscraft.platforms import ALL, NOARCH, PLATFORMS, Platform, lookup, native, selection

ROWS = tuple(PLATFORMS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.subdir)
def test_row_is_consistent(row: Platform) -> None:
    assert PLATFORMS[row.subdir] is lookup(row.subdir) is row
    assert re.fullmatch(r"\w+-linux-gnu(eabihf)?", row.triplet)
    assert row.elf_machine in ENUM_E_MACHINE
    assert re.fullmatch(r"qemu-\w+", row.emulator)
    assert row.emulator_package == row.emulator.replace("qemu", "qemu-execve")
    assert row.sysroot_package == f"sysroot_{row.subdir}"
    assert row.sysroot_path == f"{row.triplet}/sysroot"
    assert row.loader.startswith("/lib")
    assert row.capstone_arch.startswith("CS_ARCH_")
    assert row.capstone_mode.startswith("CS_MODE_")
    assert capstone.cs_support(getattr(capstone, row.capstone_arch))
    assert isinstance(getattr(capstone, row.capstone_mode), int)


def test_no_two_rows_share_a_name() -> None:
    for column in ("subdir", "triplet", "debian_arch", "processor", "elf_machine", "loader"):
        assert len({getattr(row, column) for row in ROWS}) == len(ROWS), column


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.subdir)
def test_the_page_about_platforms_has_the_row(row: Platform) -> None:
    lines = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8").splitlines()
    (said,) = [line for line in lines if line.startswith(f"| `{row.subdir}` |")]
    assert said.endswith(
        f"| {row.elf_class} bits | {row.endianness}-endian | {TARGETS[row.subdir]} |"
    )


def test_rows_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ROWS[0].subdir = "linux-0"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("linux-arch64", "linux-aarch64"),
        ("linux-aarch46", "linux-aarch64"),
        ("arm64", "linux-aarch64"),
        ("LINUX-AARCH64", "linux-aarch64"),
        ("aarch64-linux-gnu", "linux-aarch64"),
        ("linux-arm64", "linux-aarch64"),
        ("x86_64", "linux-64"),
        ("amd64", "linux-64"),
        ("linux64", "linux-64"),
        ("linux-x86-64", "linux-64"),
    ],
)
def test_near_miss_is_told_what_it_means(name: str, meant: str) -> None:
    with pytest.raises(PlatformError, match=f"no platform '{name}'") as caught:
        lookup(name)
    assert caught.value.remedy.startswith(f"Did you mean {meant}")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("name", ["", "windows", NOARCH, "🐧"])
def test_other_name_gets_the_list(name: str) -> None:
    with pytest.raises(PlatformError) as caught:
        lookup(name)
    for row in ROWS:
        assert row.subdir in caught.value.remedy


def test_a_selection() -> None:
    first, second = ROWS[:2]
    assert selection(first.subdir) == (first,)
    assert selection(f"{second.subdir},{first.subdir}") == (second, first)
    assert selection(ALL) == ROWS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("linux-64,linux-arch64", "no platform 'linux-arch64'.*Did you mean linux-aarch64"),
        ("linux-64,linux-64", "names linux-64 twice.*each platform once"),
        ("linux-64,all", "names 'all' and single platforms.*'all' alone"),
        ("linux-64, linux-aarch64", "not a list of platforms.*without spaces"),
        ("linux-64,", "not a list of platforms"),
        (",", "not a list of platforms"),
        ("", "no platform ''"),
        ("ALL", "no platform 'ALL'"),
    ],
)
def test_what_is_no_selection(text: str, why: str) -> None:
    with pytest.raises(PlatformError, match=why) as caught:
        selection(text)
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.subdir)
def test_native(row: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: row.processor)
    monkeypatch.setattr(sys, "platform", "linux")
    assert native() is row


@pytest.mark.parametrize(
    ("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64"), ("win32", "AMD64")]
)
def test_other_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(PlatformError, match=f"{system}, {machine}.*Use a Linux machine"):
        native()


@pytest.mark.parametrize(
    ("text", "told"),
    [("ALL", True), ("", True), ("linux-64 linux-s390x", True), ("a,b", True), ("arm64", False)],
)
def test_how_to_name_several_is_told_to_who_seems_to_want_it(text, told):
    with pytest.raises(PlatformError) as caught:
        selection(text)
    assert ("with commas, or use 'all'" in str(caught.value)) is told
