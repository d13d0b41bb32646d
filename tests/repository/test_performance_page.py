"""The table of docs/performance.md: its numbers are those of the figures that are kept."""

from __future__ import annotations

import json

import pytest

from benchmarks import run
from benchmarks.side_by_side import Job, Measured, Taken
from crosscraft.paths import ROOT

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def test_the_pages_table_is_of_the_figures():
    rows = run.kept()
    assert run.markdown(rows) in PAGE
    assert {row["job"] for row in rows} == {job.key for job in run.JOBS}
    for row in rows:
        assert len(row["seconds"]) >= 5, f"{row['job']}: a median of at least five"


def test_every_row_that_missed_its_limit_is_named_so():
    for row in run.kept():
        assert row["kept"] == (row["ratio"] <= row["limit"])
        assert row["kept"] or "**missed**" in run.markdown([row])


def test_limits_are_those_of_the_jobs():
    limits = {job.key: job.limit for job in run.JOBS}
    for row in run.kept():
        assert row["limit"] == limits.get(row["job"], row["limit"])


def _measured(key: str, ours: float, limit: float = 1.0) -> Measured:
    job = Job(key, f"the {key}", "a peer", limit, None, None)
    return Measured(job, ((Taken(ours, ours), Taken(1.0, 2.0)), (Taken(ours, 0.0), Taken(1, 0.0))))


def test_rows_are_kept_one_by_one(tmp_path, monkeypatch):
    pytest.importorskip(
        "matplotlib", reason="it is an extra: python -m crosscraft.setup.extras bench"
    )
    monkeypatch.setattr(run, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(run, "PLOT", tmp_path / "plot.svg")
    first, second = run.JOBS[0].key, run.JOBS[1].key
    run.store([_measured(second, 2.0), _measured(first, 0.5)], 2, tmp_path)
    run.keep(tmp_path / "bench.json")
    assert [row["job"] for row in run.kept()] == [first, second]
    assert "missed" in run.markdown(run.kept()).splitlines()[3]
    run.store([_measured(second, 0.25)], 2, tmp_path)
    run.keep(tmp_path / "bench.json")
    assert [row["ratio"] for row in run.kept()] == [0.5, 0.25]
    assert "missed" not in run.markdown(run.kept())
    assert "limit" in (tmp_path / "plot.svg").read_text()
    assert json.loads((tmp_path / "kept.json").read_text()).keys() == {"jobs"}
