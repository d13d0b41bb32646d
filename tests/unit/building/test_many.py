"""Several platforms with one command: a platform that fails does not stop the others."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from crosscraft.building import many
from crosscraft.building.build import BuildRequest, Built
from crosscraft.building.engines import available
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.cli.commands import cli
from crosscraft.errors import BuildError, ChannelError, RecipeError
from crosscraft.inspection import inspect
from crosscraft.platforms import PLATFORMS, selection
from crosscraft.system.console import Console

TWO = "linux-aarch64,linux-ppc64le"
CROSSCRAFT = Path(sys.executable).with_name("crosscraft")
NOWHERE = Channel("nowhere", "file:///nowhere")


def build(folder: Path, targets: str, said: io.StringIO, channel: Channel = NOWHERE) -> None:
    """Build in this process; `said` gets the output."""
    requests = [
        BuildRequest(folder, target, folder / "output", channel, available.choose())
        for target in selection(targets)
    ]
    many.build(requests, Console(said))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """Builds that fail for the platforms in the list."""
    failing: list[str] = []

    def one(request: BuildRequest, console: Console):
        target = request.target
        console.step(f"  a: building for {target.subdir}")
        if target.subdir in failing:
            raise BuildError(
                f"a did not build for {target.subdir}", remedy="The log is x.", detail=["error: no"]
            )
        return (Built(f"a-1-{target.subdir}", target.subdir, 1000, 1.0),)

    monkeypatch.setattr(many.builds, "build", one)
    return failing


def test_platforms_and_the_table_are_in_the_order_asked_for(fake, project):
    names = ["linux-64", "linux-ppc64le", "linux-aarch64"]
    said = io.StringIO()
    build(project, ",".join(names), said)
    steps, summary = said.getvalue().split("\n\nall packages:\n")
    assert re.findall(r"building for (\S+)", steps) == names
    head, *rows = summary.splitlines()
    assert head.split() == ["package", "subdir", "size", "time"]
    assert [row.split()[1] for row in rows] == names


def test_a_platform_that_fails_does_not_stop_the_others_and_is_named_at_the_end(fake, project):
    fake += ["linux-64", "linux-ppc64le"]
    said = io.StringIO()
    with pytest.raises(BuildError) as caught:
        build(project, "all", said)
    assert re.findall(r"building for (\S+)", said.getvalue()) == list(PLATFORMS)
    rows = [line.split()[1] for line in said.getvalue().splitlines() if line.startswith("a-1-")]
    assert rows == ["linux-aarch64", "linux-s390x", "linux-armv7l"]
    assert str(caught.value).startswith("2 of 5 platforms failed: linux-64, linux-ppc64le. ")
    assert "The packages for the other 3 are in the output folder" in str(caught.value)
    assert caught.value.exit_status == 1
    for name in fake:
        why = (
            f"  a: building for {name}\n  error: no\n"
            f"{name} failed: a did not build for {name}. The log is x.\n"
        )
        assert why in said.getvalue()


def test_a_platform_that_has_no_packages_did_not_fail(project, monkeypatch):
    """The recipe skips everything for one, and the folder of another goes away."""

    def one(request: BuildRequest, _: Console):
        if request.target.subdir == "linux-s390x":
            raise FileNotFoundError(2, "gone", str(request.project))
        return ()

    monkeypatch.setattr(many.builds, "build", one)
    said = io.StringIO()
    with pytest.raises(BuildError) as caught:
        build(project, f"{TWO},linux-s390x", said)
    assert str(caught.value).startswith("1 of 3 platforms failed: linux-s390x. ")
    assert "linux-s390x failed: " in said.getvalue()
    assert "cannot be used: gone" in said.getvalue()
    assert "package" not in said.getvalue()
    assert "output folder" not in str(caught.value)


def test_a_surprise_is_not_swallowed(project, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(many.builds, "build", broken)
    with pytest.raises(ZeroDivisionError):
        build(project, TWO, io.StringIO())


def test_what_the_local_channel_lacks_is_said_with_the_way_to_add_it(fake, project, monkeypatch):
    here = tuple(PLATFORMS.values())[:3]
    monkeypatch.setattr(select.local, "targets", lambda listed, among=(): here)
    said = io.StringIO()
    with pytest.raises(BuildError, match="2 of 5 platforms failed: linux-s390x, linux-armv7l"):
        build(project, "all", said, select.choose("local"))
    assert said.getvalue().startswith(
        "linux-s390x, linux-armv7l failed: the local channel has no packages for linux-s390x, "
        "linux-armv7l. Run `crosscraft channel build --platform linux-s390x,linux-armv7l`"
    )
    assert len(re.findall(r"^a-1-", said.getvalue(), re.M)) == 3


def test_no_recipe_is_said_once(fake, tmp_path):
    said = io.StringIO()
    with pytest.raises(RecipeError, match="there is no recipe"):
        build(tmp_path, TWO, said)
    (tmp_path / "recipe.yaml").write_text("package: 7")
    with pytest.raises(RecipeError, match=r"recipe\.yaml: "):
        build(tmp_path, TWO, said)
    assert said.getvalue() == ""


def test_an_interrupt_that_surfaces_as_another_error_begins_no_other_platform(project, monkeypatch):
    begun = []
    before = signal.getsignal(signal.SIGINT)

    def one(request: BuildRequest, _: Console):
        begun.append(request.target)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as the command line does, by SIG_IGN
        raise FileNotFoundError(2, "gone", str(request.project))

    monkeypatch.setattr(many.builds, "build", one)
    try:
        with pytest.raises(FileNotFoundError):
            build(project, TWO, io.StringIO())
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(begun) == 1


@pytest.mark.parametrize("targets", ["linux-64", TWO, "all"])
def test_every_option_reaches_every_platform(project, monkeypatch, tmp_path, targets):
    """From the command line to what builds."""
    given: list[BuildRequest] = []
    monkeypatch.setattr(many.builds, "build", lambda request, _: given.append(request) or ())
    monkeypatch.setattr(available, "choose", lambda name=None: SimpleNamespace(name=name))
    argv = (
        f"build --project {project} --output-dir {tmp_path}/out -c file:///nowhere --test skip -v"
    )
    options = ["--engine", "rattler-build", "--target-platform", targets]
    assert not cli.main([*argv.split(), *options], standalone_mode=False)
    assert [one.target for one in given] == list(selection(targets))
    for request in given:
        assert (request.project, request.output) == (project, tmp_path / "out")
        assert request.channel.url == "file:///nowhere"
        assert (request.test, request.verbose, request.engine.name) == (
            "skip", True, "rattler-build"
        )  # fmt: skip


def test_the_local_channel_alone_is_looked_through():
    assert select.missing_targets(NOWHERE, selection("all")) == ()
    with pytest.raises(ChannelError, match=r"for linux-64\. Run .* --platform linux-64"):
        raise select.missing_error(selection("linux-64"))


# The command, with builds that compile.


@pytest.mark.builds
@pytest.mark.emulates
def test_each_platform_is_what_it_claims_and_runs(crosscraft, own_cache, geometry):
    done = crosscraft("build", "--target-platform", TWO, cwd=geometry)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert [line.split()[-1] for line in said if line.startswith("building")] == TWO.split(",")
    assert [line.split()[1] for line in said[-2:]] == TWO.split(",")
    for name in TWO.split(","):
        (package,) = (geometry / "output" / name).glob("geometry-*.conda")
        assert {one.holds for one in inspect.inspect(package).verdicts} == {True}
        ran = crosscraft(
            "run", "-q", "--platform", name, "--with", "geometry", "--", "python", "-c",
            "import geometry, platform; print(platform.machine(), geometry.area(3, 4))",
            cwd=geometry,
        )  # fmt: skip
        assert ran.stdout == f"{PLATFORMS[name].processor} 12\n", ran.stderr


@pytest.mark.builds
def test_a_platform_whose_build_fails_is_named_with_its_log(crosscraft, own_cache, make_project):
    project = make_project(
        "package:\n  name: picky\n  version: 1\n"
        "build:\n  script:\n"
        "    - if: target_platform == 'linux-ppc64le'\n      then: ls /nowhere\n"
        "      else: mkdir -p $PREFIX/share && touch $PREFIX/share/picky\n",
        "picky",
    )
    done = crosscraft("build", "--target-platform", TWO, cwd=project)
    assert done.returncode == 1
    assert done.stderr.startswith("crosscraft: 1 of 2 platforms failed: linux-ppc64le. ")
    assert len(done.stderr.splitlines()) == 1
    assert "output/logs/picky-linux-ppc64le.log" in done.stdout
    assert "cannot access '/nowhere'" in done.stdout
    assert [p.parent.name for p in project.glob("output/*/*.conda")] == ["linux-aarch64"]


@pytest.mark.builds
def test_what_the_recipe_skips_is_said_and_is_no_failure(crosscraft, own_cache, make_project):
    project = make_project(
        "package:\n  name: picky\n  version: 1\n"
        "build:\n  skip: target_platform == 'linux-aarch64'\n"
        "  script: mkdir -p $PREFIX/share && touch $PREFIX/share/picky\n",
        "picky",
    )
    done = crosscraft("build", "-t", "linux-aarch64", "-t", "linux-ppc64le", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "nothing was built: the recipe skips picky for linux-aarch64\n" in done.stdout
    assert [p.parent.name for p in project.glob("output/*/*.conda")] == ["linux-ppc64le"]


@pytest.mark.builds
def test_an_interrupt_ends_the_command_and_leaves_nothing_half_made(own_cache, make_project):
    project = make_project(
        "package:\n  name: slow\n  version: 1\n"
        "build:\n  script:\n"
        "    - if: target_platform == 'linux-ppc64le'\n"
        "      then: touch $RECIPE_DIR/begun && sleep 60\n"
        "      else: mkdir -p $PREFIX/share && touch $PREFIX/share/slow\n",
        "slow",
    )
    with subprocess.Popen(
        [CROSSCRAFT, "build", "-t", f"{TWO},linux-64"], cwd=project, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        for _ in range(1200):
            if (project / "begun").exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said, error = process.communicate(timeout=30)
    assert process.returncode == 130, said + error
    assert error.strip().startswith("crosscraft: interrupted. ")
    assert len(error.strip().splitlines()) == 1
    assert "for linux-64\n" not in said
    assert [p.parent.name for p in project.glob("output/*/*.conda")] == ["linux-aarch64"]
    assert list((own_cache / "builds").glob("build-*")) == []


@pytest.mark.parametrize("text", ["linux-64,linux-64", "linux-64,", "all,linux-64", "linux-64,x"])
def test_a_list_that_is_none(crosscraft, text):
    for command in ("build", "render"):
        done = crosscraft(command, "--target-platform", text)
        assert done.returncode == 2
        assert done.stderr.startswith("crosscraft: ")
        assert len(done.stderr.splitlines()) == 1


def test_rendered_for_several(crosscraft, project):
    done = crosscraft("render", "--target-platform", "linux-64,linux-s390x", cwd=project)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split("\n\nfor ")
    assert first.startswith("for linux-64:\ncpp_math-0.1.0-hdab6535_0\n")
    assert second.startswith("linux-s390x:\ncpp_math-0.1.0-h405c89b_0\n")
    assert "skipped: cpp_math-stubs" in second
