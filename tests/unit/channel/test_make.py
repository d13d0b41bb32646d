"""The local channel: made from a small mirror, however it is interrupted; and the real one."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import posixpath
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conda_package_streaming.package_streaming import stream_conda_component
from elftools.elf.elffile import ELFFile

from crosscraft.channel import imported, local, make
from crosscraft.channel.catalog import Deb, Package, Wheel
from crosscraft.errors import ChannelError, DownloadError
from crosscraft.platforms import NOARCH, Platform, lookup
from crosscraft.system.console import Console

NAMES = ("alpha", "beta", "gamma", "delta")
SIZE = 6_000_000
"""Of each package: together they take about a second to fetch, pack and index."""

ROWS = tuple(
    Package(
        name=name,
        subdir="linux-64",
        version=f"={name}",
        summary="Noise",
        license="MIT",
        sources=(Deb(name, "amd64"),),
        moves=(("usr/", ""),),
    )
    for name in NAMES
)

EXTRA = Package(
    name="extra",
    subdir=NOARCH,
    version="=extra",
    summary="Noise on demand",
    license="MIT",
    sources=(Deb("extra", "amd64"),),
    moves=(("usr/", ""),),
    noarch="generic",
)

_BUILD = """
import sys
from crosscraft.cli import main as cli
from crosscraft.channel import available, local, make
from tests.unit.channel.test_make import EXTRA, rows_for
rows = rows_for(sys.argv[1])
local.packages = make.packages = available.packages = lambda build, targets=None: rows
local.on_demand = available.on_demand = lambda build, targets: (EXTRA,)
make.require_apt = lambda suite: None
del sys.argv[1]
cli.main()
"""


def rows_for(pin: str) -> tuple[Package, ...]:
    """The rows, with a wheel of the given hash in one of them if there is one."""
    wheel = (Wheel("tool", "1.0", pin),) if pin else ()
    return tuple(
        Package(**{**_fields(row), "sources": row.sources + wheel}) if row is ROWS[0] else row
        for row in ROWS
    )


def _fields(row: Package) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def build(pin: str = "", words: Sequence[str] = ("build",)) -> subprocess.Popen[str]:
    """Start ``crosscraft channel`` on the small mirror, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _BUILD, pin, "channel", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(started: subprocess.Popen[str]) -> str:
    said, _ = started.communicate(timeout=60)
    assert started.returncode == 0, said
    return said


def begun(started: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """Wait for the first line: before it, Python itself is still starting."""
    assert started.stdout is not None
    assert started.stdout.readline()
    return started


def survivors(cache: Path) -> list[str]:
    """Commands of processes that were started with this cache and live on."""
    for _ in range(40):
        found = list(_started_with(f"CROSSCRAFT_CACHE={cache}".encode()))
        if not found:
            break
        time.sleep(0.05)  # one that was just killed may take a moment to go
    return found


def _started_with(variable: bytes) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        # It may end while we look, or be another user's.
        with contextlib.suppress(OSError):
            if variable in (process / "environ").read_bytes().split(b"\0"):
                yield (
                    (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )


def assert_whole(channel: Path) -> None:
    """All that the manifest names is there to the letter, is indexed, and nothing else is."""
    listed = local.listing(channel)
    assert [row.name for row in listed] == sorted(NAMES)
    index = json.loads((channel / "linux-64" / "repodata.json").read_text())["packages.conda"]
    for row in listed:
        path = channel / row.subdir / f"{row.name}-{row.version}-{row.build}.conda"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == row.sha256 == index[path.name]["sha256"]
    assert len(index) == len(NAMES)
    assert not list(channel.glob(".pack-*"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _catalog(monkeypatch: pytest.MonkeyPatch, rows: Callable[..., tuple[Package, ...]]) -> None:
    """Have the catalog say `rows`."""
    for module in (local, make):
        monkeypatch.setattr(module, "packages", rows)


@pytest.fixture
def size() -> int:
    """Of each package."""
    return SIZE


@pytest.fixture
def noise(mirror: Any, size: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A mirror with what ROWS need, and a local channel that is made of them."""
    for name in NAMES:
        mirror.add(name, {f"usr/share/{name}": os.urandom(size)})
    mirror.publish("amd64", "arm64")
    _catalog(monkeypatch, lambda build, targets=None: ROWS)
    monkeypatch.setattr(make, "require_apt", lambda suite: None)
    return mirror


def test_find_before_it_is_made(cache: Path) -> None:
    with pytest.raises(ChannelError, match=r"has not been made yet.*make setup") as caught:
        local.find()
    assert str(cache) in caught.value.looked


@pytest.mark.mirror
def test_make_find_and_list(noise: Any, cache: Path) -> None:
    path = make.make(Console(io.StringIO()))
    assert_whole(path)
    assert local.find() == path
    assert path.parent == cache / "channels"
    # Nothing of the work is kept: the channel, and the link to it.
    assert sorted(p.name for p in (cache / "channels").iterdir()) == sorted(
        [path.name, next(p.name for p in (cache / "channels").iterdir() if p.is_symlink())]
    )

    noise.asked.clear()
    assert make.make(Console(io.StringIO())) == path
    assert noise.asked == []


@pytest.fixture
def on_demand(noise: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same, where the last of ROWS is for linux-s390x alone."""

    def rows(build: Platform, targets: Any = None) -> tuple[Package, ...]:
        return ROWS if lookup("linux-s390x") in (targets or ()) else ROWS[:-1]

    _catalog(monkeypatch, rows)
    return noise


def names_in(channel: Path) -> list[str]:
    index = json.loads((channel / "linux-64" / "repodata.json").read_text())["packages.conda"]
    listed = [row.name for row in local.listing(channel)]
    assert sorted(row["name"] for row in index.values()) == listed
    return listed


@pytest.mark.mirror
def test_a_platform_is_added_and_nothing_else_redone(on_demand: Any, cache: Path) -> None:
    said = io.StringIO()
    first = make.make(Console(said))
    assert names_in(first) == sorted(NAMES[:-1])
    assert lookup("linux-s390x") not in local.targets(local.listing(first))
    on_demand.asked.clear()
    second = make.make(Console(said), [lookup("linux-s390x")])
    assert "making 1 conda package\n" in said.getvalue()
    assert names_in(second) == sorted(NAMES)
    assert local.find() == second != first
    assert lookup("linux-s390x") in local.targets(local.listing(second))
    (debs,) = [[path for path in on_demand.asked if path.endswith(".deb")]]
    assert len(debs) == 1 and NAMES[-1] in debs[0]
    # The others are the very same files, and who works with the first channel still has it.
    for package in first.glob("*/*.conda"):
        assert package.samefile(second / package.relative_to(first))
    assert names_in(first) == sorted(NAMES[:-1])
    # Asked for again, or not asked for: it is there, and stays.
    on_demand.asked.clear()
    assert make.make(Console(said), [lookup("linux-s390x")]) == make.make(Console(said)) == second
    assert on_demand.asked == []


@pytest.mark.mirror
def test_at_once_or_one_after_the_other_it_is_the_same_channel(
    on_demand: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [lookup("linux-s390x")]
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "one"))
    at_once = make.make(Console(io.StringIO()), more)
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "two"))
    make.make(Console(io.StringIO()))
    assert make.make(Console(io.StringIO()), more).name == at_once.name


@pytest.mark.mirror
def test_what_an_interrupted_addition_left_is_in_no_channel(
    on_demand: Any, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(channel: Path, force: bool) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(make, "_index", killed)
        make.make(Console(io.StringIO()), [lookup("linux-s390x")])
    assert names_in(make.make(Console(io.StringIO()))) == sorted(NAMES[:-1])


@pytest.mark.mirror
def test_a_row_that_has_changed_since_is_made_again(
    on_demand: Any, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of the channel stands for the rows of set-up alone."""
    more = [lookup("linux-s390x")]
    first = make.make(Console(io.StringIO()), more)
    changed = Package(**{**_fields(ROWS[-1]), "summary": "Other noise"})
    real = local.packages
    _catalog(
        monkeypatch,
        lambda *asked: tuple(changed if row is ROWS[-1] else row for row in real(*asked)),
    )
    assert more[0] not in local.targets(local.listing(first))
    second = make.make(Console(io.StringIO()), more)
    assert names_in(second) == sorted(NAMES)
    assert more[0] in local.targets(local.listing(second))


@pytest.mark.mirror
def test_same_sources_make_the_same_channel(
    noise: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for user in ("one", "two"):
        monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / user))
        names.add(make.make(Console(io.StringIO())).name)
    assert len(names) == 1


@pytest.mark.mirror
def test_interrupted_at_any_moment_goes_on(noise: Any, cache: Path) -> None:
    started = begun(build())
    since = time.monotonic()
    finish(started)
    whole = time.monotonic() - since
    shutil.rmtree(cache)

    signs = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
    statuses = []
    for i, share in enumerate((0.05, 0.15, 0.3, 0.45, 0.6, 0.75)):
        making = begun(build())
        time.sleep(whole * share)
        os.killpg(making.pid, signs[i % 3])
        said, _ = making.communicate(timeout=30)
        statuses.append(making.returncode)
        if signs[i % 3] is not signal.SIGKILL:
            assert making.returncode in (130, 0), said
            assert survivors(cache) == []
        for link in (cache / "channels").glob("local-*"):
            assert_whole(link)
    # Later ones go on where these stopped, and may be done before their moment.
    assert statuses[:2] == [-signal.SIGKILL, 130]
    finish(build())
    assert_whole(local.find())
    assert survivors(cache) == []


@pytest.mark.mirror
def test_what_was_fetched_is_not_fetched_again(noise: Any, cache: Path) -> None:
    making = build()
    partial = None
    while making.poll() is None and not partial:
        partial = next(cache.glob("channels/.partial-*/channel/linux-64/*.conda"), None)
    assert partial is not None
    os.killpg(making.pid, signal.SIGKILL)
    making.communicate()
    inode = partial.stat().st_ino

    noise.asked.clear()
    finish(build())
    assert not [path for path in noise.asked if path.endswith(".deb")]
    assert (local.find() / "linux-64" / partial.name).stat().st_ino == inode


@pytest.mark.mirror
def test_two_at_the_same_time_make_one(noise: Any, cache: Path) -> None:
    both = [build(), build()]
    said = [finish(one) for one in both]
    assert sum("making 4 conda packages" in text for text in said) == 1
    assert sum("waiting for another crosscraft" in text for text in said) == 1
    assert len({text.splitlines()[-1] for text in said}) == 1
    assert_whole(local.find())
    assert sum(path.endswith(".deb") for path in noise.asked) == len(NAMES)


@pytest.mark.mirror
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_pip_too(
    noise: Any, cache: Path, silent_index: list[str], sign: signal.Signals
) -> None:
    making = build("0" * 64)
    while not silent_index and making.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)
    variable = f"CROSSCRAFT_CACHE={cache}".encode()
    assert any("pip" in command for command in _started_with(variable)), "nothing to end"
    os.kill(making.pid, sign)
    said, _ = making.communicate(timeout=10)
    assert making.returncode == 130, said
    assert "interrupted" in said.splitlines()[-1]
    assert survivors(cache) == []


@pytest.mark.mirror
def test_bad_mirror_is_told_at_once_though_pip_still_waits(
    mirror: Any, cache: Path, silent_index: list[str]
) -> None:
    mirror.add("another")
    mirror.publish("amd64", "arm64")
    making = build("0" * 64)
    said, _ = making.communicate(timeout=15)
    assert making.returncode == 1
    assert "the Debian mirror does not have" in said.splitlines()[-1]


@pytest.mark.mirror
def test_bad_wheel_makes_no_channel(
    noise: Any, cache: Path, index: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("tool")
    _catalog(monkeypatch, lambda build, targets=None: rows_for("0" * 64))
    with pytest.raises(DownloadError, match=r"tool 1\.0"):
        make.make(Console(io.StringIO()))
    with pytest.raises(ChannelError):
        local.find()


# ── Packages that are added ─────────────────────────────────────────────────────────────

tiny = pytest.mark.parametrize("size", [1000])


@pytest.fixture
def extra(noise: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small mirror and channel, with a package that is made on demand."""
    monkeypatch.setattr(local, "on_demand", lambda build, targets: (EXTRA,))
    noise.add("extra", {"usr/share/extra": os.urandom(1000)})
    noise.publish("amd64", "arm64")
    make.make(Console(io.StringIO()))
    noise.asked.clear()
    return noise


def all_in(channel: Path) -> list[str]:
    return [row.name for row in local.listing(channel)]


@tiny
@pytest.mark.mirror
def test_a_package_is_added_and_stays(
    on_demand: Any, extra: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, first = Console(io.StringIO()), local.find()
    second = make.make_rows([EXTRA], console)
    assert all_in(second) == sorted([*NAMES[:-1], "extra"])
    assert [Path(path).name for path in extra.asked if ".deb" in path] == ["extra_1.0-1_amd64.deb"]
    for package in first.glob("*/*.conda"):
        assert package.samefile(second / package.relative_to(first))
    assert (second / "noarch" / "repodata.json").read_text().count('"extra-1.0-') == 1
    # Again, with a platform, and on another machine: it stays, and the name is its contents'.
    third = make.make(console, [lookup("linux-s390x")])
    assert all_in(third) == sorted([*NAMES, "extra"])
    asked = len(extra.asked)
    assert make.make_rows([EXTRA], console) == make.make(console) == local.find() == third
    assert len(extra.asked) == asked
    assert len({imported.check(one) for one in (second, third)}) == 2
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "elsewhere"))
    assert imported.import_channel(third, console).name == third.name


@tiny
@pytest.mark.mirror
def test_an_added_package_whose_row_has_changed_is_made_again(
    extra: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(io.StringIO())
    old = make.make_rows([EXTRA], console)
    changed = Package(**{**_fields(EXTRA), "summary": "Other noise"})
    monkeypatch.setattr(local, "on_demand", lambda build, targets: (changed,))
    with pytest.raises(ChannelError, match="another version of the catalog"):
        imported.check(old)
    new = make.make(console)
    assert all_in(new) == all_in(old)
    assert imported.check(new) == new.name != old.name
    monkeypatch.setattr(local, "on_demand", lambda build, targets: ())
    assert all_in(make.make(console)) == sorted(NAMES)


def no_network(mirror: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    text = Path(os.environ["APT_CONFIG"]).read_text()
    Path(os.environ["APT_CONFIG"]).write_text(text.replace('"DIRECT"', '"http://127.0.0.1:9"'))
    return "mirror could not be reached"


def other_bytes(mirror: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    (deb,) = mirror.folder.glob("pool/extra_*.deb")
    deb.write_bytes(deb.read_bytes()[:-1] + b"x")
    return "not what its signed list promises: extra_1.0-1_amd64.deb"


@tiny
@pytest.mark.mirror
@pytest.mark.parametrize("harm", [no_network, other_bytes])
def test_what_cannot_be_added_is_one_line_and_changes_nothing(
    extra: Any, harm: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, link = local.find(), local.link_path()
    kept = {path: path.stat().st_mtime_ns for path in before.rglob("*")}
    words = harm(extra, monkeypatch)
    adding = build("", ["add", "extra"])
    said, _ = adding.communicate(timeout=60)
    assert adding.returncode == 1
    (line,) = [line for line in said.splitlines() if line.startswith("crosscraft: ")]
    assert words in line and said.endswith(f"{line}\n"), said
    assert "Traceback" not in said
    assert link.resolve() == before
    assert {path: path.stat().st_mtime_ns for path in before.rglob("*")} == kept
    assert imported.check(before) == before.name


@tiny
@pytest.mark.mirror
def test_two_that_add_the_same_make_it_once(extra: Any) -> None:
    said = [finish(one) for one in [build("", ["add", "extra"]), build("", ["add", "--all"])]]
    assert sum("making 1 conda package\n" in text for text in said) == 1
    assert sum(path.endswith(".deb") for path in extra.asked) == 1
    assert all_in(local.find()) == sorted([*NAMES, "extra"])
    assert "nothing had to be added" in finish(build("", ["add", "extra"]))


# ── The channel that this machine has ───────────────────────────────────────────────────

_C_LIBRARY = re.compile(r"(lib(c|m|dl|pthread|rt|util|resolv)|ld-linux[\w-]*|ld(64)?)\.so\.\d")


@dataclass
class Contents:
    """What one package of the channel holds."""

    row: local.Listed
    index: dict[str, Any]
    exports: dict[str, list[str]]
    files: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    needed: dict[str, list[str]] = field(default_factory=dict)
    modes: set[int] = field(default_factory=set)


def unpack(channel: Path, row: local.Listed) -> Contents:
    path = channel / row.subdir / f"{row.name}-{row.version}-{row.build}.conda"
    info: dict[str, Any] = {}
    with path.open("rb") as file:
        for tar, member in stream_conda_component(path.name, file, "info"):
            content = tar.extractfile(member)
            assert content is not None
            info[member.name] = json.loads(content.read())
    found = Contents(row, info["info/index.json"], info.get("info/run_exports.json", {}))
    with path.open("rb") as file:
        for tar, member in stream_conda_component(path.name, file, "pkg"):
            found.files.add(member.name)
            if member.issym():
                found.links[member.name] = member.linkname
                continue
            found.modes.add(stat.S_IMODE(member.mode))
            content = tar.extractfile(member)
            assert content is not None
            if not member.name.endswith((".o", ".a")) and "/sysroot/" not in member.name:
                start = content.read(4)
                if start == b"\x7fELF":
                    elf = ELFFile(io.BytesIO(start + content.read()))
                    dynamic = elf.get_section_by_name(".dynamic")
                    tags = dynamic.iter_tags("DT_NEEDED") if dynamic else ()
                    found.needed[member.name] = [tag.needed for tag in tags]
    return found


@pytest.fixture(scope="module")
def channel() -> Path:
    return local.find()


@pytest.fixture(scope="module")
def contents(channel: Path) -> list[Contents]:
    return [unpack(channel, row) for row in local.listing(channel)]


def with_dependencies(one: Contents, everything: list[Contents]) -> Iterator[Contents]:
    """Yield a package, and those of the channel that it needs, directly or not."""
    todo, seen = [one], set[tuple[str, str]]()
    while todo:
        package = todo.pop()
        yield package
        names = {spec.split()[0] for spec in package.index["depends"]}
        for other in everything:
            key = (other.row.name, other.row.subdir)
            fits = other.row.subdir in (one.row.subdir, "noarch")
            if other.row.name in names and fits and key not in seen:
                seen.add(key)
                todo.append(other)


def test_links_of_the_channel_lead_somewhere_in_it(contents: list[Contents]) -> None:
    assert sum(len(one.links) for one in contents) > 50
    for one in contents:
        there = {path for each in with_dependencies(one, contents) for path in each.files}
        folders = {posixpath.dirname(path) for path in there}
        for link, target in one.links.items():
            assert not target.startswith("/"), (one.row.name, link, target)
            end = posixpath.normpath(posixpath.join(posixpath.dirname(link), target))
            assert end in there or end in folders, (one.row.name, link, target)


def test_programs_of_the_channel_have_their_libraries(contents: list[Contents]) -> None:
    assert sum(len(one.needed) for one in contents) > 100
    missing = [
        (one.row.name, one.row.subdir, path, library)
        for one in contents
        for have in [
            {
                posixpath.basename(path)
                for each in with_dependencies(one, contents)
                for path in each.files
                if "/sysroot/" not in path
            }
        ]
        for path, libraries in one.needed.items()
        for library in libraries
        if library not in have and not _C_LIBRARY.match(library)
    ]
    assert missing == []


def test_exports_are_conda_forges(contents: list[Contents]) -> None:
    pythons = [one for one in contents if one.row.name == "python"]
    compilers = [one for one in contents if re.match("gxx_(?!impl_)", one.row.name)]
    assert len(pythons) == len(compilers) == len(local.targets([one.row for one in contents]))
    for one in pythons:
        assert one.exports == {"weak": ["python_abi 3.11.* *_cp311"], "noarch": ["python"]}
    for one in compilers:
        names = [spec.split()[0] for spec in one.exports["strong"]]
        assert names == ["libstdcxx", "libgcc"]


def test_index_agrees_with_where_the_package_is(contents: list[Contents]) -> None:
    targets = local.targets([one.row for one in contents])
    arches = {NOARCH: None} | {row.subdir: row.processor for row in targets}
    assert {one.row.subdir for one in contents} == set(arches)
    for one in contents:
        assert one.index["subdir"] == one.row.subdir
        assert one.index.get("arch") == arches[one.row.subdir]
        assert (one.index["name"], one.index["version"]) == (one.row.name, one.row.version)
        assert (one.index.get("noarch") is not None) == (one.row.subdir == "noarch")


def test_everyone_may_read_it(channel: Path, contents: list[Contents]) -> None:
    for path in [channel, *channel.rglob("*")]:
        wanted = 0o555 if path.is_dir() else 0o444
        assert path.stat().st_mode & wanted == wanted, path
    assert {mode for one in contents for mode in one.modes} == {0o644, 0o755}


def test_command_lists_every_package_with_its_sources(
    crosscraft: Callable[..., subprocess.CompletedProcess[str]], channel: Path
) -> None:
    done = crosscraft("channel", "list")
    assert done.returncode == 0, done.stderr
    packages, sources = (block.splitlines()[1:] for block in done.stdout.split("\n\n"))
    rows = local.listing(channel)
    assert [line.split()[0] for line in packages] == [row.name for row in rows]
    for row in rows:
        assert any(row.version in line and row.sha256[:12] in line for line in packages)
        for source in row.sources:
            assert re.fullmatch("[0-9a-f]{64}", source["sha256"])
            assert any(
                {row.name, source["kind"], source["source"], source["version"], source["sha256"]}
                <= set(line.split())
                for line in sources
            ), source


def test_command_prints_the_path_alone(
    crosscraft: Callable[..., subprocess.CompletedProcess[str]], channel: Path
) -> None:
    done = crosscraft("channel", "path")
    assert (done.stdout, done.stderr, done.returncode) == (f"{channel}\n", "", 0)
