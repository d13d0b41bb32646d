"""Solve conda environments, and explain why specs have no solution."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosscraft.channel import available, names
from crosscraft.channel.select import Channel, is_local
from crosscraft.errors import ChannelError, CrosscraftError, InstallError
from crosscraft.platforms import NOARCH, Platform, native
from crosscraft.redact import redacted
from crosscraft.system import files, storage_errors

if TYPE_CHECKING:
    from rattler import (
        Gateway,
        GenericVirtualPackage,
        PackageRecord,
        RepoDataRecord,
        VirtualPackage,
    )
    from rattler.platform import Subdir

__all__ = ["channel_error", "missing_packages", "no_package", "offer", "solve", "unsatisfied"]

_NO_CANDIDATES = re.compile(
    r"No candidates were found for (.+?)\.$|─ ([^─]+?), for which no candidates were found", re.M
)
"""A spec in the solver's reason that no package satisfies."""
_MOST = 16
"""The maximum number of lines shown of the solver's reason."""


def solve(
    specs: Sequence[str],
    platform: Platform,
    channels: Sequence[Channel],
    *,
    glibc: str | None = None,
    constraints: Sequence[str] = (),
) -> list[RepoDataRecord]:
    """Return the packages that satisfy `specs`.

    :param specs: conda match specs.
    :param channels: the channels to search. The first one that has a package wins (strict
        priority).
    :param glibc: the C library version to solve for, by default this machine's.
    :param constraints: match specs for packages that need not be installed.
    :raises InstallError: if the specs cannot be satisfied.
    :raises ChannelError: if a channel does not respond.
    """
    import asyncio

    import rattler

    try:
        return asyncio.run(
            rattler.solve(
                [channel.url for channel in channels],
                list(specs),
                platforms=_subdirs(platform),
                virtual_packages=_virtual_packages(platform, glibc),
                gateway=_gateway(),
                constraints=list(constraints),
            )
        )
    except Exception as error:
        raise _solve_error(specs, platform, channels, error, glibc) from None


def unsatisfied(
    specs: Iterable[str],
    platform: Platform,
    channels: Sequence[Channel],
    *,
    glibc: str | None = None,
) -> dict[str, tuple[str, ...]]:
    """Return each spec that no package satisfies, with the versions that there are.

    A version has its build string if the spec names one. The virtual packages, such as
    ``__glibc``, are those that :func:`solve` assumes.
    """
    import asyncio

    from rattler import MatchSpec

    named = {spec: names.of_spec(spec) for spec in specs}
    wanted = sorted({name for name in named.values() if name and not name.startswith("__")})
    urls = [channel.url for channel in channels]
    found = asyncio.run(_gateway().query(urls, _subdirs(platform), wanted, recursive=False))
    records: list[PackageRecord] = [record for group in found for record in group]
    records += map(_as_record, _virtual_packages(platform, glibc))
    missing = {}
    for spec, name in named.items():
        match = MatchSpec(spec)
        same = [record for record in records if record.name.normalized == name]
        if name and not any(match.matches(record) for record in same):
            same.sort(key=lambda record: record.version)
            texts = (f"{one.version} {one.build if match.build else ''}" for one in same)
            missing[spec] = tuple(dict.fromkeys(text.strip() for text in texts))
    return missing


def missing_packages(
    specs: Sequence[str], platform: Platform, channels: Sequence[Channel]
) -> list[str]:
    """Return the names in `specs` that no channel has a package of for `platform`."""
    every = dict.fromkeys(map(names.of_spec, specs))
    return list(unsatisfied(every, platform, channels))


def offer(spec: str, versions: Sequence[str]) -> str:
    """Return a clause about the versions that there are, the newest three of many."""
    *older, newest = versions[-3:]
    listed = " and ".join((", ".join(older), newest)) if older else newest
    more = f"{len(versions)} versions up to " if len(versions) > 3 else ""
    return f"{'this machine' if spec.startswith('__') else 'the channel'} has {more}{listed}"


def channel_error(text: str, channels: Sequence[Channel]) -> ChannelError | None:
    """Return the error for a tool's message `text`, or None if no channel failed."""
    text = redacted(text, [channel.url for channel in channels])
    remote = [channel.name for channel in channels if not channel.url.startswith("file://")]
    if remote and re.search(
        r"error sending request|failed to (fetch|download)|dns|timed out|connect", text, re.I
    ):
        return ChannelError(
            f"the channel {' or '.join(remote)} did not respond",
            remedy="Check the network, or use this machine's own channel: `--channel local`.",
        )
    if re.search(r"could not find subdir|not a supported scheme|could not parse url|host$", text):
        return ChannelError(
            f"a channel cannot be read: {text.splitlines()[0]}",
            looked=", ".join(channel.name for channel in channels),
            remedy="Give `local`, `conda-forge`, a URL, or a folder indexed as a channel.",
        )
    return None


def _subdirs(platform: Platform) -> list[Subdir]:
    from rattler.platform import Subdir

    return [Subdir(name) for name in (platform.subdir, NOARCH)]


def _gateway() -> Gateway:
    from rattler import Gateway

    return Gateway(cache_dir=files.cache("repodata"))


def _virtual_packages(
    platform: Platform, glibc: str | None
) -> list[GenericVirtualPackage | VirtualPackage]:
    """Return the virtual packages, detected for this machine or assumed for another platform."""
    from rattler import GenericVirtualPackage, PackageName, Version, VirtualPackage
    from rattler.package.build_string import BuildString

    if platform is native() and glibc is None:
        return list(VirtualPackage.detect())
    assumed = {"__unix": "0", "__linux": "5.10", "__glibc": glibc or "2.17"}
    return [
        GenericVirtualPackage(PackageName(name), Version(version), BuildString("0"))
        for name, version in assumed.items()
    ]


def _as_record(package: GenericVirtualPackage | VirtualPackage) -> PackageRecord:
    from rattler import PackageRecord, VirtualPackage

    generic = package.into_generic() if isinstance(package, VirtualPackage) else package
    return PackageRecord(generic.name, str(generic.version), generic.build_string, 0, NOARCH)


def _solve_error(
    specs: Sequence[str],
    platform: Platform,
    channels: Sequence[Channel],
    error: Exception,
    glibc: str | None,
) -> CrosscraftError:
    text = str(error).strip() or type(error).__name__
    text = redacted(text, [*specs, *(channel.url for channel in channels)])
    broken = storage_errors.explain_words(
        text, "the channel's index could not be stored", str(files.cache("repodata"))
    ) or channel_error(text, channels)
    if broken:
        return broken
    leaves = [first or second for first, second in _NO_CANDIDATES.findall(text)]
    try:
        direct = unsatisfied(specs, platform, channels, glibc=glibc)
        lacking = direct or unsatisfied(leaves, platform, channels, glibc=glibc)
    except Exception:
        direct, lacking = {}, {}
    looked = f"the channels {', '.join(channel.name for channel in channels)}"
    spec, found = next(iter(lacking.items()), ("", ()))
    reason = no_package(spec, found, platform) if lacking else ""
    if direct and not (found and specs[1:]):
        return InstallError(reason, looked=looked, remedy=_remedy(lacking, platform, channels))
    together = " together" if len(specs) > 1 else ""
    what = f"{', '.join(specs)} cannot be installed{together} for {platform.subdir}"
    lines = text.removeprefix("Cannot solve the request because of: ").splitlines()
    tree = [line for line in lines if line.strip()][:_MOST]
    if direct:
        remedy, tree = _remedy(lacking, platform, channels), []
    elif addable := _addable(lacking, platform, channels):
        remedy = addable
    else:
        remedy = "The solver's reason is above. Loosen a version, or choose another channel."
    return InstallError(
        f"{what}: {reason}" if reason else what, looked=looked, remedy=remedy, detail=tree
    )


def no_package(spec: str, found: Sequence[str], platform: Platform) -> str:
    """Return the clause that no package satisfies `spec`, but there are the versions `found`."""
    if not found:
        return f"no package {names.of_spec(spec)!r} for {platform.subdir}"
    return f"no package {spec!r} for {platform.subdir}, and {offer(spec, found)}"


def _remedy(
    lacking: Mapping[str, Sequence[str]], platform: Platform, channels: Sequence[Channel]
) -> str:
    """Return what to do about the first of the specs `lacking`, which have these versions."""
    spec, found = next(iter(lacking.items()))
    if spec.startswith("__"):
        return "A virtual package describes the machine, so no channel has it. Loosen the version."
    if found:
        return "Ask for a version that there is, or choose another channel with `--channel`."
    addable = _addable(lacking, platform, channels)
    return addable or _near(names.of_spec(spec), channels)


def _addable(
    lacking: Mapping[str, Sequence[str]], platform: Platform, channels: Sequence[Channel]
) -> str:
    """Return how to add what is `lacking` to the local channel. It is empty if nobody can."""
    absent = [names.of_spec(spec) for spec, found in lacking.items() if not found]
    if not absent or not any(map(is_local, channels)):
        return ""
    return available.remedy(absent, platform)


def _near(name: str, channels: Sequence[Channel]) -> str:
    """Return a remedy that names packages with a name similar to `name`."""
    import difflib

    known = {(names.of_file(path)[0], path.parent.name) for path in _files(channels)}
    where = sorted(subdir for other, subdir in known if other == name)
    if where:
        return f"It exists for {', '.join(where)} only. Build it for this platform first."
    near = difflib.get_close_matches(name, sorted({other for other, _ in known}), 2)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{hint}Check the spelling, or choose a channel that has it with `--channel`."


def _files(channels: Sequence[Channel]) -> list[Path]:
    folders = [channel.folder for channel in channels if channel.folder]
    return [path for folder in folders for path in folder.glob("*/*.conda")]
