"""rattler-build and pixi as engines: the same channel, table and errors as the embedded one.

They are tried with stand-ins (`stand_in`), and with the real ones where those are on PATH.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
import stand_in

from crosscraft import conda_file, engines
from crosscraft.engines import command_line
from crosscraft.errors import EngineError

SECRET = "hunter2-do-not-leak"

ENGINES = [
    pytest.param(("rattler-build", "0.73.0"), id="rattler-build"),
    pytest.param(("pixi", "0.68.1"), id="pixi-publish"),
    pytest.param(("pixi", "0.67.2"), id="pixi-build"),
]

each_engine = pytest.mark.parametrize("engine", ENGINES)


class Installed:
    """A stand-in on PATH."""

    def __init__(self, folder: Path, name: str, version: str) -> None:
        self.name = name
        self.record = stand_in.install(folder, name, version)
        self.program = folder / name
        self.env = {
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PIXI_BUILD_BACKEND_OVERRIDE": "pixi-build-rattler-build=/some/where",
            "GITHUB_TOKEN": SECRET,
            "CONDA_TOKEN": SECRET,
            "https_proxy": f"http://u:{SECRET}@127.0.0.1:9",
        }

    def call(self) -> dict:
        (call,) = stand_in.calls(self.record)
        return call


@pytest.fixture
def installed(engine, tmp_path):
    return Installed(tmp_path / "bin", *engine)


def outcome(done):
    """What a build said, without what differs from run to run and from engine to engine."""
    text = done.stdout + done.stderr
    text = re.sub(r"  (engine|command) .*\n", "", text)
    return re.sub(r"\d+ k?B|\d+\.\d s", "-", text)


@pytest.mark.builds
@each_engine
@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_the_same_packages_phases_and_table(crosscraft, own_cache, geometry, installed, platform):
    flags = ["--target-platform", platform]
    expected = crosscraft("build", *flags, "-o", "embedded", cwd=geometry)
    done = crosscraft("build", *flags, "--engine", installed.name, cwd=geometry, env=installed.env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outcome(done) == outcome(expected)
    assert f"  engine   {installed.name} " in done.stdout
    index = geometry / "output" / platform / "repodata.json"
    (name,) = json.loads(index.read_text())["packages.conda"]
    assert name in {path.name for path in (geometry / "embedded" / platform).iterdir()}
    facts = [conda_file.read(geometry / made / platform / name) for made in ("output", "embedded")]
    assert facts[0].depends == facts[1].depends
    assert facts[0].files == facts[1].files
    assert {path.name for path in (geometry / "output").iterdir()} == {platform, "noarch"}
    assert list((own_cache / "builds").iterdir()) == []
    assert sorted(path.name for path in geometry.iterdir()) == [
        "embedded", "geometry.cpp", "output", "recipe.yaml"
    ]  # fmt: skip


@pytest.mark.builds
@each_engine
def test_the_command_is_shown_as_it_was_run(crosscraft, own_cache, geometry, installed):
    done = crosscraft("build", "--engine", installed.name, cwd=geometry, env=installed.env)
    assert done.returncode == 0, done.stderr
    call = installed.call()
    (shown,) = re.findall(r"^  command  (.*)$", done.stdout, re.M)
    assert shlex.split(shown) == call["argv"]
    assert call["argv"][0] == str(installed.program)
    scratch = re.search(rf"{own_cache}/builds/build-\w+/work", shown)[0]
    assert shown.replace(str(installed.program), "PROGRAM").replace(scratch, "SCRATCH") in {
        f"PROGRAM build --recipe {geometry}/recipe.yaml --build-platform linux-64 "
        f"--target-platform linux-64 --channel {local_channel(crosscraft)} "
        "--output-dir SCRATCH --test native --keep-build --package-format conda:1 "
        "--no-include-recipe",
        "PROGRAM publish --to file://SCRATCH/pixi/channel --force "
        "--target-platform linux-64 --build-dir SCRATCH/pixi/work",
        "PROGRAM build --output-dir SCRATCH/pixi/channel "
        "--target-platform linux-64 --build-dir SCRATCH/pixi/work",
    }


def local_channel(crosscraft):
    return Path(crosscraft("channel", "path").stdout.strip()).as_uri()


@pytest.mark.builds
@each_engine
def test_its_environment_is_clean_and_its_process_group_its_own(
    crosscraft, own_cache, geometry, installed
):
    done = crosscraft("build", "--engine", installed.name, cwd=geometry, env=installed.env)
    assert done.returncode == 0, done.stderr
    call = installed.call()
    proxies = {"ALL_PROXY"} if installed.name == "pixi" and "OVERRIDE" not in call["env"] else set()
    assert SECRET not in " ".join(call["argv"])
    known = "HOME LANG LOGNAME PATH SHELL TERM TMPDIR TZ USER NO_COLOR RATTLER_CACHE_DIR".split()
    kept = re.compile(r"(LC_|XDG_|CROSSCRAFT_|RATTLER_BUILD_|PIXI_|SSL_CERT_)\w+")
    others = {name for name in call["env"] if name not in known and not kept.fullmatch(name)}
    assert others <= proxies | {"LANGUAGE", "REQUESTS_CA_BUNDLE"}
    assert SECRET not in str(call["env"])
    assert call["group"]
    cache = call["env"].get("PIXI_CACHE_DIR", call["env"]["RATTLER_CACHE_DIR"])
    assert cache.startswith(str(own_cache / "builds"))  # what it unpacks goes with it


@pytest.mark.builds
@each_engine
def test_a_failed_script_says_what_the_embedded_engine_says(
    crosscraft, own_cache, geometry, installed
):
    source = geometry / "geometry.cpp"
    source.write_text(source.read_text().replace("a * b", "a * c"))
    expected = crosscraft("build", cwd=geometry)
    done = crosscraft("build", "--engine", installed.name, cwd=geometry, env=installed.env)
    assert done.returncode == expected.returncode == 1
    assert "error: ‘c’ was not declared" in done.stderr
    assert done.stderr == expected.stderr
    assert "not declared" in (geometry / "output/logs/geometry-linux-64.log").read_text()
    assert not list(geometry.glob("output/*/*.conda"))


@pytest.mark.builds
@each_engine
def test_a_failed_test_says_what_the_embedded_engine_says(
    crosscraft, own_cache, geometry, installed
):
    recipe = geometry / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("== 12", "== 13"))
    expected = crosscraft("build", cwd=geometry)
    done = crosscraft("build", "--engine", installed.name, cwd=geometry, env=installed.env)
    assert done.returncode == 1
    assert "a test of geometry failed on linux-64" in done.stderr
    assert "AssertionError" in done.stderr
    assert done.stderr.splitlines()[-1] == expected.stderr.splitlines()[-1]
    assert not list(geometry.glob("output/*/*.conda"))
    skips = crosscraft(
        "build", "--engine", installed.name, "--test", "skip", cwd=geometry, env=installed.env
    )
    assert skips.returncode == 0, skips.stderr


TWO = """\
recipe:
  name: two
  version: 1
outputs:
  - package:
      name: first
    build:
      noarch: generic
      script: mkdir -p $PREFIX/share && echo hi > $PREFIX/share/first
  - package:
      name: second
    build:
      noarch: generic
      script: mkdir -p $PREFIX/share && echo hi > $PREFIX/share/second
    requirements:
      run:
        - first
    tests:
      - script:
          - test -f $PREFIX/share/first
  - package:
      name: third
    build:
      noarch: generic
      script: mkdir -p $PREFIX/share && echo hi > $PREFIX/share/third
    tests:
      - script:
          - test -f $PREFIX/share/third
"""


@pytest.mark.builds
@each_engine
def test_several_outputs_of_which_one_needs_another_for_its_test(
    crosscraft, own_cache, make_project, installed
):
    project = make_project(TWO)
    expected = crosscraft("build", "-o", "embedded", cwd=project)
    done = crosscraft("build", "--engine", installed.name, cwd=project, env=installed.env)
    assert done.returncode == expected.returncode == 0, done.stdout + done.stderr
    assert sorted(outcome(done).splitlines()) == sorted(outcome(expected).splitlines())
    assert len([*project.glob("output/noarch/*.conda")]) == 3


@each_engine
def test_a_missing_dependency_says_what_the_embedded_engine_says(
    crosscraft, own_cache, make_project, installed
):
    recipe = "package:\n  name: a\n  version: 1\nrequirements:\n  host:\n    - nonesuch\n"
    project = make_project(recipe)
    expected = crosscraft("build", cwd=project)
    done = crosscraft("build", "--engine", installed.name, cwd=project, env=installed.env)
    assert done.returncode == expected.returncode == 1
    assert done.stderr == expected.stderr
    assert "a needs, in its host environment: no package 'nonesuch'" in done.stderr


@pytest.mark.builds
@each_engine
def test_edited_sources_are_built_anew(crosscraft, own_cache, geometry, installed):
    """The file name stays the same: pixi would leave it out of a channel that has it."""
    packages = []
    source = geometry / "geometry.cpp"
    for text in ("a * b", "b * a * 1"):
        source.write_text(source.read_text().replace("a * b", text))
        done = crosscraft("build", "--engine", installed.name, cwd=geometry, env=installed.env)
        assert done.returncode == 0, done.stderr
        (path,) = geometry.glob("output/linux-64/*.conda")
        packages.append(path.read_bytes())
    assert packages[0] != packages[1]


@pytest.mark.parametrize("name", ["rattler-build", "pixi"])
def test_one_that_is_not_there(crosscraft, own_cache, make_project, tmp_path, name):
    (tmp_path / "empty").mkdir()
    project = make_project("package:\n  name: a\n  version: 1\n")
    path = {"PATH": str(tmp_path / "empty")}
    done = crosscraft("build", "--engine", name, cwd=project, env=path)
    assert done.returncode == 2
    assert done.stderr == (
        f"crosscraft: there is no program '{name}' on this machine (looked in PATH). Install "
        f"{name} from conda-forge, or leave out `--engine`: py-rattler-build does the same, and "
        "is here.\n"
    )
    assert not (project / "output").exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("echo pixi 0.52.9", "pixi 0.52.9 is too old: 0.53.0 is the first"),
        ("echo pixel art", "this is another pixi than conda-forge's"),
        ("true", "this is another pixi than conda-forge's"),
        ("echo broken; exit 3", "pixi does not work: pixi ended with exit status 3"),
    ],
)
def test_another_program_of_that_name(monkeypatch, tmp_path, said, words):
    (tmp_path / "pixi").write_text(f"#!/bin/sh\n{said}\n")
    (tmp_path / "pixi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineError, match=re.escape(words)) as raised:
        engines.choose("pixi")
    assert str(tmp_path / "pixi") in str(raised.value)


def test_versions_are_compared_as_numbers():
    newer, older = (command_line.Program(Path("/p"), text) for text in ("0.100.0", "0.68"))
    assert newer.release > older.release >= (0, 68)


def test_the_default_engine_and_an_unknown_one():
    assert engines.choose().name == "py-rattler-build"
    assert engines.choose("py-rattler-build").version()[0].isdigit()
    with pytest.raises(EngineError, match="there is no engine 'conda-build'"):
        engines.choose("conda-build")


def test_those_that_are_found_are_named(monkeypatch, tmp_path, capsys):
    from crosscraft import doctor

    stand_in.install(tmp_path / "bin", "rattler-build", "0.73.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert [engine.name for engine in engines.found()] == ["py-rattler-build", "rattler-build"]
    doctor.report(verbose=True)
    assert ", rattler-build 0.73.0" in capsys.readouterr().out


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_pixi_without_its_backend_says_where_to_get_it(
    crosscraft, own_cache, make_project, installed
):
    project = make_project("package:\n  name: a\n  version: 1\n")
    env = installed.env | {"PIXI_BUILD_BACKEND_OVERRIDE": ""}
    done = crosscraft("build", "--engine", "pixi", cwd=project, env=env)
    assert done.returncode == 2
    assert "pixi cannot get pixi-build-rattler-build" in done.stderr
    assert "pixi global install pixi-build-rattler-build" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.builds
@pytest.mark.parametrize("name", ["rattler-build", "pixi"])
@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_the_real_one(crosscraft, own_cache, geometry, name, platform):
    """Runs where the program is; pixi also needs its backend, or a network to fetch it."""
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} on PATH: it cannot be had from PyPI, npm or Debian")
    if name == "pixi" and shutil.which("pixi-build-rattler-build") is None:
        pytest.skip("pixi is here, but pixi-build-rattler-build is not on PATH")
    done = crosscraft("build", "-t", platform, "--engine", name, cwd=geometry)
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = geometry.glob(f"output/{platform}/geometry-1.2.3-*.conda")
    assert conda_file.read(package).subdir == platform
    edited = geometry / "geometry.cpp"
    edited.write_text(edited.read_text().replace("a * b", "a * c"))
    failed = crosscraft("build", "-t", platform, "--engine", name, cwd=geometry)
    assert failed.returncode == 1
    assert "‘c’ was not declared" in failed.stderr
