"""The file tree of a Debian package, by dpkg-deb.

Set-up needs this module before anything is installed, so it imports the standard library alone.
"""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from crosscraft.errors import DownloadError
from crosscraft.system import processes

__all__ = ["DebTar"]


class DebTar:
    """The file tree of a Debian package. dpkg-deb unpacks it as it is read."""

    def __init__(self, deb: Path) -> None:
        self.deb = deb

    def __enter__(self) -> tarfile.TarFile:
        self.process = subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", str(self.deb)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=processes.clean_environment(),
            start_new_session=True,
        )
        try:
            return tarfile.open(fileobj=self.process.stdout, mode="r|", bufsize=1 << 20)
        except tarfile.ReadError as error:
            self.__exit__(type(error))
            raise

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self.process.stdout is not None and self.process.stderr is not None
        broken = kind is not None and issubclass(kind, tarfile.ReadError)
        if kind is None or broken:
            while self.process.stdout.read(1 << 20):
                pass  # padding after the last member
        else:
            self.process.kill()
        self.process.stdout.close()
        said = self.process.stderr.read().decode(errors="replace").strip()
        self.process.stderr.close()
        if self.process.wait() != 0 and (kind is None or broken):
            raise DownloadError(
                f"{self.deb.name} cannot be unpacked: {said}",
                remedy="Run this again. The file is downloaded again.",
            ) from None
