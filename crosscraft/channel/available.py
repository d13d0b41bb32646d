"""Which packages can be added to the local channel, and for which platforms."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscraft.channel import local, select
from crosscraft.channel.catalog import TARGETS, Package, Wheel, on_demand, packages
from crosscraft.channel.local import Listed
from crosscraft.errors import ChannelError
from crosscraft.platforms import NOARCH, Platform, lookup, native

__all__ = ["Choice", "choose", "names", "overview", "remedy", "rows"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to make for the names that a user gave."""

    rows: tuple[Package, ...]
    """The rows of these packages, and of those that they depend on."""
    notes: tuple[str, ...]
    """A sentence about each name that needs no package, or that some platform has none of."""


def rows(targets: Iterable[Platform] | None = None) -> tuple[Package, ...]:
    """Return the rows that are made on demand, by default for every platform."""
    every = [lookup(name) for name in TARGETS] if targets is None else list(targets)
    return on_demand(native(), every)


def names() -> tuple[str, ...]:
    """Return the names of the packages that can be added, sorted."""
    return tuple(sorted({row.name for row in rows()}))


def overview() -> list[tuple[str, str, str, str]]:
    """Return the name, version, summary and platforms of each package that can be added."""
    every = rows()
    found = []
    for name in names():
        own = [row for row in every if row.name == name]
        subdirs = {row.subdir for row in own}
        everywhere = NOARCH in subdirs or subdirs >= set(TARGETS)
        where = "every platform" if everywhere else _join(s for s in TARGETS if s in subdirs)
        version = "Debian's" if own[0].version.startswith("=") else own[0].version
        found.append((name, version, own[0].summary, where))
    return found


def choose(
    wanted: Sequence[str], listed: Sequence[Listed], only: Sequence[Platform] = ()
) -> Choice:
    """Return what has to be made for the packages `wanted`.

    :param wanted: their names. If there are none, everything is wanted.
    :param listed: the packages of the local channel.
    :param only: the platforms to make packages for, by default those that the channel builds for.
    :raises ChannelError: if a name is unknown, or a platform that it needs is missing.
    """
    here = local.targets(listed)
    targets = list(only or here)
    made = rows(targets)
    found: list[Package] = []
    notes: list[str] = []
    for name in dict.fromkeys(wanted or [row.name for row in made]):
        own = [row for row in made if row.name == name]
        notes += _notes(name, targets, here)
        found += own
    if lacking := [target for target in only if target not in here]:
        raise select.missing_error(lacking)
    build = native()
    others = [target for target in targets if target is not build]
    return Choice((*found, *_needed(found, rows([build, *others]))), tuple(notes))


def remedy(lacking: Sequence[str], platform: Platform) -> str:
    """Return how to add the first of the packages `lacking`, and all others that can be added.

    The text is empty if the catalog does not have the first.

    :param platform: the platform that they are missing for.
    """
    every = rows()
    able = {row.name for row in every if row.subdir in (platform.subdir, NOARCH)}
    own = {row.subdir: row for row in every if row.name == lacking[0]}
    if not own:
        return ""
    if lacking[0] not in able:
        where = _join(name for name in TARGETS if name in own)
        return f"It can be made for {where}, but {_why(own.values())} for {platform.subdir}."
    added = [name for name in dict.fromkeys(lacking) if name in able]
    here = local.targets(local.listing(local.find()), {platform.subdir})
    option = "" if here else f" --platform {platform.subdir}"
    which = "them" if added[1:] else "it"
    return f"Run `crosscraft channel add {' '.join(added)}{option}` to add {which}."


def _notes(name: str, targets: Sequence[Platform], here: Sequence[Platform]) -> list[str]:
    """Return the sentences about the package `name`, or raise an error if nothing is made.

    :param targets: the platforms to make it for.
    :param here: the platforms that the local channel builds for.
    """
    every = [row for row in rows() if row.name == name]
    of_set_up = [row.subdir for row in packages(native()) if row.name == name]
    if not every and not of_set_up:
        raise _unknown(name)
    platforms = map(lookup, TARGETS)
    able = [row for row in platforms if any(one.name == name for one in rows([row]))]
    without = [row for row in targets if row not in able and row.subdir not in of_set_up]
    if not every or not (without or set(able) & set(targets)):
        return [f"{name} is in the local channel already, because set-up makes it."]
    # Otherwise it is for every platform, or a tool whose name may end in its target.
    one_each = {row.subdir for row in every} == {target.subdir for target in able}
    one_each = one_each and not name.endswith(tuple(f"_{target}" for target in TARGETS))
    lacks = _join(target.subdir for target in without) + (f": {_why(every)}" if one_each else "")
    if set(able) & set(targets):
        return [f"{name} is left out for {lacks}."] if one_each and without else []
    if not set(able) <= {*here, *targets}:
        raise select.missing_error(able)
    raise ChannelError(
        f"{name} cannot be made for {lacks}",
        remedy=f"It can be made for {_join(target.subdir for target in able)}.",
    )


def _needed(found: Sequence[Package], among: Sequence[Package]) -> list[Package]:
    """Return the rows of `among` that the rows `found` depend on, directly or not."""
    needed: list[Package] = []
    todo = list(found)
    while todo:
        row = todo.pop()
        exports = row.run_exports
        specs = (*row.depends, *exports.noarch, *exports.strong, *exports.weak)
        wanted = {spec.split()[0] for spec in specs}
        # A tool is used in environments of the build machine and of each target.
        anywhere = row.subdir in (NOARCH, native().subdir)
        more = [
            one
            for one in among
            if one.name in wanted and (anywhere or one.subdir in (row.subdir, NOARCH))
            if one not in (*found, *needed)
        ]
        needed += more
        todo += more
    return needed


def _why(every: Iterable[Package]) -> str:
    wheel = any(isinstance(source, Wheel) for row in every for source in row.sources)
    return "PyPI has no wheel of it" if wheel else "Debian has no package of it"


def _join(texts: Iterable[str]) -> str:
    *first, last = [*texts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _unknown(name: str) -> ChannelError:
    known = {row.name for row in (*packages(native()), *rows())}
    near = difflib.get_close_matches(name.lower(), sorted(known), 2)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    return ChannelError(
        f"the catalog has no package {name!r}",
        remedy=f"{hint}`crosscraft channel list --available` lists those that can be added.",
    )
