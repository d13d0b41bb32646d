"""Rootless apt, against a mirror on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel.catalog import SUITE
from crosscraft.channel.deb_archive import DebTar
from crosscraft.channel.debian import Apt, require_apt, upstream_version
from crosscraft.errors import ChannelError, DownloadError
from tests.support.browser.chromium import AptWithDependencies

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
        ("1:1.2.13.dfsg-1", "1.2.13.dfsg"),
        ("2.36-9+deb12u13", "2.36"),
        ("12.2.0-14+deb12u1", "12.2.0"),
        ("3.0.0~rc1-2", "3.0.0"),
        ("1.0-rc-3", "1.0-rc"),
        ("4.8+really4.7.5-1", "4.7.5"),
        ("2024", "2024"),
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
    before = threading.active_count()

    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apt.download(rows, tmp_path / "downloads", interrupt)
    assert threading.active_count() <= before


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
    with pytest.raises(ChannelError, match=named) as caught:
        require_apt(SUITE, path)
    assert "CHANNEL=conda-forge" in caught.value.remedy


@pytest.mark.parametrize("missing", ["apt-get", "apt-cache", "dpkg-deb"])
def test_machine_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(f"VERSION_CODENAME={SUITE}\n")
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        (tmp_path / tool).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    require_apt(SUITE, path)
    (tmp_path / missing).unlink()
    with pytest.raises(ChannelError, match=f"no {missing}") as caught:
        require_apt(SUITE, path)
    assert "CHANNEL=conda-forge" in caught.value.remedy
