"""See a trap, see `crosscraft check` find it, apply its fix, and see it gone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from crosscraft.building.check import logs
from crosscraft.building.check.check import check
from crosscraft.building.check.model import Trap
from crosscraft.building.check.reproductions import expanded, plant, replace
from tests.support import host_tools
from tests.support.added import need
from tests.support.commands import call


def found(path: Path, platform: str) -> set[str]:
    """The traps that are found in a project, a log or a package."""
    checked = check(path, [platform])
    assert checked.unread == ()
    return {finding.trap.name for finding in checked.findings}


def repair(trap: Trap, project: Path) -> None:
    """Apply the fix: what check proposes, or else what the trap's file has."""
    assert trap.reproduction is not None
    findings = check(project, [trap.reproduction.platform]).findings
    diffs = [each.diff for each in findings if each.trap == trap and each.diff]
    if not diffs:
        assert trap.reproduction.fix, f"{trap.name}: neither a diff nor a fix"
        replace(trap.reproduction.fix, project)
    for diff in diffs:
        env = os.environ | {"GIT_CEILING_DIRECTORIES": str(project.parent)}
        argv = ["git", "apply", "--unidiff-zero", "-"]
        subprocess.run(argv, cwd=project, input=diff, text=True, check=True, env=env)


def prove(trap: Trap, folder: Path, cache: Path) -> None:
    """Prove a trap, both ways."""
    reproduction = trap.reproduction
    assert reproduction is not None
    need(*reproduction.needs)
    project = plant(reproduction, folder)
    if trap.detector:
        assert trap.name in found(project, reproduction.platform)
    if reproduction.shown != "project":  # which nothing shows but the project itself
        _see(trap, project, cache, planted=True)
    repair(trap, project)
    if trap.detector:
        assert trap.name not in found(project, reproduction.platform)
    shutil.rmtree(project / "output", ignore_errors=True)
    _see(trap, project, cache, planted=False)


def _see(trap: Trap, project: Path, cache: Path, planted: bool) -> None:
    """Build, and see the trap where it shows, or see that it is not there."""
    reproduction = trap.reproduction
    assert reproduction is not None
    platform = reproduction.platform
    env = {"CROSSCRAFT_CACHE": str(cache), "PATH": host_tools.compiling(cache)}
    done = call("build", "-v", "--target-platform", platform, cwd=project, env=env)
    log = done.stdout + done.stderr
    status = done.returncode
    failed = re.search(r"did not build for|: a test of \S+ failed", log)
    if planted and reproduction.shown == "log" and failed:
        assert "\n  trap: " in log, log
    if reproduction.command:
        assert status == 0, log
        done = call(*expanded(reproduction.command, project), cwd=project, env=env)
        log, status = done.stdout + done.stderr, done.returncode
    in_log = {each.trap.name for each in logs.find(log)}
    packages = sorted(project.glob("output/*/*.conda"))
    in_packages = {name for package in packages for name in found(package, platform)}
    if planted and reproduction.shown == "log":
        assert status != 0, log
        assert trap.name in in_log, log
    elif planted and reproduction.shown == "effect":
        assert status == 0, log
        assert re.search(reproduction.effect, log), log
    elif planted and reproduction.shown == "package":
        assert status == 0, log
        assert trap.name in in_packages
    elif not planted:
        assert status == 0, log
        assert trap.name not in in_log | in_packages, log
        assert not (reproduction.effect and re.search(reproduction.effect, log)), log
