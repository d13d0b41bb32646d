"""A mirror that lies, and sources that lead out of their folder: refused, and named."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscraft.channel import sources
from crosscraft.channel.catalog import SUITE, Package
from crosscraft.channel.debian import Apt
from crosscraft.errors import CrosscraftError, DownloadError

ROW = Package("p", "noarch", "1", "s", "MIT", moves=(("usr/", ""), ("", "all/")))


def deb(folder: Path, *members: tuple[str, bytes, str]) -> Path:
    """Make a Debian package by hand: (name, type, target of a link)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind, target in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
    control = io.BytesIO()
    with tarfile.open(fileobj=control, mode="w") as archive:
        text = b"Package: p\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\n"
        entry = tarfile.TarInfo("./control")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar": control.getvalue(),
        "data.tar": made.getvalue(),
    }
    path = folder / "p_1_all.deb"
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, data in parts.items():
            file.write(f"{name:16}{0:<12}{0:<6}{0:<6}{'100644':8}{len(data):<10}`\n".encode())
            file.write(data + b"\n" * (len(data) % 2))
    return path


R, S, L, C = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE


@pytest.mark.parametrize(
    "members",
    [
        [("./usr/../../evil", R, "")],
        [("../evil", R, "")],
        [("/evil", R, "")],
        [("./usr/share/l", S, "/etc"), ("./usr/share/l/evil", R, "")],
        [("./usr/share/l", S, "a"), ("./usr/share/l/evil", R, "")],
        [("./usr/evil", L, "../../evil")],
        [("./usr/evil", L, "/etc/passwd")],
        [("./usr/evil", C, "")],
        [("./usr/evil", tarfile.FIFOTYPE, "")],
    ],
)
def test_a_debian_package_that_leads_out(tmp_path: Path, members: Any) -> None:
    with pytest.raises(DownloadError, match=r"p_1_all\.deb has a member .*(evil|l/|passwd)"):
        list(sources.from_deb(deb(tmp_path, *members), ROW))


def test_an_honest_one_made_in_the_same_way_is_taken(tmp_path: Path) -> None:
    made = deb(tmp_path, ("./usr/a", R, ""), ("./usr/b", L, "./usr/a"), ("./usr/c", S, "a"))
    assert [path for path, _ in sources.from_deb(made, ROW)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [("../evil", 0), ("/evil", 0), ("usr/../../evil", 0), ("usr/evil", 0o120777), ("d", 0o020644)],
)
def test_a_wheel_that_leads_out(tmp_path: Path, name: str, mode: int) -> None:
    path = tmp_path / "w-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DownloadError, match=r"w-1-py3-none-any\.whl has a member"):
        list(sources.from_wheel(path, ROW))


# ── apt ─────────────────────────────────────────────────────────────────────────────────


def changed_list(mirror: Any) -> None:
    path = next(mirror.folder.glob("dists/*/main/binary-amd64/Packages"))
    path.write_text(path.read_text().replace("1.0-1", "1.0-2"))


def changed_deb(mirror: Any) -> None:
    (path,) = mirror.folder.glob("pool/*.deb")
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)


@pytest.mark.mirror
@pytest.mark.parametrize("change", [changed_list, changed_deb])
def test_a_mirror_that_changed_something(
    mirror: Any, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    mirror.add("hello", {"usr/share/hello": "hello"})
    mirror.publish("amd64")
    change(mirror)
    apt = Apt(tmp_path / "state", SUITE, ["amd64"])
    for _ in range(2):
        apt.update()
        with pytest.raises(CrosscraftError, match=r"hello|mirror") as caught:
            apt.download(list(apt.resolve([("hello", "amd64")]).values()), tmp_path / "got")
        assert "Hash Sum mismatch" in "\n".join(caught.value.detail)
    assert not list((tmp_path / "got").glob("*.deb"))


@pytest.mark.mirror
@pytest.mark.parametrize("allow", ["", "yes"])
def test_a_list_that_nobody_signed(
    mirror: Any, tmp_path: Path, aim_apt: Callable[..., None], allow: str
) -> None:
    """Whatever the machine's own settings allow."""
    mirror.add("hello", {"usr/share/hello": "hello"})
    mirror.publish("amd64")
    more = 'Acquire::AllowInsecureRepositories "true";\nAPT::Get::AllowUnauthenticated "true";\n'
    aim_apt(mirror.url, more if allow else "")
    sources_list = tmp_path / "sources.list"
    sources_list.write_text(sources_list.read_text().replace("[trusted=yes] ", ""))
    apt = Apt(tmp_path / "state", SUITE, ["amd64"])
    apt.update()
    with pytest.raises(CrosscraftError) as caught:
        apt.download(list(apt.resolve([("hello", "amd64")]).values()), tmp_path / "got")
    assert "not signed" in "\n".join(caught.value.detail)
    assert not list(tmp_path.glob("got/*.deb"))
