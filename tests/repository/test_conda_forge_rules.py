"""The recipes of our projects keep conda-forge's rules, and each rule finds what breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from crosscraft.building.conda_forge import recipe_text, rules
from crosscraft.building.conda_forge.rules import RULES
from crosscraft.lessons.exercises import conda_forge_yml
from crosscraft.paths import ROOT

PLACES = ("cpp_math/recipe", "examples/*", "examples/*/recipe*")
RECIPES = sorted(path for place in PLACES for path in ROOT.glob(f"{place}/recipe.yaml"))

EXTENSION = """\
schema_version: 1
context:
  version: "1.2.0"
package:
  name: fast
  version: ${{ version }}
source:
  url: https://example.org/fast-${{ version }}.tar.gz
  sha256: 0000000000000000000000000000000000000000000000000000000000000000
build:
  number: 0
  skip: is_abi3 and not is_python_min
  script: ${{ PYTHON }} -m pip install .
  python:
    version_independent: ${{ is_abi3 }}
requirements:
  build:
    - ${{ compiler('c') }}
    - ${{ stdlib('c') }}
    - if: build_platform != target_platform
      then: cross-python_${{ target_platform }}
  host:
    - python
    - if: is_abi3
      then: python-abi3
    - pip
    - setuptools
    - numpy
  run:
    - python
  run_exports:
    - ${{ pin_subpackage('fast', upper_bound='x.x') }}
tests:
  - python:
      imports: [fast]
      python_version: ["${{ python_min }}.*", "*"]
  - requirements:
      run: [abi3audit]
    script: abi3audit $SP_DIR/fast.abi3.so
about:
  homepage: https://example.org/fast
  license: MIT OR Apache-2.0
  license_file: LICENSE
  summary: Adds fast
extra:
  recipe-maintainers: [your-github-name]
"""

PURE = """\
context:
  name: pure
  version: "2"
package:
  name: ${{ name }}
  version: ${{ version }}
source:
  path: .
build:
  number: 1
  noarch: python
  script: python -m pip install .
requirements:
  host:
    - python ${{ python_min }}.*
    - pip
    - hatchling
  run:
    - python >=${{ python_min }}
    - fast >=1.2,<2
tests:
  - python:
      imports: [pure]
      python_version: ["${{ python_min }}.*", "*"]
about:
  homepage: https://example.org/pure
  license: BSD-3-Clause
  license_file: LICENSE
  summary: Adds in Python
extra:
  recipe-maintainers: [your-github-name]
"""

SEVERAL = """\
context:
  version: 0.3.1
recipe:
  name: kit
  version: ${{ version }}
source:
  - if: linux
    then:
      url: https://example.org/kit-${{ version }}.tar.gz
      sha256: 0000000000000000000000000000000000000000000000000000000000000000
build:
  number: 0
outputs:
  - staging:
      name: kit-build
    requirements:
      build:
        - ${{ compiler('cxx') }}
        - ${{ stdlib('c') }}
      host:
        - zlib
  - package:
      name: libkit
    requirements:
      run_exports:
        weak:
          - ${{ pin_subpackage('libkit', upper_bound='x') }}
    tests:
      - package_contents:
          lib: [libkit.so]
  - package:
      name: kit
    requirements:
      host:
        - ${{ pin_subpackage('libkit', exact=True) }}
        - ${{ pin_compatible('numpy') }}
        - python
      run:
        - python
    tests:
      - script:
          - echo "The next one can fail."
          - kit --version
about:
  homepage: https://example.org/kit
  license: LicenseRef-Kit
  license_file: [LICENSE, src/COPYING]
  summary: A library and its program
extra:
  recipe-maintainers: [your-github-name]
"""

BREAKS = [
    ("order", PURE, "build:\n", "flavour: sour\nbuild:\n"),
    ("order", EXTENSION, EXTENSION[:46], EXTENSION[18:46] + EXTENSION[:18]),
    ("order", SEVERAL, "host:\n        - zlib", "run: [zstd]\n      host: [zlib]"),
    ("about", PURE, "  homepage: https://example.org/pure\n", ""),
    ("about", PURE, "BSD-3-Clause", '""'),
    ("licence", PURE, "BSD-3-Clause", "BSD License"),
    ("licence", EXTENSION, "MIT OR Apache-2.0", "MIT or so"),
    ("licence", SEVERAL, "LicenseRef-Kit", "unknown"),
    ("licence-file", EXTENSION, "  license_file: LICENSE\n", ""),
    ("licence-file", PURE, "license_file: LICENSE", "license_file: [LICENSE, COPYING]"),
    ("maintainers", EXTENSION, "[your-github-name]", "your-github-name"),
    ("maintainers", PURE, "extra:\n  recipe-maintainers: [your-github-name]\n", ""),
    ("name-and-version", PURE, "name: pure", "name: Pure"),
    ("name-and-version", EXTENSION, '"1.2.0"', '"1.2 beta"'),
    ("name-and-version", EXTENSION, '"1.2.0"', "1.2"),
    ("name-and-version", SEVERAL, "recipe:\n  name: kit\n", "recipe:\n"),
    ("number", EXTENSION, "  number: 0\n", ""),
    ("tests", PURE, PURE[PURE.index("tests:") : PURE.index("about:")], ""),
    ("tests", SEVERAL, "kit --version", "kit --version || true"),
    ("tests", SEVERAL, "lib: [libkit.so]", "lib: []"),
    ("hash", EXTENSION, f"  sha256: {'0' * 64}\n", ""),
    ("hash", SEVERAL, f"      sha256: {'0' * 64}\n", ""),
    ("spaces", PURE, "fast >=1.2,<2", "fast >= 1.2,<2"),
    ("spaces", PURE, "fast >=1.2,<2", "fast>=1.2,<2"),
    ("stdlib", EXTENSION, "    - ${{ stdlib('c') }}\n", ""),
    ("stdlib", EXTENSION, "stdlib('c') }}\n", "stdlib('c') }}\n    - sysroot_linux-64 2.17\n"),
    ("stdlib", SEVERAL, "        - ${{ stdlib('c') }}\n", ""),
    ("pins", EXTENSION, "- numpy\n", "- numpy >=1.26\n"),
    ("pins", SEVERAL, "- zlib\n", "- zlib 1.2.*\n"),
    ("python", EXTENSION, "  run:\n    - python\n", "  run:\n    - numpy\n"),
    ("python", SEVERAL, "run:\n        - python", "run:\n        - python >=3.10"),
    ("python-min", PURE, "python ${{ python_min }}.*\n", "python\n"),
    ("python-min", PURE, "python >=${{ python_min }}", "python"),
    ("python-min", PURE, '"${{ python_min }}.*", ', ""),
    ("both-ends", PURE, ', "*"', ""),
    ("both-ends", EXTENSION, ', "*"', ""),
    ("noarch-conditions", PURE, "- fast >=1.2,<2", "- {if: unix, then: fast}"),
    ("noarch-conditions", PURE, "  noarch: python\n", "  noarch: python\n  skip: win\n"),
    ("subpackage", EXTENSION, "pin_subpackage('fast'", "pin_subpackage('faster'"),
    ("subpackage", SEVERAL, "pin_compatible('numpy')", "pin_compatible('libkit')"),
    ("pip", PURE, "    - hatchling\n", ""),
    ("pip", EXTENSION, "-m pip install .", "setup.py install"),
    ("abi3audit", EXTENSION, "[abi3audit]\n    script: abi3audit", "[file]\n    script: file"),
    ("is-abi3", EXTENSION, "skip: is_abi3 and", "skip: is_abi3 == 'true' and"),
]


def broken(recipe: str, folder: Path) -> dict[str, list[str]]:
    path = folder / "recipe.yaml"
    path.write_text(recipe, encoding="utf-8")
    (folder / "LICENSE").touch()
    return rules.broken(recipe_text.read(path))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.parent.relative_to(ROOT).as_posix())
def test_our_recipes_break_no_rule(path: Path) -> None:
    found = rules.broken(recipe_text.read(path))
    exceptions = {rule.name for rule in RULES if rule.exception}
    places = {name: places for name, places in found.items() if name not in exceptions}
    assert not places
    assert found.keys() == exceptions, "an exception is not needed any more"


@pytest.mark.parametrize("recipe", [EXTENSION, PURE, SEVERAL], ids=["extension", "pure", "several"])
def test_good_recipes_break_no_rule(recipe: str, tmp_path: Path) -> None:
    assert broken(recipe, tmp_path) == {}


@pytest.mark.parametrize(("rule", "recipe", "old", "new"), BREAKS, ids=[row[0] for row in BREAKS])
def test_one_change_breaks_one_rule(
    rule: str, recipe: str, old: str, new: str, tmp_path: Path
) -> None:
    assert recipe.count(old) == 1
    assert broken(recipe.replace(old, new), tmp_path).keys() == {rule}


def test_every_rule_is_broken_once() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names) == 20
    assert {row[0] for row in BREAKS} == set(names)


PLATFORM = {
    "enum": "linux_64 linux_aarch64 linux_ppc64le osx_64 osx_arm64 win_64 win_arm64".split()
}
CONDA_FORGE_YML = {
    "additionalProperties": False,
    "properties": {
        "build_platform": {"propertyNames": PLATFORM, "additionalProperties": PLATFORM},
        "provider": {
            "propertyNames": PLATFORM,
            "additionalProperties": {"enum": ["azure", "default", "emulated", "github_actions"]},
        },
        "test": {"enum": ["all", "native", "native_and_emulated"]},
        "conda_build_tool": {"enum": ["conda-build", "rattler-build"]},
    },
}
"""The part of conda-smithy's schema for conda-forge.yml that the page about conda-forge is on."""


def test_page_shows_a_valid_conda_forge_yml() -> None:
    page = (ROOT / "docs/conda-forge.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\n(build_platform:.*?)^```$", page, re.M | re.S)
    [provider] = re.findall(r"`(provider: .*?)`", page)
    jsonschema.validate(yaml.safe_load(block + provider), CONDA_FORGE_YML)
    to_copy = (ROOT / "examples/conda-forge.yml").read_text(encoding="utf-8")
    assert to_copy.partition("\n")[2] == block
    jsonschema.validate(yaml.safe_load(conda_forge_yml.EXERCISE.solution), CONDA_FORGE_YML)
    explained = re.findall(r"^- `(\w+)`", page, re.M)
    assert explained == list(yaml.safe_load(block + provider))
