"""The child process of :mod:`crosscraft.building.engines.child`: one build, or tests, then it ends.

    python -P -m crosscraft.building.engines.worker < REQUEST

REQUEST is a JSON object with the fields of :class:`.interface.Request`, or with ``packages``, to
have the tests run that are in them, ``channels`` and ``scratch``; and with
``environment``, the variables to work with.
Exit status 0: done. Otherwise ``result.json`` in the scratch folder has the ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any, TextIO

import rattler_build

from crosscraft.building.engines.guard import end_with_reader


def main(asked: TextIO) -> int:
    """Do what will be `asked`, and return the exit status; 0 if that is nothing."""
    end_with_reader()
    text = asked.read()
    if not text:
        return 0
    request = json.loads(text)
    os.environ.clear()
    os.environ.update(request["environment"])
    scratch = Path(request["scratch"])
    try:
        error = _test(request, scratch) if request.get("packages") else _build(request, scratch)
    except rattler_build.RattlerBuildError as raised:
        error = str(raised)
    if error:
        (scratch / "result.json").write_text(json.dumps({"error": error}))
    return 1 if error else 0


def _build(request: dict[str, Any], scratch: Path) -> str:
    # The function is marked deprecated; its successor takes the host platform from the
    # variants, and installs this machine's Python into a cross build's host environment.
    warnings.simplefilter("ignore", DeprecationWarning)
    rattler_build.build_recipes(
        [request["recipe"]],
        build_platform=request["build"],
        target_platform=request["target"],
        channel=list(request["channels"]),
        output_dir=scratch,
        test=request["test"],
        keep_build=True,  # its logs are read to the end; the scratch folder goes with them
        package_format="conda:1",
        # It would be the recipe's whole folder. Where that is the project's own, each
        # package would hold all packages built before it.
        no_include_recipe=True,
    )
    return ""


def _test(request: dict[str, Any], scratch: Path) -> str:
    """Run the tests of each package to the first that fails, and keep its log."""
    (scratch / "test").mkdir(exist_ok=True)
    for path in request["packages"]:
        package = rattler_build.Package.from_file(path)
        for result in package.run_tests(channel=list(request["channels"])):
            # After this line comes what the engine makes of the failure: folders, advice.
            said = [line for part in result.output for line in part.splitlines()]
            ends = [i for i, line in enumerate(said) if line.startswith("Script failed")]
            with (scratch / "test" / f"{package.name}.log").open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in said[: ends[0] if ends else None])
            if not result.success:
                return f"Test failed: {package.name}"
    return ""


if __name__ == "__main__":
    status = main(sys.stdin)
    sys.stdout.flush()
    os._exit(status)  # nothing is left to tidy up, which takes a while
