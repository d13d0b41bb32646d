"""The learner's project: where its recipe is, and what the recipe would build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crosscraft.errors import RecipeError
from crosscraft.platforms import Platform

__all__ = ["Output", "Rendered", "find_recipe", "render"]

_PLACES = ("recipe/recipe.yaml", "recipe.yaml")


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a recipe, as it would be built for one platform."""

    name: str
    """The package."""
    version: str
    """Its version."""
    build: str
    """Its build string."""
    build_specs: tuple[str, ...]
    """Match specs of the build environment."""
    host_specs: tuple[str, ...]
    """Match specs of the host environment."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A recipe rendered for one platform."""

    outputs: tuple[Output, ...]
    """What would be built, in order."""
    skipped: tuple[str, ...]
    """The names of the outputs that would not."""


def find_recipe(project: Path) -> Path:
    """Return the recipe of the project in the folder `project`.

    :raises RecipeError: if there is none.
    """
    for place in _PLACES:
        if (project / place).is_file():
            return (project / place).resolve()
    near = [*project.glob("recipe/recipe.yml"), *project.glob("recipe.yml")]
    hint = f"Rename {near[0]} to recipe.yaml. " if near else ""
    raise RecipeError(
        f"there is no recipe in {str(project)!r}",
        looked=" and ".join(_PLACES),
        remedy=f"{hint}Go to the project's folder, or name it with `--project DIR`.",
    )


def render(recipe: Path, build: Platform, target: Platform) -> Rendered:
    """Render `recipe` as built on `build` for `target`. No channel is needed.

    :raises RecipeError: if it does not parse, or does not say what a recipe must.
    """
    import rattler_build

    try:
        stage0 = rattler_build.Stage0Recipe.from_file(recipe)
        variants = stage0.render(
            rattler_build.VariantConfig(),
            rattler_build.RenderConfig(
                platform=rattler_build.PlatformConfig(
                    build_platform=build.subdir,
                    host_platform=target.subdir,
                    target_platform=target.subdir,
                )
            ),
        )
        names = _names(stage0.to_dict())
    except rattler_build.RattlerBuildError as error:
        raise _parse_error(recipe, str(error)) from None
    outputs = tuple(_output(variant.recipe) for variant in variants)
    built = {output.name for output in outputs}
    return Rendered(outputs, tuple(name for name in names if name not in built))


def _output(recipe: object) -> Output:
    facts = recipe.to_dict()  # type: ignore[attr-defined]
    requirements = facts.get("requirements", {})
    return Output(
        name=facts["package"]["name"],
        version=str(facts["package"]["version"]),
        build=facts["build"]["string"],
        build_specs=tuple(spec for spec in requirements.get("build", ()) if isinstance(spec, str)),
        host_specs=tuple(spec for spec in requirements.get("host", ()) if isinstance(spec, str)),
    )


def _names(recipe: dict[str, object]) -> list[str]:
    """The names of all outputs as the recipe writes them; those made by a template are left out."""
    outputs = recipe.get("outputs") or [recipe]
    assert isinstance(outputs, list)
    names = [str(output.get("package", {}).get("name", "")) for output in outputs]
    return [name for name in names if name and "${{" not in name]


def _parse_error(recipe: Path, text: str) -> RecipeError:
    return RecipeError(
        f"{recipe.name} does not parse: {' '.join(text.split())}",
        looked=str(recipe),
        remedy="Compare the lines around that place with the recipe format's reference.",
    )
