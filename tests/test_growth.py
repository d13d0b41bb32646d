"""The curves of docs/performance.md: what is made is what is said, and the page has its figures."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from crosscraft.inspection import conda_file, inspect
from crosscraft.paths import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import growth
import growth_builds
import growth_drawing
import growth_packages
import growth_scaling
import growth_usage

NAMES = [curve.name for curve in growth.CURVES]


@pytest.mark.parametrize("own_types", [False, True])
def test_a_source_has_as_many_functions_as_asked_for(own_types: bool) -> None:
    text = growth_builds.source(7, own_types=own_types)
    assert text.count("m.def(") == 7
    assert len(set(re.findall(r'm\.def\("(\w+)"', text))) == 7
    assert text.count("[](int a, int b)") == (7 if own_types else 0)
    assert growth_builds.source(7, salt=1) != growth_builds.source(7, salt=2)


@pytest.mark.parametrize("kind", ["data", "text", "binary"])
def test_packages_are_what_they_say(tmp_path: Path, kind: growth_packages.Kind) -> None:
    path = growth_packages.write(tmp_path / "a.conda", kind, 400_000, members=4)
    found = inspect.inspect(path)
    assert found.package and found.contents
    assert [file.size for file in found.contents.files] == [100_000] * 4
    assert len(found.contents.binaries) == (4 if kind == "binary" else 0)
    assert all(verdict.holds is not False for verdict in found.verdicts)
    size = path.stat().st_size / 400_000
    assert 0.25 < size < 0.28 if kind == "text" else 1 <= size < 1.02
    again = growth_packages.write(tmp_path / "b.conda", kind, 400_000, members=4)
    assert conda_file.read(again).entries == found.package.entries


def test_usage_counts_the_largest_process() -> None:
    script = "data = bytearray(60_000_000); import time; time.sleep(0.3)"
    used = growth_usage.run([sys.executable, "-c", script])
    assert 60e6 < used.largest < 90e6
    assert used.seconds > 0.3
    assert growth_usage.median([used]) == {
        "seconds": used.seconds,
        "cpu": used.cpu,
        "largest": used.largest,
        "together": used.together,
    }


def test_every_curve_of_the_page_has_its_figures_and_its_picture() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for alt, name in re.findall(r"!\[([^]]*)\]\(images/growth-(\w+)\.svg\)", page):
        assert (growth.IMAGES / f"growth-{name}.svg").exists()
        assert len(alt) > 60, "a picture says in words what it shows"
        assert name == "learners" or (growth.KEPT / f"{name}.json").exists()
    assert set(re.findall(r"images/growth-(\w+)\.svg", page)) >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_figures_have_every_point(name: str) -> None:
    (curve,) = (curve for curve in growth.CURVES if curve.name == name)
    told = json.loads((growth.KEPT / f"{name}.json").read_text(encoding="utf-8"))
    module = pytest.importorskip(curve.module)
    asked = getattr(module, curve.points)
    assert {line: [p["x"] for p in points] for line, points in told["lines"].items()} == {
        line: list(points) for line, points in asked.items()
    }


def test_numbers_of_the_page_are_those_of_the_figures() -> None:
    """Each row of a table under a curve: ``| line | x | seconds | ratio | memory |``."""
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for curve in growth.CURVES:
        assert growth.table(curve, growth.kept(curve)["lines"]) in page, curve.name


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip(
        "matplotlib", reason="it is an extra: python -m crosscraft.setup.extras bench"
    )
    for folder in ("a", "b"):
        growth_drawing.main(growth.CURVES, None, growth.KEPT, tmp_path / folder)
    for curve in growth.CURVES:
        name = f"growth-{curve.name}.svg"
        text = (tmp_path / "a" / name).read_text(encoding="utf-8")
        assert text == (tmp_path / "b" / name).read_text(encoding="utf-8")
        assert text == (growth.IMAGES / name).read_text(encoding="utf-8")
        assert str(ROOT) not in text


def test_scaling_is_worked_out_from_the_figures() -> None:
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    made = growth_scaling.build()
    rows = growth_scaling.ci_rows(setup=60, pythons=3, made=made)
    assert len(rows) == 5
    assert "\n".join(rows) in page
    assert f"nothing compiled before | {made.first:.1f} |" in page


@pytest.mark.skipif(not growth_drawing.LEARNERS.exists(), reason="no learners were measured")
def test_a_room_is_worked_out_from_the_figures() -> None:
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    each = growth_scaling.room()
    assert "\n".join(growth_scaling.room_rows(each, memory=32, cores=8)) in page
    assert f"while something compiles | {each.peak:.1f} |" in page


def test_the_formulae() -> None:
    made = growth_scaling.Build(first=10, more=5)
    assert made.seconds(1) == 10
    assert made.seconds(5) == 30
    assert growth_scaling.ci_rows(60, 3, made)[4] == "| 5 | 90 s | 4.5 | 70 s | 17.5 |"
    each = growth_scaling.Room(rest=0.5, peak=1.0, cpu=75, disk=0.6)
    assert growth_scaling.learners_per_node(each, memory=32, cores=8) == (31, 32)
