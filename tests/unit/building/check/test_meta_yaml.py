"""conda-build's selectors and statements are decided, and lines keep their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building.check import conditions, meta_yaml
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

DECIDE = conditions.decider(conditions.variables("linux-64", "linux-aarch64"))


def kept(content: str) -> list[str]:
    plain = meta_yaml.plain(Text("meta.yaml", content), DECIDE).content
    assert plain.count("\n") == content.count("\n")
    return [line.strip() for line in plain.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("- a  # [win]\n- b  # [unix]", ["- b  # [unix]"]),
        ("- a  # [win]  because of this\n- b", ["- b"]),
        ("- a  # needed there [osx and arm64]\n- b", ["- b"]),
        ("- a  # [something_else]", ["- a  # [something_else]"]),
        ("skip: true  # [something_else]\nn: 1", ["n: 1"]),
        ("skip: true  # [aarch64]", ["skip: true  # [aarch64]"]),
        ("{% set names = [\n  'a',\n  'b'\n] %}\nn: 1", ["n: 1"]),
        ("{# a\nnote #}\nn: 1", ["n: 1"]),
        ("{% if win %}\n- a\n{% else %}\n- b\n{% endif %}\n- c", ["- b", "- c"]),
        ("{% if unix %}\n- a\n{% elif x %}\n- b\n{% else %}\n- c\n{% endif %}", ["- a"]),
        ("{% if mpi == 'x' %}\n- a\n{% else %}\n- b\n{% endif %}", ["- a", "- b"]),
        ("{% if win %}\n{% for x in y %}\n- a\n{% endfor %}\n{% endif %}\n- b", ["- b"]),
        ("{% for x in y %}\n- {{ x }}\n{% endfor %}", ["- '{{ x }}'"]),
        ("- a\n{{ names.append('b') or '' }}\n- c", ["- a", "- c"]),
        ("- a{% if win %}.exe{% endif %}", ["- a"]),
        ("- {{ compiler('c') }}  # [unix]", ["- '{{ compiler(''c'') }}'  # [unix]"]),
        ("number: {{ build + 1 }}", ["number: '{{ build + 1 }}'"]),
    ],
)
def test_what_is_kept(content: str, expected: list[str]) -> None:
    assert kept(content) == expected


RECIPE = """\
{% set name = "gadget" %}
{% set parts = [
  "a",
] %}
package:
  name: {{ name|lower }}
requirements:
  build:
    - {{ compiler('c') }}
    - python  # [build_platform != target_platform]
    {% if win %}
    - m2-make
    {% else %}
    - make
    {% endif %}
outputs:
  - name: lib{{ name }}
    script: install.sh   # [unix]
    script: install.bat  # [win]
    requirements:
      - zlib
"""


def test_a_recipe_with_statements_is_read(tmp_path: Path) -> None:
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe/meta.yaml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "recipe/build.sh").write_text("make\n", encoding="utf-8")
    (tmp_path / "recipe/install.sh").write_text("make install\n", encoding="utf-8")
    project = Project(tmp_path, "linux-aarch64")
    top, library = (output for _, output in project.outputs)
    assert (top.name, library.name) == ("gadget", "libgadget")
    assert [spec.name for spec in top.requirements["build"]] == ["", "python", "make"]
    assert [spec.line for spec in top.requirements["build"]] == [9, 10, 14]
    assert [spec.name for spec in library.requirements["run"]] == ["zlib"]
    assert [command.argv for command in top.commands] == [("make",)]
    assert [command.argv for command in library.commands] == [("make", "install")]


@pytest.mark.parametrize(
    "content",
    [
        "{%a" * 300_000,
        "{#" * 300_000,
        "#" * 1_000_000,
        "#[" * 300_000,
        "- {{" + " " * 1_000_000,
        "{% set a = " + " " * 1_000_000,
        "{% if a %}\n" * 20_000,
    ],
    ids=range(7),
)
def test_a_hostile_file_takes_no_time(content: str) -> None:
    text = Text("meta.yaml", content)
    meta_yaml.variables(text)
    assert len(meta_yaml.plain(text, DECIDE).content) <= len(content) + 2
