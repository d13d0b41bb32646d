"""The tags of wheels, and the binaries in them."""

from __future__ import annotations

import pytest

from crosscraft.building.check.detectors import wheels
from crosscraft.inspection import machine_code
from tests.support.packages_of_facts import binary, wheel

EXTENSION = binary("PyInit_m")
MACH_ARM = machine_code.find(b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01" + bytes(4) + b"\x06" + bytes(9))
TAGS = [
    ("linux_aarch64", "m/_m.abi3.so", EXTENSION, False),
    ("linux_x86_64", "m/_m.abi3.so", EXTENSION, True),
    ("any", "m/_m.abi3.so", EXTENSION, True),
    ("manylinux_2_17_aarch64.manylinux2014_aarch64", "m/_m.so", EXTENSION, False),
    ("musllinux_1_2_aarch64", "m/_m.cpython-311-aarch64-linux-musl.so", EXTENSION, False),
    ("any", "m/data/emulated.so", binary(), False),
    ("linux_x86_64", "m.libs/liba.so.1", binary(), False),
    ("macosx_11_0_arm64", "m/_m.cpython-311-darwin.so", MACH_ARM, False),
    ("macosx_10_9_x86_64", "m/_m.cpython-311-darwin.so", MACH_ARM, True),
    ("macosx_10_9_universal2", "m/_m.cpython-311-darwin.so", MACH_ARM, False),
    ("any", "m/tool.exe", MACH_ARM, False),
]


@pytest.mark.parametrize(("platform", "path", "code", "found"), TAGS)
def test_the_tags_of_a_wheel(platform, path, code, found):
    package = wheel(f"m-1.0-cp311-cp311-{platform}.whl", {path: code})
    assert bool([*wheels.wheel_of_another_platform(package)]) is found
