"""How pixi's backend for recipes renders: each output, and a noarch output a second time.

Seen with pixi 0.77.0. It lists the outputs with the host platform as the build platform, too.
It then renders the recipe again for each output, with the platform that this output is for. For
a noarch output that is ``noarch``, as the host platform and as the target platform.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import rattler_build
import yaml


def _render(recipe: Path, build: str, host: str) -> dict[str, bool]:
    """The names of the outputs that are not skipped, and whether each is noarch."""
    platform = rattler_build.PlatformConfig(
        build_platform=build, host_platform=host, target_platform=host
    )
    config = rattler_build.RenderConfig(platform=platform)
    variants = rattler_build.VariantConfig()
    beside = recipe.parent / "variants.yaml"
    if beside.exists():
        context = rattler_build.JinjaConfig(platform=platform)
        variants = variants.merge(
            rattler_build.VariantConfig.from_file_with_context(beside, context)
        )
    with tempfile.TemporaryDirectory() as folder:
        stage0 = rattler_build.Stage0Recipe.from_yaml(_with_outputs(recipe), recipe_dir=folder)
        rendered = stage0.render(variants, config)
    facts = [variant.recipe.to_dict() for variant in rendered]
    return {fact["package"]["name"]: bool(fact["build"].get("noarch")) for fact in facts}


def _with_outputs(recipe: Path) -> str:
    """The recipe, in the form with `outputs:`: the bindings drop what is skipped in that alone."""
    text = recipe.read_text(encoding="utf-8")
    whole = yaml.safe_load(text)
    if "outputs" in whole:
        return text
    common = {key: whole.pop(key) for key in ("context", "source") if key in whole}
    return yaml.safe_dump({**common, "outputs": [whole]})


def lost(recipe: Path, target: str, machine: str = "linux-64") -> str | None:
    """Return the first output that pixi lists for `target` and does not find to build it."""
    listed = _render(recipe, target, target)
    for name, noarch in listed.items():
        if name not in _render(recipe, machine, "noarch" if noarch else target):
            return name
    return None
