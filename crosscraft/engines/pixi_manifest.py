"""The copy of a project that pixi builds, with the channels that were asked for.

pixi reads channels from the workspace's manifest alone, and finds that beside the package's.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscraft import storage
from crosscraft.engines.interface import Request
from crosscraft.errors import RecipeError

__all__ = ["as_toml", "copy_project", "manifest"]

_FILE = "pixi.toml"
_PIXIS = ".pixi"
"""What pixi itself keeps beside a manifest: environments, and what it built before."""


def copy_project(request: Request, channels: Sequence[str], target: Path) -> None:
    """Copy the project of the recipe to `target`, with a manifest that names `channels`.

    :raises RecipeError: if its own manifest does not parse.
    """
    root = request.recipe.parent
    if root.name == "recipe":
        root = root.parent
    shutil.copytree(root, target, symlinks=True, ignore=_no_sources)
    platforms = dict.fromkeys((request.build.subdir, request.target.subdir))
    made = manifest(_read(root), root.name, channels, list(platforms))
    (target / _FILE).unlink(missing_ok=True)  # the copy of a link would lead out
    storage.write(target / _FILE, as_toml(made), mode=0o600)


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


def as_toml(table: Mapping[str, Any]) -> str:
    """Return `table` as TOML, each of its entries on a line."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str | bool):
        # JSON's strings are TOML's, but for one character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


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
