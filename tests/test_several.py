"""Several platforms at once: each is built, inspected and run; one that fails stops no other."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from crosscraft.building import engines, many
from crosscraft.building.build import Built
from crosscraft.channel import select
from crosscraft.channel.select import Channel
from crosscraft.errors import BuildError, ChannelError, RecipeError
from crosscraft.inspection import inspect
from crosscraft.platforms import PLATFORMS, Platform, selection
from crosscraft.system.console import LESSON_VARIABLE

TWO = "linux-aarch64,linux-ppc64le"
NOWHERE = Channel("nowhere", "file:///nowhere")


def build(folder: Path, targets: str, channel: Channel = NOWHERE) -> str:
    """Build in this process, and return what was said."""
    said = io.StringIO()
    many.build(
        folder, selection(targets), folder / "output", channel, engines.choose(), "native",
        said,
    )  # fmt: skip
    return said.getvalue()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """Builds that take a moment, the first the longest, and fail for the platforms in the list."""
    failing: list[str] = []
    monkeypatch.setattr(many, "AT_ONCE", 5)

    def one(folder, target: Platform, output, channel, engine, test, console, verbose, force):
        console.step("a: building")
        time.sleep(0.3 if target.subdir == "linux-64" else 0)
        if target.subdir in failing:
            raise BuildError(
                f"a did not build for {target.subdir}", remedy="The log is x.", detail=["error: no"]
            )
        return (Built(f"a-1-{target.subdir}", target.subdir, 1000, 1.0),)

    monkeypatch.setattr(many.builds, "build", one)
    return failing


def test_the_table_is_in_the_order_asked_for(fake, project):
    said = build(project, "linux-64,linux-ppc64le,linux-aarch64")
    head, *rows = said.split("\n\n")[1].splitlines()
    assert head.split() == ["package", "subdir", "size", "time"]
    assert [row.split()[1] for row in rows] == ["linux-64", "linux-ppc64le", "linux-aarch64"]
    assert "building cpp_math, cpp_math-stubs on linux-64 for linux-64, linux-ppc64le" in said
    assert "skipped  cpp_math-stubs: the recipe says so for linux-ppc64le, linux-aarch64" in said
    assert said.count("engine") == said.count("skipped") == 1


def test_a_platform_that_fails_stops_no_other_and_is_named_at_the_end(fake, project):
    fake += ["linux-64", "linux-ppc64le"]
    said = io.StringIO()
    with pytest.raises(BuildError) as caught:
        many.build(
            project, selection("all"), project / "output", NOWHERE, engines.choose(), "native",
            said,
        )  # fmt: skip
    rows = [line.split()[1] for line in said.getvalue().splitlines() if line.startswith("a-1-")]
    assert rows == ["linux-aarch64", "linux-s390x", "linux-armv7l"]
    assert str(caught.value).startswith("2 of 5 platforms failed: linux-64, linux-ppc64le. ")
    assert caught.value.exit_status == 1
    for name in ("linux-64", "linux-ppc64le"):
        why = f"{name}:\n    error: no\n  a did not build for {name}. The log is x.\n"
        assert why in said.getvalue()


def test_how_it_went_is_said_for_each(project, monkeypatch):
    """What the recipe skips was not built, and what was up to date not now."""
    results = {
        "linux-64": (Built("a-1-0", "linux-64", 1000, 9.9, kept=True),),
        "linux-aarch64": (Built("a-1-0", "linux-aarch64", 1000, 1.0),),
        "linux-ppc64le": (),
    }

    def one(folder, target: Platform, *_: object):
        if target.subdir == "linux-s390x":
            raise FileNotFoundError(2, "gone", str(folder))
        return results[target.subdir]

    monkeypatch.setattr(many.builds, "build", one)
    said = io.StringIO()
    with pytest.raises(BuildError) as caught:
        many.build(
            project, selection(",".join([*results, "linux-s390x"])), project / "output", NOWHERE,
            engines.choose(), "native", said,
        )  # fmt: skip
    lines = [line.split(maxsplit=1) for line in said.getvalue().splitlines() if " " in line]
    assert ["linux-64", "up to date"] in lines
    assert ["linux-aarch64", "built"] in lines
    assert ["linux-ppc64le", "skipped"] in lines
    assert ["linux-s390x", "failed"] in lines
    assert re.search(r"^a-1-0 +linux-64 +1 kB +kept$", said.getvalue(), re.M)
    assert str(caught.value).startswith("1 of 4 platforms failed: linux-s390x. The packages for ")
    assert "for the other 2 are in the output folder" in str(caught.value)
    assert "cannot be used: gone" in said.getvalue()


def test_a_surprise_is_not_swallowed(project, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(many.builds, "build", broken)
    with pytest.raises(ZeroDivisionError):
        build(project, TWO)


def test_what_the_local_channel_lacks_is_said_with_the_way_to_add_it(fake, project, monkeypatch):
    here = tuple(PLATFORMS.values())[:3]
    monkeypatch.setattr(select.local, "targets", lambda listed, among=(): here)
    said = io.StringIO()
    with pytest.raises(BuildError, match="2 of 5 platforms failed: linux-s390x, linux-armv7l"):
        many.build(
            project, selection("all"), project / "output", select.choose("local"), engines.choose(),
            "native", said,
        )  # fmt: skip
    assert (
        "linux-s390x, linux-armv7l:\n  the local channel has no packages for linux-s390x, "
        "linux-armv7l. Run `crosscraft channel build --platform linux-s390x,linux-armv7l`"
    ) in said.getvalue()
    assert len(re.findall(r"^a-1-", said.getvalue(), re.M)) == 3


def test_no_recipe_is_said_once(fake, tmp_path):
    with pytest.raises(RecipeError, match="there is no recipe"):
        build(tmp_path, TWO)
    (tmp_path / "recipe.yaml").write_text("package: 7")
    with pytest.raises(RecipeError, match="does not parse"):
        build(tmp_path, TWO)


def test_an_interrupt_ends_what_runs_and_begins_nothing_more(project, monkeypatch):
    begun = []
    monkeypatch.setattr(many, "AT_ONCE", 2)

    class Sleeping:
        name = "sleeping"
        steady = True

        def version(self) -> str:
            return "1"

        def build(self, request, on_event):
            begun.append(request)
            subprocess_run([sys.executable, "-c", "import time; time.sleep(60)"])
            raise AssertionError("its end was not noticed")

    def subprocess_run(argv):
        from crosscraft.system import processes

        with processes.start(argv) as started:
            if len(begun) == 2:
                threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            started.process.wait()
        assert turns[0].interrupted.is_set()
        raise KeyboardInterrupt

    turns = []
    real = many._Turns
    monkeypatch.setattr(many, "_Turns", lambda engine: turns.append(real(engine)) or turns[0])

    def one(folder, target, output, channel, engine, test, console, verbose, force):
        engine.build(target, lambda event: None)

    monkeypatch.setattr(many.builds, "build", one)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        many.build(
            project, selection("all"), project / "output", NOWHERE, Sleeping(), "native",
            io.StringIO(),
        )  # fmt: skip
    assert time.monotonic() - started < 20
    assert len(begun) == 2


def test_the_local_channel_alone_is_looked_through():
    assert select.lacking(NOWHERE, selection("all")) == ()
    with pytest.raises(ChannelError, match=r"for linux-64\. Run .* --platform linux-64"):
        raise select.not_held(selection("linux-64"))


# The command, with builds that compile.


@pytest.mark.builds
@pytest.mark.emulates
def test_two_at_once_each_is_what_it_claims_and_runs(crosscraft, own_cache, geometry, monkeypatch):
    monkeypatch.setenv(LESSON_VARIABLE, "8")
    done = crosscraft("build", "--target-platform", TWO, cwd=geometry)
    assert done.returncode == 0, done.stdout + done.stderr
    # In a lesson one platform comes after the other.
    said = done.stdout.splitlines()
    assert [line.split()[0] for line in said if "geometry: " in line] == (
        ["linux-aarch64"] * 2 + ["linux-ppc64le"] * 2
    ), done.stdout
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
def test_again_nothing_is_done_though_each_saw_the_others_packages_come(
    crosscraft, own_cache, project
):
    words = ["build", "-t", "linux-64", "-t", "linux-aarch64"]
    assert "up to date" not in crosscraft(*words, cwd=project).stdout
    again = crosscraft(*words, cwd=project)
    assert again.stdout.count("up to date") == 2, again.stdout
    assert again.stdout.count("kept") == 3


@pytest.mark.builds
def test_a_build_that_fails_for_one_is_named_with_its_log(crosscraft, own_cache, make_project):
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
    assert first.startswith("for linux-64:\ncpp_math-0.1.0-hb0f4dca_0\n")
    assert second.startswith("linux-s390x:\ncpp_math-0.1.0-h611d26f_0\n")
    assert "skipped: cpp_math-stubs" in second
