"""The table of what guards people, and what counts as a change of behaviour."""

from __future__ import annotations

import pytest

from crosscraft.paths import ROOT
from tools import mutants


@pytest.mark.parametrize("name", mutants.GROUPS)
def test_each_group_has_modules_and_tests(name: str) -> None:
    group = mutants.GROUPS[name]
    for pattern in group.modules:
        assert list((ROOT / "crosscraft").glob(pattern)), pattern
    for path in group.tests:
        assert list((ROOT / "tests" / "unit").glob(path)), path


@pytest.mark.parametrize(
    ("old", "new", "wording"),
    [
        ('    raise Bad("it is full")', '    raise Bad("XXit is fullXX")', True),
        ('    return f"{a} is {b}", True', '    return f"{a} is {b}", False', False),
        ('    names = "a b".split(" ")', '    names = "A B".split(" ")', True),
        ('    folder / "info"', '    folder / "XXinfoXX"', False),
        ('    path.read_text(encoding="utf-8")', "    path.read_text(encoding=None)", True),
        ('    path.write_text(text, encoding="utf-8")', "    path.write_text(text, )", True),
        ('    path.read_text(encoding="utf-8")', '    path.read_bytes(encoding="utf-8")', False),
        ("    mode & 0o7022", "    mode & 3603", False),
        ('    ", ".join(a) or "no file"', '    ", ".join(a) or "XXno fileXX"', True),
        ('    a.split(", ") or "x"', '    a.split("XX, XX") or "x"', False),
        ('    "/".join(a) or "x"', '    "XX/XX".join(a) or "x"', False),
    ],
)
def test_wording_is_told_from_behaviour(old: str, new: str, wording: bool) -> None:
    diff = f"--- a\n+++ a\n@@ -1,3 +1,3 @@\n def f():\n-{old}\n+{new}\n"
    assert mutants.is_wording(diff) is wording


def test_an_unknown_group_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["store", "nosuch"]) == 2
    assert "there is no group nosuch" in capsys.readouterr().err
