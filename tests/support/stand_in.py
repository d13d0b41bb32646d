"""Stand-ins for `rattler-build` and `pixi`. THEY ARE NOT THOSE PROGRAMS.

Set-up cannot install either. A stand-in takes the arguments that the real one documents, and
refuses others. It records arguments, variables and working directory, and builds with
py-rattler-build. It refuses what rattler-build 0.74.0 and pixi 0.77.0 refused, in their words and
with their exit status; docs/recorded has those.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import textwrap
import time
import tomllib
import warnings
from pathlib import Path

from tests.support import pixi_rendering

WRAPPER = """\
#!{python}
# A stand-in of Crosscraft's tests. It is not {name}.
import sys
from tests.support import stand_in
sys.exit(stand_in.main({name!r}, {version!r}, {record!r}))
"""


def install(folder: Path, name: str, version: str) -> Path:
    """Put a stand-in called `name` into `folder`, and return where it records its calls."""
    folder.mkdir(exist_ok=True)
    record = folder / f"{name}.calls"
    program = folder / name
    program.write_text(
        WRAPPER.format(
            python=sys.executable,
            name=name,
            version=version,
            record=str(record),
        )
    )
    program.chmod(0o755)
    return record


def calls(record: Path) -> list[dict]:
    """What was recorded, without the questions for the version."""
    lines = record.read_text().splitlines() if record.exists() else []
    return [call for call in map(json.loads, lines) if call["argv"][1:] != ["--version"]]


def main(name: str, version: str, record: str) -> int:
    auth = os.environ.get("RATTLER_AUTH_FILE")
    call = {
        "argv": sys.argv,
        "cwd": str(Path.cwd()),
        "env": dict(os.environ),
        "manifest": Path("pixi.toml").read_text() if Path("pixi.toml").exists() else None,
        "auth": json.loads(Path(auth).read_text()) if auth else None,
        "auth_mode": oct(Path(auth).stat().st_mode & 0o777) if auth else None,
        "group": os.getpgrp() == os.getpid(),
    }
    with Path(record).open("a") as file:
        file.write(json.dumps(call) + "\n")
    if sys.argv[1:] == ["--version"]:
        print(f"{name} {version}")
        return 0
    return {"rattler-build": rattler_build_main, "pixi": pixi_main}[name](version)


def rattler_build_main(version: str) -> int:
    parser = argparse.ArgumentParser(prog="rattler-build", allow_abbrev=False)
    build = parser.add_subparsers(required=True).add_parser("build", allow_abbrev=False)
    build.add_argument("--recipe", type=Path)
    build.add_argument("--build-platform")
    build.add_argument("--target-platform")
    build.add_argument("--channel", action="append")
    build.add_argument("--output-dir", type=Path)
    build.add_argument("--test", choices=["skip", "native", "native-and-emulated"])
    build.add_argument("--keep-build", action="store_true")
    build.add_argument("--package-format")
    build.add_argument("--no-include-recipe", action="store_true")
    given = parser.parse_args()
    return _build(
        given.output_dir,
        recipe=given.recipe,
        build=given.build_platform,
        target=given.target_platform,
        channels=given.channel,
        test=given.test,
        package_format=given.package_format,
        no_include_recipe=given.no_include_recipe,
    )


def pixi_main(version: str) -> int:
    parser = argparse.ArgumentParser(prog="pixi", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, dest="command")
    command = commands.add_parser("publish", allow_abbrev=False)
    command.add_argument("--to", "--target-channel", required=True)
    command.add_argument("--force", action="store_true")
    command.add_argument("--target-platform", default="linux-64")
    command.add_argument("--build-dir", type=Path, default=Path(".pixi/bld"))
    command.add_argument("--path", type=Path, default=Path())
    given = parser.parse_args()
    text = (given.path / "pixi.toml").read_text()
    if not re.search(r"^\[(workspace|project|package)\]", text, re.M):
        # Tables in one line, or with a quoted name, are TOML, and none for pixi.
        return _fail(
            "Missing table in manifest pixi.toml: Any of the following sections is required: "
            "* workspace * project * package"
        )
    manifest = tomllib.loads(text)
    name = manifest["package"]["build"]["backend"]["name"]
    if f"{name}=" not in os.environ.get("PIXI_BUILD_BACKEND_OVERRIDE", ""):
        # It would be downloaded from the manifest's channels; nothing is, here.
        return _fail(
            "could not initialize the build-backend",
            "failed to solve the environment",
            f"Cannot solve the request because of: No candidates were found for {name} *.",
        )
    project = given.path.absolute()
    place = "recipe/recipe.yaml" if (project / "recipe/recipe.yaml").exists() else "recipe.yaml"
    recipe = project / place
    unsolved = _solve(recipe, manifest, given.target_platform)
    if unsolved:
        return _fail(*unsolved)
    made = given.build_dir / "made"
    status = _build(
        made,
        recipe=recipe,
        build="linux-64",
        target=given.target_platform,
        channels=manifest["workspace"]["channels"],
        test="skip",  # pixi's backend never runs any that start a program
        said_within=("Script failed with status 1", "", "Script execution failed."),
    )
    lost = None if status else pixi_rendering.lost(recipe, given.target_platform)
    if lost:
        return _fail(f"there is no output defined for the package '{lost}'")
    if status == 0:
        for package in sorted(made.glob("*/*.conda")):
            _hand_over(package, given)
    return status


def _solve(recipe: Path, manifest: dict, target: str) -> list[str]:
    """Why the environments of the build cannot be solved: with glibc 2.28, or what is declared."""
    from crosscraft.building import recipe as recipes
    from crosscraft.channel.select import Channel
    from crosscraft.environments import solver
    from crosscraft.errors import InstallError
    from crosscraft.platforms import lookup

    channels = [Channel(url, url) for url in manifest["workspace"]["channels"]]
    if any(not one.url.startswith("file:") for one in channels):
        return []  # its credentials are for the engine; py-rattler-build solves it below
    declared = dict.fromkeys(("linux-64", target), "2.28")
    for entry in manifest["workspace"]["platforms"]:
        if isinstance(entry, dict):
            declared[entry["platform"]] = entry.get("glibc", "2.28")
    machine, host = lookup("linux-64"), lookup(target)
    rendered = recipes.render(recipe, machine, host)
    own = {output.name for output in rendered.outputs}
    for output in rendered.outputs:
        lists = ("build", machine, output.build_specs), ("host", host, output.host_specs)
        for kind, platform, specs in lists:
            wanted = [spec for spec in specs if spec.split()[0] not in own]
            try:
                solver.solve(wanted, platform, channels, glibc=declared[platform.subdir])
            except InstallError as error:
                missing = re.search(r"no package '(\S+)'", error.what)
                no_candidates = f"No candidates were found for {missing and missing[1]} *."
                return [
                    f"failed to solve the {kind} environment for package '{output.name}'",
                    "failed to solve the environment",
                    "Cannot solve the request because of: "
                    + (no_candidates if missing else " ".join(error.detail)),
                ]
    return []


def _hand_over(package: Path, given: argparse.Namespace) -> None:
    folder = Path(given.to.removeprefix("file://")) / package.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / package.name).exists() and not given.force:
        print(f"⏭ Skipping '{package.name}' (already exists)")
        return
    shutil.copy(package, folder / package.name)
    (folder / "repodata.json").write_text("{}")


def _build(
    output: Path,
    *,
    recipe: Path,
    build: str,
    target: str,
    channels: list[str],
    test: str,
    package_format: str = "conda:1",
    no_include_recipe: bool = True,
    said_within: tuple[str, ...] = (),
) -> int:
    import rattler_build

    warnings.simplefilter("ignore", DeprecationWarning)
    finish = _print_logs(output)
    try:
        rattler_build.build_recipes(
            [recipe],
            build_platform=build,
            target_platform=target,
            channel=channels,
            output_dir=output,
            test=test,
            keep_build=True,
            package_format=package_format,
            no_include_recipe=no_include_recipe,
            auth_file=os.environ.get("RATTLER_AUTH_FILE"),
        )
    except rattler_build.RattlerBuildError as error:
        finish()
        for line in said_within:
            print(f" │ │ × error {line}", flush=True)
        return _fail(*str(error).splitlines()[:1], " ".join(str(error).split()))
    finish()
    return 0


def _print_logs(output: Path):
    """Start a process that prints the logs as they grow, in frames, and return how to end it."""
    alive, held_open = os.pipe()
    printer = os.fork()
    if printer == 0:
        os.close(held_open)
        os.set_blocking(alive, False)
        ends = False
        read: dict[Path, int] = {}
        while not ends:
            try:
                ends = os.read(alive, 1) == b""
            except BlockingIOError:
                time.sleep(0.02)
            for folder in sorted(output.glob("bld/rattler-build_*")):
                log = folder / "work/conda_build.log"
                if log not in read:
                    name = folder.name.removeprefix("rattler-build_").rsplit("_", 1)[0]
                    print(f"\n ╭─ Running build for recipe: {name}-0-h0_0", flush=True)
                    read[log] = 0
                lines = log.read_text().splitlines() if log.exists() else []
                for line in lines[read[log] :]:
                    print(f" │ │ {line}", flush=True)
                read[log] = len(lines)
        os._exit(0)
    os.close(alive)

    def finish() -> None:
        os.close(held_open)
        os.waitpid(printer, 0)

    return finish


def _fail(what: str, *causes: str) -> int:
    """Print an error and its causes as miette does, in lines of 80 columns, and return the status.

    https://docs.rs/miette: the frame of a cause, and of the lines that continue it.
    """
    first, *rest = textwrap.wrap(what, 69)
    lines = [f"Error:   × {first}", *(f"  │ {line}" for line in rest)]
    for number, cause in enumerate(causes, 1):
        begins, goes_on = ("  ╰─▶ ", "      ") if number == len(causes) else ("  ├─▶ ", "  │   ")
        first, *rest = textwrap.wrap(cause, 74)
        lines += [f"{begins}{first}", *(f"{goes_on}{line}" for line in rest)]
    print("\n".join(lines), file=sys.stderr)
    return 1
