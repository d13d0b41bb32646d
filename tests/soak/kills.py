"""kill -9 at random moments. After each the next run makes all whole, and nothing half-made was
ever to be taken for whole."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crosscraft.building import build as builds
from crosscraft.building.engines import available
from crosscraft.channel import local
from crosscraft.channel.select import Channel, choose, in_folder
from crosscraft.environments import install
from crosscraft.inspection import conda_file
from crosscraft.jupyter import contents
from crosscraft.lessons import lesson, workspace
from crosscraft.lessons import record as records
from crosscraft.lessons.evidence.verdict import passed
from crosscraft.paths import ROOT
from crosscraft.platforms import native
from crosscraft.system.console import Console
from tests.soak.children import Kind, hashes, kills, run, variables
from tests.soak.worlds import (
    NAMES,
    add_package,
    built_state,
    channel_hashes,
    channel_state,
    make_channel,
    make_project,
    remove,
    world,
)
from tools import notebooks

Counted = dict[str, "int | float"]


def channel(rounds: int) -> Counted:
    """Kill `crosscraft channel build`."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        whole: dict[str, str] = {}

        def state() -> Mapping[str, str]:
            found = channel_state(here.cache)
            whole.update(found)
            return found

        def glance() -> None:
            for link in (here.cache / "channels").glob("local-*"):
                there = channel_hashes(link.resolve()).items()
                assert there and there <= whole.items(), "a channel has its name, and is not whole"

        return kills(
            Kind(lambda _: remove(here.cache), make_channel, glance, state), rounds, here.folder
        )


def addition(rounds: int) -> Counted:
    """Kill `crosscraft channel add`: until the last moment the channel is as before."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        run(make_channel, here.folder / "log")
        before = channel_state(here.cache)
        kept = shutil.copytree(here.cache, here.folder / "kept", symlinks=True)
        after: dict[str, str] = {}

        def prepare(_: int) -> None:
            remove(here.cache)
            shutil.copytree(kept, here.cache, symlinks=True)

        def state() -> Mapping[str, str]:
            after.update(channel_state(here.cache, older=1))
            return after

        def glance() -> None:
            link = local.link_path()
            found = channel_hashes(link.resolve()) | {link.name: str(link.readlink())}
            assert found in (before, after), "half of it was added"

        return kills(Kind(prepare, add_package, glance, state), rounds, here.folder)


def build(rounds: int) -> Counted:
    """Kill a package build, with a recipe that needs no compiler."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        project = make_project(here.folder)
        empty = in_folder(here.folder / "empty", "empty")
        return _kill_builds(rounds, here.folder, project, empty, here.cache)


def answer_key(rounds: int) -> Counted:
    """Kill a build of the answer key, compiler and all."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name:
        folder = Path(name)
        machine = choose("local")
        project = shutil.copytree(
            ROOT / "cpp_math", folder / "cpp_math", ignore=shutil.ignore_patterns("output")
        )
        with variables(CROSSCRAFT_CACHE=str(folder / "cache")):
            return _kill_builds(rounds, folder, project, machine, folder / "cache")


def _kill_builds(
    rounds: int, folder: Path, project: Path, channel: Channel, cache: Path
) -> Counted:
    output = folder / "output"

    def work() -> None:
        with Console() as console:
            builds.build(
                builds.BuildRequest(project, native(), output, channel, available.choose()), console
            )

    def prepare(number: int) -> None:
        if number % 3:
            remove(output)  # every third time the packages are replaced

    def glance() -> None:
        for package in output.glob("*/*.conda"):
            conda_file.read(package)
        for index in output.glob("*/repodata.json"):
            json.loads(index.read_text())

    return kills(
        Kind(prepare, work, glance, lambda: built_state(output, cache / "builds")), rounds, folder
    )


def installation(rounds: int) -> Counted:
    """Kill the installation of an environment."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        run(make_channel, here.folder / "log")
        channel = in_folder(local.find(), "local")
        environments = here.cache / "environments"
        whole: dict[str, str] = {}

        def prepare(number: int) -> None:
            remove(environments)
            if number % 2:
                remove(here.cache / "packages")

        def work() -> None:
            install.create(list(NAMES), native(), [channel])

        def state() -> Mapping[str, str]:
            assert len(list(environments.iterdir())) == 1, "left behind in environments"
            found = hashes(environments)
            whole.update(found)
            return found

        def glance() -> None:
            for mark in environments.glob("*/conda-meta/crosscraft-complete"):
                assert hashes(environments) == whole, f"{mark} on what is not whole"

        return kills(Kind(prepare, work, glance, state), rounds, here.folder)


def lessons(rounds: int) -> Counted:
    """Kill begin, catch_up, check's record and reset; no file of the learner's may be lost."""
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        project = here.folder / "workspace" / "project"
        keys = {f.path: (ROOT / "cpp_math" / f.path).read_text() for f in workspace.FILES}
        mine = {path: f"// {path}, by the learner\n" * 500 for path in keys}
        mine["notes.txt"] = "my notes\n" * 2000

        def prepare(number: int) -> None:
            remove(here.folder / "workspace")
            # Every third workspace is of an earlier version.
            made = project.with_name("cpp_math") if number % 3 == 0 else project
            for path, text in mine.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_text(text)

        def work() -> None:
            lesson.begin(7)
            lesson.catch_up()
            for exercise in ("one", "two", "three"):
                records.record(exercise, "an answer", passed("So it is."))
            lesson.reset()

        def glance() -> None:
            every = [path for path in (here.folder / "workspace").rglob("*") if path.is_file()]
            texts = {path.read_text() for path in every if not path.name.endswith(".new")}
            lost = [path for path, text in mine.items() if text not in texts]
            assert not lost, f"lost: {lost}"
            for path, key in keys.items():
                if (project / path).exists():
                    text = (project / path).read_text()
                    assert text in (key, mine[path]), f"{path} is half-made"
            record = here.folder / "workspace" / "progress.json"
            if record.exists():
                json.loads(record.read_text())

        def state() -> Mapping[str, str]:
            glance()
            left = [str(p) for p in (here.folder / "workspace").rglob("*.new")]
            assert not left, f"left behind: {left}"
            found = hashes(project)
            assert found == {
                path: hashlib.sha256(text.encode()).hexdigest() for path, text in keys.items()
            }
            return found | {"passed": str(sorted(records.entries()))}

        return kills(Kind(prepare, work, glance, state), rounds, here.folder)


def notebook(rounds: int) -> Counted:
    """Kill a save by JupyterLab's contents manager, and by `tools.notebooks`, in turn."""
    import nbclient
    import nbformat

    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as name, world(Path(name)) as here:
        folder = here.folder / "notebooks"
        folder.mkdir()
        path = folder / "lesson.ipynb"
        lines = [f"{number} * {number}" for number in range(300)]
        old = nbformat.v4.new_notebook(cells=[_cell(f"cell-{i}", line) for i, line in
                                              enumerate(lines)])  # fmt: skip
        text = nbformat.writes(old).rstrip("\n") + "\n"

        def execute(client: nbclient.NotebookClient) -> None:
            for cell in client.nb.cells:
                cell.outputs = [
                    nbformat.v4.new_output("stream", name="stdout", text=cell.source * 300)
                ]

        nbclient.NotebookClient.execute = execute
        turn = [0]

        def prepare(number: int) -> None:
            turn[0] = number
            path.write_text(text)

        def work() -> None:
            if turn[0] % 4 < 2:
                manager = contents.AtomicContentsManager(root_dir=str(folder))
                new = nbformat.reads(text, as_version=4)
                for cell in new.cells:
                    cell.outputs = [
                        nbformat.v4.new_output("stream", name="stdout", text=cell.source * 300)
                    ]
                model = {"type": "notebook", "format": "json", "content": new}
                asyncio.run(manager.save(model, "lesson.ipynb"))
                asyncio.run(manager.create_checkpoint("lesson.ipynb"))
            else:
                notebooks.execute(path)

        def glance() -> None:
            read = nbformat.reads(path.read_text(), as_version=4)
            ran = {bool(cell.outputs) for cell in read.cells}
            assert len(read.cells) == len(lines) and len(ran) == 1, "a save is half-made"

        def state() -> Mapping[str, str]:
            glance()
            left = [p.name for p in folder.rglob(".*") if p.name != ".ipynb_checkpoints"]
            assert not left, f"left behind: {left}"
            read = nbformat.reads(path.read_text(), as_version=4)
            sources = "".join(f"{cell.source}{cell.outputs}" for cell in read.cells)
            remove(folder / ".ipynb_checkpoints")
            return {"lesson.ipynb": hashlib.sha256(sources.encode()).hexdigest()}

        return kills(Kind(prepare, work, glance, state), rounds, here.folder)


def _cell(name: str, source: str) -> object:
    import nbformat

    cell = nbformat.v4.new_code_cell(source)
    cell.id = name
    return cell
