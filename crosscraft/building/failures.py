"""Say why a build failed: the lines that matter, and where the whole log is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosscraft.building.engines.interface import Outcome
from crosscraft.building.recipe import Rendered
from crosscraft.errors import BuildError, CrosscraftError, StorageError
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["LAST_FAILURE", "failed", "telling_lines"]

LAST_FAILURE = "last-failure.txt"
"""The file of the cache that says where the log of the build that failed last is."""

_TELLING = re.compile(
    r"(: (fatal )?error: |^CMake Error|undefined reference|^ninja: error|^E: |^Error: |"
    r"^[A-Za-z_.]*(Error|Exception): |: command not found|: No such file or directory)"
)
"""How compilers, linkers, CMake, ninja, Python and shells begin the line that says it."""

_PATHS = (
    (re.compile(r"/\S*/rattler-build_[^/\s]+/work/"), ""),
    (re.compile(r"\$SRC_DIR/(?:build/\.\./)?"), ""),
    (re.compile(r"^(\.\./)+"), ""),
    (re.compile(r"/\S*/host_env_placehold[^/\s]*"), "$PREFIX"),
    (re.compile(r"/\S*/rattler-build_[^/\s]+/build_env"), "$BUILD_PREFIX"),
)
"""Folders of the build, by the names that the learner knows."""

_AFTER = 3
"""Lines shown after a telling one: the source line and the mark under it."""
_MOST = 24
"""Lines shown at most."""


_KILLED = re.compile(r"^it ended with status -9$|Killed signal terminated program", re.M)
"""What the engine's process says of itself, and g++ of its compiler."""


def failed(outcome: Outcome, rendered: Rendered, target: Platform, output: Path) -> CrosscraftError:
    """Return the error that explains `outcome`, after keeping the log that shows it."""
    failure = outcome.failure
    assert failure is not None
    name, log = outcome.logs[-1] if outcome.logs else (rendered.outputs[0].name, None)
    lines = log.read_text(errors="replace").splitlines() if log else [failure.text]
    if failure.kind == "disk" or any("No space left on device" in line for line in lines):
        return StorageError(
            "the disk is full: the build could not go on",
            remedy="Free some space and run this again; nothing half-made was kept.",
        )
    if _KILLED.search("\n".join((failure.text, *lines))):
        return BuildError(
            f"{name} did not build for {target.subdir}: something ended its processes (signal 9)",
            remedy="The kernel does that when memory runs out: see `free -h`, build for one "
            "platform at a time, and run it again.",
        )
    if failure.kind == "script" and not any(_TELLING.search(line) for line in lines):
        lines = lines[-8:]
    kept = _keep(log, name, target, output)
    where = f"The whole log is {kept}." if kept else "Run it again with -v for the whole log."
    what, detail = f"{name} did not build for {target.subdir}", telling_lines(lines)
    if failure.kind == "test":
        what = f"a test of {_tested(outcome)} failed on {target.subdir}"
    elif failure.kind != "script":
        *several, one = failure.text.splitlines()
        what, detail = (what, [*several, one][-_MOST:]) if several else (f"{what}: {one}", detail)
    return BuildError(
        what,
        remedy=f"Mend what the lines above name, and build again. {where}",
        detail=detail,
    )


def telling_lines(log: Sequence[str]) -> list[str]:
    """Return the lines of a log that say what is wrong, with a few lines around each."""
    wanted: set[int] = set()
    # CMake's status lines come by another stream, anywhere between the lines of an error.
    said = [line for line in log if not line.startswith("-- ")]
    for i, line in enumerate(said):
        if _TELLING.search(line):
            before = i - 1 if i and "In " in said[i - 1] else i
            wanted.update(range(before, min(len(said), i + _AFTER + 1)))
    chosen = [said[i] for i in sorted(wanted)][:_MOST] or list(log)[-8:]
    return list(_plain(chosen))


def _plain(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        plain = line
        for pattern, name in _PATHS:
            plain = pattern.sub(name, plain)
        yield plain


def _tested(outcome: Outcome) -> str:
    """The package whose test failed: the one that was built last."""
    return next((name for name, _ in reversed(outcome.logs) if name != "test"), "the package")


def _keep(log: Path | None, name: str, target: Platform, output: Path) -> Path | None:
    if log is None:
        return None
    kept = output / "logs" / f"{name}-{target.subdir}.log"
    try:
        files.write(kept, log.read_bytes())
        files.write(files.cache() / LAST_FAILURE, f"{kept.absolute()}\n", mode=0o600)
    except (OSError, CrosscraftError):
        return None
    return kept
