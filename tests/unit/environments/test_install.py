"""Environments: made once, for either platform, and plain CMake works in one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from crosscraft.channel import select
from crosscraft.environments import emulate, install
from crosscraft.errors import InstallError
from crosscraft.platforms import lookup, native

pytestmark = pytest.mark.usefixtures("own_cache")

TOOLS = ["cmake", "ninja", "python", "nanobind"]


@pytest.fixture
def local():
    return [select.choose("local")]


def test_an_environment_is_made_once(local):
    made = install.create(["jq"], native(), local)
    mark = made.prefix / "here"
    mark.touch()
    assert install.create(["jq"], native(), local) == made
    assert mark.exists()
    assert install.installed(made)["jq"] == "1.6"


def test_one_that_was_interrupted_is_made_again(local):
    made = install.create(["jq"], native(), local)
    (made.prefix / "conda-meta/crosscraft-complete").unlink()
    (made.prefix / "bin/jq").unlink()
    assert install.create(["jq"], native(), local) == made
    assert (made.prefix / "bin/jq").exists()


@pytest.mark.parametrize("gone", ["", ".links", ".lock"])
def test_what_was_removed_from_the_store_is_unpacked_again(local, monkeypatch, gone):
    cache = Path(os.environ["CROSSCRAFT_CACHE"], f"damaged{gone}")
    cache.mkdir()
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(cache))
    made = install.create(["jq"], native(), local)
    (stored,) = cache.glob(f"unpacked/jq-*{gone}") if gone else cache.glob("unpacked/jq-*[0-9a-f]")
    shutil.rmtree(stored) if stored.is_dir() else stored.unlink()
    shutil.rmtree(made.prefix)
    assert install.create(["jq"], native(), local) == made
    assert (made.prefix / "bin/jq").exists()
    assert stored.exists()


def test_the_two_platforms_have_environments_of_their_own(local):
    here = install.create(["python"], native(), local)
    there = install.create(["python"], lookup("linux-aarch64"), local, glibc="2.36")
    assert here.prefix != there.prefix
    machine = [(env.prefix / "bin/python").resolve().read_bytes()[18] for env in (here, there)]
    assert machine == [62, 183]  # e_machine: x86-64, AArch64


def test_old_environments_are_removed(local, monkeypatch):
    monkeypatch.setattr(install, "_KEEP", 1)
    monkeypatch.setenv("CROSSCRAFT_CACHE", os.environ["CROSSCRAFT_CACHE"] + "/few")
    Path(os.environ["CROSSCRAFT_CACHE"]).mkdir()
    first = install.create(["jq"], native(), local)
    second = install.create(["ninja"], native(), local)
    assert not first.prefix.exists()
    assert second.prefix.exists()


def test_a_damaged_package_is_our_error(local, tmp_path, monkeypatch):
    shutil.copytree(Path(local[0].url.removeprefix("file://")) / "linux-64", tmp_path / "linux-64")
    (tmp_path / "noarch").mkdir()
    (tmp_path / "noarch/repodata.json").write_text('{"info": {"subdir": "noarch"}}')
    (package,) = (tmp_path / "linux-64").glob("jq-*.conda")
    package.write_bytes(package.read_bytes()[:-5000])
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))  # that has no sound copy
    with pytest.raises(InstallError, match="could not be installed"):
        install.create(["jq"], native(), [select.in_folder(tmp_path, "damaged")])


def plain(env, *argv, cwd, **extra):
    """Run a command in an activated environment, outside of any conda build."""
    settings = {n: v for n, v in emulate.variables(env).items() if n not in ("PREFIX", "SP_DIR")}
    return subprocess.run(
        emulate.command(env, argv, None),
        cwd=cwd, env=settings | extra, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.builds
def test_plain_cmake_builds_installs_and_makes_stubs(project, local):
    env = install.create(["gxx_linux-64", *TOOLS], native(), local)
    site = env.prefix / "lib/python3.11/site-packages"
    configured = plain(env, "cmake", "-G", "Ninja", "-S", ".", "-B", "build", cwd=project)
    assert configured.returncode == 0, configured.stderr
    assert "Branch: native" in configured.stdout
    done = plain(env, "ninja", "-C", "build", "install", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "no work to do" in plain(env, "ninja", "-C", "build", cwd=project).stdout
    assert [path.name for path in site.glob("cpp_math*")] == [
        "cpp_math.cpython-311-x86_64-linux-gnu.so"
    ]
    added = plain(env, "python", "-c", "import cpp_math; print(cpp_math.add(1, 2))", cwd=project)
    assert added.stdout == "3\n"

    stubs = ["cmake", "-G", "Ninja", "-S", ".", "-B", "stubs", "-DSTUBS_ONLY=ON"]
    # Where the module is, and the stubs go, is what CMake finds, or SP_DIR says.
    assert plain(env, *stubs, cwd=project).returncode == 0
    made = plain(env, "ninja", "-C", "stubs", "cpp_math_stub", cwd=project)
    assert made.returncode == 0, made.stdout
    assert "def add(a: int, b: int)" in (site / "cpp_math-stubs/__init__.pyi").read_text()
    again = plain(env, "ninja", "-C", "stubs", "cpp_math_stub", cwd=project)
    assert "no work to do" in again.stdout


@pytest.mark.builds
def test_plain_cmake_refuses_to_cross_compile_and_says_what_does_it(project, local):
    env = install.create(["gxx_linux-aarch64", *TOOLS], native(), local)
    done = plain(
        env, "cmake", "-G", "Ninja", "-S", ".", "-B", "build",
        "-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64", cwd=project,
    )  # fmt: skip
    assert done.returncode != 0
    said = " ".join(done.stderr.split())
    assert "Cross-compiling needs the target's Python." in said
    assert "crosscraft build" in said
