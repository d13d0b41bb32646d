"""A bundle is used whole, or refused in one line."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscraft.channel import local
from crosscraft.errors import BundleError, CrosscraftError
from crosscraft.paths import ROOT
from crosscraft.setup import bootstrap, bundle
from tests.support import small_bundle
from tests.support.damage import damaged

Members = list[tuple[str, bytes]]
Change = Callable[[dict[str, Any], Members], None]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return small_bundle.tiny(tmp_path)


def rewritten(whole: Path, change: Change) -> Path:
    """Copy a bundle with its manifest or its members changed, and sealed as if made so."""
    with tarfile.open(whole) as tar:
        members = [(m.name, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]
    fields = json.loads(members[0][1])
    rest = members[2:]
    change(fields, rest)
    text = json.dumps(fields).encode()
    seal = hashlib.sha256(text).hexdigest().encode()
    path = whole.with_name("rewritten.tar")
    with tarfile.open(path, "w") as tar:
        for name, data in [("manifest.json", text), ("manifest.sha256", seal), *rest]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def refusal(path: Path, folder: Path) -> str:
    """Return how the bundle is refused, in one line."""
    with pytest.raises(BundleError) as caught:
        bundle.unpack(path, ROOT, folder / "out")
    assert "\n" not in str(caught.value)
    assert not caught.value.detail
    return str(caught.value)


# ── What is in it ───────────────────────────────────────────────────────────────────────


def test_all_but_the_repository_is_unpacked(whole: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    manifest = bundle.unpack(whole, ROOT, tmp_path / "out", seen.append)
    unpacked = small_bundle.contents(tmp_path / "out")
    assert set(unpacked) == {"wheels/a-1-py3-none-any.whl", "pip/p.whl", "channel/x/y.conda"}
    for name, data in unpacked.items():
        assert hashlib.sha256(data).hexdigest() == manifest.parts[name].sha256
    assert seen == sorted(seen) and seen[-1] <= whole.stat().st_size
    assert bundle.read(whole, ROOT) == manifest


def test_two_of_the_same_are_the_same(whole: Path, tmp_path: Path) -> None:
    first = whole.read_bytes()
    whole.unlink()
    assert small_bundle.tiny(tmp_path).read_bytes() == first


def test_reading_one_needs_the_standard_library_alone() -> None:
    # Without `site` there is nothing else: so it is before anything is installed.
    argv = [
        sys.executable,
        "-S",
        "-c",
        "import crosscraft.setup.bundle, crosscraft.system.locks",
    ]
    subprocess.run(argv, cwd=ROOT, check=True, env={})


def test_make_passes_names_on_as_they_are(tmp_path: Path) -> None:
    name = f"it's; touch {tmp_path}/evil $(touch {tmp_path}/evil) \"x"
    argv = ["make", "--no-print-directory", "setup", "PYTHON=echo", f"BUNDLE={name}"]
    said = subprocess.run(
        argv, cwd=ROOT, check=True, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "CHANNEL": "a 'b' `c`"},
    )  # fmt: skip
    after_make = name.replace(f"$(touch {tmp_path}/evil)", "")  # which reads $ itself
    assert (
        said.stdout
        == f"-S crosscraft/setup/bootstrap.py --channel a 'b' `c` --bundle {after_make}\n"
    )
    assert not list(tmp_path.iterdir())


# ── What it is for ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("python", "3.99", f"is for the Python 3.99, but this is 3.{sys.version_info[1]}"),
        ("processor", "s390x", f"is for the processor s390x, but this is {platform.machine()}"),
        ("pins", "0", "another version of the repository: requirements.txt or pyproject.toml"),
        ("catalog", "0", "another version of the repository: the catalog of the local channel"),
        ("format", 2, "has the format of another version of crosscraft"),
    ],
)
def test_for_something_else(whole: Path, tmp_path: Path, field: str, value: Any, said: str) -> None:
    def change(fields: dict[str, Any], rest: Members) -> None:
        fields[field] = value
        rest[:] = []  # it is refused before anything else is read

    path = rewritten(whole, change)
    assert said in refusal(path, tmp_path)
    with pytest.raises(BundleError, match=said):
        bundle.read(path, ROOT)


def test_pins_are_those_of_the_clone(whole: Path, tmp_path: Path) -> None:
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    assert bundle.read(whole, tmp_path).catalog == local.key()
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write("\n")
    with pytest.raises(BundleError, match=r"requirements\.txt or pyproject\.toml differs"):
        bundle.read(whole, tmp_path)


# ── What is wrong with it ───────────────────────────────────────────────────────────────


@given(st.randoms(use_true_random=False))
def test_damage_is_refused_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, chance: Random
) -> None:
    """Harmless damage is in the padding that tar does not read."""
    folder = tmp_path_factory.mktemp("damage")
    path = small_bundle.tiny(folder)
    bundle.unpack(path, ROOT, folder / "whole")
    path.write_bytes(damaged(chance, path.read_bytes()))
    try:
        bundle.unpack(path, ROOT, folder / "damaged")
    except BundleError as error:
        assert "\n" not in str(error)
    else:
        assert small_bundle.contents(folder / "damaged") == small_bundle.contents(folder / "whole")


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.99])
def test_cut_short(whole: Path, tmp_path: Path, share: float) -> None:
    data = whole.read_bytes().rstrip(b"\0")  # tar fills up its last record
    whole.write_bytes(data[: int(len(data) * share)])
    assert "is damaged" in refusal(whole, tmp_path)


def test_cut_between_two_members(whole: Path, tmp_path: Path) -> None:
    path = rewritten(whole, lambda fields, rest: rest.pop() and None)
    assert "1 of its parts are missing" in refusal(path, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/evil", "wheels/../../evil", "wheels/..", "channel//x", "channel/./x",
        "channel", "wheels/", "", "elsewhere/x", "wheels/a\0b", "crosscraft/../evil",
    ],
)  # fmt: skip
def test_part_that_leaves_its_folder(whole: Path, tmp_path: Path, name: str) -> None:
    part = {"sha256": hashlib.sha256(b"evil").hexdigest(), "size": 4}

    def change(fields: dict[str, Any], rest: Members) -> None:
        fields["parts"][name] = part
        rest.append((name, b"evil"))

    path = rewritten(whole, change)
    assert "would leave its folder" in refusal(path, tmp_path)
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, b"5"])
def test_part_that_is_no_file(whole: Path, tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "linked.tar"
    with tarfile.open(whole) as old, tarfile.open(path, "w") as new:
        for member in old:
            data = old.extractfile(member)
            if member.name == "channel/x/y.conda":
                member.type, member.linkname = kind, "/etc/hostname"
            new.addfile(member, data if member.isreg() else None)
    assert "'channel/x/y.conda' does not match its manifest" in refusal(path, tmp_path)
    assert not (tmp_path / "out" / "channel").exists()


@pytest.mark.parametrize("extra", ["wheels/unlisted.whl", "wheels/a-1-py3-none-any.whl"])
def test_part_that_is_not_listed_or_twice(whole: Path, tmp_path: Path, extra: str) -> None:
    path = rewritten(whole, lambda fields, rest: rest.append((extra, b"more")))
    assert f"'{extra}' does not match its manifest" in refusal(path, tmp_path)


@pytest.mark.parametrize("field", ["parts", "python", "format"])
def test_manifest_that_lacks_something(whole: Path, tmp_path: Path, field: str) -> None:
    path = rewritten(whole, lambda fields, rest: fields.pop(field) and None)
    assert "has missing or unknown fields" in refusal(path, tmp_path)


def test_manifest_that_was_changed(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    pins = bundle.pins(ROOT).encode()
    whole.write_bytes(data.replace(pins, pins[::-1]))
    assert "manifest.json does not have its checksum" in refusal(whole, tmp_path)


def test_what_is_no_bundle(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nowhere", tmp_path)
    assert "is a directory" in refusal(tmp_path, tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is a named pipe" in refusal(tmp_path / "pipe", tmp_path)
    (tmp_path / "text").write_text("text\n" * 1000)
    assert "is damaged" in refusal(tmp_path / "text", tmp_path)
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(tmp_path / "text", "text")
    assert "is not a bundle of crosscraft" in refusal(tmp_path / "other.tar", tmp_path)


# ── Set-up from it ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Set-up in a folder of its own, with what takes long replaced by notes of it."""
    done: list[str] = []
    clone = tmp_path / "clone"
    (clone / ".venv" / "bin").mkdir(parents=True)
    for name in ("requirements.txt", "pyproject.toml"):
        (clone / name).write_bytes((ROOT / name).read_bytes())

    def note(name: str) -> Callable[..., None]:
        def noted(*arguments: Any) -> None:
            done.append(name)
            unpacked = next(one for one in arguments if isinstance(one, Path | None))
            assert unpacked is None or (unpacked / "wheels" / "a-1-py3-none-any.whl").is_file()

        return noted

    def call(argv: list[str]) -> None:
        if argv[1:3] == ["channel", "import"]:
            assert (Path(argv[3]) / "x" / "y.conda").is_file()
        done.append(" ".join(argv[1:3]))

    (clone / ".venv" / "bin" / "python").touch()
    crosscraft = clone / ".venv" / "bin" / "crosscraft"
    crosscraft.write_text("#!/bin/sh\nexit 0\n")
    crosscraft.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", clone)
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", clone / "requirements.txt")
    monkeypatch.setattr(bootstrap, "VENV", clone / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", clone / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "_make_environment", note("venv"))
    monkeypatch.setattr(bootstrap, "_install_requirements", note("install"))
    monkeypatch.setattr(bootstrap, "_runs", lambda: True)
    monkeypatch.setattr(bootstrap, "_call", call)
    return done


def test_set_up_from_it_once(steps: list[str], whole: Path, tmp_path: Path) -> None:
    (tmp_path / "clone" / ".bundle-of-one-that-was-killed").mkdir()
    bootstrap.set_up("local", whole)
    assert steps == ["venv", "install", "channel import", "channel use"]
    assert not list((tmp_path / "clone").glob(".bundle-*"))
    steps.clear()
    bootstrap.set_up("local", whole)
    assert steps == ["channel use"], "all is there; it is not unpacked again"


def test_nothing_is_done_with_a_damaged_one(steps: list[str], whole: Path, tmp_path: Path) -> None:
    data = bytearray(whole.read_bytes())
    data[data.rindex(hashlib.sha256(b"channel/x/y.conda").digest())] ^= 1
    whole.write_bytes(data)
    with pytest.raises(BundleError, match=r"'channel/x/y.conda' does not have its checksum"):
        bootstrap.set_up("local", whole)
    assert not steps
    assert not list((tmp_path / "clone").glob(".bundle-*"))


def test_a_bundle_or_a_channel(steps: list[str], whole: Path) -> None:
    with pytest.raises(BundleError, match="not both"):
        bootstrap.set_up("conda-forge", whole)
    assert not steps


def test_wheel_that_does_not_fit() -> None:
    said = ("Collecting a", "ERROR: No matching distribution found for a==1")
    error = bootstrap._bundle_error(said)
    assert isinstance(error, BundleError)
    assert "C library" in str(error)
    full: CrosscraftError = bootstrap._bundle_error(("[Errno 28] No space left on device",))
    assert "the disk is full" in str(full)
