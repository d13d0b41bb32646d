"""Rootless apt, against a mirror on this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel import debian
from crosscraft.channel.catalog import SUITE
from crosscraft.channel.deb_archive import DebTar
from crosscraft.channel.debian import Apt, DebFile, require_apt, upstream_version
from crosscraft.errors import ChannelError, DownloadError, StorageError
from crosscraft.system import processes
from tests.support.browser.debian_browser import AptWithDependencies

BOTH = ("amd64", "arm64")


@pytest.fixture
def apt(tmp_path: Path) -> Apt:
    return Apt(tmp_path / "state", SUITE, BOTH)


def fetched(mirror: Any) -> list[str]:
    """The packages, by file name, that the mirror was asked for."""
    return [path.rsplit("/", 1)[-1] for path in mirror.asked if path.endswith(".deb")]


@pytest.mark.parametrize(
    ("debian", "conda"),
    [
        ("3.11.2-6+deb12u6", "3.11.2"),
        ("1:7.2+dfsg-7+deb12u18", "7.2"),
        ("1:1.2.13.dfsg-1", "1.2.13"),
        ("2.36-9+deb12u13", "2.36"),
        ("12.2.0-14+deb12u1", "12.2.0"),
        ("3.0.0~rc1-2", "3.0.0"),
        ("1.0-rc-3", "1.0-rc"),
        ("4.8+really4.7.5-1", "4.7.5"),
        ("2024", "2024"),
        ("1:2:3.4-1", "2:3.4"),
        ("1.0-rc-3~bpo12+1", "1.0-rc"),
    ],
)
def test_version_without_what_is_debians(debian: str, conda: str) -> None:
    assert upstream_version(debian) == conda


@pytest.mark.mirror
def test_what_a_package_depends_on_is_found_but_for_what_counts_as_installed(
    mirror: Any, tmp_path: Path
) -> None:
    mirror.add("browser", depends="lib1 (>= 2), libc6 (>= 2.36), pictures")
    mirror.add("lib1", version="2.0-1", depends="libc6")
    mirror.add("pictures", arch="all")
    mirror.add("unwanted")
    mirror.publish("amd64")
    apt = AptWithDependencies(tmp_path / "state", SUITE, BOTH)
    apt.update()
    found = apt.with_dependencies(["browser"], provided=["libc6"])
    assert sorted(found) == [("browser", "amd64"), ("lib1", "amd64"), ("pictures", "all")]
    assert set(apt.resolve(found)) == set(found)
    with pytest.raises(ChannelError, match="browser:amd64"):
        apt.with_dependencies(["browser"])  # there is no libc6


@pytest.mark.mirror
def test_resolve_tells_what_the_list_tells(mirror: Any, apt: Apt) -> None:
    native = mirror.add("lib1", {"usr/lib/lib1": "x"}, version="1:2.5-1", source="lib (1:2.5)")
    other = mirror.add("lib1", {"usr/lib/lib1": "y"}, version="1:2.5-1", arch="arm64", source="lib")
    mirror.add("common", {"usr/share/c": "z"}, arch="all")
    mirror.publish(*BOTH)
    apt.update()

    found = apt.resolve([("lib1", "amd64"), ("lib1", "arm64"), ("common", "all")])

    assert set(found) == {("lib1", "amd64"), ("lib1", "arm64"), ("common", "all")}
    for arch, deb in (("amd64", native), ("arm64", other)):
        row = found["lib1", arch]
        assert (row.version, row.source) == ("1:2.5-1", "lib")
        assert row.size == deb.stat().st_size
        assert row.sha256 == hashlib.sha256(deb.read_bytes()).hexdigest()
    assert found["common", "all"].source == "common"


@pytest.mark.mirror
def test_resolve_takes_the_newest(mirror: Any, apt: Apt) -> None:
    mirror.add("tool", version="1.9-1")
    mirror.add("tool", version="1.10-1")
    mirror.publish(*BOTH)
    apt.update()
    assert apt.resolve([("tool", "amd64")])["tool", "amd64"].version == "1.10-1"


@pytest.mark.mirror
def test_download_keeps_what_is_whole_and_mends_what_is_not(
    mirror: Any, apt: Apt, tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        mirror.add(name, {f"usr/{name}": name * 1000}, version="2:1.0-1")
    mirror.publish(*BOTH)
    apt.update()
    debs = list(apt.resolve([(name, "amd64") for name in "abc"]).values())
    folder, counts = tmp_path / "downloads", []

    apt.download(debs, folder, counts.append)
    assert sorted(path.name for path in folder.iterdir()) == sorted(deb.file for deb in debs)
    assert sorted(fetched(mirror)) == [
        "a_1.0-1_amd64.deb",
        "b_1.0-1_amd64.deb",
        "c_1.0-1_amd64.deb",
    ]
    assert counts[-1] == sum(deb.size for deb in debs)

    mirror.asked.clear()
    (folder / debs[0].file).unlink()
    with (folder / debs[1].file).open("r+b") as file:
        file.truncate(100)
    apt.download(debs, folder)
    assert sorted(fetched(mirror)) == ["a_1.0-1_amd64.deb", "b_1.0-1_amd64.deb"]

    mirror.asked.clear()
    # As long as it should be, and damaged all the same.
    size = (folder / debs[2].file).stat().st_size
    (folder / debs[2].file).write_bytes(b"\0" * size)
    apt.download(debs, folder)
    assert fetched(mirror) == ["c_1.0-1_amd64.deb"]

    mirror.asked.clear()
    apt.download(debs, folder)
    assert mirror.asked == []


@pytest.mark.mirror
@pytest.mark.parametrize("longer", [0, 7])
def test_lying_mirror_is_refused_each_time(
    mirror: Any, apt: Apt, tmp_path: Path, longer: int
) -> None:
    deb = mirror.add("honest", {"usr/x": "what was signed"})
    mirror.publish(*BOTH)
    apt.update()
    rows = list(apt.resolve([("honest", "amd64")]).values())
    deb.write_bytes(b"\0" * (deb.stat().st_size + longer))

    for _ in range(2):
        with pytest.raises(DownloadError, match=r"not what its signed list promises") as caught:
            apt.download(rows, tmp_path / "downloads")
        assert rows[0].file in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.mirror
def test_missing_architecture_is_named_with_a_remedy(mirror: Any, apt: Apt) -> None:
    mirror.add("tool")
    mirror.publish("amd64")
    apt.update()
    with pytest.raises(ChannelError) as caught:
        apt.resolve([("tool", "amd64"), ("tool", "arm64")])
    message = str(caught.value)
    assert "no packages for arm64" in message
    assert "tool:arm64" in message
    assert "CHANNEL=conda-forge" in message
    assert "\n" not in message


@pytest.mark.mirror
def test_missing_packages_are_named(mirror: Any, apt: Apt) -> None:
    mirror.add("tool")
    mirror.publish(*BOTH)
    apt.update()
    wanted = [("tool", "amd64"), *((f"gone{i}", "amd64") for i in range(5))]
    with pytest.raises(ChannelError, match="gone0:amd64, gone1:amd64, gone2:amd64 and 2 more"):
        apt.resolve(wanted)


def test_unreachable_mirror_says_what_to_do(
    aim_apt: Callable[..., None], closed_port: int, apt: Apt
) -> None:
    aim_apt(f"http://127.0.0.1:{closed_port}", 'Acquire::Retries::Delay "false";\n')
    apt.update()
    with pytest.raises(DownloadError, match=r"could not be reached.*apt-get update") as caught:
        apt.resolve([("tool", "amd64")])
    assert any(str(closed_port) in line for line in caught.value.detail)


@pytest.mark.mirror
def test_mirror_that_dies_between_list_and_package(
    mirror: Any, apt: Apt, aim_apt: Callable[..., None], tmp_path: Path
) -> None:
    deb = mirror.add("tool", {"usr/x": "x"})
    mirror.publish(*BOTH)
    apt.update()
    rows = list(apt.resolve([("tool", "amd64")]).values())
    aside = deb.rename(tmp_path / "aside")
    with pytest.raises(DownloadError, match=r"tool_1.0-1_amd64.deb could not be downloaded"):
        apt.download(rows, tmp_path / "downloads")
    aside.rename(deb)
    apt.download(rows, tmp_path / "downloads")


@pytest.mark.mirror
def test_machines_hooks_are_not_run(
    mirror: Any, apt: Apt, aim_apt: Callable[..., None], tmp_path: Path
) -> None:
    witness = tmp_path / "hook-ran"
    hooks = ("Pre-Invoke", "Post-Invoke", "Post-Invoke-Success")
    aim_apt(mirror.url, "".join(f'APT::Update::{h} {{"touch {witness}";}};\n' for h in hooks))
    mirror.add("tool")
    mirror.publish(*BOTH)
    apt.update()
    assert apt.resolve([("tool", "amd64")])
    assert not witness.exists()


@pytest.mark.mirror
def test_interrupt_leaves_no_thread_and_no_apt(
    mirror: Any, apt: Apt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.add("tool", {"usr/x": "x"})
    mirror.publish(*BOTH)
    apt.update()
    rows = list(apt.resolve([("tool", "amd64")]).values())
    before = _threads()

    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apt.download(rows, tmp_path / "downloads", interrupt)
    assert _threads() <= before


def _threads() -> set[threading.Thread]:
    """Return the running threads, without those in which the mirror answers."""
    return {one for one in threading.enumerate() if "process_request" not in one.name}


@pytest.mark.parametrize("content", [b"not a package\n", b""])
def test_broken_package_is_named(tmp_path: Path, content: bytes) -> None:
    deb = tmp_path / "broken_1_amd64.deb"
    deb.write_bytes(content)
    with pytest.raises(DownloadError, match=r"broken_1_amd64.deb cannot be unpacked"), DebTar(deb):
        pytest.fail("it was opened")


@pytest.mark.mirror
def test_truncated_package_is_named(mirror: Any) -> None:
    deb = mirror.add("big", {f"usr/{i}": bytes(100_000) for i in range(5)})
    deb.write_bytes(deb.read_bytes()[:-150_000])
    with pytest.raises(DownloadError, match="cannot be unpacked"), DebTar(deb) as tar:
        for member in tar:
            content = tar.extractfile(member)
            _ = content and content.read()


@pytest.mark.parametrize(
    ("os_release", "named"),
    [
        (
            'NAME="Fedora Linux"\nPRETTY_NAME="Fedora Linux 42"\nVERSION_CODENAME=""\n',
            "Fedora Linux 42",
        ),
        ('PRETTY_NAME="Ubuntu 24.04 LTS"\nVERSION_CODENAME=noble\n', "Ubuntu 24.04 LTS"),
        ('BUG_REPORT_URL="https://a/?b=c&d=e"\nPRETTY_NAME="A=B 1"\nID=a\n', "A=B 1"),
        ('PRETTY_NAME="Debian GNU/Linux 13"\nVERSION_CODENAME=trixie\n', "Debian GNU/Linux 13"),
        ("\n# nothing\n", "not a known distribution"),
        (None, "not a known distribution"),
    ],
)
def test_other_machine_is_told_of_the_other_channel(
    tmp_path: Path, os_release: str | None, named: str
) -> None:
    path = tmp_path / "os-release"
    if os_release is not None:
        path.write_text(os_release)
    with pytest.raises(ChannelError, match=f"this machine is {named}") as caught:
        require_apt(SUITE, path)
    assert "CHANNEL=conda-forge" in caught.value.remedy


@pytest.mark.parametrize("missing", ["apt-get", "apt-cache", "dpkg-deb"])
def test_machine_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(f'HOME_URL="https://a/?b=c"\nVERSION_CODENAME="{SUITE}"\n')
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        (tmp_path / tool).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    require_apt(SUITE, path)
    (tmp_path / missing).unlink()
    with pytest.raises(ChannelError, match=f"no {missing}") as caught:
        require_apt(SUITE, path)
    assert "CHANNEL=conda-forge" in caught.value.remedy


# What apt is given, and what is made of what it prints.


class Program:
    """Takes the place of apt: keeps what it is given, and prints what a test wants."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], dict[str, Any]]] = []
        self.lines: list[str] = []
        self.status = 0

    def __call__(self, argv: list[str], **options: Any) -> processes.Completed:
        self.calls.append((argv, options))
        for line in self.lines:
            options["on_line"](line)
        return processes.Completed(tuple(argv), self.status, tuple(self.lines))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    made = Program()
    monkeypatch.setattr(debian.processes, "run", made)
    return made


STANZA = """\
Package: lib1
Architecture: amd64
Version: 1:2.5-1
Source: lib (1:2.5)
Description: a library: of one thing
 Package: not a field
Tag:
 role::shared-lib
Filename: pool/lib1.deb
Size: 11
SHA256: {}
"""
LIB = DebFile("lib1", "amd64", "1:2.5-1", "lib", "lib1_1%3a2.5-1_amd64.deb", 11, "")
LIB = replace(LIB, sha256=hashlib.sha256(b"the package").hexdigest())


def test_apt_gets_locks_and_network_and_no_secret(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"https_proxy": "http://p", "APT_CONFIG": "/c", "A_TOKEN": "x"}.items():
        monkeypatch.setenv(name, value)
    apt = Apt(tmp_path / "state", SUITE, BOTH, held=[7, 8])
    seen: list[str] = []
    program.lines = ["Get:1 http://mirror", "Err:2 http://other"]
    apt.update(seen.append)
    assert seen == program.lines
    program.lines = STANZA.format(LIB.sha256).splitlines()
    assert apt.resolve([("lib1", "amd64"), ("lib1", "amd64")]) == {("lib1", "amd64"): LIB}
    folder = tmp_path / "a/folder"
    with pytest.raises(DownloadError):
        apt.download([LIB], folder)
    common = [f"-c={tmp_path}/state/apt.conf"]
    for (argv, options), (name, words) in zip(
        program.calls,
        [
            ("apt-get", ["update"]),
            ("apt-cache", ["show", "--no-all-versions", "lib1:amd64"]),
            ("apt-get", ["download", "lib1:amd64=1:2.5-1"]),
        ],
        strict=True,
    ):
        assert argv[:2] == [name, *common]
        assert [word for word in argv[1:] if not word.startswith("-o")] == [*common, *words]
        assert options["pass_fds"] == (7, 8)
        assert options["check"] is False
        assert options["cwd"] == (folder if "download" in words else None)
        assert options["env"].items() >= {
            "LC_ALL": "C.UTF-8", "https_proxy": "http://p", "APT_CONFIG": "/c",
        }.items()  # fmt: skip
        assert "A_TOKEN" not in options["env"]


def test_our_settings_count_whatever_the_machine_has(
    tmp_path: Path, aim_apt: Callable[..., None]
) -> None:
    """As apt itself reads them."""
    theirs = {
        "Acquire::AllowInsecureRepositories": "true", "APT::Get::AllowUnauthenticated": "true",
        "Acquire::Languages": "de", "Acquire::Retries": "99", "Acquire::http::Timeout": "9999",
        "Acquire::https::Timeout": "9999", "APT::Get::List-Cleanup": "true",
        "Dir::State::lists": "/var/lib/apt/lists", "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": "/var/cache/apt", "Dir::Etc::preferences": "/etc/apt/preferences",
        "Dir::Etc::preferencesparts": "/etc/apt/preferences.d", "APT::Sandbox::User": "_apt",
    }  # fmt: skip
    aim_apt("http://mirror", "".join(f'{name} "{value}";\n' for name, value in theirs.items()))
    state = tmp_path / "state"
    apt = Apt(state, SUITE, ("arm64", "all", "amd64", "arm64"))
    done = apt._run(apt._argv("apt-config", "dump"))
    rows = [line.removesuffix('";').split(' "') for line in done.lines]
    found: dict[str, list[str]] = {}
    for name, value in rows:
        found.setdefault(name, []).append(value)
    assert {name: found[name] for name in (*theirs, "Debug::NoLocking")} == {
        "Acquire::AllowInsecureRepositories": ["false"],
        "APT::Get::AllowUnauthenticated": ["false"], "Acquire::Languages": [""],
        "Acquire::Retries": ["2"], "Acquire::http::Timeout": ["20"],
        "Acquire::https::Timeout": ["20"], "APT::Get::List-Cleanup": ["false"],
        "Dir::State::lists": [f"{state}/lists"], "Dir::State::status": [f"{state}/status"],
        "Dir::Cache": [f"{state}/cache"], "Dir::Etc::preferences": [f"{state}/preferences"],
        "Dir::Etc::preferencesparts": ["/dev/null"], "APT::Sandbox::User": ["root"],
        "Debug::NoLocking": ["1"],
    }  # fmt: skip
    assert "-oAcquire::Languages=none" in done.argv
    added = [word for word in done.argv if word.startswith("-oAPT::Architectures::=")]
    assert [word.rpartition("=")[2] for word in added] == ["arm64", "amd64"]
    assert (state / "preferences").read_text().count("Pin: release o=Debian, n=") == 3
    for suffix in ("\n", "-security\n", "-updates\n"):
        assert f"Package: *\nPin: release o=Debian, n={SUITE}{suffix}Pin-Priority: 990\n" in (
            (state / "preferences").read_text()
        )
    Apt(state, SUITE, BOTH)  # the second time all is there


def test_of_what_apt_shows_the_first_with_a_file_counts(apt: Apt, program: Program) -> None:
    stanza = STANZA.format(LIB.sha256)
    virtual = "Package: lib1\nArchitecture: amd64\nVersion: 9\n"
    older = stanza.replace("1:2.5-1", "1:2.4-1")
    noise = ["N: a note: x", "W: a warning: x", "E: an error: x", ""]
    program.lines = [*noise, *f"{virtual}\n\n{stanza}\n{older}".splitlines()]
    assert apt.resolve([("lib1", "amd64")]) == {("lib1", "amd64"): LIB}


@pytest.mark.parametrize(
    ("lines", "error", "words"),
    [
        (
            ["E: Write error - write (28: No space left on device)"],
            StorageError,
            "the disk is full",
        ),
        (["Err:1 http://mirror"], DownloadError, "could not be reached"),
        (["W: Failed to fetch"], DownloadError, "could not be reached"),
        (["Get:1 fine", "E:", "no complaint"], DownloadError, "could not be reached"),
        (["Get:1 http://mirror fine"], ChannelError, "no packages for amd64"),
    ],
)
def test_why_a_package_is_missing(
    apt: Apt, program: Program, lines: list[str], error: type[Exception], words: str
) -> None:
    program.lines = lines
    apt.update()
    program.lines = []
    with pytest.raises(error, match=words) as caught:
        apt.resolve([("tool", "amd64")])
    if error is StorageError:
        assert caught.value.looked == str(apt.state)


@pytest.mark.parametrize(("count", "more"), [(3, ""), (4, " and 1 more"), (9, " and 6 more")])
def test_three_missing_packages_are_named(
    apt: Apt, program: Program, count: int, more: str
) -> None:
    for arch in BOTH:
        (apt.state / f"lists/m_main_binary-{arch}_Packages").touch()
    wanted = [(f"gone{number}", "arm64") for number in range(count)]
    with pytest.raises(ChannelError) as caught:
        apt.resolve(wanted)
    named = ", ".join(f"gone{number}:arm64" for number in range(3))
    assert f"does not have {named}{more}. " in str(caught.value).replace(" (looked", ". (looked")


def test_a_list_without_an_architecture_is_told(apt: Apt, program: Program) -> None:
    program.lines = [f"W: {number}" for number in range(9)]
    apt.update()
    (apt.state / "lists/m_main_binary-amd64_Packages.lz4").touch()
    with pytest.raises(ChannelError, match="no packages for arm64, riscv64 ") as caught:
        apt.resolve([("a", "amd64"), ("b", "riscv64"), ("c", "arm64")])
    assert list(caught.value.detail) == program.lines[-4:]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["E: Failed to fetch x  Hash Sum mismatch"], "not what its signed list promises"),
        (["E: File has Unexpected Size (3 != 4)."], "not what its signed list promises"),
        (["E: You don't have enough", "E: No space left on device"], "the disk is full"),
        (["E: Unable to connect"], "could not be downloaded"),
        (["W: Failed to fetch"], "could not be downloaded"),
        (["Err:1 http://mirror"], "could not be downloaded"),
        (["Get:1 x", "Get:2 x", "last words"], "could not be downloaded"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_why_a_download_failed(
    apt: Apt, tmp_path: Path, lines: list[str], words: str, there: bool
) -> None:
    """The status counts too: apt may have failed although all files are there."""
    folder = tmp_path / "downloads"

    def arrive(argv: list[str], **options: Any) -> processes.Completed:
        if there:
            (folder / LIB.file).write_bytes(b"the package")
        return processes.Completed(tuple(argv), 100, tuple(["Get:0 fine"] * 9 + lines))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(debian.processes, "run", arrive)
        with pytest.raises(DownloadError, match=words) as caught:
            apt.download([LIB], folder)
    assert ("a package" if there else LIB.file) in str(caught.value)
    assert list(caught.value.detail) == lines


@pytest.mark.parametrize(("content", "kept"), [(b"the", True), (b"THE PACKAGE", False),
                                               (b"the package and more", False)])  # fmt: skip
def test_a_short_file_is_left_for_apt_to_resume(
    apt: Apt, program: Program, tmp_path: Path, content: bytes, kept: bool
) -> None:
    (tmp_path / LIB.file).write_bytes(content)
    program.lines = ["one", "two"]
    counts: list[int] = []
    with pytest.raises(DownloadError):
        apt.download([LIB], tmp_path, counts.append)
    assert (tmp_path / LIB.file).exists() is kept
    assert counts == [3 if kept else 0] * 3


def test_what_is_there_is_not_asked_for(apt: Apt, program: Program, tmp_path: Path) -> None:
    (tmp_path / LIB.file).write_bytes(b"the package")
    counts: list[int] = []
    apt.download([LIB], tmp_path, counts.append)
    apt.download([LIB], tmp_path)
    assert (counts, program.calls) == ([11], [])


def test_giving_up_on_a_package_ends_dpkg(mirror: Any) -> None:
    """A caller that fails is not told of it, and nothing goes on."""
    deb = mirror.add("big", {f"usr/{i}": bytes(100_000) for i in range(50)})
    opened = DebTar(deb)
    with pytest.raises(ZeroDivisionError), opened as tar:
        next(iter(tar))
        raise ZeroDivisionError
    assert opened.process.returncode != 0
    with DebTar(deb) as tar:  # not all members are read
        assert next(iter(tar)).name == "."


def test_dpkg_gets_a_session_of_its_own_and_no_secret(
    mirror: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt at the keyboard is for us to pass on."""
    deb = mirror.add("tool", {"usr/x": "x"})
    program = tmp_path / "bin/dpkg-deb"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nenv > {tmp_path}/env\ncut -d' ' -f1,6 /proc/$$/stat > {tmp_path}/session\n"
        f'exec {shutil.which("dpkg-deb")} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setenv("A_TOKEN", "hunter2")
    with DebTar(deb) as tar:
        assert [member.name for member in tar][-1] == "./usr/x"
    assert "hunter2" not in (tmp_path / "env").read_text()
    process, session = (tmp_path / "session").read_text().split()
    assert process == session


def test_what_dpkg_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dpkg-deb"
    program.write_text("#!/bin/sh\nprintf '\\377 no such compression \\n' >&2\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with (
        pytest.raises(DownloadError, match=r"a\.deb .*no such compression\b") as caught,
        DebTar(tmp_path / "a.deb"),
    ):
        pytest.fail("it was opened")
    assert "\n" not in str(caught.value)


def test_three_broken_packages_are_named(apt: Apt, program: Program, tmp_path: Path) -> None:
    debs = [replace(LIB, file=f"lib{number}.deb") for number in range(4)]
    with pytest.raises(DownloadError, match=r"^lib0\.deb, lib1\.deb, lib2\.deb could not"):
        apt.download(debs, tmp_path)
