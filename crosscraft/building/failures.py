"""Explain why a build failed: the lines that matter, and the path of the whole log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosscraft.building import engine_text
from crosscraft.building.engines.interface import Failure, Outcome
from crosscraft.building.recipe import Rendered
from crosscraft.errors import BuildError, CrosscraftError, InstallError, StorageError
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = ["LAST_FAILURE", "error_lines", "failed", "name_trap"]

LAST_FAILURE = "last-failure.txt"
"""The file in the cache with the path of the last failed build's log."""

_ERROR_LINE = re.compile(
    r"(: (fatal )?error: |^CMake Error|undefined reference|^ninja: error|^E: |^Error: |"
    r"^[A-Za-z_.]*(Error|Exception): |: command not found|: No such file or directory|"
    r": No module named )"
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

_ENDED = re.compile(r"it ended with status -?\d+")
"""Our message about an engine that printed nothing."""

_KILLED = re.compile(r"^it ended with status -9$|Killed signal terminated program", re.M)
"""Our message about a killed engine, and g++'s message about a killed compiler."""


def failed(outcome: Outcome, rendered: Rendered, target: Platform, output: Path) -> CrosscraftError:
    """Keep the log of what failed, and return the error that explains `outcome`."""
    failure = outcome.failure
    assert failure is not None
    name, log = failure.output or _names(rendered), _log(outcome, failure)
    lines = log.read_text(errors="replace").splitlines() if log else []
    text = [*failure.text.splitlines(), *lines]
    if failure.kind == "disk" or any("No space left on device" in line for line in text):
        return StorageError(
            "the disk is full, so the build stopped",
            remedy="Free some space and run the command again. No partial package was kept.",
        )
    if _KILLED.search("\n".join(text)):
        return BuildError(
            f"{name} did not build for {target.subdir}: its processes were killed (signal 9)",
            remedy="The kernel kills processes when memory runs out. Look at `free -h`, build for "
            "one platform at a time, and run the command again.",
        )
    what = f"{name} did not build for {target.subdir}"
    if failure.kind == "test":
        what = f"a test of {name} failed on {target.subdir}"
    kept = _keep(log, name if failure.kind != "test" else "test", target, output)
    where = f" The whole log is {kept}." if kept else ""
    if failure.kind in ("script", "test") and log:
        shown = error_lines(lines)
        remedy = "Fix the error shown above and build again." if shown else "It printed nothing."
        return BuildError(what, remedy=f"{remedy}{where}", detail=shown)
    if _ENDED.fullmatch(failure.text):
        return BuildError(
            f"{what}: the engine gave no reason, and {failure.text}",
            remedy=f"Run the command again. If it fails in the same way, report it.{where}",
        )
    message = engine_text.read(failure.text, _named(rendered, name))
    if message:
        (sentence,) = _plain([message.sentence])
        return BuildError(
            f"{what}: {sentence}", remedy=message.remedy, detail=message.detail[:_MOST]
        )
    return BuildError(
        what,
        remedy=f"The message above is all that the engine says.{where}",
        detail=engine_text.last_lines(failure.text),
    )


def name_trap(error: CrosscraftError, outcome: Outcome) -> CrosscraftError:
    """Return `error` with a last line that names the trap, if a message of one is known."""
    from crosscraft.building.check import entries  # a build that succeeds needs no traps

    failure = outcome.failure
    if failure is None or not isinstance(error, BuildError | InstallError):
        return error
    log = _log(outcome, failure)
    printed = log.read_text(errors="replace") if log else ""
    line = entries.named(f"{failure.text}\n{error}\n{printed}", "\n".join(error.detail))
    error.detail += (line,) if line else ()
    return error


def _names(rendered: Rendered) -> str:
    return " or ".join(dict.fromkeys(output.name for output in rendered.outputs))


def _log(outcome: Outcome, failure: Failure) -> Path | None:
    """Return the log of the failed output, or of its test, if there is one."""
    wanted = "test" if failure.kind == "test" else failure.output
    return next((log for name, log in reversed(outcome.logs) if name == wanted), None)


def _named(rendered: Rendered, name: str) -> dict[str, str]:
    """Return the script, the sources and the patches of an output, as the messages name them."""
    outputs = [output for output in rendered.outputs if output.name == name]
    sources = [source for output in outputs for source in output.sources]
    places = [
        source[kind] for source in sources for kind in ("url", "git", "path") if kind in source
    ]
    patches = [patch for source in sources for patch in source.get("patches") or ()]
    scripts = [f"`{output.script}`" for output in outputs if output.script]
    named = {"sources": places, "patches": patches, "script": scripts}
    return {kind: " or ".join(dict.fromkeys(map(str, each))) for kind, each in named.items()}


def error_lines(log: Sequence[str]) -> list[str]:
    """Return the error lines of a log, with a few lines of context around each.

    An error that each source has, such as a wrong option, is shown once.
    """
    wanted: set[int] = set()
    seen: set[str] = set()
    # CMake prints status lines on another stream, so they can interrupt the lines of an error.
    lines = [line for line in log if not line.startswith("-- ")]
    for i, line in enumerate(lines):
        if line not in seen and _ERROR_LINE.search(line):
            seen.add(line)
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
