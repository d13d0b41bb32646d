"""What the site's page shows and saves of files, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscraft.inspection.elf import cxx_names
from crosscraft.views import in_browser, report
from tests.support import real_package
from tests.support.drawn_pages import HOSTILE, said
from tests.support.small_packages import Item, elf_header, package


@pytest.fixture(autouse=True)
def demangler(monkeypatch):
    """This process may have no C++ runtime."""
    monkeypatch.setitem(in_browser._DEMANGLERS, True, cxx_names.demangle)


@pytest.fixture
def honest(tmp_path) -> Path:
    return real_package.write(tmp_path / f"{real_package.NAME}.conda")


@pytest.fixture
def liar(tmp_path) -> Path:
    (tmp_path / "liar").mkdir()
    arm = {"subdir": "linux-aarch64"}
    return real_package.write(tmp_path / "liar" / f"{real_package.NAME}.conda", index=arm)


def answer(*paths: Path, demangling: bool = True) -> dict[str, object]:
    return json.loads(in_browser.answer([str(path) for path in paths], demangling))


def test_the_json_is_what_the_command_prints(honest, extension, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.conda").write_text("text")
    (tmp_path / extension.name).write_bytes(extension.read_bytes())
    names = [honest.name, "text.conda", extension.name]
    assert report.report(names, as_json=True, verify=True) == 1
    printed = capsys.readouterr()
    found = answer(*(tmp_path / name for name in names))
    assert found["json"] == printed.out
    assert printed.err.removeprefix("crosscraft: ").strip() in str(found["said"])
    assert found["holds"] is False


def test_no_file_is_an_empty_list(tmp_path, capsys):
    report.report([], as_json=True, verify=True)
    assert answer()["json"] == capsys.readouterr().out


def test_each_verdict_and_each_header_is_on_the_page(honest):
    found = answer(honest)
    page = said(str(found["html"]))
    assert found["holds"] is True
    verdicts = json.loads(str(found["json"]))[0]["verdicts"]
    assert len(verdicts) >= 3
    for verdict in verdicts:
        assert f"{verdict['question']} yes {verdict['evidence'][0]}" in page
    assert f"The header of {real_package.LIBRARY}, byte by byte" in page
    assert "18-19 3e 00 e_machine Advanced Micro Devices X86-64" in page


def test_a_lie_is_told_first(liar):
    found = answer(liar)
    assert found["holds"] is False
    question = "Is each binary for the platform that is claimed?"
    assert f"{liar.name}: The answer is NO: {question}" in str(found["said"])
    assert f"{question} NO" in said(str(found["html"]))


def test_packages_for_different_platforms_are_compared(honest, liar, tmp_path):
    page = said(str(answer(honest, liar)["html"]))
    assert "area for linux-64 (left) and for linux-aarch64 (right)" in page
    assert "subdir linux-64 linux-aarch64 The packages are for different platforms" in page
    other = package(tmp_path / "b-1-h0000000_0.conda", [], {"name": "b", "subdir": "noarch"})
    assert "What differs" not in said(str(answer(honest, other, honest)["html"]))


def test_names_stay_mangled_on_request(extension):
    demangled, mangled = (
        json.loads(str(answer(extension, demangling=demangling)["json"]))[0]["exported"]
        for demangling in (True, False)
    )
    assert [one["name"] for one in demangled] == [one["name"] for one in mangled]
    assert all(one["demangled"] == one["name"] for one in mangled)


def test_the_headers_are_counted(tmp_path):
    items = [Item(f"lib/{number}.so", elf_header()) for number in range(in_browser.HEADERS + 2)]
    page = str(answer(package(tmp_path / "a-1-h0000000_0.conda", items))["html"])
    assert page.count("<details>") == in_browser.HEADERS
    assert "The first 20 of 22 headers." in page


def test_a_hostile_name_is_only_text(tmp_path):
    path = package(tmp_path / "<b>a.conda", [Item(HOSTILE, elf_header())])
    found = answer(path)
    assert "<script" not in str(found["html"])
    assert "<b>" not in str(found["html"])
    assert "\x1b" not in str(found["html"]) + str(found["said"])
