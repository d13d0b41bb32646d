"""The real rattler-build and pixi: the same packages as the default engine, and what pages say.

Skipped where they are not on PATH. `make test-engines` says which were there. The page's project is
built with the default engine everywhere. That takes most of a minute, as it compiles nanobind for
two platforms.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.inspection import conda_file, elf
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup
from crosscraft.system import files
from tests.support import examples, recordings
from tests.support import real_engines as real
from tests.support.added import need_for
from tests.support.commands import CROSSCRAFT
from tests.support.examples import EXAMPLES
from tests.support.projects import copy_project

pytestmark = pytest.mark.builds

PLATFORMS = ["linux-64", "linux-aarch64"]
PAGE = ROOT / "docs/engines.md"
UPSTREAM = ROOT / "docs/upstream/cross-compilation.md"
REPORT = ROOT / "docs/upstream/noarch-rendering.md"

each_engine = pytest.mark.parametrize("engine", ["rattler-build", "pixi"], indirect=True)

EXPORTING = """\
package:
  name: exporting
  version: 1.2.3
build:
  script:
    - mkdir -p $PREFIX/lib $PREFIX/bin
    - echo "int answer() { return 42; }" > answer.cpp
    - $CXX $CXXFLAGS -shared -Wl,-soname,libanswer.so.1 answer.cpp -o $PREFIX/lib/libanswer.so.1
    - ln -s libanswer.so.1 $PREFIX/lib/libanswer.so
    - echo "echo 42" > $PREFIX/bin/answer && chmod 755 $PREFIX/bin/answer
requirements:
  build:
    - ${{ compiler('cxx') }}
  run_exports:
    weak: ["exporting >=1.2"]
    strong: ["libstdcxx >=12"]
    noarch: ["python"]
    weak_constraints: ["python >=3.10"]
    strong_constraints: ["libgcc >=12"]
"""


def needed(*engines: str) -> None:
    """Skip the test unless each of these is on PATH."""
    for engine in engines:
        if real.missing(engine):
            pytest.skip(f"not on PATH: {', '.join(real.missing(engine))}")


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    needed(request.param)
    return request.param


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a learner has: a home, the command line, the local channel, and pixi's backend."""
    return {
        **os.environ,
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": f"{CROSSCRAFT.parent}{os.pathsep}{os.environ['PATH']}",
        "CROSSCRAFT_CACHE": str(files.cache()),
        "PIXI_COLOR": "never",
        "PIXI_BUILD_BACKEND_OVERRIDE": f"{real.BACKEND}={shutil.which(real.BACKEND)}",
    }


def bash(text: str, cwd: Path, env: dict[str, str]) -> tuple[int, list[str]]:
    """Run a command as it is typed, and return its status and lines, without paths of here."""
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    # rattler-build calls the environment of a test by one of two names, from run to run.
    said = done.stdout.replace(str(cwd), recordings.PROJECT).replace("$SRC_DIR_env", "$PREFIX")
    return done.returncode, [line.rstrip() for line in said.splitlines()]


def built_by(engine: str, folder: Path, platform: str, call) -> dict[str, Path]:
    """Build the project, and return the packages by their places in the channel."""
    done = call("build", "--engine", engine, "-t", platform, "-o", f"by-{engine}", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    made = folder / f"by-{engine}"
    return {str(path.relative_to(made)): path for path in made.glob("*/*.conda")}


def facts(path: Path) -> dict[str, object]:
    """What is compared of a package: all but the time, the build ID and what follows from it."""
    read = conda_file.read(path)
    index = json.loads(conda_file.info_member(path, "info/index.json"))
    del index["timestamp"]
    # pixi spells what Python exports to a noarch package in another way.
    depends = {spec.removesuffix(" *") for spec in index["depends"]}
    if index.get("noarch") and index["subdir"] != "noarch":
        # pixi keeps the version of the Python that built a package for the stable ABI.
        depends -= {"python_abi 3.11.* *_cp311", "python 3.11.* *_cpython"}
    index["depends"] = sorted(depends)
    members = [member for member, _ in conda_file.payload(path)]
    return {
        "index.json": index,
        "members": sorted((m.path, m.kind, m.mode, _size(m), m.target) for m in members),
        "info": sorted(read.info_files),
        "run_exports": read.run_exports,
        "binaries": {
            member.path: replace(elf.read(conda_file.open_member(path, member.path)), build_id="")
            for member in members
            if member.kind == "file" and ".so" in member.path
        },
    }


def _size(member: conda_file.Member) -> int:
    # pip writes the path of the source, which is in the engine's own folder.
    return 0 if member.path.endswith(".dist-info/direct_url.json") else member.size


REFUSED = {("pixi", "c-library"): "looks for the packages of a staging output in no channel"}
"""What an engine says of a recipe that it cannot build."""


@each_engine
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("what", ["cpp_math", "exporting", *EXAMPLES])
def test_the_same_packages_as_the_default_engine(
    engine, platform, what, crosscraft, own_cache, tmp_path
):
    folder = tmp_path / what
    if what == "cpp_math":
        copy_project(folder)
    elif what == "exporting":
        folder.mkdir()
        (folder / "recipe.yaml").write_text(EXPORTING)
    else:
        need_for(examples.copy(what, tmp_path), lookup(platform))
    if (engine, what) in REFUSED:
        done = crosscraft("build", "--engine", engine, "-t", platform, cwd=folder)
        assert done.returncode == 1
        assert REFUSED[engine, what] in done.stdout + done.stderr
        return
    ours = built_by("py-rattler-build", folder, platform, crosscraft)
    theirs = built_by(engine, folder, platform, crosscraft)
    assert set(theirs) == set(ours)
    for name, path in ours.items():
        assert facts(theirs[name]) == facts(path)
    if what == "exporting":
        (path,) = ours.values()
        assert len(facts(path)["run_exports"]) == 5
        assert facts(path)["binaries"]


@pytest.mark.parametrize("path", sorted(recordings.FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_a_recording_is_what_is_said_today(path, env, tmp_path):
    tool = path.stem.rpartition("-")[0]
    version = re.search(r"\d+(\.\d+)+", path.read_text(encoding="utf-8"))[0]
    needed(tool)
    if real.version(tool) != version:
        pytest.skip(f"recorded with {tool} {version}, and this is {real.version(tool)}")
    project = copy_project(tmp_path / "cpp_math")
    if tool == "pixi":
        use_the_local_channel(project, env)
    for command in recordings.read(path):
        status, lines = bash(command.text, project, env)
        assert status == command.status, "\n".join(lines)
        assert recordings.is_excerpt(command.lines, lines), "\n".join(lines)


def blocks(page: Path, language: str = "") -> list[str]:
    """The code blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return [block for name, block in found if name == language]


def use_the_local_channel(project: Path, env: dict[str, str]) -> None:
    """Change pixi.toml as the page on engines says."""
    (text,) = [block for block in blocks(PAGE) if block.startswith("sed ")]
    status, lines = bash(f"set -e\n{text}", project, env)
    assert status == 0, lines
    assert 'channels = ["file://' in (project / "pixi.toml").read_text()


SEEN = {
    "untested": (1, "Exec format error"),
    "pixi publish --target-dir flat": (0, "Successfully published 2 package(s) to directory flat"),
    "--force": (0, "Successfully published 2"),
    "pixi run start": (0, "3"),
}
"""The exit status of commands of the page, and what they print. Others succeed."""


def test_the_commands_of_the_page_do_what_it_says(env, tmp_path):
    needed("rattler-build", "pixi")
    project = copy_project(tmp_path / "cpp_math")
    use_the_local_channel(project, env)
    rows = re.findall(
        r"^\| `(.+)` \| ?([\d.]*) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M
    )
    assert len(rows) == 11
    for command, _, seen in rows:
        status, lines = bash(command, project, env)
        wanted, words = next((SEEN[key] for key in SEEN if key in command), (0, ""))
        if "already exists" in seen:
            words = "(already exists)"
        assert status == wanted, "\n".join(lines)
        assert any(words in line for line in lines) or not words, "\n".join(lines)
    names = ["cpp_math-0.1.0-hdab6535_0.conda", "cpp_math-stubs-0.1.0-pyh77f7967_0.conda"]
    for channel in ("output", "published"):
        made = sorted(path.name for path in (project / channel).glob("*/*.conda"))
        assert made == sorted([*names, "cpp_math-0.1.0-hf1ab7cd_0.conda"])
        assert (project / channel / "noarch/repodata.json").exists()
    assert sorted(path.name for path in (project / "flat").iterdir()) == names
    assert list((project / "untested/broken").glob("*.conda"))
    assert (project / "pixi.toml").read_text().count("glibc") == 1
    edited = (project / "src/math.cpp").read_text().replace("b + a", "b + a + 1")
    (project / "src/math.cpp").write_text(edited)
    assert bash("pixi run start", project, env)[1][-1] == "4"


@each_engine
def test_the_lines_that_a_build_shows_do_the_same(engine, env, tmp_path):
    project = copy_project(tmp_path / "cpp_math")
    use_the_local_channel(project, env)
    for place, flags in ((project, ""), (tmp_path, "-p cpp_math -o cpp_math/output ")):
        for platform in PLATFORMS:
            shown = f"crosscraft build {flags}--show-commands -t {platform}"
            status, lines = bash(shown, place, env)
            assert status == 0, "\n".join(lines)
            built = found(project)
            shutil.rmtree(project / "output")
            (line,) = [line for line in lines if line.startswith(f"    {engine} ")]
            status, lines = bash(line, place, env)
            assert status == 0, "\n".join(lines)
            assert found(project) == built
            shutil.rmtree(project / "output")


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """The project of the page for pixi's readers, from the page's own code blocks."""
    text = UPSTREAM.read_text(encoding="utf-8")
    written = re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```$", text, re.M | re.S)
    folder = tmp_path / "cpp_math"
    for name, content in written:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    assert len(written) == 5
    return folder


def listed() -> list[str]:
    """The packages that the page says come out."""
    (block,) = [block for block in blocks(UPSTREAM) if block.startswith("output/")]
    return sorted(block.split())


def found(project: Path) -> list[str]:
    return sorted(str(path.relative_to(project)) for path in project.glob("output/*/*.conda"))


def test_the_page_for_pixis_readers_builds_with_the_default_engine(crosscraft, own_cache, upstream):
    for platform in PLATFORMS:
        done = crosscraft("build", "-t", platform, cwd=upstream)
        assert done.returncode == 0, done.stdout + done.stderr
    assert found(upstream) == listed()


@each_engine
def test_the_page_for_pixis_readers_does_what_it_says(engine, upstream, env):
    use_the_local_channel(upstream, env)
    channel = '--channel "file://$(crosscraft channel path)"'
    commands = [
        line.replace("--output-dir", f"{channel} --output-dir")
        for block in blocks(UPSTREAM)
        for line in block.splitlines()
        if re.match(rf"{engine} (publish|build) ", line)
    ]
    assert len(commands) == 2
    for command in commands:
        status, lines = bash(command, upstream, env)
        assert status == 0, "\n".join(lines)
    assert found(upstream) == listed()
    if engine == "rattler-build":
        (look,) = [block for block in blocks(UPSTREAM) if "readelf" in block]
        readelf = "crosscraft run -q --with binutils -- readelf"
        status, lines = bash(look.replace("\nreadelf", f"\n{readelf}"), upstream, env)
        assert status == 0
        assert any(re.search(r"Machine: +AArch64", line) for line in lines), lines
    else:
        manifest = upstream / "pixi.toml"
        one = re.sub(r', \{ platform = "linux-aarch64"[^}]*\}', "", manifest.read_text())
        manifest.write_text(one)
        assert bash("pixi run start", upstream, env)[1][-1] == "3"


def test_the_report_reproduces_what_it_reports(env, tmp_path):
    needed("pixi")
    (manifest,), (recipe,) = blocks(REPORT, "toml"), blocks(REPORT, "yaml")
    (tmp_path / "pixi.toml").write_text(manifest)
    (tmp_path / "recipe.yaml").write_text(recipe)
    status, lines = bash("pixi publish --target-dir out", tmp_path, env)
    assert status == 1
    assert "Error:   × there is no output defined for the package 'once'" in lines
    fixed = re.sub("skip: .*", 'skip: host_platform not in ("linux-64", "noarch")', recipe)
    (tmp_path / "recipe.yaml").write_text(fixed)
    status, lines = bash("pixi publish --target-dir out", tmp_path, env)
    assert status == 0, lines
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["once-1.0.0-h4616a5c_0.conda"]
