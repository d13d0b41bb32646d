"""conda-forge's rules for recipes: the twenty that a recipe like ours can break.

They are those of conda-smithy's linter, as of August 2026, for recipes in the format of
rattler-build. Each row names the linter's messages (``R-002``) that it stands for. A lint blocks a
pull request. A hint is what a reviewer then asks for.

The rows are stricter than the linter in four things. They look into every output, where the
linter looks only at the top of a recipe for several rules. A test has to be able to fail. A
licence file has to exist. A pin needs no rendered feedstock to be found. And they are milder in
one: a package whose tests run no Python needs no Python for its tests.

Left out is what

- engines refuse: unknown fields, unknown values of ``noarch``, YAML that does not parse;
- is spelling: empty lines at the end, blanks in ``${{ x }}``, selectors in comments;
- needs GitHub or the newest pinning: that maintainers exist, that ``python_min`` is not below the
  default, packages to avoid, the files of a rendered feedstock;
- is for other languages, systems and sources: Rust and Go, macOS and Windows, wheels, ``pypi.io``;
- is obsolete in recipes written today: ``toolchain``, ``SP_DIR`` set by hand, run_exports of
  ``cross-python`` ignored by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crosscraft.building.conda_forge import checks
from crosscraft.building.conda_forge.recipe_text import Recipe


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of conda-forge."""

    name: str
    says: str
    """What it asks for."""
    source: str
    """The messages of conda-smithy's linter, and the function that gives them."""
    places: Callable[[Recipe], Iterator[str]]
    """Where a recipe breaks it."""
    exception: str = ""
    """Why the recipes of this repository break it, if they do."""


def broken(recipe: Recipe) -> dict[str, list[str]]:
    """Return the places where `recipe` breaks rules, by the names of the rules."""
    found = {rule.name: list(rule.places(recipe)) for rule in RULES}
    return {name: places for name, places in found.items() if places}


RULES = (
    Rule(
        "order",
        "the sections at the top have known names and a fixed order, and so have build, host, run",
        "R-000, R-001, R-009: lint_section_order, lint_build_section_should_be_before_run",
        checks.order,
    ),
    Rule(
        "about",
        "about has a homepage, a license and a summary",
        "R-002: lint_about_contents",
        checks.about,
    ),
    Rule(
        "licence",
        "the licence is an SPDX expression, without the word License, and not unknown",
        "R-007, R-010, R-044, R-045: hint_check_spdx, lint_license_cannot_be_unknown",
        checks.licence,
    ),
    Rule(
        "licence-file",
        "about.license_file names a file of the sources or of the recipe's folder",
        "R-013: lint_license_family_should_be_valid",
        checks.licence_file,
    ),
    Rule(
        "maintainers",
        "extra.recipe-maintainers lists the GitHub names of the feedstock's maintainers",
        "R-003, R-004: lint_recipe_maintainers",
        checks.maintainers,
        exception="these recipes have no feedstock, so nobody looks after one",
    ),
    Rule(
        "name-and-version",
        "the name of the package or recipe has no capitals, and its version is text, not a number",
        "R-014, R-015, R-016, R-040: lint_recipe_name, lint_package_version, lint_floats_quoted",
        checks.name_and_version,
    ),
    Rule(
        "number",
        "the recipe has a build.number at its top",
        "R-008: lint_build_section_should_have_a_number",
        checks.number,
    ),
    Rule(
        "tests",
        "each package has a test that can fail",
        "R-005, R-006: lint_recipe_tests",
        checks.tests,
    ),
    Rule(
        "hash",
        "a source that is downloaded has a checksum",
        "R-019: lint_sources_should_have_hash",
        checks.checksums,
    ),
    Rule(
        "spaces",
        "a requirement has one space, between the name and the version",
        "R-021, R-022: lint_single_space_in_pinned_requirements",
        checks.spaces,
    ),
    Rule(
        "stdlib",
        "every output with a compiler also has stdlib('c'), and no output names a sysroot",
        "R-033, R-034: lint_stdlib",
        checks.stdlib,
    ),
    Rule(
        "pins",
        "a host requirement has no version if the global pinning has one",
        "CF-006, R-017: hint_dependency_pins",
        checks.pins,
    ),
    Rule(
        "python",
        "an extension that is built with Python also requires it in run, without a version",
        "R-023, R-024: lint_non_noarch_builds",
        checks.python,
    ),
    Rule(
        "python-min",
        "a noarch: python package is built and tested with python_min, and runs with it or later",
        "R-026, R-047: hint_noarch_python_use_python_min",
        checks.python_min,
    ),
    Rule(
        "both-ends",
        "a package for several Pythons is also imported by the newest one",
        "R1-004, R1-005: hint_noarch_python_test_latest",
        checks.both_ends,
    ),
    Rule(
        "noarch-conditions",
        "a noarch package has no conditions in its requirements, and a noarch recipe no skip",
        "R1-002: lint_usage_of_selectors_for_noarch",
        checks.noarch_conditions,
    ),
    Rule(
        "subpackage",
        "pin_subpackage names an output of the recipe, and pin_compatible names none",
        "R-027: lint_pin_subpackages",
        checks.subpackage,
    ),
    Rule(
        "pip",
        "Python projects are built by pip, with the build backend in host",
        "R-046, R-049: hint_pip_no_build_backend, hint_pip_usage",
        checks.pip,
    ),
    Rule(
        "abi3audit",
        "a package for the stable ABI runs abi3audit in its tests",
        "R-053: hint_abi3_missing_abi3audit",
        checks.abi3audit,
    ),
    Rule(
        "is-abi3",
        "is_abi3 is a boolean, so it isn't compared with a text",
        "R-038: lint_recipe_is_abi3_bool",
        checks.is_abi3,
    ),
)
