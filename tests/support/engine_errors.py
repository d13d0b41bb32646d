"""The engine's own words: recipes that it refuses, and what it says of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import rattler_build

HEAD = 'package: {name: a, version: "1"}\n'


def write(folder: Path, files: object) -> Path:
    """Write a recipe alone, or files and a plain recipe, and return the recipe."""
    by_name = files if isinstance(files, dict) else {"recipe.yaml": files}
    for name, text in ({"recipe.yaml": HEAD} | by_name).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "recipe.yaml"


def rendering_error(path: Path) -> str:
    """What the engine says when it renders a recipe with its variants."""
    platform = rattler_build.PlatformConfig(
        build_platform="linux-64", host_platform="linux-64", target_platform="linux-64"
    )
    jinja, config = rattler_build.JinjaConfig(platform=platform), rattler_build.VariantConfig
    readers = {
        "conda_build_config.yaml": config.from_conda_build_config,
        "variants.yaml": config.from_file_with_context,
    }
    with pytest.raises(rattler_build.RattlerBuildError) as raised:
        parsed = rattler_build.Stage0Recipe.from_file(path)
        variants = config()
        for name, read in readers.items():
            if (path.parent / name).exists():
                variants = variants.merge(read(path.parent / name, jinja))
        parsed.render(variants, rattler_build.RenderConfig(platform=platform))
    return str(raised.value)


def building_error(path: Path) -> str:
    """What the engine says when it builds a recipe with an empty channel."""
    channel, output = path.parent / "channel", path.parent / "output"
    (channel / "noarch").mkdir(parents=True, exist_ok=True)
    (channel / "noarch/repodata.json").write_text("{}")
    with pytest.raises(rattler_build.RattlerBuildError) as raised, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rattler_build.build_recipes(
            [path], channel=[channel.as_uri()], output_dir=output, test="native", keep_build=True
        )
    return str(raised.value)
