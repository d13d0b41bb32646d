"""`crosscraft render`: what a recipe would build, for whom, and what is skipped and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Call

BROKEN = {
    "not YAML": "outputs: [",
    "an unknown key": "package:\n  title: a\n  version: 1\n",
    "nothing missing but the version": "package:\n  name: a\n",
    "an undefined variable": "package:\n  name: a\n  version: ${{ edition }}\n",
    "an unknown function": "package: {name: a, version: '1'}\n"
    "requirements: {build: [\"${{ compilr('cxx') }}\"]}\n",
}


def write(folder: Path, text: str) -> Path:
    recipe = folder / "recipe" / "recipe.yaml"
    recipe.parent.mkdir()
    recipe.write_text(text, encoding="utf-8")
    return recipe


def test_a_native_build_makes_both_outputs(crosscraft: Call, project: Path) -> None:
    done = crosscraft("render", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "cpp_math-0.1.0-hdab6535_0\n"
        "  subdir   linux-64\n"
        "  variant  c_stdlib: sysroot, target_platform: linux-64\n"
        "  build    gxx_linux-64, sysroot_linux-64, cmake, ninja\n"
        "  host     python, nanobind >=2.0.0\n"
        "  run      python\n"
        "cpp_math-stubs-0.1.0-pyh77f7967_0\n"
        "  subdir   noarch\n"
        "  variant  c_stdlib: sysroot, target_platform: noarch\n"
        "  build    gxx_linux-64, sysroot_linux-64, cmake, ninja\n"
        "  host     python 3.11.*, nanobind >=2.0.0, cpp_math (of this recipe)\n"
        "  run      python >=3.11\n"
    )


def test_a_cross_build_skips_the_stubs_and_says_why(crosscraft: Call, project: Path) -> None:
    done = crosscraft("render", "--target-platform", "linux-aarch64", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "cpp_math-0.1.0-hf1ab7cd_0\n  subdir   linux-aarch64\n" in done.stdout
    assert "gxx_linux-aarch64" in done.stdout
    assert done.stdout.endswith(
        'skipped: cpp_math-stubs, by host_platform not in ("linux-64", "noarch")\n'
    )


def test_the_project_may_be_elsewhere(crosscraft: Call, project: Path, tmp_path: Path) -> None:
    assert "cpp_math-stubs" in crosscraft("render", "--project", project, cwd=tmp_path).stdout


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_recipe_that_does_not_parse_is_one_line(
    crosscraft: Call, tmp_path: Path, text: str
) -> None:
    write(tmp_path, text)
    done = crosscraft("render", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("crosscraft: recipe.yaml:")


def test_a_folder_without_a_recipe_and_an_unknown_platform(
    crosscraft: Call, tmp_path: Path, project: Path
) -> None:
    assert "there is no recipe in" in crosscraft("render", cwd=tmp_path).stderr
    done = crosscraft("render", "-t", "linux-arm64", cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
