"""ccache before CMake's compilers: what was compiled once is not compiled again, and no more."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from crosscraft.building import compiler_cache
from crosscraft.building import recipe as recipes
from crosscraft.channel import select
from crosscraft.inspection import conda_file
from crosscraft.platforms import lookup, native
from crosscraft.system import files


@pytest.fixture
def fresh(tmp_path, monkeypatch, cache):
    """A cache with the machine's channel and unpacked packages, and nothing compiled."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("channels", "unpacked"):
        (folder / name).symlink_to(cache / name if name == "unpacked" else files.cache(name))
    (cache / "unpacked").mkdir(exist_ok=True)
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(folder))
    return folder


def counts(cache):
    """Hits and misses, as ccache itself counts them."""
    (ccache,) = cache.glob("environments/*/bin/ccache")
    done = subprocess.run(
        [ccache, "--print-stats"],
        env={**os.environ, "CCACHE_DIR": str(cache / "compiled")},
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(re.findall(r"^(\w+)\t(\d+)$", done.stdout, re.M))
    hits = int(found["direct_cache_hit"]) + int(found["preprocessed_cache_hit"])
    return hits, int(found["cache_miss"])


TINY = {
    "recipe.yaml": """\
package: {name: tiny, version: 1}
source: {path: .}
build:
  script:
    - cmake -G Ninja -S . -B made $CMAKE_ARGS
    - cmake --build made --target install
requirements:
  build: ["${{ compiler('cxx') }}", cmake, ninja]
""",
    "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.20)
project(tiny CXX)
add_library(tiny SHARED one.cpp two.cpp three.cpp)
install(TARGETS tiny)
""",
    **{f"{name}.cpp": f"int {name}() {{ return 1; }}\n" for name in ("one", "two", "three")},
}


@pytest.mark.builds
@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_an_edited_build_compiles_the_edited_file_alone(crosscraft, fresh, tmp_path, platform):
    project = tmp_path / "tiny"
    project.mkdir()
    for name, text in TINY.items():
        (project / name).write_text(text)

    def build(**env):
        done = crosscraft("build", "--test", "skip", "-t", platform, cwd=project, env=env)
        assert done.returncode == 0, done.stdout + done.stderr

    build()
    _, first = counts(fresh)
    assert first >= 3
    (project / "two.cpp").write_text("int two() { return 2; }\n")
    build()
    hits, misses = counts(fresh)
    assert (misses - first, hits >= 2) == (1, True)
    build(CCACHE_DISABLE="1")
    assert counts(fresh) == (hits, misses)
    (package,) = project.glob(f"output/{platform}/*.conda")
    assert conda_file.read(package).subdir == platform


RECIPE = "package: {{name: a, version: 1}}\nrequirements: {{build: [{0}]}}\n"
CXX = "\"${{ compiler('cxx') }}\""


def made(tmp_path, text, packages=()):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text)
    rendered = recipes.render(recipe, native(), lookup("linux-aarch64"))
    folder = tmp_path / "scripts"
    shutil.rmtree(folder, ignore_errors=True)
    return compiler_cache.script_folder(folder, rendered, native(), [select.choose()], packages)


@pytest.mark.parametrize("needs", ["cmake", f"{CXX}, ccache"])
def test_recipes_that_get_none(tmp_path, own_cache, needs):
    assert made(tmp_path, RECIPE.format(needs)) is None


def test_a_recipe_that_builds_its_own_tool_gets_none(tmp_path, own_cache):
    """Its compiler could be that tool, and nobody knows the tool's checksum yet."""
    text = (
        "outputs:\n- package: {name: tool, version: 1}\n- package: {name: a, version: 1}\n"
        f"  requirements: {{build: [{CXX}, \"${{{{ pin_subpackage('tool') }}}}\"]}}\n"
    )
    assert made(tmp_path, text) is None


def test_a_cache_that_cannot_be_written_stops_no_build(tmp_path, own_cache, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert made(tmp_path, RECIPE.format(CXX)) is None


def test_other_packages_are_another_namespace(tmp_path, own_cache):
    def namespace(*packages):
        folder = made(tmp_path, RECIPE.format(CXX), [tmp_path / one for one in packages])
        (script,) = folder.iterdir()
        return re.search(r"CCACHE_NAMESPACE=(\w{64})", script.read_text())[1]

    assert namespace("gxx@1", "cmake@2") == namespace("cmake@2", "gxx@1")
    assert namespace("gxx@1", "cmake@2") != namespace("gxx@3", "cmake@2")


def test_the_script_sets_what_cmake_and_ccache_document_and_no_more(tmp_path, own_cache):
    folder = made(tmp_path, RECIPE.format(CXX), [tmp_path / "gxx@1"])
    (script,) = folder.iterdir()
    said = subprocess.run(
        ["env", "-i", "BUILD_PREFIX=/b/x/build_env", "sh", "-c", f". {script}; env"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    shells = {"BUILD_PREFIX", "PWD", "SHLVL", "_"}
    assert {line.split("=")[0] for line in said.splitlines()} - shells == {
        "CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER", "CCACHE_DIR", "CCACHE_BASEDIR",
        "CCACHE_NOHASHDIR", "CCACHE_NAMESPACE", "CCACHE_COMPILERCHECK", "CCACHE_DEPEND",
        "CCACHE_SLOPPINESS",
    }  # fmt: skip
    assert "CCACHE_BASEDIR=/b/x\n" in said
    assert "max_size = 500M" in (files.cache("compiled") / "ccache.conf").read_text()
