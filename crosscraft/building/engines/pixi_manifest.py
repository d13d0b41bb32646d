"""The copy of a project that pixi builds, with the channels that were asked for.

pixi reads channels from the workspace's manifest alone, and finds that beside the package's.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscraft.building.engines.interface import Request
from crosscraft.errors import RecipeError
from crosscraft.system import files

__all__ = ["copy_project", "floor", "manifest", "newest_glibc"]

_FILE = "pixi.toml"
_PIXIS = ".pixi"
"""What pixi itself keeps beside a manifest: environments, and what it built before."""
_PIXIS_GLIBC = "2.28"
"""What pixi takes a platform to have where the manifest names no other version.
https://pixi.prefix.dev/latest/workspace/system_requirements/"""


def copy_project(
    request: Request, channels: Sequence[str], target: Path, rich_platforms: bool = True
) -> None:
    """Copy the project of the recipe to `target`, with a manifest that names `channels`.

    :param rich_platforms: whether pixi takes a glibc version for each platform.
    :raises RecipeError: if its own manifest does not parse.
    """
    import tomli_w

    root = request.recipe.parent
    if root.name == "recipe":
        root = root.parent
    shutil.copytree(root, target, symlinks=True, ignore=_no_sources)
    platforms = dict.fromkeys((request.build.subdir, request.target.subdir))
    made = manifest(_read(root), root.name, channels, list(platforms))
    made |= floor(made["workspace"], newest_glibc(request.packages), rich_platforms)
    (target / _FILE).unlink(missing_ok=True)  # the copy of a link would lead out
    files.write(target / _FILE, tomli_w.dumps(made), mode=0o600)


def manifest(
    own: Mapping[str, Any], name: str, channels: Sequence[str], platforms: Sequence[str]
) -> dict[str, Any]:
    """Return the manifest to build with: the package as the project's `own` has it, if any.

    What is installed to run the project is left out: it takes no part in the build.

    :param name: what to call a package that no manifest names.
    """
    workspace = dict(own.get("workspace", own.get("project", {})))
    package = dict(own.get("package", {"name": name, "version": "0"}))
    build = dict(package.get("build", {}))
    backend = build.get("backend", {"name": "pixi-build-rattler-build", "version": "*"})
    # The backend is pixi's, not the build's: it comes from where the project says.
    if "channels" not in backend:
        theirs = build.pop("channels", workspace.get("channels", ["conda-forge"]))
        backend = {**backend, "channels": theirs}
    return {
        "workspace": {
            **workspace,
            "name": workspace.get("name", name),
            "channels": list(channels),
            "platforms": list(platforms),
            "preview": ["pixi-build"],
        },
        "package": {**package, "build": {**build, "backend": backend}},
    }


def floor(workspace: Mapping[str, Any], glibc: str | None, rich_platforms: bool) -> dict[str, Any]:
    """Return the tables that let pixi solve for the C library `glibc`, in place of its own floor.

    :param workspace: the manifest's table, whose platforms are subdirs.
    :param glibc: a version, or None for pixi's own floor.
    """
    if glibc is None:
        return {}
    if not rich_platforms:
        return {"system-requirements": {"libc": glibc}}
    platforms = [{"platform": subdir, "glibc": glibc} for subdir in workspace["platforms"]]
    return {"workspace": {**workspace, "platforms": platforms}}


def newest_glibc(packages: Sequence[Path]) -> str | None:
    """Return the newest glibc that one of the unpacked `packages` needs, if pixi assumes less."""
    found = {_PIXIS_GLIBC}
    for package in packages:
        index = json.loads((package / "info/index.json").read_text(encoding="utf-8"))
        bounds = (re.match(r"__glibc >=(\d+(?:\.\d+)*)", spec) for spec in index["depends"])
        found |= {bound[1] for bound in bounds if bound}
    newest = max(found, key=lambda version: [int(part) for part in version.split(".")])
    return None if newest == _PIXIS_GLIBC else newest


def _read(root: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads((root / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"{_FILE} does not parse: {error}",
            looked=str(root / _FILE),
            remedy="Mend that place, or leave out `--engine`: only pixi reads this file.",
        ) from None


def _no_sources(folder: str, names: list[str]) -> set[str]:
    """What of a folder is not copied: pixi's own, and channels that packages were built into."""
    return {
        name
        for name in names
        if name == _PIXIS or any((Path(folder) / name).glob("*/repodata.json"))
    }
