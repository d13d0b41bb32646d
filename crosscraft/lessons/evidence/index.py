"""Solve with packages that exist in an index only, made from rendered recipes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from crosscraft.building.recipe import Output
from crosscraft.channel import select
from crosscraft.environments import solver
from crosscraft.errors import InstallError
from crosscraft.lessons.evidence import runner
from crosscraft.platforms import NOARCH, Platform

__all__ = ["solved", "write"]


def write(channel: Path, outputs: Iterable[tuple[Output, str]]) -> None:
    """Write the index of a channel, with each output in the row of its subdir.

    :param outputs: rendered outputs and the subdirs that they were rendered for.
    """
    rows: dict[str, dict[str, object]] = {NOARCH: {}}
    for output, target in outputs:
        subdir = NOARCH if output.noarch else target
        file = f"{output.name}-{output.version}-{output.build}.conda"
        rows.setdefault(subdir, {})[file] = {
            "name": output.name,
            "version": output.version,
            "build": output.build,
            "build_number": 0,
            "subdir": subdir,
            "depends": list(output.run_specs),
            "constrains": list(output.run_constraints),
            "noarch": output.noarch or None,
            "sha256": hashlib.sha256(file.encode()).hexdigest(),
        }
    for subdir, found in rows.items():
        (channel / subdir).mkdir(parents=True)
        index = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": found}
        (channel / subdir / "repodata.json").write_text(json.dumps(index), encoding="utf-8")


def solved(channel: Path, specs: Sequence[str], platform: Platform) -> dict[str, str]:
    """Return the version of each package that the solver chooses, or nothing if it finds none."""
    channels = [select.in_folder(channel, "the packages"), select.choose()]
    emulator = runner.of(platform).emulator
    try:
        records = solver.solve(
            specs, platform, channels, glibc=emulator.glibc if emulator else None
        )
    except InstallError:
        return {}
    return {record.name.normalized: str(record.version) for record in records}
