"""Find the recipe of the learner's project, and render it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosscraft.errors import RecipeError
from crosscraft.platforms import NOARCH, Platform
from crosscraft.system import files
from crosscraft.text import printable

if TYPE_CHECKING:
    import rattler_build

__all__ = ["Output", "Rendered", "as_text", "find_recipe", "render"]

_PLACES = ("recipe/recipe.yaml", "recipe.yaml")


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a recipe, rendered for one platform."""

    name: str
    """The package's name."""
    version: str
    """The package's version."""
    build: str
    """The build string."""
    build_specs: tuple[str, ...]
    """Match specs of the build environment."""
    host_specs: tuple[str, ...]
    """Match specs of the host environment."""
    run_specs: tuple[str, ...]
    """Match specs of the run requirements in the recipe, without those from run_exports."""
    pins: dict[str, tuple[str, ...]]
    """Required outputs of the same recipe (``pin_subpackage``), by ``build``, ``host``, ``run``."""
    noarch: str
    """``python`` or ``generic`` if one package serves every platform, else empty."""
    variant: dict[str, str]
    """The variables that the hash in the build string is computed from."""
    sources: tuple[Mapping[str, Any], ...] = ()
    """The rendered entries of ``source``."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A recipe rendered for one platform."""

    outputs: tuple[Output, ...]
    """The outputs to build, in order."""
    skipped: tuple[str, ...]
    """The names of the skipped outputs."""
    skip_conditions: dict[str, tuple[str, ...]]
    """The ``skip`` conditions of each skipped output. At least one of them is true."""


def find_recipe(project: Path) -> Path:
    """Return the path of the recipe of the project in the folder `project`.

    :raises RecipeError: if there is no recipe, or the path is not UTF-8 text.
    """
    if not files.is_text(project.resolve()):
        raise RecipeError(
            f"the path of the project {str(project.resolve())!r} is not UTF-8 text",
            remedy="Rename that folder or its parent folder. No engine can work in it.",
        )
    for place in _PLACES:
        if (project / place).is_file():
            return (project / place).resolve()
    near = [*project.glob("recipe/recipe.yml"), *project.glob("recipe.yml")]
    remedy = "Go to the project's folder, or name it with `--project DIR`."
    raise RecipeError(
        f"there is no recipe in {str(project)!r}",
        looked=" and ".join(_PLACES),
        remedy=f"Rename {near[0]} to recipe.yaml." if near else remedy,
    )


def render(recipe: Path, build: Platform, target: Platform) -> Rendered:
    """Render `recipe` for a build on `build` for `target`. No channel is needed.

    :raises RecipeError: if it does not parse, or lacks a required field.
    """
    import rattler_build

    try:
        stage0 = rattler_build.Stage0Recipe.from_file(recipe)
        platform = rattler_build.PlatformConfig(
            build_platform=build.subdir,
            host_platform=target.subdir,
            target_platform=target.subdir,
        )
        variants = stage0.render(
            _variants(recipe.parent, platform), rattler_build.RenderConfig(platform=platform)
        )
        conditions = _skip_conditions(stage0.to_dict())
    except rattler_build.RattlerBuildError as error:
        raise _parse_error(recipe, _plain(str(error))) from None
    except UnicodeDecodeError as error:
        raise _parse_error(recipe, f"byte {error.start} is not UTF-8 text") from None
    except OSError as error:
        raise RecipeError(
            f"{recipe.name} cannot be read: {(error.strerror or str(error)).lower()}",
            looked=str(recipe),
            remedy="Make it a regular file with read permission for you.",
        ) from None
    outputs = tuple(_output(variant.recipe, variant.variant) for variant in variants)
    built = {output.name for output in outputs}
    skipped = {name: why for name, why in conditions.items() if name not in built}
    return Rendered(outputs, tuple(skipped), skipped)


def _variants(folder: Path, platform: rattler_build.PlatformConfig) -> rattler_build.VariantConfig:
    """Return the variants from the files that rattler-build reads beside a recipe."""
    import rattler_build

    config = rattler_build.VariantConfig
    known = {
        "conda_build_config.yaml": config.from_conda_build_config,
        "variants.yaml": config.from_file_with_context,
    }
    found = config()
    for name, read in known.items():
        if (folder / name).is_file():
            context = rattler_build.JinjaConfig(platform=platform)
            try:
                found = found.merge(read(folder / name, context))
            except rattler_build.RattlerBuildError as error:
                raise _parse_error(folder / name, _plain(str(error))) from None
    return found


def as_text(rendered: Rendered, target: Platform) -> str:
    """Return the rendered outputs for `target` as lines of text."""
    lines = []
    for output in rendered.outputs:
        rows = [("subdir", NOARCH if output.noarch else target.subdir)]
        rows += [("variant", ", ".join(f"{k}: {v}" for k, v in output.variant.items()))]
        for kind in ("build", "host", "run"):
            pins = (f"{name} (of this recipe)" for name in output.pins[kind])
            rows += [(kind, ", ".join((*getattr(output, f"{kind}_specs"), *pins)) or "-")]
        lines.append(f"{output.name}-{output.version}-{output.build}")
        lines += [f"  {name:7}  {value}" for name, value in rows]
    for name in rendered.skipped:
        lines.append(f"skipped: {name}, by {' or '.join(rendered.skip_conditions[name])}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _output(recipe: object, variant: Mapping[str, object]) -> Output:
    facts = recipe.to_dict()  # type: ignore[attr-defined]
    # A staging cache that the output inherits has its own sources and requirements.
    parts = [facts, *(facts.get("staging_caches") or ())]
    required = {
        kind: [spec for part in parts for spec in part.get("requirements", {}).get(kind, ())]
        for kind in ("build", "host", "run")
    }
    specs = {
        kind: tuple(spec for spec in found if isinstance(spec, str))
        for kind, found in required.items()
    }
    pins = {
        kind: tuple(
            spec["pin_subpackage"]["name"]
            for spec in found
            if isinstance(spec, dict) and "pin_subpackage" in spec
        )
        for kind, found in required.items()
    }
    return Output(
        name=facts["package"]["name"],
        version=str(facts["package"]["version"]),
        build=facts["build"]["string"],
        build_specs=specs["build"],
        host_specs=specs["host"],
        run_specs=specs["run"],
        pins=pins,
        noarch=facts["build"].get("noarch") or "",
        variant={key: str(value) for key, value in sorted(variant.items())},
        sources=tuple(source for part in parts for source in part.get("source") or ()),
    )


def _skip_conditions(recipe: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the skip conditions of each output, by its name in the recipe.

    Outputs with a template in their name are left out. A condition of the whole recipe counts for
    every output.
    """
    outputs = recipe.get("outputs") or [recipe]
    common = _conditions(recipe) if recipe.get("outputs") else ()
    found = {
        str(output.get("package", {}).get("name", "")): (*common, *_conditions(output))
        for output in outputs
    }
    return {name: why for name, why in found.items() if name and "${{" not in name}


def _conditions(output: dict[str, Any]) -> tuple[str, ...]:
    skip = output.get("build", {}).get("skip") or []
    return tuple(one if isinstance(one, str) else str(one.get("if", one)) for one in skip)


def _plain(text: str) -> str:
    """Return the message and the place in the debug output of a template's error."""
    message = re.search(r'message: "((?:[^"\\]|\\.)*)"', text)
    place = re.search(r"line: (\d+), column: (\d+)", text)
    if not message:
        return text
    plain = message[1].replace('\\"', '"').replace(" (in <string>:1)", "")
    return f"{place[1]}:{place[2]}: {plain}" if place else plain


def _parse_error(recipe: Path, text: str) -> RecipeError:
    return RecipeError(
        f"{recipe.name} does not parse: {' '.join(text.split())}",
        looked=str(recipe),
        remedy="Compare the lines around that place with the recipe format's reference.",
    )
