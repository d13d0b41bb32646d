"""A Debian mirror and a package index, small and real: made with dpkg-deb, served on loopback."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crosscraft.channel.catalog import SUITE

MTIME = 1_600_000_000
"""When everything in the mirror was made, in seconds since 1970."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and remembers what was asked for instead of printing it."""

    def log_message(self, *_: object) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]


class Mirror:
    """A mirror of one release, with one component."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        """Paths that were asked for, in order."""
        self.url = ""
        self.stanzas: dict[str, list[str]] = {}
        (folder / "pool").mkdir(parents=True)

    def add(
        self,
        name: str,
        files: Mapping[str, str | bytes] = {},
        *,
        version: str = "1.0-1",
        arch: str = "amd64",
        source: str = "",
        depends: str = "",
        links: Mapping[str, str] = {},
        hard: Mapping[str, str] = {},
        executable: tuple[str, ...] = (),
    ) -> Path:
        """Build a package and list it; `publish` makes it known."""
        root = self.folder / "build" / f"{name}-{version}-{arch}"
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (root / path).write_bytes(data)
            (root / path).chmod(0o755 if path in executable else 0o644)
        for path, target in links.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).symlink_to(target)
        for path, target in hard.items():
            (root / path).hardlink_to(root / target)
        for path in root.rglob("*"):
            os.utime(path, (MTIME, MTIME), follow_symlinks=False)
        control = [f"Package: {name}", f"Version: {version}", f"Architecture: {arch}"]
        control += [f"Source: {source}"] if source else []
        control += [f"Depends: {depends}"] if depends else []
        control += ["Maintainer: Nobody <nobody@example.org>", "Description: a test"]
        (root / "DEBIAN").mkdir(parents=True)
        (root / "DEBIAN" / "control").write_text("\n".join(control) + "\n")
        # As in Debian's pool, the epoch is no part of the file's name.
        deb = self.folder / "pool" / f"{name}_{version.rsplit(':', maxsplit=1)[-1]}_{arch}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, deb],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        data = deb.read_bytes()
        control += [f"Filename: pool/{deb.name}", f"Size: {len(data)}"]
        control += [f"SHA256: {hashlib.sha256(data).hexdigest()}"]
        self.stanzas.setdefault(arch, []).append("\n".join(control) + "\n")
        return deb

    def publish(self, *architectures: str) -> None:
        """Write the lists of `architectures`, with a Release file that has their hashes."""
        dist = self.folder / "dists" / SUITE
        rows = []
        for arch in architectures:
            text = "\n".join(self.stanzas.get(arch, []) + self.stanzas.get("all", []))
            path = dist / "main" / f"binary-{arch}" / "Packages"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            digest = hashlib.sha256(text.encode()).hexdigest()
            rows.append(f" {digest} {len(text)} {path.relative_to(dist)}")
        release = ["Origin: Testers", f"Suite: {SUITE}", f"Codename: {SUITE}"]
        release += ["Date: Thu, 01 Oct 2020 00:00:00 UTC", "Components: main"]
        release += [f"Architectures: {' '.join(architectures)}", "SHA256:", *rows]
        (dist / "Release").write_text("\n".join(release) + "\n")


@contextmanager
def serve(
    folder: Path, asked: list[str], handler: type[SimpleHTTPRequestHandler] = Quiet
) -> Iterator[str]:
    """Serve `folder` on loopback while the context is open, at the URL it yields."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.daemon_threads = True
    server.asked = asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Index:
    """A package index on loopback that pip is set up with, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        """Paths that were asked for, in order."""

    def add(self, name: str, version: str = "1.0", tag: str = "py3-none-any") -> str:
        """Make a wheel, list it, and return its SHA-256."""
        page = self.folder / "simple" / name
        page.mkdir(parents=True, exist_ok=True)
        wheel = page / f"{name}-{version}-{tag}.whl"
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}/__init__.py", "")
            text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{info}/METADATA", text)
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
            archive.writestr(f"{info}/RECORD", "")
        with (page / "index.html").open("a") as file:
            file.write(f'<a href="{wheel.name}">{wheel.name}</a>\n')
        return hashlib.sha256(wheel.read_bytes()).hexdigest()


def apt_config(folder: Path, url: str, more: str = "") -> Path:
    """Write what makes apt use the mirror at `url` alone, and nothing that this machine has."""
    (folder / "sources.list").write_text(f"deb [trusted=yes] {url} {SUITE} main\n")
    config = folder / "apt.conf"
    config.write_text(
        f'Dir::Etc::sourcelist "{folder / "sources.list"}";\n'
        'Dir::Etc::sourceparts "/dev/null";\nDir::Etc::parts "/dev/null";\n'
        f'Dir::Etc::main "/dev/null";\nAcquire::http::Proxy::127.0.0.1 "DIRECT";\n{more}'
    )
    return config
