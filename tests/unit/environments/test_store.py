"""What a channel can do: lie about a checksum, lead out of a folder, want credentials or none."""

from __future__ import annotations

import os
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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
from tests.support.small_packages import Item

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
