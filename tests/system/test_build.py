"""Builds: what comes out, what is said meanwhile, and that edits always count.

Most of the time goes into compiling another version of nanobind for two platforms.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from crosscraft.building.check import catalogue, reproductions
from crosscraft.errors import RecipeError
from crosscraft.inspection import conda_file
from crosscraft.system import files

pytestmark = [pytest.mark.builds, pytest.mark.usefixtures("own_cache")]

NATIVE = "linux-64/cpp_math-0.1.0-hdab6535_0.conda"
CROSS = "linux-aarch64/cpp_math-0.1.0-hf1ab7cd_0.conda"


def stubs(names):
    return [
        name for name in names if re.fullmatch(r"noarch/cpp_math-stubs-0\.1\.0-\S+\.conda", name)
    ]


def test_a_native_build_leaves_the_extension_and_its_stubs(building):
    names = list(building.files["linux-64"])
    assert names == [NATIVE, *stubs(names)]
    assert len(names) == 2


def test_a_cross_build_adds_one_package_and_touches_no_other(building):
    before, after = building.files["linux-64"], building.files["linux-aarch64"]
    assert set(after) - set(before) == {CROSS}
    assert {name: after[name] for name in before} == before


def test_the_output_is_an_indexed_channel(built):
    output = built / "output"
    for subdir in ("linux-64", "linux-aarch64", "noarch"):
        index = json.loads((output / subdir / "repodata.json").read_text())["packages.conda"]
        assert sorted(index) == sorted(path.name for path in (output / subdir).glob("*.conda"))
    held = {path.name for path in output.iterdir()}
    assert held == {".condapackageignore", "linux-64", "linux-aarch64", "noarch"}


@pytest.mark.parametrize("name", [NATIVE, CROSS])
def test_dependencies_are_those_of_conda_forge(built, name):
    depends = conda_file.read(built / "output" / name).depends
    assert {spec.split()[0] for spec in depends} == {
        "python", "libstdcxx", "libgcc", "__glibc", "python_abi"
    }  # fmt: skip
    assert {"libstdcxx >=12", "libgcc >=12", "python_abi 3.11.* *_cp311"} <= set(depends)


@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_phases_arrive_as_they_happen(building, platform):
    phases = [(when, line.strip()) for when, line in building.said[platform] if ": " in line]
    titles = [line for _, line in phases if line.startswith("cpp_math: ")]
    assert titles[:4] == [
        "cpp_math: installing its build and host environments",
        "cpp_math: configuring",
        "cpp_math: building",
        "cpp_math: installing and packing",
    ]
    when = {line: moment for moment, line in phases}
    # Were they kept in a buffer, they would arrive together at the end.
    assert when[titles[3]] - when[titles[1]] > 0.1


def test_the_report_names_engine_and_channel_and_ends_with_a_table(building):
    text = building.text("linux-64")
    assert re.search(r"^  engine   py-rattler-build \d+\.\d+", text, re.M)
    assert re.search(r"^  channel  local$", text, re.M)
    head, first, second = text.splitlines()[-3:]
    assert head.split() == ["package", "subdir", "size", "time"]
    assert re.fullmatch(r"cpp_math-0\.1\.0-hdab6535_0 +linux-64 +\d+ kB +\d+\.\d s", first)
    assert re.fullmatch(r"cpp_math-stubs-0\.1\.0-\w+ +noarch +\d+ kB +\d+\.\d s", second)


def test_without_v_the_compilers_log_is_not_shown(building):
    text = building.text("linux-64") + building.text("linux-aarch64")
    assert not re.search(r"\[\d+/\d+\]|-- Build files|\+ cmake", text)


def test_a_cross_build_says_what_it_skips(building):
    assert "skipped  cpp_math-stubs" in building.text("linux-aarch64")
    assert "skipped" not in building.text("linux-64")


def test_edited_sources_are_rebuilt_and_the_stubs_with_them(crosscraft, project, built):
    """A stale package cache would give the stubs of the module that was built before."""
    source = project / "src/math.cpp"
    text = source.read_text()
    line = '    m.def("twice", [](int a) { return 2 * a; }, "a"_a, "Twice a number.");\n}\n'
    source.write_text(text.removesuffix("}\n") + line)
    done = crosscraft("build", "--test", "native", cwd=project)
    assert done.returncode == 0, done.stderr
    (package,) = project.glob("output/noarch/*.conda")
    stub = conda_file.open_member(package, "site-packages/cpp_math-stubs/__init__.pyi")
    assert b"def twice(a: int" in stub
    assert b"Twice a number." in stub
    ran = crosscraft(
        "run", "-q", "--with", "cpp_math", "--", "python", "-c",
        "import cpp_math; print(cpp_math.twice(21))", cwd=project,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, "42\n"), ran.stderr


def test_each_build_builds(crosscraft, make_project):
    """Nothing is taken for up to date; a build that fails leaves the packages of before."""
    recipe = "package: {name: word, version: 1}\nsource: {path: word.cpp}\n"
    folder = make_project(
        recipe + "build: {script: mkdir -p $PREFIX; cp word.cpp $PREFIX}\n", word="1"
    )
    for _ in range(2):
        done = crosscraft("build", cwd=folder)
        assert done.stdout.startswith("building word on linux-64"), done.stderr
    (folder / "word.cpp").write_text("2")
    (folder / "recipe.yaml").write_text(recipe + "build: {script: exit 1}\n")
    assert crosscraft("build", cwd=folder).returncode != 0
    (package,) = folder.glob("output/linux-64/*.conda")
    assert conda_file.open_member(package, "word.cpp") == b"1"
    (folder / "recipe.yaml").write_text(recipe + "build: {script: cp word.cpp $PREFIX}\n")
    assert crosscraft("build", cwd=folder).returncode == 0
    assert conda_file.open_member(package, "word.cpp") == b"2"


def test_what_a_killed_build_left_goes_with_the_next(crosscraft, make_project):
    folder = make_project(
        "package: {name: word, version: 1}\nbuild: {script: mkdir -p $PREFIX; echo > $PREFIX/a}\n"
    )
    builds = files.cache("builds")
    left = builds / "build-0a1b2c3d"
    left.mkdir()
    (builds / f"{left.name}.lock").touch()
    done = crosscraft("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert list(builds.iterdir()) == []


def test_a_project_with_an_old_build_folder_builds(make_project, crosscraft, project):
    """CMake refuses a cache that was made elsewhere: the recipe must leave it behind."""
    (project / "build").mkdir()
    (project / "build/CMakeCache.txt").write_text(
        "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\nCMAKE_CACHEFILE_DIR:INTERNAL=/elsewhere/build\n"
    )
    recipe = project / "recipe/recipe.yaml"
    # To configure is enough.
    recipe.write_text(recipe.read_text().replace("ninja -C build install", "exit 7"))
    done = crosscraft("build", cwd=project)
    log = (project / "output/logs/cpp_math-linux-64.log").read_text()
    assert "Configuring done" in log
    assert "CMakeCache" not in done.stderr


@pytest.mark.parametrize(
    ("platform", "build"), [("linux-64", "hb0f4dca"), ("linux-aarch64", "he8cfe8b")]
)
@pytest.mark.emulates
def test_another_project_builds_runs_and_runs_anew_when_edited(
    crosscraft, geometry, platform, build
):
    """The traps: rattler-build's and py-rattler's package caches go by name and build string."""
    program = "import geometry; print(geometry.area(3, 4))"
    recipe = geometry / "recipe.yaml"
    for factor, area in (("", "12"), ("1000 *", "12000")):
        source = geometry / "geometry.cpp"
        source.write_text(source.read_text().replace("FromLong(", f"FromLong({factor}"))
        recipe.write_text(recipe.read_text().replace('== 12"', f'== {area}"'))
        done = crosscraft("build", "--target-platform", platform, cwd=geometry)
        assert done.returncode == 0, done.stderr
        assert (geometry / f"output/{platform}/geometry-1.2.3-{build}_0.conda").is_file()
        run = ["run", "-q", "--platform", platform, "--with", "geometry", "--"]
        ran = crosscraft(*run, "python", "-c", program, cwd=geometry)
        assert (ran.returncode, ran.stdout) == (0, f"{area}\n"), ran.stderr


def test_an_edited_test_takes_effect_and_a_failed_one_publishes_nothing(
    crosscraft, geometry, cache
):
    assert crosscraft("build", cwd=geometry).returncode == 0
    (package,) = geometry.glob("output/linux-64/*.conda")
    before = package.read_bytes()
    recipe = geometry / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("== 12", "== 13"))
    failed = crosscraft("build", cwd=geometry)
    assert failed.returncode == 1
    assert "a test of geometry failed on linux-64" in failed.stderr
    assert "AssertionError" in failed.stderr
    assert package.read_bytes() == before
    assert [path.name for path in (geometry / "output/linux-64").glob("*.conda")] == [package.name]
    assert crosscraft("build", "--test", "skip", cwd=geometry).returncode == 0
    assert package.read_bytes() != before
    assert list((cache / "builds").iterdir()) == []


def test_a_package_does_not_hold_the_packages_built_before_it(crosscraft, geometry):
    """rattler-build stores the recipe's folder, and here that is the whole project."""
    sizes = []
    for _ in range(2):
        assert crosscraft("build", cwd=geometry).returncode == 0
        (package,) = geometry.glob("output/linux-64/*.conda")
        sizes.append(package.stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 100


@pytest.mark.parametrize("output", ["output", "dist/channel", "aus gabe ø"])
def test_what_builds_leave_is_no_source(crosscraft, make_project, output):
    recipe = "package:\n  name: a\n  version: 1\nsource:\n  path: .\nbuild:\n  script:\n"
    files = "    - mkdir -p $PREFIX/share\n    - find . -type f > $PREFIX/share/files\n"
    project = make_project(f"{recipe}    - exit 1\n", note="")
    assert crosscraft("build", "-o", output, cwd=project).returncode == 1
    assert list((project / output).glob("logs/*.log"))
    (project / "recipe.yaml").write_text(recipe + files)
    for _ in range(2):
        assert crosscraft("build", "-o", output, cwd=project).returncode == 0
        (package,) = (project / output).glob("linux-64/*.conda")
        found = conda_file.open_member(package, "share/files").decode().splitlines()
        assert {"./note.cpp", "./recipe.yaml"} <= set(found)
        assert [path for path in found if path.startswith(f"./{output}/")] == []


def test_a_recipe_without_a_compiler_builds(crosscraft, make_project):
    recipe = "package:\n  name: words\n  version: 1\nbuild:\n  noarch: generic\n  script:\n"
    project = make_project(
        recipe + "    - mkdir -p $PREFIX/share\n    - echo hi > $PREFIX/share/w\n"
    )
    done = crosscraft("build", "-p", project, "-o", project / "elsewhere/out", cwd=project.parent)
    assert done.returncode == 0, done.stderr
    (package,) = project.glob("elsewhere/out/noarch/*.conda")
    assert conda_file.open_member(package, "share/w") == b"hi\n"
    assert not (project / "output").exists()


def test_a_recipe_that_skips_the_platform_builds_nothing_and_says_so(crosscraft, make_project):
    project = make_project("package:\n  name: a\n  version: 1\nbuild:\n  skip: true\n")
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0
    assert "nothing was built: the recipe skips a for linux-64" in done.stdout
    assert "package  subdir" not in done.stdout


def test_a_folder_as_channel_and_a_named_engine(crosscraft, geometry, cache):
    """What is recorded is not asked when a channel is given."""
    path = crosscraft("channel", "path").stdout.strip()
    done = crosscraft(
        "build", "--channel", path, "--engine", "py-rattler-build", "--test", "skip", cwd=geometry
    )
    assert done.returncode == 0, done.stderr
    assert f"channel  {path}" in done.stdout


def test_a_file_that_is_no_package_does_not_stop_a_build(crosscraft, make_project):
    """rattler's indexer panics at one."""
    project = make_project("package:\n  name: a\n  version: 1\n")
    junk = project / "output/linux-64/junk-1-0.conda"
    junk.parent.mkdir(parents=True)
    junk.write_text("not a package")
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "left out of the channel's index" in done.stdout
    assert junk.read_text() == "not a package"
    assert done.stderr == ""


@pytest.mark.emulates
@pytest.mark.parametrize("platform", ["linux-64", "linux-aarch64"])
def test_nanobind_2_builds_and_adds(crosscraft, project, platform):
    recipe = project / "recipe/recipe.yaml"
    recipe.write_text(recipe.read_text().replace("nanobind >=2.0.0", "nanobind >=2.0.0,<3"))
    done = crosscraft("build", "-v", "--target-platform", platform, cwd=project)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^    \[\d+/\d+\] Building CXX", done.stdout, re.M)  # -v: the whole log
    ran = crosscraft(
        "run", "-q", "--platform", platform, "--with", "cpp_math", "--",
        "python", "-c", "import cpp_math; print(cpp_math.add(1, 2))", cwd=project,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, "3\n"), ran.stderr
    (package,) = (project / "output" / platform).glob("*.conda")
    assert zipfile.is_zipfile(package)


def test_nanobind_2_is_what_that_recipe_takes(project):
    """Guards the test above: the channel must hold a nanobind 2, or it would prove nothing."""
    from crosscraft.channel import select
    from crosscraft.environments import solver
    from crosscraft.platforms import native

    records = solver.solve(["nanobind >=2.0.0,<3"], native(), [select.choose()])
    assert [str(r.version) for r in records if r.name.normalized == "nanobind"] == ["2.0.0"]


def test_spaces_and_other_alphabets_in_paths(crosscraft, make_project):
    project = make_project(
        "package:\n  name: a\n  version: 1\nsource:\n  path: .\nbuild:\n  script:\n"
        "    - test -f note.cpp\n",
        "mein Projekt – ü",
        note="",
    )
    done = crosscraft("build", "-o", "aus gabe ø", cwd=project)
    assert done.returncode == 0, done.stderr
    assert len([*Path(project / "aus gabe ø").glob("linux-64/*.conda")]) == 1


def test_a_project_may_have_thousands_of_files(crosscraft, project):
    for number in range(3000):
        folder = project / f"docs/{number % 100}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"a page with a long name {number:060}.md").touch()
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0, done.stderr


def test_a_file_may_have_any_name(crosscraft, project):
    for name in ("Outer$Inner.class", "${HOME}", "a;b[c.txt", "-n", "a\nb", "ü \\ '\""):
        (project / "src" / name).touch()
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0, done.stderr


def test_the_engine_holds_the_folder_that_it_works_in(project, own_cache, tmp_path, monkeypatch):
    """One that outlives a killed build writes into no folder of the next."""
    from crosscraft import platforms
    from crosscraft.building import build as builds
    from crosscraft.building.engines import available
    from crosscraft.channel import select
    from crosscraft.system.console import Console

    engine = available.choose()
    held = []

    class Watched:
        name, version = engine.name, engine.version

        def build(self, request, on_event):
            held.extend(Path(f"/proc/self/fd/{number}").readlink() for number in request.held)
            raise RecipeError("that is enough", remedy="None.")

    with pytest.raises(RecipeError, match="that is enough"):
        request = builds.BuildRequest(
            project, platforms.native(), tmp_path / "output", select.choose(), Watched(), "skip"
        )
        builds.build(request, Console(io.StringIO()))
    assert [one.name[:6] for one in held] == ["build-"]


def test_a_python_that_the_local_channel_lacks_is_left_out(crosscraft, tmp_path):
    (tmp_path / "recipe.yaml").write_text(
        "package: {name: fast, version: 1.0.0}\n"
        "build: {script: [touch $PREFIX/fast]}\nrequirements: {host: [python]}\n"
    )
    (tmp_path / "variants.yaml").write_text("python: [3.12, 3.11, 3.13]\n")
    done = crosscraft("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for lacking in ("3.12", "3.13"):
        assert f"  left out fast with python {lacking}: the local channel has" in done.stdout
    (built,) = tmp_path.glob("output/*/*.conda")
    assert "-py311h" in built.name


def test_a_trap_is_named_unless_one_wants_to_guess(crosscraft, tmp_path):
    trap = catalogue.find("m64-flag")
    project = reproductions.plant(trap.reproduction, tmp_path)
    for options, named in (((), True), (("--guess",), False)):
        done = crosscraft("build", "--target-platform", "linux-aarch64", *options, cwd=project)
        assert done.returncode == 1
        assert "unrecognized command-line option ‘-m64’" in done.stderr
        assert (f"trap: {trap.name}: " in done.stderr) is named
