"""Whatever a learner gets wrong: one line that says what and what to do, and nothing left over."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crosscraft.platforms import PLATFORMS
from tests.support.commands import CROSSCRAFT, run
from tests.support.small_channels import link_set_up_channel

pytestmark = pytest.mark.usefixtures("own_cache")

HEAD = "package:\n  name: a\n  version: 1\n"
COMPILER = "requirements:\n  build:\n    - ${{ compiler('cxx') }}\n"
SOURCE = "source:\n  path: .\n"


def script(*lines: str) -> str:
    return "build:\n  script:\n" + "".join(f"    - {line}\n" for line in lines)


COMPILE = HEAD + SOURCE + script("$CXX $CXXFLAGS -c tiny.cpp") + COMPILER


def check(done, cache, *words, status=1, output=None):
    """One line with the cause and the remedy, no traceback, nothing left."""
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "panicked" not in done.stderr
    *details, last = done.stderr.splitlines()
    assert last.startswith("crosscraft: ")
    # On an interrupt click ends the line that a terminal shows ^C on.
    assert all(line.startswith("  ") or not line for line in details), done.stderr
    assert len(details) <= 26
    for word in words:
        assert word in done.stderr, (word, done.stderr)
    builds = cache / "builds"
    assert not builds.exists() or list(builds.iterdir()) == []
    if output is not None:
        assert published(output) == []


def published(output: Path) -> list[str]:
    """The files of an output folder, without logs and the file that keeps it out of sources."""
    files = (path.relative_to(output) for path in output.rglob("*") if path.is_file())
    return sorted(
        str(path) for path in files if path.parts[0] not in ("logs", ".condapackageignore")
    )


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("aarch64", "linux-aarch64"),
        ("arm64", "linux-aarch64"),
        ("x86_64", "linux-64"),
        ("amd64", "linux-64"),
        ("linux-arch64", "linux-aarch64"),
        ("Linux-64", "linux-64"),
    ],
)
def test_a_misspelled_platform(crosscraft, cache, name, near):
    for argv in (["build", "-t", name], ["run", "--platform", name, "--", "true"]):
        done = crosscraft(*argv)
        check(done, cache, f"there is no platform {name!r}. Did you mean {near}", status=2)


def test_an_unknown_platform_lists_those_there_are(crosscraft, cache):
    done = crosscraft("build", "--target-platform", "windows")
    check(done, cache, f"Known platforms: {', '.join(PLATFORMS)}.", status=2)
    assert "Did you mean" not in done.stderr


RECIPES = {
    "empty": ("", "the field `package` is missing"),
    "not UTF-8": (b"\xff\xfe\x80", "byte 0 is not UTF-8 text"),
    "NUL": (b"\0", "the field `package` is missing"),
    "list": ("- 1\n- 2\n", "recipe.yaml:1:1: "),
    "scalar": ("hello", "recipe.yaml:1:1: "),
    "package is a number": ("package: 3\n", "mapping expected"),
    "outputs is a number": ("outputs: 3\n", "sequence expected"),
    "no output": ("outputs: []\n", "at least one output is required"),
    "no version": ("package:\n  name: a\n", "the field `version` is missing"),
    "unknown key": (HEAD + "buidl: 3\n", "recipe.yaml:4:1: there is no field `buidl`"),
    "unknown key in build": (
        HEAD + "build:\n  scrpt: x\n",
        "recipe.yaml:5:3: there is no field `scrpt`",
    ),
    "key twice": (HEAD + HEAD, "recipe.yaml:4:1: the key `package` is there twice"),
    "tab": ("package:\n\tname: a\n", "recipe.yaml:2:2: "),
    "bracket left open": ("package: [1\n", "expected ',' or ']'"),
    "name with a space": ("package:\n  name: a b\n  version: 1\n", "not a valid package name"),
    "unknown variable": (
        "package:\n  name: ${{ nothing }}\n  version: 1\n",
        "recipe.yaml:2:9: a template or condition uses a variable that is not defined",
    ),
    "unknown function": (
        "package:\n  name: a\n  version: ${{ nothing() }}\n",
        "`nothing`, which is neither a function nor a filter",
    ),
    "template left open": ("package:\n  name: ${{ x\n  version: 1\n", "not a valid package name"),
    "version spec": (
        HEAD + "requirements:\n  host:\n    - a >>> 1\n",
        "`>>> 1` is not a version spec",
    ),
}


@pytest.mark.parametrize(("recipe", "word"), RECIPES.values(), ids=RECIPES)
def test_a_recipe_that_does_not_parse(crosscraft, cache, make_project, recipe, word):
    project = make_project(recipe)
    done = crosscraft("build", cwd=project)
    check(done, cache, "crosscraft: recipe.yaml", word, str(project / "recipe.yaml"))
    assert len(done.stderr.splitlines()) == 1
    assert not (project / "output").exists()


def test_no_recipe(crosscraft, cache, tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = crosscraft("build", "--project", folder)
        check(done, cache, f"there is no recipe in {str(folder)!r}", "--project DIR")
    assert list(tmp_path.iterdir()) == []


def test_recipe_yml_is_pointed_at(crosscraft, cache, make_project):
    project = make_project(HEAD)
    (project / "recipe.yaml").rename(project / "recipe.yml")
    check(crosscraft("build", cwd=project), cache, "Rename recipe.yml to recipe.yaml.")


def test_a_recipe_that_may_not_be_read(make_project, cache):
    project = make_project(HEAD)
    (project / "recipe.yaml").chmod(0)
    check(unprivileged("build", cwd=project), cache, "recipe.yaml cannot be read: permission")


@pytest.mark.parametrize(
    ("kind", "spec", "word"),
    [
        ("host", "nanobnid", "no package 'nanobnid' for linux-64"),
        ("build", "cmaek", "no package 'cmaek' for linux-64"),
        ("host", "python >=99", "python >=99"),
        ("build", "${{ compiler('fortran') }}", "no package 'gfortran_linux-64'"),
    ],
)
def test_a_package_that_the_channel_lacks(crosscraft, cache, make_project, kind, spec, word):
    project = make_project(HEAD + f"requirements:\n  {kind}:\n    - {spec}\n")
    done = crosscraft("build", cwd=project)
    check(done, cache, f"a needs, in its {kind} environment: ", word, output=project / "output")


def test_a_misspelled_package_gets_the_near_names(crosscraft, cache, make_project):
    project = make_project(HEAD + "requirements:\n  host:\n    - nanobnid >=2\n")
    check(crosscraft("build", cwd=project), cache, "Did you mean nanobind?")
    done = crosscraft("run", "--with", "pyhton", "--", "true")
    assert "no package 'pyhton' for linux-64" in done.stderr
    assert "Did you mean python" in done.stderr


@pytest.mark.builds
def test_a_package_built_for_the_other_platform_only(crosscraft, cache, make_project):
    project = make_project(HEAD)
    assert crosscraft("build", cwd=project).returncode == 0
    done = crosscraft(
        "run", "-q", "--platform", "linux-aarch64", "--with", "a", "--", "true", cwd=project
    )
    check(done, cache, "no package 'a' for linux-aarch64", "It exists for linux-64 only")


@pytest.mark.builds
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["$CXX $CXXFLAGS -c tiny.cpp"],
            ["tiny.cpp:2:1: error: ", "2 | retrun 1;"],
        ),
        (
            ["$CXX $CXXFLAGS -x c++ -D'retrun=int f();int main(){return f();}//' tiny.cpp"],
            ["undefined reference to `f()'"],
        ),
        (["no-such-program --now"], ["no-such-program: command not found"]),
        (["cat nothing.txt"], ["nothing.txt: No such file or directory"]),
        (["echo one thing", "exit 3"], ["one thing"]),
        (["for i in $(seq 500); do echo noise $i; done; exit 3"], ["noise 500"]),
    ],
    ids=["compile", "link", "no program", "no file", "silent", "noisy"],
)
def test_a_script_that_fails_shows_the_line_that_matters(
    crosscraft, cache, make_project, lines, words
):
    recipe = HEAD + SOURCE + script(*lines) + COMPILER
    project = make_project(recipe, tiny="int main() {\nretrun 1;\n}\n")
    if "-D" in lines[0]:
        (project / "tiny.cpp").write_text("retrun\n")
    done = crosscraft("build", cwd=project)
    check(
        done, cache, "a did not build for linux-64", "Fix the error shown above and build again",
        "The whole log is output/logs/a-linux-64.log.", *words, output=project / "output",
    )  # fmt: skip
    assert (project / "output/logs/a-linux-64.log").read_text()
    assert "-fstack-protector" not in done.stderr  # the command line of the compiler is no news
    assert "noise 1\n" not in done.stderr


@pytest.mark.builds
def test_a_cmake_error_shows_its_message(crosscraft, cache, make_project):
    recipe = HEAD + SOURCE + script("cmake -G Ninja -S . -B build ${CMAKE_ARGS}") + COMPILER
    project = make_project(recipe + "    - cmake\n    - ninja\n")
    text = "project(a LANGUAGES NONE)\nfind_package(Nonsense REQUIRED)\n"
    (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.19)\n" + text)
    done = crosscraft("build", cwd=project)
    check(
        done, cache, "CMake Error at CMakeLists.txt:3 (find_package):", "Nonsense",
        output=project / "output",
    )  # fmt: skip


@pytest.mark.builds
def test_a_source_that_is_not_there(crosscraft, cache, make_project):
    project = make_project(HEAD + "source:\n  path: nowhere\n")
    check(crosscraft("build", cwd=project), cache, "nowhere does not exist", "`source`")


SCRIPT_TEST = "tests: [{script: ['true']"
PYTHON = "requirements: {run: [python]}\ntests: [{python: {imports: [os]"
NOT_TO_BE_HAD = {
    "run": (
        "requirements: {run: [make]}\n" + SCRIPT_TEST + "}]",
        [
            "a needs, in its run environment: no package 'make' for linux-64",
            "Run `crosscraft channel add make` to add it.",
        ],
    ),
    "a test's own": (
        SCRIPT_TEST + "}, {script: x, requirements: {run: [pytest]}}]",
        ["a needs, in its test environment: no package 'pytest' for linux-64"],
    ),
    "pip_check": (
        PYTHON + "}}]",
        [
            "a needs, in its test environment: no package 'pip' for linux-64",
            "pip_check: false",
            "Run `crosscraft channel add pip` to add it.",
        ],
    ),
    "python_version": (
        PYTHON + ", pip_check: false, python_version: '3.13'}}]",
        ["a needs, in its test environment: python =3.13 for linux-64, and the channel has 3.11.2"],
    ),
    "variant": (
        "requirements: {host: [python]}",
        [
            "the local channel has no python 3.12.* for linux-64, only 3.11.2",
            "Debian 12 and PyPI offer no second Python",
        ],
    ),
}


@pytest.fixture(scope="module")
def set_up_channel(tmp_path_factory):
    """The folder of a local channel that nothing was added to."""
    folder = tmp_path_factory.mktemp("channels")
    link_set_up_channel(folder)
    return folder


@pytest.mark.builds
@pytest.mark.parametrize(("text", "words"), NOT_TO_BE_HAD.values(), ids=NOT_TO_BE_HAD)
def test_a_dependency_that_cannot_be_had_is_named(
    crosscraft, cache, make_project, set_up_channel, monkeypatch, text, words
):
    monkeypatch.setenv("CROSSCRAFT_CHANNELS", str(set_up_channel))
    project = make_project(HEAD + text)
    (project / "variants.yaml").write_text('python: ["3.12.*"]\n')
    done = crosscraft("build", cwd=project)
    check(done, cache, *words, output=project / "output")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.builds
def test_the_output_that_failed_is_named_and_not_the_one_before(crosscraft, cache, make_project):
    outputs = (
        "recipe: {name: r, version: '1'}\noutputs:\n"
        "- {package: {name: tool}, build: {script: [echo tool is built]}}\n"
        "- {package: {name: user}, requirements: {BUILD: [tool]}}\n"
    )
    project = make_project(outputs.replace("BUILD", "build"))
    done = crosscraft("build", "--target-platform", "linux-aarch64", cwd=project)
    words = ["user needs, in its build environment: no package 'tool' for linux-64", "first"]
    check(done, cache, *words, output=project / "output")
    (project / "recipe.yaml").write_text(outputs.replace("BUILD: [tool]", "host: [tool, nonesuch]"))
    done = crosscraft("build", cwd=project)
    check(done, cache, "user needs, in its host environment: no package 'nonesuch'")
    assert "tool is built" not in done.stderr


@pytest.mark.parametrize(
    ("argv", "words", "status"),
    [
        (["--engine", "conda-build"], ["there is no engine 'conda-build'", "py-rattler-build"], 2),
        (["--channel", "nowhere"], ["'nowhere' is not a channel", "local", "conda-forge"], 1),
        (["--channel", "."], ["'.' is not a channel"], 1),
        (["--channel", "file:///nowhere"], ["a channel cannot be read"], 1),
        (["--channel", "gopher://x"], ["'gopher' is not a supported scheme"], 1),
        (["--channel", "http://"], ["empty host"], 1),
        (["--tset", "skip"], ["No such option '--tset'", "crosscraft build --help"], 2),
        (["--test", "emulated"], ["'emulated' is not one of 'native', 'skip'"], 2),
        (["extra"], ["unexpected extra argument (extra).", "crosscraft build --help"], 2),
    ],
)
def test_an_option_that_means_nothing(crosscraft, cache, make_project, argv, words, status):
    project = make_project(COMPILE)
    done = crosscraft("build", *argv, cwd=project)
    check(done, cache, *words, status=status, output=project / "output")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("channel", ["http://127.0.0.1:9/channel", "https://host.invalid/channel"])
def test_a_channel_that_does_not_answer(crosscraft, cache, make_project, channel):
    project = make_project(COMPILE)
    for argv in (["build", "-c", channel], ["run", "-q", "-c", channel, "--", "true"]):
        began = time.monotonic()
        done = crosscraft(*argv, cwd=project)
        check(done, cache, f"the channel {channel} did not respond", "--channel local")
        assert time.monotonic() - began < 30
    assert published(project / "output") == []


def test_conda_forge_without_a_network(offline, make_project, cache):
    project = make_project(COMPILE)
    began = time.monotonic()
    done = run([*offline, CROSSCRAFT, "build", "-c", "conda-forge"], cwd=project)
    check(done, cache, "the channel conda-forge did not respond", "--channel local")
    assert time.monotonic() - began < 30


def unprivileged(*argv, **options):
    """Call crosscraft as someone whom file modes bind; they do not bind root."""
    drop = [
        "setpriv", "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
    ]  # fmt: skip
    return run([*(drop if os.geteuid() == 0 else []), CROSSCRAFT, *argv], **options)


def test_an_output_folder_that_may_not_be_written(make_project, tmp_path, cache):
    project = make_project(HEAD)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    for output in (locked, locked / "output"):
        done = unprivileged("build", "-o", output, cwd=project)
        check(
            done, cache, f"the output folder {str(output)!r} cannot be written: permission denied"
        )
    assert list(locked.iterdir()) == []


def test_an_output_folder_that_is_a_file(crosscraft, make_project, cache):
    project = make_project(HEAD, note="")
    for output in ("note.cpp", "note.cpp/output"):
        check(crosscraft("build", "-o", output, cwd=project), cache, "cannot be written")


@pytest.mark.builds
def test_a_project_that_may_not_be_written(make_project, tmp_path, cache):
    project = make_project(HEAD + SOURCE + script("test -f note.cpp"), note="")
    project.chmod(0o555)
    done = unprivileged("build", cwd=project)
    check(done, cache, "'output' cannot be written: permission denied", "Choose another folder")
    done = unprivileged("build", "-o", tmp_path / "out", cwd=project)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in project.iterdir()) == ["note.cpp", "recipe.yaml"]


def on_small_disk(prefix, size, folder, command, **options):
    """Run a shell command with a tiny file system mounted on `folder`."""
    text = f'mount -t tmpfs -o size={size},mode=755 none "$1" && {command}'
    return run([*prefix, "sh", "-c", text, "sh", folder, CROSSCRAFT], **options)


@pytest.mark.builds
@pytest.mark.parametrize("size", ["4k", "8k"])
def test_a_full_disk_under_the_output(own_mounts, geometry, tmp_path, cache, size):
    (tmp_path / "small").mkdir()
    # What is left there is listed before the mount goes: on stdout, after the build's own words.
    listed = 'find "$1" ! -type d ! -name .condapackageignore'
    command = f'"$2" build --test skip -o "$1"; s=$?; {listed}; exit $s'
    done = on_small_disk(own_mounts, size, tmp_path / "small", command, cwd=geometry)
    check(done, cache, "could not be stored", "the disk is full", "Free some space")
    assert str(tmp_path / "small") not in done.stdout


@pytest.mark.builds
@pytest.mark.parametrize("size", ["100k", "100m"])
def test_a_full_disk_under_the_cache(own_mounts, geometry, tmp_path, cache, size):
    small = tmp_path / "small"
    small.mkdir()
    command = (
        f'ln -s "{(cache / "channels").resolve()}" "$1/channels"; CROSSCRAFT_CACHE="$1" "$2" build;'
        ' s=$?; ls "$1/builds"; exit $s'
    )
    done = on_small_disk(own_mounts, size, small, command, cwd=geometry)
    check(done, cache, "the disk is full", "Free some space", output=geometry / "output")
    assert "build-" not in done.stdout


WAIT = HEAD + SOURCE + script("mkfifo wait.cpp", "$CXX $CXXFLAGS -c wait.cpp") + COMPILER
"""The compiler waits for somebody to write its source, for ever."""


def relatives(folder: Path) -> dict[int, str]:
    """The processes that work in `folder`, or name it, by id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in words + str((process / "cwd").readlink()):
                found[int(process.name)] = words
    return found


COMPILING = -1.0
"""The moment when the compiler runs, which is not so many seconds after the start."""


def wait_for(program: str, folder: Path) -> None:
    for _ in range(1200):
        if any(program in words for words in relatives(folder).values()):
            return
        time.sleep(0.05)
    pytest.fail(f"{program} never ran")


@pytest.mark.builds
@pytest.mark.parametrize("how", ["SIGINT alone", "SIGTERM alone", "SIGINT group", "SIGINT twice"])
def test_an_interrupt_ends_everything_at_any_moment(make_project, cache, how, tmp_path):
    project = make_project(WAIT)
    sign = signal.Signals[how.split()[0]]
    for moment in (0, 0.1, 0.2, 0.4, COMPILING):
        with subprocess.Popen(
            [CROSSCRAFT, "build"], cwd=project, start_new_session=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline().startswith("building a on")
            if moment is COMPILING:
                wait_for("cc1plus", cache)
            else:
                time.sleep(moment)
            (os.killpg if "group" in how else os.kill)(process.pid, sign)
            if "twice" in how:
                time.sleep(0.01)
                process.send_signal(sign)
            try:
                said, error = process.communicate(timeout=30)
            finally:
                left = relatives(cache)
                for number in left:
                    os.kill(number, signal.SIGKILL)
        done = subprocess.CompletedProcess([], process.returncode, said, error)
        check(done, cache, "interrupted", status=130, output=project / "output")
        assert left == {}
    recipe = project / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("mkfifo", "touch"))
    again = run([CROSSCRAFT, "build"], cwd=project)
    assert again.returncode == 0, again.stderr


@pytest.mark.builds
def test_an_interrupt_leaves_nothing_temporary(make_project, cache, tmp_path):
    """What an engine unpacks for a test, say."""
    (tmp_path / "tmp").mkdir()
    recipe = HEAD + script("touch x") + "tests:\n  - script:\n      - sleep 299\n"
    with subprocess.Popen(
        [CROSSCRAFT, "build"], cwd=make_project(recipe), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
    ) as process:  # fmt: skip
        wait_for("sleep 299", cache)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("platforms", ["linux-64", "linux-64,linux-aarch64"])
def test_a_path_that_is_no_text(make_project, cache, platforms, tmp_path):
    project = make_project(COMPILE)
    bad = Path(os.fsdecode(bytes(tmp_path) + b"/bad\xff"))
    argv = [CROSSCRAFT, "build", "--target-platform", platforms]
    done = run([*argv, "--output-dir", bad / "out"], cwd=project)
    check(done, cache, "the output folder", "bad\\udcff/out", "is not UTF-8 text", "rename")
    shutil.copytree(project, bad)
    done = run(argv, cwd=bad)
    check(done, cache, "the path of the project", "bad\\udcff", "is not UTF-8 text", "Rename")


def test_a_file_that_may_not_be_inspected(tmp_path, cache):
    locked = tmp_path / "a.conda"
    locked.write_bytes(b"PK")
    locked.chmod(0)
    done = unprivileged("inspect", locked)
    check(done, cache, f"{str(locked)!r} cannot be inspected: permission denied")
    assert done.stdout == ""


def test_inspecting_what_is_no_package(crosscraft, tmp_path, cache):
    (tmp_path / "note.txt").write_text("hello\n")
    (tmp_path / "a.conda").write_bytes(b"PK\x03\x04 and no more")
    for name, word in (
        ("note.txt", "it is text"),
        ("a.conda", "cannot be read as a conda package: file is not a zip file"),
        ("gone", "no such file or directory"),
        (".", "is a directory, not a file"),
    ):
        done = crosscraft("inspect", tmp_path / name)
        check(done, cache, f"'{tmp_path / name}' cannot be", word, "Give ")
        assert len(done.stderr.splitlines()) == 1
    done = crosscraft("inspect")
    check(done, cache, "Missing argument 'FILE...'", "crosscraft inspect --help", status=2)
