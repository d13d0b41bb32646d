"""Whether a build would make again what is there, decided by content.

A record of each build that succeeded lies in the cache. It says what the build was made from
and what it made. If all of that is still so, to the last bit, the packages are up to date. What
cannot be known is built: sources and channels from elsewhere, scripts that read what is not the
project's (:mod:`crosscraft.building.inputs`).

This module loads nothing that is not needed to say so: that nothing is to be done is said in
the time that Python takes to start.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crosscraft.building import inputs
from crosscraft.building.inputs import Root, Unknown
from crosscraft.errors import StorageError
from crosscraft.platforms import NOARCH
from crosscraft.system import distributions, files, processes

if TYPE_CHECKING:
    from crosscraft.building.engines.interface import Test

__all__ = ["Build", "Made", "Seen", "find", "look", "record"]

_MACHINE = ("/etc/os-release", "/var/lib/dpkg/status")
"""What else is installed on the machine: a script runs its shell and its tools."""
_KEEP = 500
"""Records in the cache, the latest written."""


@dataclass(frozen=True, slots=True)
class Made:
    """A package that a build made."""

    path: str
    """``SUBDIR/FILE`` in the output channel."""
    size: int
    """In bytes."""
    seconds: float
    """What it took to build."""
    sha256: str
    """Of the file."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a build is asked to do."""

    recipe: Path
    """The recipe.yaml."""
    build: str
    """The subdir of the machine that compiles."""
    target: str
    """The subdir that is compiled for."""
    test: Test
    """Which tests are run."""
    engine: str
    """Name and version of what builds."""
    channel: str
    """The URL of the channel that dependencies come from."""
    output: Path
    """The output channel."""

    @property
    def subdirs(self) -> tuple[str, ...]:
        """The subdirs of channels that it reads."""
        return tuple(sorted({self.build, self.target, NOARCH}))

    def place(self) -> Path:
        """Where its record lies."""
        what = (str(self.recipe), self.target, os.path.realpath(self.output))
        name = hashlib.sha256("\0".join(what).encode(errors="surrogateescape")).hexdigest()[:32]
        return files.cache("built") / f"{name}.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a build was made from, as it was at one moment."""

    roots: tuple[Root, ...]
    """The folders of its sources, and the recipe's."""
    content: str
    """A SHA-256 of all that is in them."""
    around: str
    """A SHA-256 of all else: what was asked for, tools, variables, the channel."""
    others: Mapping[str, str]
    """The packages of the output channel, which serves as a channel too, with their SHA-256."""
    state: str
    """Changes whenever a file is written, even with what it held before."""


def look(build: Build, sources: Sequence[object]) -> Seen | None:
    """Look at what `build` would be made from; None if that cannot be known.

    :param sources: the entries of its outputs' ``source``, as rendered.
    """
    try:
        roots = inputs.roots(build.recipe, sources, build.output)
        return _around_it(build, roots, *inputs.digest(roots))
    except Unknown:
        return None


def record(
    build: Build,
    before: Seen | None,
    sources: Sequence[object],
    made: list[Made],
    unneeded: Set[str] = frozenset(),
) -> None:
    """Record that `build` made `made` out of what was seen before it began.

    :param unneeded: names of packages that the recipe makes and does not need. They may come and
        go in the output channel: builds for other platforms put them there.

    Nothing is recorded if anything changed meanwhile: nobody knows what was built then. Nor if it
    cannot be written; an old record that stays names other packages than are there now.
    """
    place = build.place()
    with contextlib.suppress(OSError):
        place.unlink(missing_ok=True)
    after = look(build, sources)
    if before is None or after is None or not made:
        return
    mine = {one.path for one in made}
    same = (before.content, before.state, before.around) == (
        after.content,
        after.state,
        after.around,
    )
    others = _without(after.others, mine, unneeded)
    if not same or _without(before.others, mine, unneeded) != others:
        return
    facts = {
        "roots": [asdict(root) for root in after.roots],
        "content": after.content,
        "around": after.around,
        "others": others,
        "unneeded": sorted(unneeded),
        "made": [asdict(one) for one in made],
    }
    with contextlib.suppress(OSError, StorageError):
        files.write(place, json.dumps(facts), mode=0o600)
    _prune(place.parent)


def find(build: Build) -> list[Made] | None:
    """Return what `build` made, if it would make the same again; else None."""
    try:
        recorded = json.loads(build.place().read_text(encoding="utf-8"))
        roots = tuple(
            Root(root["path"], tuple(root["exclude"]), root["output"]) for root in recorded["roots"]
        )
        made = [Made(**one) for one in recorded["made"]]
        content, state = inputs.digest(roots)
        # An edit, most often. Then nobody need look at the rest.
        if content != recorded["content"] or not _are_there(made, build):
            return None
        seen = _around_it(build, roots, content, state)
        then = (recorded["content"], recorded["around"], recorded["others"])
        unneeded = set(recorded["unneeded"])
    except (OSError, ValueError, LookupError, TypeError, Unknown):
        return None
    mine = {one.path for one in made}
    now = (seen.content, seen.around, _without(seen.others, mine, unneeded))
    return made if now == then else None


def _around_it(build: Build, roots: tuple[Root, ...], content: str, state: str) -> Seen:
    return Seen(roots, content, _around(build), _index(build.output, build.subdirs), state)


def _are_there(made: Iterable[Made], build: Build) -> bool:
    """Whether each package is in the output channel and its index, as it was made."""
    index = _index(build.output, build.subdirs)
    return all(
        index.get(one.path) == one.sha256
        and not (build.output / one.path).is_symlink()
        and files.sha256(build.output / one.path) == one.sha256
        for one in made
    )


def _without(packages: Mapping[str, str], mine: set[str], unneeded: Set[str]) -> dict[str, str]:
    return {
        path: sha256
        for path, sha256 in packages.items()
        if path not in mine and Path(path).name.rsplit("-", 2)[0] not in unneeded
    }


def _around(build: Build) -> str:
    """A word for all that a build depends on beside its sources."""
    facts: dict[str, Any] = {
        "asked": [build.build, build.target, build.test, build.engine, build.channel],
        "channel": _channel(build.channel, build.subdirs),
        "variables": processes.clean_environment(),
        "crosscraft": _own_code(),
        "python": sys.version,
        "installed": distributions.installed(),
        "machine": [_sha256(Path(path)) for path in _MACHINE],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _channel(url: str, subdirs: Sequence[str]) -> dict[str, str]:
    """A channel's identity: its indexes, which name each package with its checksum.

    :raises Unknown: if it is not on this machine: it may have changed, and has to be asked.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise Unknown("the channel is on another machine")
    folder = Path(unquote(parts.path))
    return {subdir: _sha256(folder / subdir / "repodata.json") for subdir in subdirs}


def _index(output: Path, subdirs: Sequence[str]) -> dict[str, str]:
    """The packages that the index of the output channel names, with their SHA-256."""
    found = {}
    for subdir in subdirs:
        try:
            index = json.loads((output / subdir / "repodata.json").read_bytes())
            for kind in ("packages", "packages.conda"):
                for name, facts in index.get(kind, {}).items():
                    found[f"{subdir}/{name}"] = str(facts.get("sha256"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, AttributeError):
            raise Unknown("the output channel has no index") from None
    return found


@cache
def _own_code() -> str:
    """A word for this package: another version of it may build otherwise.

    As it was when this process first asked. What somebody edits later is seen by the next one,
    which then builds anew.
    """
    here = Path(__file__).parent
    code = sorted(path for path in here.rglob("*") if path.suffix in (".py", ".cmake", ".sh"))
    whole = hashlib.sha256()
    for path in code:
        whole.update(f"{path.relative_to(here)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _sha256(path: Path) -> str:
    try:
        return files.sha256(path)
    except FileNotFoundError:
        return ""


def _prune(folder: Path) -> None:
    for path in files.beyond(_KEEP, folder.glob("*.json")):
        path.unlink(missing_ok=True)
