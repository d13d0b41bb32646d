"""A package with all that real ones have. Each small damage to it changes one answer alone."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscraft.inspection import conda_file
from crosscraft.inspection.inspect import inspect
from crosscraft.inspection.verdicts import NAMES, PATHS, PLATFORM, WITHIN
from tests.support.small_packages import Item, elf_header, package
from tests.support.tiny_elf import make

PREFIX = "/home/builder/miniforge/conda-bld/a_1700000000000/_h_env_placehold"
RUN_EXPORTS = {
    "weak": ["a >=1.2,<2.0a0"],
    "strong": ["libgcc >=12", "libstdcxx >=12"],
    "noarch": ["python"],
    "weak_constrains": ["b <3"],
    "strong_constrains": ["__glibc >=2.17,<3.0.a0"],
}
INDEX = {
    "version": "1.2", "build_number": 7, "depends": ["python >=3.11,<3.12.0a0", "libgcc >=12"],
    "constrains": ["c <2"], "license": "BSD-3-Clause", "timestamp": 1_700_000_000_123,
    "arch": "x86_64", "platform": "linux",
}  # fmt: skip


def library(folders: bytes = b"$ORIGIN/../libs", machine: int = 62) -> bytes:
    """A shared library that looks for others in `folders`, 15 bytes."""
    assert len(folders) == 15
    return bytes(make(machine=machine).data).replace(b"$ORIGIN/..:/opt", folders)


def archive(*objects: bytes) -> bytes:
    """A static library."""
    members = (
        f"{f'{number}.o/':<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(data):<10}`\n".encode() + data
        for number, data in enumerate(objects)
    )
    return b"!<arch>\n" + b"".join(members)


ITEMS = {
    item.name: item
    for item in (
        Item("bin/run", f"#!{PREFIX}/bin/python\nprint(1)\n".encode(), mode=0o775),
        Item("lib", type=tarfile.DIRTYPE, mode=0o775),
        Item("lib/liba.so.1.2", library(), mode=0o755),
        Item("lib/liba.so.1", type=tarfile.SYMTYPE, target="liba.so.1.2", mode=0o777),
        Item("lib/liba.so", type=tarfile.SYMTYPE, target="../lib/liba.so.1", mode=0o777),
        Item("lib/twin.so", type=tarfile.LNKTYPE, target="lib/liba.so.1.2", mode=0o755),
        Item("lib/libb.so", library(b"$ORIGIN:$ORIGIN"), mode=0o755),
        Item("lib/libs.a", archive(elf_header(), elf_header()), mode=0o664),
        Item("lib/pkgconfig/a.pc", f"prefix={PREFIX}\n".encode(), mode=0o664),
        Item("libexec/tool", library(), mode=0o555),
        Item("share/a/empty", b"", mode=0o600),
        Item("share/a/an odd näme", b"x"),
    )
}
KINDS = {tarfile.SYMTYPE: "softlink", tarfile.DIRTYPE: "directory"}


def row(item: Item) -> dict[str, Any]:
    """What info/paths.json says of an item."""
    kind = {"_path": item.name, "path_type": KINDS.get(item.type, "hardlink")}
    if item.type not in {tarfile.REGTYPE, tarfile.LNKTYPE}:
        return kind
    first = ITEMS.get(item.target, item)
    return kind | {
        "sha256": hashlib.sha256(first.data).hexdigest(), "size_in_bytes": len(first.data),
    }  # fmt: skip


def rows() -> dict[str, dict[str, Any]]:
    """What info/paths.json says of the items, by path."""
    found = {name: row(item) for name, item in ITEMS.items()}
    found["bin/run"] |= {"prefix_placeholder": PREFIX, "file_mode": "text"}
    found["lib/pkgconfig/a.pc"] |= {"prefix_placeholder": PREFIX, "file_mode": "text"}
    found["libexec/tool"] |= {"prefix_placeholder": PREFIX, "file_mode": "binary"}
    return found


class Draft:
    """The package, to be damaged before it is written."""

    def __init__(self) -> None:
        self.items, self.rows = list(ITEMS.values()), rows()

    def item(self, name: str, **changes: Any) -> None:
        self.items = [replace(one, **changes) if one.name == name else one for one in self.items]

    def add(self, item: Item) -> None:
        """Add a file, and list it with what is right."""
        self.items.append(item)
        self.rows[item.name] = row(item)

    def write(self, path: Path) -> Path:
        paths = {"paths": list(self.rows.values()), "paths_version": 1}
        more = {"info/run_exports.json": json.dumps(RUN_EXPORTS).encode()}
        return package(path, self.items, INDEX, paths, more)


GOOD = {PLATFORM: True, NAMES: True, WITHIN: True, PATHS: True}
SAME_SIZE = ITEMS["bin/run"].data.replace(b"print(1)", b"print(2)")

DAMAGE: dict[str, tuple[Callable[[Draft], object], str, bool | None, str]] = {
    "other content of the same size": (
        lambda d: d.item("bin/run", data=SAME_SIZE), PATHS, False, "bin/run does not have the",
    ),
    "other content of the same size, in the last file": (
        lambda d: d.item("share/a/an odd näme", data=b"y"), PATHS, False, "näme does not have the",
    ),
    "a byte more is listed": (
        lambda d: d.rows["lib/pkgconfig/a.pc"].update(size_in_bytes=75), PATHS, False, "a.pc has",
    ),
    "the size alone is listed, and wrong": (
        lambda d: d.rows.update({"bin/run": {"_path": "bin/run", "size_in_bytes": 1}}),
        PATHS, False, "bin/run has",
    ),
    "the checksum alone is listed, and wrong": (
        lambda d: d.rows.update({"bin/run": {"_path": "bin/run", "sha256": "0" * 64}}),
        PATHS, False, "bin/run does not have the",
    ),
    "an empty file is listed with a byte": (
        lambda d: d.rows["share/a/empty"].update(size_in_bytes=1), PATHS, False, "empty has 0",
    ),
    "a hard link's checksum": (
        lambda d: d.rows["lib/twin.so"].update(sha256="0" * 64), PATHS, False, "twin.so does not",
    ),
    "a hard link's size": (
        lambda d: d.rows["lib/twin.so"].update(size_in_bytes=1), PATHS, False, "twin.so has",
    ),
    "a link listed as a file": (
        lambda d: d.rows["lib/liba.so"].update(path_type="hardlink"), PATHS, False, "liba.so is a",
    ),
    "a file listed as a link": (
        lambda d: d.rows["bin/run"].update(path_type="softlink"), PATHS, False, "bin/run is a",
    ),
    "a folder listed as a file": (
        lambda d: d.rows["lib"].update(path_type="hardlink"), PATHS, False, "lib is a directory",
    ),
    "a listed file is gone": (
        lambda d: d.items.remove(ITEMS["share/a/empty"]), PATHS, False, "empty is listed, but",
    ),
    "a file more": (
        lambda d: d.items.append(Item("share/more", b"x")), PATHS, False, "share/more exists, but",
    ),
    "a link more": (
        lambda d: d.items.append(replace(ITEMS["lib/liba.so"], name="lib/l")),
        PATHS, False, "lib/l exists, but",
    ),
    "a hard link more": (
        lambda d: d.items.append(replace(ITEMS["lib/twin.so"], name="lib/t")),
        PATHS, False, "lib/t exists, but",
    ),
    "a path listed twice": (
        lambda d: d.rows.update(again=d.rows["bin/run"]), PATHS, False, "lists a path twice",
    ),
    "a path that occurs twice": (
        lambda d: d.items.append(ITEMS["bin/run"]), PATHS, False, "bin/run occurs twice",
    ),
    "a binary of another processor": (
        lambda d: d.add(Item("lib/z.so", library(machine=183))), PLATFORM, False, "lib/z.so is for",
    ),
    "a binary of another processor before one that cannot be read": (
        lambda d: (d.add(Item("lib/y.so", library(machine=183))), d.add(Item("z", b"\x7fELF"))),
        PLATFORM, False, "lib/y.so is for",
    ),
    "a binary of another processor after one that cannot be read": (
        lambda d: (d.add(Item("a", b"\x7fELF")), d.add(Item("lib/z.so", library(machine=183)))),
        PLATFORM, False, "lib/z.so is for",
    ),
    "a binary that cannot be read": (
        lambda d: d.add(Item("share/b", b"\x7fELF")), PLATFORM, None, "share/b: ",
    ),
    "one object of a static library": (
        lambda d: d.add(Item("lib/o.a", archive(elf_header(), elf_header(183)))),
        PLATFORM, False, "lib/o.a(1.o) is for",
    ),
    "an empty entry at the end of the search path": (
        lambda d: d.add(Item("lib/c.so", library(b"$ORIGIN/../lib:"))),
        WITHIN, False, "lib/c.so looks for libraries in the current folder",
    ),
    "an empty entry at the start of the search path": (
        lambda d: d.add(Item("lib/c.so", library(b":$ORIGIN/../lib"))),
        WITHIN, False, "lib/c.so looks for libraries in the current folder",
    ),
    "an empty entry within the search path": (
        lambda d: d.add(Item("lib/c.so", library(b"$ORIGIN::$ORIGIN"[:15]))),
        WITHIN, False, "lib/c.so looks for libraries in",
    ),
    "the second entry of the search path": (
        lambda d: d.add(Item("lib/c.so", library(b"$ORIGIN:/etc/so"))),
        WITHIN, False, "looks for libraries in /etc/so",
    ),
    "one level too many in the search path": (
        lambda d: d.add(Item("lib/c.so", library(b"$ORIGIN/../../a"))),
        WITHIN, False, "$ORIGIN/../../a, which is outside",
    ),
    "a file above the package": (
        lambda d: d.add(Item("../evil", b"x")), WITHIN, False, "evil",
    ),
    "a file above the package, from within": (
        lambda d: d.add(Item("lib/../../evil", b"x")), WITHIN, False, "evil",
    ),
    "a file of the machine": (
        lambda d: d.add(Item("/etc/evil", b"x")), WITHIN, False, "/etc/evil",
    ),
    "a link that leads out by one level": (
        lambda d: d.add(Item("lib/out", type=tarfile.SYMTYPE, target="../../x")),
        WITHIN, False, "lib/out is a link to ../../x",
    ),
    "an absolute link": (
        lambda d: d.add(Item("lib/out", type=tarfile.SYMTYPE, target="/lib/liba.so")),
        WITHIN, False, "lib/out is a link to /lib/liba.so",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.conda", "a.tar.bz2"])
def test_it_is_what_it_claims(tmp_path: Path, name: str) -> None:
    found = inspect(Draft().write(tmp_path / name))
    assert {one.question: one.holds for one in found.verdicts} == GOOD
    assert all(line for one in found.verdicts for line in one.evidence)
    assert f"listed files: {len(ITEMS)}," in found.verdicts[-1].evidence[0]
    facts = found.package
    assert facts is not None and found.contents is not None
    assert facts.run_exports == {kind: tuple(specs) for kind, specs in RUN_EXPORTS.items()}
    told = found.as_json()
    assert told["run_exports"] == RUN_EXPORTS
    assert {key: told[key] for key in INDEX if key in told} == {
        key: value for key, value in INDEX.items() if key not in {"arch", "platform"}
    }
    modes = {one.path: one.mode for one in found.contents.files}
    assert modes == {item.name: item.mode for item in ITEMS.values()}
    assert (facts.build_number, facts.constrains) == (7, ("c <2",))
    entries = {entry.path: entry for entry in facts.entries}
    assert entries["libexec/tool"].placeholder == PREFIX
    assert entries["libexec/tool"].file_mode == "binary"
    assert [one for one in facts.entries if one.file_mode] == [
        entries[path] for path in ("bin/run", "lib/pkgconfig/a.pc", "libexec/tool")
    ]
    assert conda_file.open_member(facts.path, "lib/libb.so") == ITEMS["lib/libb.so"].data


@pytest.mark.parametrize("case", DAMAGE)
def test_one_damage_changes_one_answer(tmp_path: Path, case: str) -> None:
    damage, question, holds, words = DAMAGE[case]
    draft = Draft()
    damage(draft)
    found = inspect(draft.write(tmp_path / "a.conda"))
    answers = {one.question: one.holds for one in found.verdicts}
    (evidence,) = (one.evidence for one in found.verdicts if one.question == question)
    assert answers == GOOD | {question: holds}, found.verdicts
    assert [line for line in evidence if words in line] == list(evidence)


def test_what_a_list_may_leave_out_is_no_damage(tmp_path: Path) -> None:
    draft = Draft()
    for name in ("bin/run", "lib/twin.so"):
        draft.rows[name]["sha256"] = draft.rows[name]["sha256"].upper()
    for name in ("lib/libs.a", "share/a/empty"):
        del draft.rows[name]["size_in_bytes"]
    del draft.rows["lib"]
    found = inspect(draft.write(tmp_path / "a.conda"))
    assert {one.question: one.holds for one in found.verdicts} == GOOD
    del draft.rows["share/a/empty"]["sha256"]
    found = inspect(draft.write(tmp_path / "b.conda"))
    assert {one.question: one.holds for one in found.verdicts} == GOOD | {PATHS: None}
    (line,) = found.verdicts[-1].evidence
    assert line.startswith("paths.json gives no checksum for 1 of ")


def test_what_is_wrong_in_two_ways_is_told_twice(tmp_path: Path) -> None:
    draft = Draft()
    draft.add(Item("dev/null", type=tarfile.CHRTYPE))
    draft.rows["../gone"] = {"_path": "../gone"}
    verdicts = {one.question: one for one in inspect(draft.write(tmp_path / "a.conda")).verdicts}
    assert {question: one.holds for question, one in verdicts.items()} == GOOD | {
        WITHIN: False,
        PATHS: False,
    }
    device, listed = verdicts[WITHIN].evidence
    assert device.startswith("dev/null is a device")
    assert listed.startswith("paths.json lists ../gone")
    assert {line.split()[0] for line in verdicts[PATHS].evidence} == {"dev/null", "../gone"}


def test_a_hard_link_may_name_its_file_from_the_root(tmp_path: Path) -> None:
    draft = Draft()
    draft.item("lib/twin.so", target="./lib/liba.so.1.2")
    found = inspect(draft.write(tmp_path / "a.conda"))
    assert {one.question: one.holds for one in found.verdicts}[WITHIN] is True


@pytest.mark.parametrize(("subdir", "words"), [("", "no platform is claimed"), ("osx-9", "osx-9")])
def test_a_platform_that_we_do_not_know(tmp_path: Path, subdir: str, words: str) -> None:
    path = package(tmp_path / "a.conda", [ITEMS["lib/libb.so"]], {"subdir": subdir})
    verdict = inspect(path).verdicts[0]
    assert (verdict.question, verdict.holds) == (PLATFORM, None)
    assert words in verdict.evidence[0]


def test_a_package_that_installs_nothing(tmp_path: Path) -> None:
    found = inspect(package(tmp_path / "a.conda"))
    assert {one.question: one.holds for one in found.verdicts} == GOOD
    assert all(line for one in found.verdicts for line in one.evidence)
    assert "listed files" not in found.verdicts[-1].evidence[0]


def test_an_older_package_is_judged_by_its_plain_list(tmp_path: Path) -> None:
    items = [Item("../evil", b"x"), ITEMS["bin/run"]]
    more = {"info/files": b"../evil\nbin/run\nbin/gone\n"}
    path = package(tmp_path / "a.conda", items, more=more, drop={"info/paths.json"})
    verdicts = {one.question: one for one in inspect(path).verdicts}
    assert "info/files lists ../evil, which is outside" in verdicts[WITHIN].evidence
    assert verdicts[PATHS].evidence == ("bin/gone is listed, but does not exist",)


@pytest.mark.parametrize(("count", "last"), [(12, "is for"), (13, "and 1 more"), (14, "and 2 mo")])
def test_twelve_lines_of_evidence_are_shown(tmp_path: Path, count: int, last: str) -> None:
    items = [Item(f"lib/{number:02}.o", elf_header(183)) for number in range(count)]
    evidence = inspect(package(tmp_path / "a.conda", items)).verdicts[0].evidence
    assert len(evidence) == min(count, 13)
    assert last in evidence[-1]


def test_a_line_of_evidence_has_500_characters(tmp_path: Path) -> None:
    line = "is for linux-aarch64, not for linux-64"
    names = [f"lib/{letter * (495 - len(line) + more)}" for letter, more in (("a", 0), ("b", 1))]
    items = [Item(name, elf_header(183)) for name in names]
    whole, cut = inspect(package(tmp_path / "a.conda", items)).verdicts[0].evidence
    assert whole == f"{names[0]} {line}"
    assert cut == f"{names[1]} {line}"[:500] + "…"


def test_a_search_path_within_the_package_is_not_called_outside(tmp_path: Path) -> None:
    (tmp_path / "liba.so").write_bytes(library(b"$ORIGIN/../libs"))
    (verdict,) = (one for one in inspect(tmp_path / "liba.so").verdicts if one.question == WITHIN)
    assert verdict.holds is True
    assert verdict.evidence == ("liba.so looks for libraries in $ORIGIN/../libs",)
