"""Copy a project for pixi, with a manifest that names the requested channels.

pixi reads channels only from the workspace's manifest, which is the same file as the package's.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscraft.building.engines.interface import Request
from crosscraft.building.recipe_errors import VARIANTS_FILES
from crosscraft.errors import RecipeError
from crosscraft.system import files

__all__ = ["copy_project", "floor", "manifest", "newest_glibc"]

_FILE = "pixi.toml"
_PIXIS = ".pixi"
"""The folder beside a manifest where pixi keeps environments and earlier builds."""
_PIXIS_GLIBC = "2.28"
"""The glibc version that pixi assumes for a platform if the manifest names none.
https://pixi.prefix.dev/latest/workspace/system_requirements/"""


def copy_project(
    request: Request, channels: Sequence[str], target: Path, rich_platforms: bool = True
) -> None:
    """Copy the project of the recipe to `target`, with a manifest that names `channels`.

    :param rich_platforms: whether pixi accepts a glibc version for each platform.
    :raises RecipeError: if the project's own manifest does not parse.
    """
    import tomli_w

    root = request.recipe.parent
    if root.name == "recipe":
        root = root.parent
    shutil.copytree(root, target, symlinks=True, ignore=_no_sources)
    if request.variants:
        folder = target / request.recipe.parent.relative_to(root)
        for name in VARIANTS_FILES:
            (folder / name).unlink(missing_ok=True)
        shutil.copyfile(request.variants, folder / VARIANTS_FILES[-1])
    platforms = list(dict.fromkeys((request.build.subdir, request.target.subdir)))
    made = manifest(_read(root), root.name, channels, platforms)
    # pixi would set this to the target when it lists the requirements of a cross build.
    variants = {**made["workspace"].get("build-variants", {}), "build_platform": [platforms[0]]}
    made["workspace"]["build-variants"] = variants
    made |= floor(made["workspace"], newest_glibc(request.packages), rich_platforms)
    (target / _FILE).unlink(missing_ok=True)  # a copied link would point to the original
    files.write(target / _FILE, tomli_w.dumps(made), mode=0o600)


def manifest(
    own: Mapping[str, Any], name: str, channels: Sequence[str], platforms: Sequence[str]
) -> dict[str, Any]:
    """Return the manifest to build with. The package table comes from the project's `own`, if any.

    The run-time environments of the project are left out, because the build doesn't use them.

    :param name: the package's name if no manifest names it.
    """
    workspace = dict(own.get("workspace", own.get("project", {})))
    package = dict(own.get("package", {"name": name, "version": "0"}))
    build = dict(package.get("build", {}))
    backend = build.get("backend", {"name": "pixi-build-rattler-build", "version": "*"})
    # The backend is part of pixi, not a requirement, so it comes from the project's channels.
    if "channels" not in backend:
        channels_of_backend = build.pop("channels", workspace.get("channels", ["conda-forge"]))
        backend = {**backend, "channels": channels_of_backend}
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
    """Return the tables that make pixi solve for a newer glibc than it assumes.

    :param workspace: the manifest's table. Its platforms are subdirs.
    :param glibc: a version, or None to keep pixi's assumption.
    """
    if glibc is None:
        return {}
    if not rich_platforms:
        return {"system-requirements": {"libc": glibc}}
    platforms = [{"platform": subdir, "glibc": glibc} for subdir in workspace["platforms"]]
    return {"workspace": {**workspace, "platforms": platforms}}


def newest_glibc(packages: Sequence[Path]) -> str | None:
    """Return the newest glibc that `packages` need, or None if pixi assumes no less."""
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
            remedy="Only pixi reads this file. Fix that line, or build with "
            "`--engine py-rattler-build`.",
        ) from None


def _no_sources(folder: str, names: list[str]) -> set[str]:
    """Return the entries of a folder to leave out: pixi's own folder, and output channels."""
    return {
        name
        for name in names
        if name == _PIXIS or any((Path(folder) / name).glob("*/repodata.json"))
    }
