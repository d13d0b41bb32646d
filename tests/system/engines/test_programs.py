"""rattler-build and pixi as engines: the same channel, table and errors as the embedded one.

They are tried with stand-ins (`stand_in`), and each with the real one where that is on PATH.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from crosscraft.building.engines import available, command_line
from crosscraft.channel import local
from crosscraft.errors import EngineError
from crosscraft.inspection import conda_file
from tests.support import real_engines as real
from tests.support import stand_in
from tests.support.commands import CROSSCRAFT

SECRET = "hunter2-do-not-leak"

REAL = ""
"""In place of the version of a stand-in."""

ENGINES = [
    pytest.param(("rattler-build", "0.74.0"), id="rattler-build"),
    pytest.param(("pixi", "0.77.0"), id="pixi"),
    pytest.param(("rattler-build", REAL), id="real-rattler-build"),
    pytest.param(("pixi", REAL), id="real-pixi"),
]

each_engine = pytest.mark.parametrize("engine", ENGINES)


class Installed:
    """A stand-in, or a real program, on PATH."""

    def __init__(self, folder: Path, name: str, version: str) -> None:
        self.name = name
        self.real = version == REAL
        backend = shutil.which(real.BACKEND) if self.real else "/some/where"
        if self.real:
            if real.missing(name):
                pytest.skip(f"not on PATH: {', '.join(real.missing(name))}")
            self.program = Path(str(shutil.which(name)))
            folder = self.program.parent
        else:
            self.record = stand_in.install(folder, name, version)
            self.program = folder / name
        self.env = {
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PIXI_BUILD_BACKEND_OVERRIDE": f"{real.BACKEND}={backend}",
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


@pytest.fixture(scope="module")
def made():
    """What :func:`embedded` made, by platform: once is enough."""
    return {}


@pytest.fixture
def embedded(made, crosscraft, own_cache, geometry, tmp_path_factory):
    """What the embedded engine says, and the package it makes of the same project."""

    def build(platform):
        if platform not in made:
            folder = shutil.copytree(geometry, tmp_path_factory.mktemp("embedded") / "geometry")
            done = crosscraft("build", "--target-platform", platform, cwd=folder)
            made[platform] = outcome(done), next(folder.glob(f"output/{platform}/*.conda"))
        return made[platform]

    return build


@pytest.mark.builds
@pytest.mark.parametrize(
    ("engine", "platform"),
    [
        pytest.param(engine.values[0], platform, id=f"{engine.id}-{platform}")
        for engine in ENGINES
        for platform in ("linux-64", "linux-aarch64")
    ],
)
def test_the_same_packages_phases_and_table(
    crosscraft, own_cache, geometry, embedded, installed, platform
):
    said, package = embedded(platform)
    flags = ["--target-platform", platform, "--engine", installed.name]
    done = crosscraft("build", *flags, cwd=geometry, env=installed.env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outcome(done) == said
    assert f"  engine   {installed.name} " in done.stdout
    index = geometry / "output" / platform / "repodata.json"
    assert list(json.loads(index.read_text())["packages.conda"]) == [package.name]
    ours = conda_file.read(geometry / "output" / platform / package.name)
    theirs = conda_file.read(package)
    assert (ours.depends, ours.files) == (theirs.depends, theirs.files)
    left = {path.name for path in (geometry / "output").iterdir()}
    assert left == {".condapackageignore", platform, "noarch"}
    assert list((own_cache / "builds").iterdir()) == []
    assert sorted(path.name for path in geometry.iterdir()) == [
        "geometry.cpp", "output", "recipe.yaml"
    ]  # fmt: skip
    if not installed.real:
        check_command(done.stdout, installed, geometry, platform)
        check_environment(installed.call(), own_cache)


def check_command(said, installed, project, platform):
    """It is shown as it was run."""
    (shown,) = re.findall(r"^  command  (.*)$", said, re.M)
    argv = installed.call()["argv"]
    assert shlex.split(shown) == argv
    assert argv[0] == str(installed.program)
    scratch = re.search(r"[^ /]*/\S*/builds/build-\w+/work", shown)[0].removeprefix("file://")
    channel = local.find().as_uri()
    assert shown.replace(str(installed.program), "PROGRAM").replace(scratch, "SCRATCH") in {
        f"PROGRAM build --recipe {project}/recipe.yaml --build-platform linux-64 "
        f"--target-platform {platform} --channel {channel} "
        "--output-dir SCRATCH --test native --keep-build --package-format conda:1 "
        "--no-include-recipe",
        "PROGRAM publish --to file://SCRATCH/pixi/channel --force "
        f"--target-platform {platform} --build-dir SCRATCH/pixi/work",
    }


def check_environment(call, own_cache):
    """It is clean, in a process group of its own, and with a cache that goes with the build."""
    known = (
        "HOME LANG LANGUAGE LOGNAME PATH SHELL TERM TMPDIR TZ USER NO_COLOR RATTLER_CACHE_DIR "
        "REQUESTS_CA_BUNDLE"
    ).split()
    kept = re.compile(r"(LC_|XDG_|CROSSCRAFT_|RATTLER_BUILD_|PIXI_|SSL_CERT_)\w+")
    assert {n for n in call["env"] if n not in known and not kept.fullmatch(n)} == set()
    assert SECRET not in str(call["env"]) + str(call["argv"])
    assert call["group"]
    for name in ("RATTLER_CACHE_DIR", "PIXI_CACHE_DIR"):
        assert (
            call["env"].get(name, str(own_cache / "builds")).startswith(str(own_cache / "builds"))
        )


SHORT = """\
package:
  name: short
  version: 1
source:
  path: .
build:
  noarch: generic
  script:
    - mkdir -p $PREFIX/share && cp note.cpp $PREFIX/share/
    - "grep -q good note.cpp || { echo 'note.cpp:1:1: error: not good' >&2; exit 1; }"
tests:
  - script:
      - "grep -q tested $PREFIX/share/note.cpp || { echo 'AssertionError: no' >&2; exit 1; }"
"""


@pytest.fixture
def short(make_project):
    """A project that needs no compiler, for what fails."""
    return make_project(SHORT, note="good, tested")


@each_engine
def test_a_failed_script_says_what_the_embedded_engine_says(
    crosscraft, own_cache, short, installed
):
    (short / "note.cpp").write_text("bad")
    expected = crosscraft("build", cwd=short)
    done = crosscraft("build", "--engine", installed.name, cwd=short, env=installed.env)
    assert done.returncode == expected.returncode == 1
    assert "note.cpp:1:1: error: not good" in done.stderr
    assert done.stderr == expected.stderr
    assert "not good" in (short / "output/logs/short-linux-64.log").read_text()
    assert not list(short.glob("output/*/*.conda"))


@each_engine
def test_a_failed_test_says_what_the_embedded_engine_says(crosscraft, own_cache, short, installed):
    (short / "note.cpp").write_text("good")
    expected = crosscraft("build", cwd=short)
    flags = ["--engine", installed.name]
    done = crosscraft("build", *flags, cwd=short, env=installed.env)
    assert done.returncode == 1
    assert "a test of short failed on linux-64" in done.stderr
    assert "AssertionError: no" in done.stderr
    assert done.stderr.splitlines()[-1] == expected.stderr.splitlines()[-1]
    assert not list(short.glob("output/*/*.conda"))
    skips = crosscraft("build", *flags, "--test", "skip", cwd=short, env=installed.env)
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
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("requirements: {host: [nonesuch]}", "host"),
        ("requirements: {run: [nonesuch]}\ntests: [{script: ['true']}]", "run"),
        ("tests:\n- {script: ['true'], requirements: {run: [nonesuch]}}", "test"),
    ],
    ids=["host", "run", "test"],
)
def test_a_missing_dependency_says_what_the_embedded_engine_says(
    crosscraft, own_cache, make_project, installed, text, kind
):
    project = make_project(f"package:\n  name: a\n  version: 1\n{text}\n")
    expected = crosscraft("build", cwd=project)
    done = crosscraft("build", "--engine", installed.name, cwd=project, env=installed.env)
    assert done.returncode == expected.returncode == 1
    assert done.stderr == expected.stderr
    assert f"a needs, in its {kind} environment: no package 'nonesuch'" in done.stderr


@pytest.mark.parametrize("engine", [ENGINES[1], ENGINES[3]])
def test_a_skip_that_pixi_takes_for_noarch_as_well_is_told_with_its_fix(
    crosscraft, own_cache, make_project, installed
):
    recipe = SHORT.replace(
        "noarch: generic", 'noarch: generic\n  skip: host_platform != "linux-64"'
    )
    project = make_project(recipe, note="good, tested")
    done = crosscraft("build", "--engine", "pixi", cwd=project, env=installed.env)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "pixi rendered short a second time, for the platform noarch" in line
    assert 'skip: host_platform not in ("linux-64", "noarch")' in line
    assert not list(project.glob("output/*/*.conda"))


@each_engine
def test_edited_sources_are_built_again(crosscraft, own_cache, short, installed):
    """The file name stays the same: pixi would leave it out of a channel that has it."""
    for text in ("good, tested", "tested, good"):
        (short / "note.cpp").write_text(text)
        done = crosscraft("build", "--engine", installed.name, cwd=short, env=installed.env)
        assert done.returncode == 0, done.stderr
        (path,) = short.glob("output/noarch/*.conda")
        assert conda_file.open_member(path, "share/note.cpp") == text.encode()


@pytest.mark.parametrize("name", ["rattler-build", "pixi"])
def test_one_that_is_not_there(crosscraft, own_cache, make_project, tmp_path, name):
    (tmp_path / "empty").mkdir()
    project = make_project("package:\n  name: a\n  version: 1\n")
    path = {"PATH": str(tmp_path / "empty")}
    done = crosscraft("build", "--engine", name, cwd=project, env=path)
    assert done.returncode == 2
    assert done.stderr == (
        f"crosscraft: there is no program '{name}' on this machine (looked in PATH). Install "
        f"{name} from conda-forge, or build with `--engine py-rattler-build`, which is installed "
        "and does the same.\n"
    )
    assert not (project / "output").exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("echo pixi 0.67.2", "pixi 0.67.2 is too old: crosscraft needs 0.68.0"),
        ("echo pixel art", "this pixi does not report its version"),
        ("true", "this pixi does not report its version"),
        ("echo broken; exit 3", "pixi does not work: pixi ended with exit status 3"),
    ],
)
def test_another_program_of_that_name(monkeypatch, tmp_path, said, words):
    (tmp_path / "pixi").write_text(f"#!/bin/sh\n{said}\n")
    (tmp_path / "pixi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineError, match=re.escape(words)) as raised:
        available.choose("pixi")
    assert str(tmp_path / "pixi") in str(raised.value)


def test_versions_are_compared_as_numbers():
    newer, older = (command_line.Program(Path("/p"), text) for text in ("0.100.0", "0.68"))
    assert newer.release > older.release >= (0, 68)


def test_the_default_engine_and_an_unknown_one():
    assert available.choose().name == "py-rattler-build"
    assert available.choose("py-rattler-build").version()[0].isdigit()
    with pytest.raises(EngineError, match="there is no engine 'conda-build'"):
        available.choose("conda-build")


def test_those_that_are_found_are_named(monkeypatch, tmp_path, capsys):
    from crosscraft.setup import doctor

    stand_in.install(tmp_path / "bin", "rattler-build", "0.73.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert [engine.name for engine in available.found()] == ["py-rattler-build", "rattler-build"]
    doctor.report(verbose=True)
    assert ", rattler-build 0.73.0" in capsys.readouterr().out


@pytest.mark.parametrize("engine", [ENGINES[1], ENGINES[3]])
def test_pixi_without_its_backend_says_where_to_get_it(
    crosscraft, own_cache, make_project, installed
):
    project = make_project("package:\n  name: a\n  version: 1\n")
    (project / "pixi.toml").write_text(f'[workspace]\nchannels = ["{local.find().as_uri()}"]\n')
    alone = project.parent / "alone"
    alone.mkdir()
    (alone / "pixi").symlink_to(installed.program)
    env = installed.env | {"PIXI_BUILD_BACKEND_OVERRIDE": "", "PATH": f"{alone}:/usr/bin:/bin"}
    done = crosscraft("build", "--engine", "pixi", cwd=project, env=env)
    assert done.returncode == 2
    assert "pixi cannot install its build backend, pixi-build-rattler-build" in done.stderr
    assert "pixi global install pixi-build-rattler-build" in done.stderr
    *words, line = done.stderr.splitlines()
    assert words[0] == "  could not initialize the build-backend"
    assert line.startswith("crosscraft: pixi cannot install")


@each_engine
def test_the_shown_lines_make_the_same_packages(crosscraft, own_cache, short, installed):
    """Another folder is the current one, so both lines name the project."""
    channel = local.find().as_uri()
    (short / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'
        'preview = ["pixi-build"]\n'
        '[package]\nname = "short"\nversion = "1"\n'
        f'[package.build]\nbackend = {{ name = "{real.BACKEND}", version = "*" }}\n'
    )
    here = short.parent
    flags = ["--project", short.name, "--output-dir", "packages", "--show-commands"]
    done = crosscraft("build", *flags, cwd=here)
    assert done.returncode == 0, done.stderr
    shown = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    (line,) = [line for line in shown if line.startswith(f"{installed.name} ")]
    (here / "packages").rename(here / "built")
    env = {**os.environ, **installed.env, "CROSSCRAFT_CACHE": str(own_cache)}
    env["PATH"] = f"{CROSSCRAFT.parent}{os.pathsep}{env['PATH']}"
    by_hand = subprocess.run(
        ["bash", "-c", line], cwd=here, env=env, capture_output=True, text=True, check=False
    )
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    made = {
        name: sorted(p.name for p in here.glob(f"{name}/*/*.conda"))
        for name in ("built", "packages")
    }
    assert made["packages"] == made["built"] != []


def test_the_variable_chooses_the_engine_and_the_option_overrides_it(
    crosscraft, own_cache, short, tmp_path
):
    installed = Installed(tmp_path / "bin", "rattler-build", "0.74.0")
    env = installed.env | {"CROSSCRAFT_ENGINE": "rattler-build"}
    done = crosscraft("build", cwd=short, env=env)
    assert "  engine   rattler-build 0.74.0\n" in done.stdout, done.stderr
    other = crosscraft("build", "--engine", "py-rattler-build", cwd=short, env=env)
    assert "  engine   py-rattler-build " in other.stdout
