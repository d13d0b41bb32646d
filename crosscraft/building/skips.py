"""The skip conditions of a recipe that are true for a platform and its variants.

rattler-build leaves skipped outputs out of its result, except in a recipe without ``outputs``, and
does not name the condition. So we ask it about each condition, with two outputs: one is skipped
where the condition is true, the other where it is false. An expression that makes no sense skips
neither. The format: https://rattler.build/latest/reference/recipe_file/
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import rattler_build

__all__ = ["Skipped", "skipped"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """An output that is skipped for a variant."""

    name: str
    """The package's name."""
    variant: Mapping[str, str]
    """The variables that the condition depends on, with their values. It may be empty."""
    condition: str
    """The true condition, as an expression."""

    def covers(self, variant: Mapping[str, object]) -> bool:
        """Return whether the output is skipped for `variant`."""
        return all(str(variant.get(name)) == value for name, value in self.variant.items())


def skipped(
    recipe: Mapping[str, Any],
    variants: rattler_build.VariantConfig,
    config: rattler_build.RenderConfig,
) -> tuple[Skipped, ...]:
    """Return what is skipped, in the order of the recipe.

    :param recipe: an unrendered recipe, as from ``Stage0Recipe.to_dict``.
    :raises rattler_build.RattlerBuildError: if a condition cannot be evaluated.
    """
    import rattler_build

    conditions = list(_conditions(recipe))
    if not conditions:
        return ()
    question = {
        "context": recipe.get("context", {}),
        "recipe": {"name": "skips", "version": "1"},
        "outputs": [
            {
                "package": {"name": f"{name}.{place}.{answer}", "version": "1"},
                "build": {"skip": [skip]},
            }
            for place, (name, condition) in enumerate(conditions)
            for answer, skip in (("false", condition), ("true", f"not ({condition})"))
        ],
    }
    # Without a folder, rattler-build makes one that stays.
    with tempfile.TemporaryDirectory() as folder:
        stage0 = rattler_build.Stage0Recipe.from_dict(question, recipe_dir=folder)
        answers = list(stage0.render(variants, config))
    rendered = [
        (answer.recipe.to_dict()["package"]["name"].rsplit(".", 2), _used(answer.variant))
        for answer in answers
    ]
    false = [(place, variant) for (_, place, answer), variant in rendered if answer == "false"]
    true = [
        (int(place), Skipped(name, variant, conditions[int(place)][1]))
        for (name, place, answer), variant in rendered
        if answer == "true" and (place, variant) not in false
    ]
    return tuple(one for _, one in sorted(true, key=lambda pair: pair[0]))


def _used(variant: Mapping[str, object]) -> dict[str, str]:
    """Return the variables of a variant that tell it from others of the same platform."""
    return {name: str(value) for name, value in variant.items() if name != "target_platform"}


def _conditions(recipe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each output's name and each of its conditions. Those of the recipe count for all."""
    outputs = recipe.get("outputs")
    for output in outputs or [recipe]:
        if "package" not in output:  # a staging output is no package
            continue
        name = output["package"].get("name") or recipe.get("recipe", {}).get("name", "")
        for part in (recipe, output) if outputs else (recipe,):
            for condition in _expressions(part.get("build", {}).get("skip") or ()):
                yield name, condition


def _expressions(entry: object) -> Iterator[str]:
    """Yield the expressions of a ``skip`` entry, which may be a list or have an ``if``."""
    if isinstance(entry, Mapping):
        yield from (_both(entry["if"], one) for one in _expressions(entry.get("then", ())))
        no = f"not {_bracketed(entry['if'])}"
        yield from (_both(no, one) for one in _expressions(entry.get("else", ())))
    elif isinstance(entry, (list, tuple)):
        for one in entry:
            yield from _expressions(one)
    else:
        text = str(entry).strip()
        yield text.removeprefix("${{").removesuffix("}}").strip()


def _both(condition: str, then: str) -> str:
    if then == "true":
        return condition
    return f"{_bracketed(condition)} and {_bracketed(then)}"


def _bracketed(condition: str) -> str:
    return f"({condition})" if " " in condition else condition
