"""Set-up with a Python that has no ensurepip: pip comes from the Debian mirror."""

from __future__ import annotations

import importlib.util
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pip
import pytest

from crosscraft.channel import debian
from crosscraft.errors import ChannelError, CommandError, DownloadError
from crosscraft.setup import bootstrap

pytestmark = pytest.mark.mirror


@pytest.fixture(autouse=True)
def no_ensurepip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    patched = SimpleNamespace(find_spec=lambda name: None if name == "ensurepip" else find(name))
    monkeypatch.setattr(bootstrap, "importlib", SimpleNamespace(util=patched))
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(debian, "require_apt", lambda suite: None)


def wheel_of_pip(folder: Path) -> bytes:
    """This environment's pip, as the wheel it came from."""
    site = Path(pip.__file__).parent.parent
    info = next(site.glob("pip-*.dist-info"))
    with zipfile.ZipFile(folder / "pip.whl", "w") as archive:
        for top in (site / "pip", info):
            for path in top.rglob("*"):
                if path.is_file() and path.suffix != ".pyc":
                    archive.write(path, path.relative_to(site))
    return (folder / "pip.whl").read_bytes()


def test_environment_is_made_with_debians_pip(mirror: Any, tmp_path: Path) -> None:
    wheel = f"usr/share/python-wheels/pip-{pip.__version__}-py3-none-any.whl"
    mirror.add("python3-pip-whl", {wheel: wheel_of_pip(tmp_path)}, arch="all")
    mirror.publish("amd64", "arm64")

    bootstrap._make_environment(None, ())

    done = subprocess.run(
        [bootstrap.PYTHON, "-m", "pip", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"pip {pip.__version__} from {tmp_path}")


def test_package_without_the_wheel(mirror: Any) -> None:
    mirror.add("python3-pip-whl", {"usr/share/doc/x": "x"}, arch="all")
    mirror.publish("amd64", "arm64")
    with pytest.raises(DownloadError, match=r"has no pip wheel.*python3-venv"):
        bootstrap._make_environment(None, ())


def test_other_machine_is_told_of_python3_venv(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other channel, which the local one's error speaks of, would be of no help here."""

    def refuse(suite: str) -> None:
        raise ChannelError("this machine is another", remedy="Use another channel.")

    monkeypatch.setattr(debian, "require_apt", refuse)
    with pytest.raises(CommandError, match=r"no ensurepip.*apt-get install python3-venv"):
        bootstrap._make_environment(None, ())
