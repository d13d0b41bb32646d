"""Explain why a build failed: the lines that matter, and the path of the whole log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosscraft.building.engines.interface import Outcome
from crosscraft.building.recipe import Rendered
from crosscraft.errors import BuildError, CrosscraftError, StorageError
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["LAST_FAILURE", "error_lines", "failed"]

LAST_FAILURE = "last-failure.txt"
"""The file in the cache with the path of the last failed build's log."""

_ERROR_LINE = re.compile(
    r"(: (fatal )?error: |^CMake Error|undefined reference|^ninja: error|^E: |^Error: |"
    r"^[A-Za-z_.]*(Error|Exception): |: command not found|: No such file or directory)"
)
"""Marks the error lines of compilers, linkers, CMake, ninja, Python and shells."""

_PATHS = (
    (re.compile(r"/\S*/rattler-build_[^/\s]+/work/"), ""),
    (re.compile(r"\$SRC_DIR/(?:build/\.\./)?"), ""),
    (re.compile(r"^(\.\./)+"), ""),
    (re.compile(r"/\S*/host_env_placehold[^/\s]*"), "$PREFIX"),
    (re.compile(r"/\S*/rattler-build_[^/\s]+/build_env"), "$BUILD_PREFIX"),
)
"""Folders of the build, and the names that the learner knows them by."""

_AFTER = 3
"""Lines shown after an error line, such as the source line and the caret under it."""
_MOST = 24
"""The maximum number of lines shown."""

_KILLED = re.compile(r"^it ended with status -9$|Killed signal terminated program", re.M)
"""Our message about a killed engine, and g++'s message about a killed compiler."""


def failed(outcome: Outcome, rendered: Rendered, target: Platform, output: Path) -> CrosscraftError:
    """Keep the log of a failed build, and return the error that explains `outcome`."""
    failure = outcome.failure
    assert failure is not None
    name, log = outcome.logs[-1] if outcome.logs else (rendered.outputs[0].name, None)
    lines = log.read_text(errors="replace").splitlines() if log else [failure.text]
    if failure.kind == "disk" or any("No space left on device" in line for line in lines):
        return StorageError(
            "the disk is full, so the build stopped",
            remedy="Free some space and run the command again. No partial package was kept.",
        )
    if _KILLED.search("\n".join((failure.text, *lines))):
        return BuildError(
            f"{name} did not build for {target.subdir}: its processes were killed (signal 9)",
            remedy="The kernel kills processes when memory runs out. Look at `free -h`, build for "
            "one platform at a time, and run the command again.",
        )
    if failure.kind == "script" and not any(_ERROR_LINE.search(line) for line in lines):
        lines = lines[-8:]
    kept = _keep(log, name, target, output)
    where = f"The whole log is {kept}." if kept else "Run it again with -v for the whole log."
    what, detail = f"{name} did not build for {target.subdir}", error_lines(lines)
    if failure.kind == "test":
        what = f"a test of {_tested(outcome)} failed on {target.subdir}"
    elif failure.kind != "script":
        *several, one = failure.text.splitlines()
        what, detail = (what, [*several, one][-_MOST:]) if several else (f"{what}: {one}", detail)
    return BuildError(
        what,
        remedy=f"Fix the error shown above and build again. {where}",
        detail=detail,
    )


def error_lines(log: Sequence[str]) -> list[str]:
    """Return the error lines of a log, with a few lines of context around each."""
    wanted: set[int] = set()
    # CMake prints status lines on another stream, so they can interrupt the lines of an error.
    lines = [line for line in log if not line.startswith("-- ")]
    for i, line in enumerate(lines):
        if _ERROR_LINE.search(line):
            before = i - 1 if i and "In " in lines[i - 1] else i
            wanted.update(range(before, min(len(lines), i + _AFTER + 1)))
    chosen = [lines[i] for i in sorted(wanted)][:_MOST] or list(log)[-8:]
    return list(_plain(chosen))


def _plain(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        plain = line
        for pattern, name in _PATHS:
            plain = pattern.sub(name, plain)
        yield plain


def _tested(outcome: Outcome) -> str:
    """Return the package whose test failed, which is the last one that was built."""
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
