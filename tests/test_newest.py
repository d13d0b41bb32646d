"""What is not at its pin is listed."""

from __future__ import annotations

from crosscraft.paths import ROOT
from tools import newest

PINS = """\
# A comment==1
anyio==4.16.0 \\
    --hash=sha256:aa
argon2_cffi.Bindings==26.2.0 ; sys_platform == 'linux' \\
    --hash=sha256:bb
"""


def test_pins_are_read() -> None:
    assert newest.pinned(PINS) == {"anyio": "4.16.0", "argon2-cffi-bindings": "26.2.0"}
    ours = newest.pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert len(ours) > 100
    assert all("=" not in version for version in ours.values())


def test_what_differs_is_named() -> None:
    installed = {"pip": "26", "anyio": "5.0", "argon2-cffi-bindings": "26.2.0", "new-one": "1"}
    assert newest.compare(newest.pinned(PINS), installed) == [
        "anyio 5.0, pinned 4.16.0",
        "new-one 1, pinned nowhere",
    ]
