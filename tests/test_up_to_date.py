"""Nothing stale is ever taken for up to date: every test here tries to pass a change by."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from crosscraft.building import up_to_date
from crosscraft.building.up_to_date import Build, Made
from crosscraft.system import files

PACKAGES = {
    "linux-64/tiny-1-h0_0.conda": b"an extension",
    "noarch/tiny-stubs-1-h0_0.conda": b"its stubs",
}
SOURCES = [{"path": "../", "filter": {"exclude": ["build", "output", "*.tmp"]}}]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with its channel, built and recorded."""
    monkeypatch.setenv("CROSSCRAFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "tiny"
    for name, text in {
        "recipe/recipe.yaml": (
            "package: {name: tiny, version: 1}\nbuild: {script: {file: ../../beside.sh}}\n"
        ),
        "../beside.sh": "echo\n",
        "recipe/variants.yaml": "python: ['3.11']\n",
        "src/one.cpp": "int one() { return 1; }\n",
        "src/two.cpp": "int two() { return 2; }\n",
        "run.sh": "echo\n",
        "pixi.toml": "[workspace]\n",
        "build/left": "over\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "src/link.cpp").symlink_to("one.cpp")
    make_channel(tmp_path / "channel", {"linux-64/python-3.11-h0_0.conda": b"python"})
    make_channel(folder / "output", {})
    return folder


def make_channel(folder: Path, packages: dict[str, bytes]) -> None:
    for subdir in ("linux-64", "linux-aarch64", "noarch"):
        (folder / subdir).mkdir(parents=True, exist_ok=True)
        index = {}
        for path, content in packages.items():
            if path.startswith(f"{subdir}/"):
                (folder / path).write_bytes(content)
                index[Path(path).name] = {"sha256": hashlib.sha256(content).hexdigest()}
        (folder / subdir / "repodata.json").write_text(json.dumps({"packages.conda": index}))


def asked(project: Path, **changes: object) -> Build:
    build = Build(
        recipe=project / "recipe/recipe.yaml",
        build="linux-64",
        target="linux-64",
        test="native",
        engine="engine 1",
        channel=(project.parent / "channel").as_uri(),
        output=project / "output",
    )
    return replace(build, **changes)


def built(project: Path, during=lambda: None, sources=SOURCES, **changes: object) -> list[Made]:
    """Record a build, as :mod:`crosscraft.building.build` does."""
    build = asked(project, **changes)
    before = up_to_date.look(build, sources)
    during()
    make_channel(build.output, PACKAGES)
    made = [
        Made(path, len(content), 1.0, hashlib.sha256(content).hexdigest())
        for path, content in PACKAGES.items()
    ]
    up_to_date.record(build, before, sources, made)
    return made


def keeping_times(path: Path, text: str) -> None:
    """Write as long a text as before, and set the clock back."""
    found = path.stat()
    assert len(text) == found.st_size
    path.write_text(text)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_nothing_changed(project):
    made = built(project)
    assert up_to_date.find(asked(project)) == made


def test_what_was_never_built_is_not_up_to_date(project):
    make_channel(project / "output", PACKAGES)
    assert up_to_date.find(asked(project)) is None


HARMLESS = {
    "new times": lambda p: [os.utime(path, (1, 1)) for path in p.rglob("*.cpp")],
    "a copy in its place": lambda p: (
        shutil.copy(p / "run.sh", p.parent / "x"),
        os.replace(p.parent / "x", p / "run.sh"),
    ),
    "what the filter leaves out": lambda p: (p / "build/left").write_text("more"),
    "a log beside the packages": lambda p: (p / "output/logs").mkdir(),
    "edited and taken back": lambda p: (
        (p / "src/one.cpp").write_text("int one() { return 9; }\n"),
        (p / "src/one.cpp").write_text("int one() { return 1; }\n"),
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_makes_no_difference(project, change):
    made = built(project)
    change(project)
    assert up_to_date.find(asked(project)) == made


def swap(project: Path) -> None:
    one, two = project / "src/one.cpp", project / "src/two.cpp"
    one.rename(project / "x")
    two.rename(one)
    (project / "x").rename(two)


def index_without_stubs(project: Path) -> None:
    index = project / "output/noarch/repodata.json"
    index.write_text(json.dumps({"packages.conda": {}}))


CHANGES = {
    "an edit": lambda p: (p / "src/one.cpp").write_text("int one() { return 3; }\n"),
    "an edit of one letter, at the same time": lambda p: keeping_times(
        p / "src/one.cpp", "int one() { return 3; }\n"
    ),
    "an edited test": lambda p: (p / "recipe/recipe.yaml").write_text("package: {version: 1}\n"),
    "edited variants": lambda p: (p / "recipe/variants.yaml").write_text("python: ['3.12']\n"),
    "variants beside the recipe": lambda p: (p / "recipe/conda_build_config.yaml").write_text("a"),
    "an edited manifest": lambda p: (p / "pixi.toml").write_text("[workspace]\nname = 'x'\n"),
    "a file more": lambda p: (p / "src/three.cpp").touch(),
    "a file less": lambda p: (p / "src/two.cpp").unlink(),
    "a folder more": lambda p: (p / "src/deep").mkdir(),
    "a hidden file": lambda p: (p / ".hidden").touch(),
    "another name": lambda p: (p / "src/two.cpp").rename(p / "src/zwei.cpp"),
    "two files exchanged": swap,
    "the right to execute": lambda p: (p / "run.sh").chmod(0o755),
    "a link to another file": lambda p: (
        (p / "src/link.cpp").unlink(),
        (p / "src/link.cpp").symlink_to("two.cpp"),
    ),
    "a file in a link's place": lambda p: (
        (p / "src/link.cpp").unlink(),
        shutil.copy(p / "src/one.cpp", p / "src/link.cpp"),
    ),
    "a link that leads out": lambda p: (p / "src/out.h").symlink_to("/etc/hostname"),
    "a named pipe": lambda p: os.mkfifo(p / "src/pipe"),
    "what git ignores, said above": lambda p: (p.parent / ".gitignore").write_text("*.cpp\n"),
    "a repository of git's above": lambda p: (p.parent / ".git").touch(),
    "what the recipe names beside its folder": lambda p: (p.parent / "beside.sh").write_text(""),
    "a build folder that is deeper": lambda p: (
        (p / "src/build").mkdir(),
        (p / "src/build/x.cpp").touch(),
    ),
    "what an unclear filter may take": lambda p: (p / "x.tmp").touch(),
    "a package gone": lambda p: (p / "output/noarch/tiny-stubs-1-h0_0.conda").unlink(),
    "a package replaced": lambda p: (p / "output/linux-64/tiny-1-h0_0.conda").write_bytes(b"old"),
    "a package of the same size and time": lambda p: keeping_times(
        p / "output/linux-64/tiny-1-h0_0.conda", "AN EXTENSION"
    ),
    "a package that the index does not name": index_without_stubs,
    "no index": lambda p: (p / "output/linux-64/repodata.json").unlink(),
    "an index that is none": lambda p: (p / "output/noarch/repodata.json").write_text("{"),
    "an index of another form": lambda p: (p / "output/noarch/repodata.json").write_text("[]"),
    "the output of elsewhere": lambda p: (
        shutil.rmtree(p / "output"),
        make_channel(p / "output", dict.fromkeys(PACKAGES, b"older")),
    ),
    "another package to depend on": lambda p: make_channel(
        p / "output", PACKAGES | {"noarch/other-1-0.conda": b"x"}
    ),
    "another channel of the same name": lambda p: make_channel(
        p.parent / "channel", {"linux-64/python-3.11-h0_0.conda": b"another python"}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen(project, change):
    built(project)
    change(project)
    assert up_to_date.find(asked(project)) is None


@pytest.mark.parametrize(
    "other",
    [
        {"test": "skip"},
        {"engine": "engine 2"},
        {"engine": "another 1"},
        {"target": "linux-aarch64"},
    ],
    ids=str,
)
def test_what_is_asked_for_counts(project, other):
    built(project)
    assert up_to_date.find(asked(project, **other)) is None


def test_variables_of_the_script_count(project, monkeypatch):
    built(project)
    monkeypatch.setenv("PATH", f"/nowhere:{os.environ['PATH']}")
    assert up_to_date.find(asked(project)) is None


def test_another_version_of_this_program_counts(project, monkeypatch):
    built(project)
    monkeypatch.setattr(up_to_date, "_own_code", lambda: "other")
    assert up_to_date.find(asked(project)) is None


def test_what_is_installed_on_the_machine_counts(project, monkeypatch):
    built(project)
    monkeypatch.setattr(up_to_date, "_MACHINE", (str(project / "run.sh"),))
    assert up_to_date.find(asked(project)) is None


@pytest.mark.parametrize(
    "during",
    [
        lambda p: (p / "src/one.cpp").write_text("int one() { return 3; }\n"),
        HARMLESS["edited and taken back"],
        lambda p: ((p / "src/new.h").touch(), (p / "src/new.h").unlink()),
        lambda p: make_channel(p.parent / "channel", {}),
    ],
    ids=["edited", "edited and taken back", "there for a moment", "channel"],
)
def test_what_changed_during_the_build_is_not_recorded(project, during):
    built(project, during=lambda: during(project))
    assert not list((project.parent / "cache/built").glob("*"))


def test_a_package_that_came_during_the_build_is_not_recorded(project):
    before = up_to_date.look(asked(project), SOURCES)
    made = built(project)
    make_channel(project / "output", PACKAGES | {"noarch/other-1-0.conda": b"x"})
    up_to_date.record(asked(project), before, SOURCES, made)
    assert up_to_date.find(asked(project)) is None


def test_what_the_recipe_makes_for_others_may_come_during_the_build(project):
    """Builds for several platforms at once put their packages into one channel."""
    before = up_to_date.look(asked(project), SOURCES)
    made = built(project)
    for name, kept in {"tiny-docs": True, "other": False}.items():
        up_to_date.record(asked(project), before, SOURCES, made, {"tiny-docs"})
        assert up_to_date.find(asked(project)) == made
        make_channel(project / "output", PACKAGES | {f"noarch/{name}-1-0.conda": b"x"})
        assert (up_to_date.find(asked(project)) == made) is kept
        up_to_date.record(asked(project), before, SOURCES, made, {"tiny-docs"})
        assert (up_to_date.find(asked(project)) == made) is kept
        make_channel(project / "output", PACKAGES)


def test_a_build_in_between_that_was_not_recorded_forgets_the_one_before(project):
    built(project)
    built(project, during=(project / "src/new.h").touch)
    (project / "src/new.h").unlink()
    assert up_to_date.find(asked(project)) is None


def test_two_targets_in_one_output_each_have_a_record(project):
    """The second makes the package for all platforms anew: the first has to be built again."""
    built(project)
    make_channel(project / "output", PACKAGES)
    arm = built(project, target="linux-aarch64")
    assert up_to_date.find(asked(project, target="linux-aarch64")) == arm
    (project / "output/noarch/tiny-stubs-1-h0_0.conda").write_bytes(b"the same, made later")
    assert up_to_date.find(asked(project)) is None


OUTSIDE = {
    "git": [{"git": "file:///somewhere"}],
    "a url": [{"url": "https://example.org/x.tar.gz", "sha256": "0" * 64}],
    "a path that is not there": [{"path": "../nowhere"}],
    "a patch from elsewhere": [{"path": "../", "patches": ["../../fix.patch"]}],
}


@pytest.mark.parametrize("sources", OUTSIDE.values(), ids=OUTSIDE)
def test_sources_that_cannot_be_listed_are_always_built(project, sources):
    built(project, sources=sources)
    assert up_to_date.find(asked(project)) is None


def test_a_source_outside_of_the_project_is_looked_at(project):
    other = project.parent / "other"
    other.mkdir()
    (other / "x.h").write_text("1")
    built(project, sources=[*SOURCES, {"path": "../../other"}])
    assert up_to_date.find(asked(project))
    (other / "x.h").write_text("2")
    assert up_to_date.find(asked(project)) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/one.cpp", '#include "/opt/x/x.h"\n'),
        ("CMakeLists.txt", "file(READ /etc/hostname name)\n"),
        ("CMakeLists.txt", "include_directories(-I/usr/include)\n"),
        ("CMakeLists.txt", "FetchContent_Declare(x URL https://example.org)\n"),
        ("recipe/recipe.yaml", "script: cp $RECIPE_DIR/../../other/x .\n"),
        ("recipe/recipe.yaml", "script: curl -O https://example.org/x\n"),
        ("recipe/recipe.yaml", 'script: cp "${RECIPE_DIR}"/../x .\n'),
        ("recipe/build.sh", "date > stamp\n"),
        ("recipe/build.sh", "cp ~/x .\n"),
        ("run.sh", "git describe > version\n"),
        ("CMakeLists.txt", "include_directories(/tmp)\n"),
        ("run.sh", "cp ${DATA:-/opt/x/data} .\n"),
        ("run.sh", "[[ -e x ]] || cp [/opt/x/data] .\n"),
        ("run.sh", 'cp $(dirname "$RECIPE_DIR")/x .\n'),
        ("run.sh", 'cd "$RECIPE_DIR"; cp ../x .\n'),
        ("run.sh", "cp $RECIPE_DIR/a/../../x .\n"),
        ("CMakeLists.txt", "find_package(Git)\n"),
        ("CMakeLists.txt", "string(TIMESTAMP now)\n"),
        ("stamp", "#!/bin/sh\ndate\n"),
        ("src/one.cpp", "const char *when = __DATE__;\n"),
    ],
)
def test_scripts_that_read_what_is_not_listed_are_always_built(project, name, text):
    (project / name).write_text(text)
    built(project)
    assert up_to_date.find(asked(project)) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CMakeLists.txt", "target_compile_options(x /W4)\n"),
        ("recipe/build.sh", "#!/bin/bash\ncp $RECIPE_DIR/x ${RECIPE_DIR}/y .\n"),
        ("README", "See the date of </p> a/b/c, https://example.org/x.\n"),
    ],
)
def test_what_stays_inside_is_up_to_date(project, name, text):
    (project / name).write_text(text)
    built(project)
    assert up_to_date.find(asked(project))


def test_rules_in_the_form_of_a_list_leave_nothing_out(project):
    sources = [{"path": "../src", "filter": ["*.cpp"]}]
    built(project, sources=sources)
    assert up_to_date.find(asked(project))
    (project / "src/x.cpp").touch()
    assert up_to_date.find(asked(project)) is None


def test_a_channel_on_another_machine_has_to_be_asked(project):
    built(project, channel="https://example.org/channel")
    assert up_to_date.find(asked(project, channel="https://example.org/channel")) is None


def test_a_recipe_that_takes_its_own_output_for_a_source_is_always_built(project):
    built(project, sources=[{"path": "../"}])
    assert up_to_date.find(asked(project)) is None


def test_a_damaged_record_is_no_record(project):
    built(project)
    (record,) = (project.parent / "cache/built").glob("*.json")
    whole = json.loads(record.read_text())
    less = [json.dumps({key: whole[key] for key in whole if key != gone}) for gone in whole]
    assert len(less) == 6
    for text in ("", "[]", '{"roots": 1}', record.read_text()[:-9], *less):
        record.write_text(text)
        assert up_to_date.find(asked(project)) is None, text


def test_a_record_that_cannot_be_written_is_none(project, monkeypatch):
    """The packages are there; the next build is done again."""

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(files, "_write", refuse)  # below what explains it
    built(project)
    assert up_to_date.find(asked(project)) is None
