"""Find the recipe of the learner's project, and render it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosscraft.building import recipe_errors, variables
from crosscraft.building.skips import Skipped
from crosscraft.building.skips import skipped as skips_of
from crosscraft.errors import RecipeError
from crosscraft.platforms import NOARCH, Platform
from crosscraft.system import files
from crosscraft.text import printable

if TYPE_CHECKING:
    import rattler_build

__all__ = [
    "Evaluated", "Output", "Rendered", "as_text", "evaluate", "find_recipe", "platforms", "render",
    "variants",
]  # fmt: skip

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
    secrets: tuple[str, ...] = ()
    """The variables of the environment that the build script gets."""
    script: str = ""
    """The file of the build script, or its first line with a template, if any."""
    tests: tuple[Mapping[str, Any], ...] = ()
    """The rendered entries of ``tests``."""
    exact_pins: Mapping[str, str] = field(default_factory=dict)
    """The match specs of the pins with ``exact=True``, by name."""
    run_constraints: tuple[str, ...] = ()
    """Match specs that other packages of an environment have to satisfy."""
    ignore_run_exports: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names of ignored run_exports ``by_name``, and packages ``from_package``."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A recipe rendered for one platform."""

    outputs: tuple[Output, ...]
    """The outputs to build, in order."""
    skipped: Mapping[str, str]
    """What is skipped: an output's name, with the variant if others of it are built, and the true
    conditions."""
    variables: tuple[str, ...] = ()
    """The variables of the environment that the recipe and its variants read."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A rendered recipe, in our form and in the engine's."""

    rendered: Rendered
    """The facts."""
    variants: tuple[rattler_build.RenderedVariant, ...]
    """The engine's form of each output, in the same order."""


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
    return evaluate(recipe, build, target).rendered


def evaluate(recipe: Path, build: Platform, target: Platform) -> Evaluated:
    """Render `recipe` as :func:`render` does, and return the engine's form of each output too.

    :raises RecipeError: if it does not parse, or lacks a required field.
    """
    import rattler_build

    try:
        stage0 = rattler_build.Stage0Recipe.from_file(recipe)
        asked = [
            name
            for file in (recipe, *(recipe.parent / name for name in recipe_errors.VARIANTS_FILES))
            if file.is_file()
            for name in variables.names(file)
        ]
        platform = platforms(build, target)
        config = rattler_build.RenderConfig(platform=platform)
        found = variants(recipe.parent, platform)
        rendered = stage0.render(found, config)
        skips = skips_of(stage0.to_dict(), found, config)
    except rattler_build.RattlerBuildError as error:
        raise recipe_errors.explain(str(error), recipe) from None
    except UnicodeDecodeError as error:
        raise RecipeError(
            f"{recipe.name}: byte {error.start} is not UTF-8 text",
            looked=str(recipe),
            remedy="Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise RecipeError(
            f"{recipe.name} cannot be read: {(error.strerror or str(error)).lower()}",
            looked=str(recipe),
            remedy="Make it a regular file with read permission for you.",
        ) from None
    outputs = [
        (output, one)
        for output, one in ((_output(one), one) for one in rendered)
        # rattler-build leaves skipped outputs in the result if the recipe has no `outputs`.
        if not any(skip.name == output.name and skip.covers(output.variant) for skip in skips)
    ]
    # A noarch output is rendered for each variant of the others, and is one package.
    distinct = {(output.name, output.version, output.build): output for output, _ in outputs}
    engines = {(output.name, output.version, output.build): one for output, one in outputs}
    built = {output.name for output, _ in outputs}
    return Evaluated(
        Rendered(tuple(distinct.values()), _reasons(skips, built), tuple(dict.fromkeys(asked))),
        tuple(engines.values()),
    )


def _reasons(skips: Sequence[Skipped], built: Collection[str]) -> dict[str, str]:
    """Return what is skipped and why, by name. An output also in `built` has its variant."""
    reasons: dict[str, list[str]] = {}
    for skip in skips:
        variant = ", ".join(f"{name} {value}" for name, value in sorted(skip.variant.items()))
        label = f"{skip.name} ({variant})" if skip.name in built else skip.name
        reasons.setdefault(label, []).append(skip.condition)
    return {label: ", and by ".join(dict.fromkeys(found)) for label, found in reasons.items()}


def platforms(build: Platform, target: Platform) -> rattler_build.PlatformConfig:
    """Return the platforms of a build on `build` for `target`, as the engine takes them."""
    from rattler_build import PlatformConfig

    return PlatformConfig(
        build_platform=build.subdir, host_platform=target.subdir, target_platform=target.subdir
    )


def variants(folder: Path, platform: rattler_build.PlatformConfig) -> rattler_build.VariantConfig:
    """Return the variants from the files that rattler-build reads beside a recipe."""
    from rattler_build import JinjaConfig, RattlerBuildError, VariantConfig

    context = JinjaConfig(platform=platform)
    readers = (VariantConfig.from_conda_build_config, VariantConfig.from_file_with_context)
    found = VariantConfig()
    for name, read in zip(recipe_errors.VARIANTS_FILES, readers, strict=True):
        if (folder / name).is_file():
            try:
                found = found.merge(read(folder / name, context))
            except RattlerBuildError as error:
                raise recipe_errors.explain(str(error), folder / name) from None
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
        rows += [("secrets", ", ".join(output.secrets))] if output.secrets else []
        lines.append(f"{output.name}-{output.version}-{output.build}")
        lines += [f"  {name:7}  {value}" for name, value in rows]
    lines += [f"skipped: {name}, by {why}" for name, why in rendered.skipped.items()]
    return "".join(f"{printable(line)}\n" for line in lines)


def _output(rendered: rattler_build.RenderedVariant) -> Output:
    facts = rendered.recipe.to_dict()
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
        variant={key: str(value) for key, value in sorted(rendered.variant.items())},
        sources=tuple(source for part in parts for source in part.get("source") or ()),
        secrets=tuple(name for part in parts for name in _secrets(part.get("build", {}))),
        script=_script(facts["build"].get("script")),
        tests=tuple(facts.get("tests") or ()),
        exact_pins={
            pin.name: f"{pin.name} =={pin.version} {pin.build_string}"
            for pin in rendered.pin_subpackages.values()
            if pin.exact
        },
        run_constraints=tuple(
            spec
            for spec in facts.get("requirements", {}).get("run_constraints") or ()
            if isinstance(spec, str)
        ),
        ignore_run_exports=facts.get("requirements", {}).get("ignore_run_exports") or {},
    )


def _script(script: object) -> str:
    if isinstance(script, dict):
        return str(script.get("file") or _script(script.get("content")))
    lines = script if isinstance(script, list) else str(script or "").splitlines()
    return next((str(line) for line in lines if "${{" in str(line)), "")


def _secrets(build: Mapping[str, Any]) -> Sequence[str]:
    """Return the names under ``script: secrets:``."""
    script = build.get("script")
    return script.get("secrets") or () if isinstance(script, Mapping) else ()
