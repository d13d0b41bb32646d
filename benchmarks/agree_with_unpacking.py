"""Compare what crosscraft says of conda packages with an unpacking by conda-package-handling.

    python benchmarks/agree_with_unpacking.py [PACKAGE …]

Without packages: all of the local channel, as they are and written anew as .tar.bz2. What
`crosscraft inspect --json` prints is compared with the unpacked files and their JSON: index
fields, and each file's kind, size, checksum, permission bits and target. Prints counts and
every disagreement, and exits with status 1 if there is one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from conda_package_handling import api

from crosscraft.channel import local

CROSSCRAFT = str(Path(sys.executable).with_name("crosscraft"))
FIELDS = ("name", "version", "build", "build_number", "subdir", "timestamp", "license", "noarch")
LISTS = ("depends", "constrains")


def differing(package: Path, folder: Path, counts: Counter[str]) -> Iterator[str]:
    """Unpack `package` into `folder` and yield what differs, a line each."""
    api.extract(str(package), str(folder))
    said = subprocess.run(
        [CROSSCRAFT, "inspect", "--json", package], capture_output=True, text=True, check=True
    )
    (found,) = json.loads(said.stdout)
    index = json.loads((folder / "info/index.json").read_text(encoding="utf-8"))
    for key in (*FIELDS, *LISTS):
        counts["index fields"] += 1
        wanted = index.get(key, [] if key in LISTS else None)
        if found[key] != wanted:
            yield f"{package.name}: {key}: {found[key]!r}, not {wanted!r}"
    listed = json.loads((folder / "info/paths.json").read_text(encoding="utf-8"))["paths"]
    rows = {row["path"]: row for row in found["files"]}
    if sorted(rows) != sorted(entry["_path"] for entry in listed):
        yield f"{package.name}: other paths than paths.json lists"
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    named = set(rows) | {row["path"] for row in found["info_files"]}
    if named != there:
        yield f"{package.name}: other files than are there: {sorted(named ^ there)[:5]}"
    for path, row in rows.items():
        counts["files"] += 1
        for key, wanted in seen(folder / path).items():
            counts["file facts"] += 1
            if row[key] != wanted:
                yield f"{package.name}: {path}: {key}: {row[key]!r}, not {wanted!r}"


def seen(path: Path) -> dict[str, object]:
    """What a file is, by the file system."""
    if path.is_symlink():
        target = str(path.readlink())
        return {"type": "softlink", "target": target, "size": None, "sha256": None}
    data = path.read_bytes()
    return {
        "type": "hardlink",
        "target": None,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "mode": f"{path.stat().st_mode & 0o7777:04o}",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="*", type=Path)
    packages = parser.parse_args().packages
    both = not packages
    packages = packages or sorted(local.find().glob("*/*.conda"))
    counts: Counter[str] = Counter()
    lines: list[str] = []
    for package in packages:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            counts["packages"] += 1
            lines += differing(package, folder / "unpacked", counts)
            if both and package.stat().st_size < 2**24:  # bzip2 takes its time
                again = f"{package.stem}.tar.bz2"
                api.create(str(folder / "unpacked"), None, again, str(folder))
                counts["packages as .tar.bz2"] += 1
                lines += differing(folder / again, folder / "again", counts)
    print("\n".join(lines))
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    print(f"{len(lines)} disagreements")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
