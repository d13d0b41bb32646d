"""Pyodide, which is Python for browsers, from npm. docs/site/pyodide.json pins it by hash."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
from pathlib import Path

from crosscraft.errors import CommandError, SiteError
from crosscraft.paths import ROOT
from crosscraft.system import files, processes, scratch

__all__ = ["PIN", "fetch", "unpack"]

PIN = ROOT / "docs" / "site" / "pyodide.json"
"""The version, and the hash as npm writes it in a lock file."""
FILES = (
    "package.json", "pyodide-lock.json", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs",
    "python_stdlib.zip",
)  # fmt: skip
"""The files of the package that a browser needs, and the one that names the licence."""
LICENCES = {
    "Pyodide is distributed under the Mozilla Public License 2.0. Its source is at the address "
    "that package.json names.": "/usr/share/common-licenses/MPL-2.0",
    "Pyodide contains Python, which has this licence.": "/usr/share/doc/python3/copyright",
}
"""What each licence is for, and Debian's copy of its text."""


def fetch() -> Path:
    """Return the package file. It is downloaded once, into the cache.

    :raises CommandError: if there is no npm, it cannot download, or this machine lacks a licence.
    :raises SiteError: if the file does not have the pinned hash.
    """
    pin = json.loads(PIN.read_text(encoding="utf-8"))
    name = f"pyodide-{pin['version']}.tgz"
    kept = files.cache("pyodide") / name
    for path in LICENCES.values():
        if not Path(path).is_file():
            raise CommandError(
                "there is no text of a licence of pyodide", looked=path,
                remedy="Make the site on Debian.",
            )  # fmt: skip
    if not kept.is_file():
        with scratch.folder(kept.parent, "fetch-") as made:
            # npm knows its registry, from its own settings.
            argv = ["npm", "pack", "--silent", "--pack-destination", str(made.path)]
            env = processes.clean_environment(prefixes=("npm_config_", "NODE_"), network=True)
            processes.run([*argv, f"pyodide@{pin['version']}"], cwd=made.path, env=env)
            _verify(made.path / name, pin["integrity"])
            (made.path / name).rename(kept)
    _verify(kept, pin["integrity"])
    return kept


def unpack(package: Path, folder: Path) -> None:
    """Unpack what a browser needs into the new `folder`, with the licences."""
    folder.mkdir(parents=True)
    with tarfile.open(package) as archive:
        for name in FILES:
            content = archive.extractfile(f"package/{name}")
            assert content is not None
            (folder / name).write_bytes(content.read())
    texts = (f"{what}\n\n{Path(path).read_text('utf-8')}" for what, path in LICENCES.items())
    (folder / "LICENSES.txt").write_text("\n\n".join(texts), encoding="utf-8")


def _verify(package: Path, integrity: str) -> None:
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if integrity != f"sha512-{digest}":
        raise SiteError(
            f"{package.name} does not have the hash in {PIN.relative_to(ROOT)}",
            looked=str(package.parent),
            remedy="Remove the file and run the command again. If npm downloads the same file "
            "again, do not use it.",
        )
