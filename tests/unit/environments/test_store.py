"""What a channel can do: lie about a checksum, lead out of a folder, want credentials or none."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.channel.select import in_folder
from crosscraft.environments import install as installing
from crosscraft.environments import store
from crosscraft.errors import CrosscraftError
from crosscraft.platforms import native
from crosscraft.system import files
from tests.support.small_channels import channel_of
from tests.support.small_packages import Item, package

TOKEN = "hunter2-token"


@pytest.fixture
def bare_cache(tmp_path, monkeypatch) -> Path:
    """A cache with nothing in it, deep enough that `../` leads somewhere in tmp_path."""
    cache = tmp_path / "1/2/3/4/cache"
    cache.mkdir(parents=True)
    (cache / "channels").symlink_to(files.cache("channels"))
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(cache))
    return cache


def install(*folders: Path, names=("a",)):
    return installing.create(list(names), native(), [in_folder(f, "shady") for f in folders])


def left(cache: Path) -> list[str]:
    """What a later run could take for a package or an environment."""
    kept = [cache / "unpacked", cache / "environments"]
    return [str(path) for folder in kept if folder.exists() for path in folder.iterdir()]


def paths(*names):
    return {"paths": [{"_path": one, "path_type": "hardlink"} for one in names], "paths_version": 1}


LEADING_OUT = {
    "above": {"items": [Item("../../../../victim", b"x")]},
    "above, from within": {"items": [Item("share/../../../../../victim", b"x")]},
    "absolute": {"items": [Item("/{}/victim", b"x")]},
    "paths.json above": {"items": [Item("ok", b"x")], "paths": paths("../../../../victim")},
    "paths.json absolute": {"items": [Item("ok", b"x")], "paths": paths("/{}/victim")},
    "file behind a link": {
        "items": [Item("l", type=tarfile.SYMTYPE, target="/{}"), Item("l/new", b"x")]
    },
    "listed behind a link": {
        "items": [Item("l", type=tarfile.SYMTYPE, target="/{}")], "paths": paths("l/victim"),
    },
    "listed behind a link in a folder": {
        "items": [Item("d/e/l", type=tarfile.SYMTYPE, target="/{}")],
        "paths": paths("d/e/l/victim"),
    },
    "an empty path": {"items": [Item("ok", b"x")], "paths": paths("ok", "")},
    "a path with a zero byte": {"items": [Item("ok", b"x")], "paths": paths("a\0b")},
    "hard link outside": {"items": [Item("l", type=tarfile.LNKTYPE, target="../../../../victim")]},
    "absolute hard link": {"items": [Item("l", type=tarfile.LNKTYPE, target="/{}/victim")]},
    "the installer's folder": {"items": [Item("conda-meta/crosscraft-complete", b"")]},
    "info is a link": {"items": [Item("info", type=tarfile.SYMTYPE, target="/{}")]},
    "no list": {"items": [Item("ok", b"x")], "paths": {"paths": 3}},
}  # fmt: skip


def filled(value, folder):
    """`value` with the folder that is outside in place of {}."""
    if isinstance(value, Item):
        name, target = (text.replace("/{}", str(folder)) for text in (value.name, value.target))
        return Item(name, value.data, value.type, target, value.mode)
    if isinstance(value, list):
        return [filled(one, folder) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, folder) for key, one in value.items()}
    return value.replace("/{}", str(folder)) if isinstance(value, str) else value


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
@pytest.mark.parametrize("case", LEADING_OUT.values(), ids=LEADING_OUT)
def test_no_member_leaves_its_folder(bare_cache, tmp_path, case, ending):
    outside = tmp_path / "outside"
    outside.mkdir()
    places = (outside, tmp_path, *(tmp_path / "/".join("1234"[:n]) for n in range(1, 5)))
    victims = [place / "victim" for place in places]
    for victim in victims:
        victim.write_text("untouched")
    channel = channel_of(tmp_path / "channel", ending=ending, **filled(case, outside))
    with pytest.raises(CrosscraftError, match=r"a-1-h0000000_0") as caught:
        install(channel)
    assert "\n" not in str(caught.value)
    assert all(victim.read_text() == "untouched" for victim in victims)
    assert {victim.stat().st_nlink for victim in victims} == {1}
    assert list(outside.iterdir()) == [outside / "victim"]
    assert left(bare_cache) == []


@pytest.mark.parametrize("name", ["a/../../../victim", "a\0b"])
def test_an_index_cannot_name_a_place_for_a_package(name):
    package = store.Wanted(name, "1", "0", "a-1-0.conda", "00" * 32, "file:///a", "c")
    with pytest.raises(CrosscraftError, match="not a package name"):
        store.entry_of(package)


def test_no_package_writes_behind_the_link_of_another(bare_cache, tmp_path):
    link = Item("share", type=tarfile.SYMTYPE, target=str(tmp_path))
    first = channel_of(tmp_path / "one", [link])
    second = channel_of(tmp_path / "two", [Item("share/new", b"x")], name="b")
    assert install(first).prefix.is_dir()  # alone it does no harm
    with pytest.raises(CrosscraftError, match=r"b-1-h0000000_0.conda.*another package has a link"):
        install(first, second, names=("a", "b"))
    assert not (tmp_path / "new").exists()


def test_devices_are_not_made_and_modes_are_tamed(bare_cache, tmp_path):
    items = [
        Item("dev/sda", type=tarfile.BLKTYPE), Item("bin/su", b"x", mode=0o6755),
        Item("share/all", b"x", mode=0o666),
    ]  # fmt: skip
    prefix = install(channel_of(tmp_path / "channel", items)).prefix
    assert (prefix / "bin/su").stat().st_mode & 0o7777 == 0o755
    assert (prefix / "share/all").stat().st_mode & 0o7777 == 0o644
    assert not (prefix / "dev/sda").is_block_device()


@pytest.mark.parametrize(("sha256", "word"), [("00" * 32, "its SHA-256 is"), ("", "no SHA-256")])
def test_a_checksum_that_is_not_the_packages(bare_cache, tmp_path, sha256, word):
    channel = channel_of(tmp_path / "channel", [Item("ok", b"x")], sha256=sha256)
    for _ in range(2):  # nothing was left that a second run would believe
        with pytest.raises(CrosscraftError, match=word) as caught:
            install(channel)
        assert "a-1-h0000000_0.conda" in str(caught.value)
        assert left(bare_cache) == []
    channel_of(tmp_path / "channel", [Item("ok", b"x")])
    assert (install(channel).prefix / "ok").read_text() == "x"


def test_a_right_package_does_not_vouch_for_another_of_its_name(bare_cache, tmp_path):
    install(channel_of(tmp_path / "right", [Item("ok", b"right")]))
    other = channel_of(tmp_path / "other", [Item("ok", b"other")])
    assert (install(other).prefix / "ok").read_text() == "other"
    with pytest.raises(CrosscraftError, match="SHA-256"):
        install(channel_of(tmp_path / "liar", [Item("ok", b"liar")], sha256="11" * 32))


BUILD = "package:\n  name: b\n  version: 1\nrequirements:\n  {}:\n    - a\n"


@pytest.mark.builds
@pytest.mark.parametrize("kind", ["build", "host", "run"])
@pytest.mark.parametrize("lie", ["checksum", "path"])
def test_a_build_takes_nothing_of_it_either(
    bare_cache, crosscraft, make_project, tmp_path, kind, lie
):
    bad = {"sha256": "00" * 32} if lie == "checksum" else {"paths": paths("../../../../victim")}
    channel = channel_of(tmp_path / "channel", [Item("ok", b"x")], **bad)
    project = make_project(BUILD.format(kind))
    done = crosscraft("build", "--channel", channel, cwd=project)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "crosscraft: a-1-h0000000_0.conda" in done.stderr
    assert not list(project.glob("output/*/*.conda"))
    assert left(bare_cache) == []
    assert list((bare_cache / "builds").iterdir()) == []


# ── Over the network ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/c", "HTTP://host.invalid/c", "http://127.0.0.1.host.invalid/c",
        "http://127.0.0.1@host.invalid/c", "http://localhost.host.invalid/",
        "http://host.invalid\\@127.0.0.1/c",
    ],
)  # fmt: skip
def test_plain_http_to_another_machine(crosscraft, own_cache, make_project, url):
    project = make_project(BUILD.format("host"))
    for argv in (["build", "-c", url], ["run", "-c", url, "--", "true"], ["channel", "use", url]):
        done = crosscraft(*argv, cwd=project, env={"CROSSCRAFT_ALLOW_HTTP": ""})
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        assert "CROSSCRAFT_ALLOW_HTTP=1" in line or "backslash" in line
        assert "did not respond" not in line
    assert "CROSSCRAFT_ALLOW_HTTP=1" in crosscraft("build", "--help").stdout


def test_plain_http_is_possible_for_who_asks_for_it(offline, own_cache, make_project):
    from tests.support.commands import CROSSCRAFT, run

    project = make_project(BUILD.format("host"))
    done = run(
        [*offline, CROSSCRAFT, "build", "-c", "http://192.0.2.1/c"],
        cwd=project, env=os.environ | {"CROSSCRAFT_ALLOW_HTTP": "1"},
    )  # fmt: skip
    assert "the channel http://192.0.2.1/c did not respond" in done.stderr


class Guarded(SimpleHTTPRequestHandler):
    """Serves a folder below /t/TOKEN/, or to who gives the password."""

    def do_GET(self):
        prefix = f"/t/{TOKEN}"
        if self.path.startswith(prefix):
            self.path = self.path.removeprefix(prefix)
        elif not self.headers["Authorization"]:
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def guarded(tmp_path):
    """A channel on loopback that wants a token, as its address and its folder."""
    folder = channel_of(tmp_path / "guarded", [Item("ok", b"x")])
    handler = partial(Guarded, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("form", ["http://{}/t/hunter2-token", "http://user:hunter2-token@{}"])
def test_a_token_is_used_and_never_said(bare_cache, crosscraft, guarded, make_project, form):
    host, folder = guarded
    url = form.format(host)
    env = {"CROSSCRAFT_CACHE": str(bare_cache), "NO_PROXY": "127.0.0.1"}
    project = make_project(BUILD.format("run"))
    good = crosscraft("build", "-v", "-c", url, cwd=project, env=env)
    assert good.returncode == 0, good.stderr
    failing = make_project(
        BUILD.format("run") + "build:\n  script:\n    - env\n    - exit 3\n", "failing"
    )
    done = [good]
    done += [crosscraft("build", "-v", "-c", url, cwd=failing, env=env)]
    done += [crosscraft("run", "-c", url, "--with", spec, "--", "true", env=env)
             for spec in ("a >9", "no-such-package", f"{url}::a")]  # fmt: skip
    index = folder / "linux-64/repodata.json"
    written = index.stat().st_mtime
    index.write_text(index.read_text().replace('"sha256": "', '"sha256": "0000')[:-4] + "}}}")
    later = written + 60  # servers tell times in whole seconds: within one, nothing changed
    os.utime(index, (later, later))
    done += [crosscraft("run", "-c", url, "--with", "a", "--", "true", env=env)]
    assert [one.returncode for one in done] == [0, 1, 1, 1, 0, 1]
    for one in done:
        assert TOKEN not in one.stdout + one.stderr, one
    for path in [*project.rglob("*"), *failing.rglob("*")]:
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path


def test_what_a_killed_process_left_in_the_store_is_removed(tmp_path, bare_cache):
    left = bare_cache / "unpacked" / ".new-0"
    (left / "package").mkdir(parents=True)
    left.with_name(".new-0.lock").touch()
    install(channel_of(tmp_path / "channel", [Item("ok", b"x")]))
    assert not list(left.parent.glob(".new-*"))


PLACES = (
    "share/a", "share/b", "share/l", "share/l/c", "../{}", "../../{}", "../../../{}",
    "../../../../{}", "../../../../../{}", "/{outside}/abs", "share/../../../{}", "conda-meta/x",
    "info/paths.json", "./share/d", "share//e", "bin/.a-post-link.sh",
)  # fmt: skip
TARGETS = (
    "a", "../share/a", "{outside}", "{outside}/victim", "../../../../../outside", "/etc/hosts",
)  # fmt: skip
KINDS = [tarfile.REGTYPE] * 6 + [tarfile.SYMTYPE] * 3
KINDS += [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
MEMBERS = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from(KINDS),
        st.sampled_from(TARGETS),
        st.sampled_from((0o644, 0o666, 0o777, 0o4755)),
        st.none() | st.sampled_from(PLACES),
    ),
    min_size=1,
    max_size=5,
)
"""Path, type, link target, mode, and the path that paths.json gives in place of the first."""


@given(members=MEMBERS, ending=st.sampled_from([".conda", ".tar.bz2"]))
def test_any_package_installs_within_its_folder_or_is_refused(
    tmp_path_factory, members, ending, monkeypatch
):
    scratch = tmp_path_factory.mktemp("hostile")
    outside = scratch / "outside"
    deep = scratch / "a/b/c/d/e"
    for folder in (outside, deep, *deep.parents[:5]):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "victim").write_text("untouched")
    before = _snapshot(scratch)
    (deep / "cache").mkdir()
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(deep / "cache"))

    def named(text: str) -> str:
        return text.format("victim", outside=str(outside).strip("/"))

    items = [
        Item(named(place), b"x" if kind == tarfile.REGTYPE else b"", kind, named(target), mode)
        for place, kind, target, mode, _ in members
    ]
    rows = [
        {"_path": named(other) if other else item.name, "path_type": "hardlink"}
        for item, (*_, other) in zip(items, members, strict=True)
    ]
    paths = {"paths": rows, "paths_version": 1}
    try:
        install(channel_of(scratch / "channel", items, ending=ending, paths=paths))
    except CrosscraftError as error:
        assert "a-1-h0000000_0" in str(error)
    assert _snapshot(scratch) == before
    for path in (deep / "cache").rglob("*"):
        assert path.is_symlink() or not path.lstat().st_mode & 0o6022, path


def _snapshot(scratch: Path) -> set[tuple[str, int, int]]:
    """Each file outside of the channel and the cache, with its links and size."""
    skipped = {scratch / "channel", scratch / "a/b/c/d/e/cache"}
    found = set()
    for root, folders, names in os.walk(scratch):
        folders[:] = [one for one in folders if Path(root) / one not in skipped]
        for name in names:
            status = (Path(root) / name).lstat()
            found.add((f"{root}/{name}", status.st_nlink, status.st_size))
    return found


# ── The store itself, with a package as real ones are ───────────────────────────────────

RUN_EXPORTS = {
    "weak": ["a >=1,<2.0a0", "libb >=3"], "strong": ["libgcc >=12"], "noarch": ["python"],
    "weak_constrains": ["c <2"], "strong_constrains": ["__glibc >=2.17"],
}  # fmt: skip
REAL = [
    Item("lib", type=tarfile.DIRTYPE, mode=0o775),
    Item("lib/liba.so.1.2", b"\x7fELF not really", mode=0o775),
    Item("lib/liba.so.1", type=tarfile.SYMTYPE, target="liba.so.1.2", mode=0o777),
    Item("lib/liba.so", type=tarfile.SYMTYPE, target="../lib/liba.so.1", mode=0o777),
    Item("lib/twin.so", type=tarfile.LNKTYPE, target="lib/liba.so.1.2"),
    Item("share/out", type=tarfile.SYMTYPE, target="../../../elsewhere", mode=0o777),
    Item("share/abs", type=tarfile.SYMTYPE, target="/etc/hosts", mode=0o777),
    *(Item(f"share/m/{mode:o}", f"{mode}".encode(), mode=mode) for mode in (
        0o644, 0o664, 0o666, 0o755, 0o775, 0o777, 0o600, 0o640, 0o444, 0o555, 0o700, 0o4755,
        0o2755, 0o1644, 0o624, 0o642,
    )),
    Item("share/an odd näme", b"x"),
]  # fmt: skip


@pytest.fixture
def real(tmp_path, bare_cache) -> store.Wanted:
    return wanted_of(tmp_path / "a channel/linux-64/a-1-h0000000_0.conda", REAL)


def wanted_of(path: Path, items=(), name="a", **more) -> store.Wanted:
    """Make a package, and say what its channel's index says of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = package(path, items, {"name": name}, **more)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    return store.Wanted(name, "1", "h0000000_0", made.name, digest, made.as_uri(), "the channel")


def test_a_package_of_a_channel_is_unpacked_whole_and_for_its_owner_to_write(real, bare_cache):
    store.add_missing([real])
    entry = store.entry_of(real)
    assert entry == bare_cache / f"unpacked/a-1-h0000000_0@{real.sha256[:32]}"
    for item in REAL:
        path = entry / item.name
        assert path.is_symlink() == (item.type == tarfile.SYMTYPE), item
        if item.target and path.is_symlink():
            assert str(path.readlink()) == item.target
        if item.type == tarfile.REGTYPE and os.access(path, os.R_OK):
            assert path.read_bytes() == item.data
            assert path.stat().st_mode & 0o7777 == item.mode & 0o755, item
    assert (entry / "lib/twin.so").samefile(entry / "lib/liba.so.1.2")
    assert (entry / "lib").stat().st_mode & 0o7777 == 0o755
    assert {path.stat().st_mode & 0o7022 for path in entry.rglob("*") if path.exists()} == {0}
    assert entry.stat().st_mode & 0o7022 == 0
    lock = entry.with_name(f"{entry.name}.lock").read_bytes()
    assert lock == b"\0\0\0\0\0\0\0\x01" + bytes.fromhex(real.sha256)
    links = entry.with_name(f"{entry.name}.links").read_text()
    assert json.loads(links) == ["share/abs", "share/out"]
    assert len(list(entry.parent.iterdir())) == 3


def test_what_is_complete_is_left_alone_and_progress_counts_all(real, tmp_path):
    others = [
        wanted_of(tmp_path / f"c/{name}-1-h0000000_0.conda", [Item("ok", name.encode())], name)
        for name in "bcd"
    ]
    seen = []
    store.add_missing(others[:2], lambda *counts: seen.append(counts))
    assert seen == [(1, 2), (2, 2)]
    before = {path: path.lstat().st_ino for path in store.entry_of(real).parent.rglob("*")}
    store.add_missing([others[0], real, *others], lambda *counts: seen.append(counts))
    assert seen[2:] == [(4, 5), (5, 5)]
    after = {path: path.lstat().st_ino for path in store.entry_of(real).parent.rglob("*")}
    assert before.items() <= after.items()
    store.add_missing([real, *others], lambda *counts: seen.append(counts))
    store.add_missing([real])
    assert len(seen) == 4


@pytest.mark.parametrize("missing", ["", ".links", ".lock"])
def test_an_entry_without_one_of_its_parts_is_added_again(real, missing):
    store.add_missing([real])
    entry = store.entry_of(real)
    part = entry.with_name(entry.name + missing)
    shutil.rmtree(part) if part.is_dir() else part.unlink()
    seen = []
    store.add_missing([real], lambda *counts: seen.append(counts))
    assert seen == [(1, 1)]
    assert part.exists()
    assert (entry / "lib/liba.so").read_bytes() == b"\x7fELF not really"


def test_the_lock_file_comes_last(real, monkeypatch):
    """An entry is complete for rattler when it exists."""
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("killed"))
    monkeypatch.setattr(store.files, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.add_missing([real])
    entry = store.entry_of(real)
    assert entry.is_dir()
    assert not entry.with_name(f"{entry.name}.lock").exists()


def test_run_exports_of_each_kind(real, tmp_path):
    more = {"info/run_exports.json": json.dumps(RUN_EXPORTS).encode()}
    exporting = wanted_of(tmp_path / "c/b-1-h0000000_0.conda", name="b", more=more)
    store.add_missing([exporting, real])
    for kind, specs in RUN_EXPORTS.items():
        assert store.run_exports(exporting, kind) == tuple(specs)
    assert store.run_exports(exporting, "unheard-of") == ()
    assert store.run_exports(real, "weak") == ()


@pytest.mark.parametrize("text", [b"[]", b"{", b"\xff", b"3"])
def test_run_exports_that_are_none(bare_cache, tmp_path, text):
    more = {"info/run_exports.json": text}
    package = wanted_of(tmp_path / "c/a-1-h0000000_0.conda", more=more)
    store.add_missing([package])
    assert store.run_exports(package, "weak") == ()


def test_a_cache_for_rattler_has_links_and_lock_files(real, tmp_path):
    other = wanted_of(tmp_path / "c/b-1-h0000000_0.conda", [Item("ok", b"x")], "b")
    again = wanted_of(tmp_path / "d/a-1-h0000000_0.conda", [Item("ok", b"of linux-aarch64")])
    store.add_missing([real, other, again])
    folder = store.link_packages(tmp_path / "made/cache", [real, other])
    assert folder == tmp_path / "made/cache"
    for one in (real, other):
        link = folder / f"{one.name}-1-h0000000_0"
        assert link.readlink() == store.entry_of(one)
        lock = folder / f"{one.name}-1-h0000000_0.lock"
        assert not lock.is_symlink()
        assert lock.read_bytes()[8:].hex() == one.sha256
    assert len(list(folder.iterdir())) == 4
    store.link_packages(folder, [again])
    assert (folder / "a-1-h0000000_0/ok").read_bytes() == b"of linux-aarch64"
    assert (folder / "a-1-h0000000_0.lock").read_bytes()[8:].hex() == again.sha256


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("files", "../../victim"), ("files", "/victim"), ("files", "ok\nl/victim"),
        ("has_prefix", "opt text l/victim"),
        ("files", "conda-meta/x"), ("has_prefix", "/opt/anaconda text ../victim"),
        ("has_prefix", '"/opt/an aconda" binary "l/victim"'), ("files", "ok\n\n  \n../victim\nok"),
    ],
)  # fmt: skip
def test_the_lists_of_an_older_package_lead_nowhere_either(bare_cache, tmp_path, name, line):
    items = [Item("ok", b"x"), Item("l", type=tarfile.SYMTYPE, target="/nowhere")]
    path = tmp_path / "c/a-1-h0000000_0.conda"
    package = wanted_of(path, items, more={f"info/{name}": f"{line}\n".encode()})
    with pytest.raises(CrosscraftError, match=r"a-1-h0000000_0.conda is not safe to install"):
        store.add_missing([package])
    assert left(bare_cache) == []


def test_an_older_package_with_honest_lists_is_added(bare_cache, tmp_path):
    items = [Item("bin/ok", b"x"), Item("X", b"x")]
    more = {
        "info/files": b"bin/ok\nX\n",
        "info/has_prefix": b'/opt/anaconda text bin/ok\n"/opt/an aconda" binary "X"\n',
    }
    package = wanted_of(tmp_path / "c/a-1-h0000000_0.conda", items, more=more)
    store.add_missing([package])
    assert (store.entry_of(package) / "bin/ok").read_bytes() == b"x"


def test_an_info_folder_that_is_a_link_is_refused(tmp_path):
    """Whatever unpacked it."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package/info").symlink_to(tmp_path)
    with pytest.raises(CrosscraftError, match=r"a\.conda is not safe.* 'info', and it is a link"):
        store._check_package(tmp_path / "package", "a.conda")


@pytest.mark.parametrize("file", [None, "../../a.conda", "sub/a.conda"])
def test_a_package_is_downloaded_into_a_folder_of_ours(guarded, bare_cache, file):
    """Whatever the index calls its file. A redirect or a token is for rattler to follow."""
    host, folder = guarded
    (path,) = folder.glob("linux-64/*.conda")
    package = store.Wanted(
        "a", "1", "h0000000_0", file or path.name, hashlib.sha256(path.read_bytes()).hexdigest(),
        f"http://{host}/t/{TOKEN}/linux-64/{path.name}", "c",
    )  # fmt: skip
    before = set(bare_cache.rglob("*"))
    store.add_missing([package])
    entry = store.entry_of(package)
    assert (entry / "ok").read_bytes() == b"x"
    made = {path for path in bare_cache.rglob("*") if not path.is_relative_to(entry)} - before
    assert {path.name.removeprefix(entry.name) for path in made} == {"unpacked", ".links", ".lock"}


@pytest.mark.parametrize("place", ["l", "l/b/c", "share/abs/x"])
def test_a_file_behind_another_packages_link_at_any_depth(real, tmp_path, place):
    link = Item("l", type=tarfile.SYMTYPE, target="/nowhere")
    linked = wanted_of(tmp_path / "c/b-1-h0000000_0.conda", [link], "b")
    behind = wanted_of(tmp_path / "c/c-1-h0000000_0.conda", [Item(place, b"x")], "c")
    if place == "l":  # the same path in two packages is for the installer to tell
        store.add_missing([linked, real, behind])
        return
    with pytest.raises(CrosscraftError, match=r"c-1-h0000000_0.conda.*another package has a link"):
        store.add_missing([linked, real, behind])


@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_a_checksum_counts_to_its_last_digit(real, bare_cache, place):
    digit = "0" if real.sha256[place] != "0" else "1"
    other = replace(real, sha256=f"{real.sha256[:place]}{digit}{real.sha256[place + 1 :]}")
    with pytest.raises(CrosscraftError, match="does not have the checksum"):
        store.add_missing([other])
    assert left(bare_cache) == []


def test_what_a_solver_finds_is_told_whole():
    record = SimpleNamespace(
        name=SimpleNamespace(normalized="a"),
        version="1.0",
        build="h0_0",
        file_name="A-1.0-h0_0.conda",
        sha256=bytes(range(32)),
        url="https://t.example/t/hunter2/a.conda",
        channel="https://t.example",
    )
    found = store.Wanted(
        "a", "1.0", "h0_0", "A-1.0-h0_0.conda", bytes(range(32)).hex(), record.url, record.channel
    )
    assert store.wanted([record]) == [found]
    assert "t.example" not in repr(found)
    record.sha256 = record.channel = None
    (bare,) = store.wanted([record])
    assert (bare.sha256, bare.channel) == ("", record.url)


def test_the_same_package_in_two_processes_is_added_once(real):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: store.add_missing([real]), range(6)))
    assert len(list(store.entry_of(real).parent.iterdir())) == 3
