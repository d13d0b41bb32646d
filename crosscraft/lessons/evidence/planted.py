"""See what a project with a planted trap does: its build, and the command that shows the trap."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscraft.building.check import logs
from crosscraft.building.check.check import check
from crosscraft.building.check.model import Finding, Reproduction, Trap
from crosscraft.building.check.reproductions import expanded
from crosscraft.lessons.evidence import packages
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import lookup
from crosscraft.system import processes

__all__ = ["Seen", "findings", "see"]

_OF_PACKAGES = ("inspect", "run")
"""The commands that need a package."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a project did."""

    log: str
    """What the build and the command printed."""
    failure: str
    """What failed and the first line that tells why, or empty."""
    packages: Packages
    """What was built."""
    said: str = ""
    """The last line that the command printed."""

    def effect(self, reproduction: Reproduction) -> str:
        """Return the line that shows the effect of a trap that stops nothing, or an empty text."""
        if not reproduction.effect:
            return ""
        lines = self.log.splitlines()
        return next((line.strip() for line in lines if re.search(reproduction.effect, line)), "")


def see(work: Work, project: Path, reproduction: Reproduction) -> Seen:
    """Build a copy of a project where its trap shows, and run the command that shows it."""
    log = io.StringIO()
    try:
        made = packages.build_project(work, project, [lookup(reproduction.platform)], log)
    except Refused as refused:
        failure = f"{refused.who}: {refused.lines[0]}"
        return Seen(log.getvalue(), failure, Packages(project / "output"))
    if not reproduction.command:
        return Seen(log.getvalue(), "", made)
    if not made.files and reproduction.command[0] in _OF_PACKAGES:
        return Seen(log.getvalue(), f"nothing was built for {reproduction.platform}", made)
    failure, said = _run(work, project, reproduction, log)
    return Seen(log.getvalue(), failure, made, said)


def findings(trap: Trap, project: Path, seen: Seen) -> Iterator[Finding]:
    """Yield where a trap is still found: in the project, or in its packages."""
    assert trap.reproduction is not None
    for path in (project, *seen.packages.files):
        found = check(path, [trap.reproduction.platform]).findings
        yield from (finding for finding in found if finding.trap == trap)
    for message in logs.find(seen.log):
        if message.trap == trap:
            yield Finding(trap, "the log of the build", message.line, trap.happens, trap.cure)


def _run(
    work: Work, project: Path, reproduction: Reproduction, log: io.StringIO
) -> tuple[str, str]:
    """Run the command, add what it prints to the log, and return its failure and last line."""
    name, *rest = expanded(reproduction.command, project)
    work.step(f"running crosscraft {name}")
    argv = [str(Path(sys.executable).with_name("crosscraft")), name, *rest]
    env = processes.clean_environment(network=True)  # crosscraft decides who gets the proxies
    done = processes.run(argv, cwd=project, env=env, check=False)
    log.write("\n".join(done.lines))
    lines = done.lines or (f"it ended with status {done.status}",)
    failure = f"crosscraft {name}: {packages.first_error(lines)}" if done.status else ""
    return failure, lines[-1]
