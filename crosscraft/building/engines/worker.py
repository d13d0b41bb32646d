"""The child process of :mod:`crosscraft.building.engines.child`: a build, tests, or a session.

    python -P -m crosscraft.building.engines.worker < REQUEST

REQUEST is a JSON object. A build has the fields of :class:`.interface.Request`. Tests have
``packages``, ``channels`` and ``scratch``. A session has the fields that
:mod:`crosscraft.building.engines.session` sends. All have ``environment``, the variables.
The exit status is 0 on success. Otherwise ``result.json`` in the scratch folder has the ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import rattler_build

from crosscraft.building.engines.guard import end_with_reader


def main(stream: TextIO) -> int:
    """Do the request in `stream`, and return the exit status. No request is a success."""
    end_with_reader()
    text = stream.read()
    if not text:
        return 0
    request = json.loads(text)
    os.environ.clear()
    os.environ.update(request["environment"])
    scratch = Path(request["scratch"])
    try:
        error = _WORK[request.get("work", "build")](request, scratch)
    except rattler_build.RattlerBuildError as raised:
        error = str(raised)
    if error:
        (scratch / "result.json").write_text(json.dumps({"error": error}))
    return 1 if error else 0


def _build(request: dict[str, Any], scratch: Path) -> str:
    # The function is deprecated. Its successor reads the host platform from the variants, and
    # installs this machine's Python into the host environment of a cross build.
    warnings.simplefilter("ignore", DeprecationWarning)
    rattler_build.build_recipes(
        [request["recipe"]],
        build_platform=request["build"],
        target_platform=request["target"],
        channel=list(request["channels"]),
        output_dir=scratch,
        test=request["test"],
        variant_config=[request["variants"]] if request.get("variants") else None,
        ignore_recipe_variants=bool(request.get("variants")),
        keep_build=True,  # the parent reads its logs, then removes the scratch folder
        package_format="conda:1",
        # It would include the recipe's whole folder, with all packages built before.
        no_include_recipe=True,
    )
    return ""


def _test(request: dict[str, Any], scratch: Path) -> str:
    """Run the tests of each package until one fails, and keep the logs."""
    (scratch / "test").mkdir(exist_ok=True)
    for path in request["packages"]:
        package = rattler_build.Package.from_file(path)
        for result in package.run_tests(channel=list(request["channels"])):
            # The engine adds folders and advice after this line.
            lines = [line for part in result.output for line in part.splitlines()]
            ends = [i for i, line in enumerate(lines) if line.startswith("Script failed")]
            with (scratch / "test" / f"{package.name}.log").open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines[: ends[0] if ends else None])
            if not result.success:
                return f"Test failed: {package.name}"
    return ""


def _prepare(request: dict[str, Any], scratch: Path) -> str:
    """Make the environments of an output, and leave their paths in ``session.json``."""
    platform = rattler_build.PlatformConfig(
        build_platform=request["build"],
        host_platform=request["target"],
        target_platform=request["target"],
    )
    stage0 = rattler_build.Stage0Recipe.from_dict(request["output"], recipe_dir=scratch / "recipe")
    variants = rattler_build.VariantConfig({k: [v] for k, v in request["variant"].items()})
    (rendered,) = stage0.render(variants, rattler_build.RenderConfig(platform=platform))
    rendered._recipe_path = Path(request["recipe"])  # sources are relative to the learner's recipe
    session = rattler_build.DebugSession.create(
        rendered, output_dir=scratch, channels=list(request["channels"])
    )
    paths = {key: str(path) for key, path in asdict(session.paths).items()}
    (scratch / "session.json").write_text(json.dumps(paths))
    return ""


_WORK = {"build": _build, "tests": _test, "session": _prepare}
"""What a request asks for with ``work``."""


if __name__ == "__main__":
    status = main(sys.stdin)
    sys.stdout.flush()
    os._exit(status)  # the interpreter's own clean-up takes a while
