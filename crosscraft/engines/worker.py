"""The child process of :mod:`crosscraft.engines.embedded`: one build, then it ends.

    python -P -m crosscraft.engines.worker < REQUEST

REQUEST is a JSON object with the fields of :class:`crosscraft.engines.interface.Request`.
Exit status 0: built. Otherwise ``result.json`` in the scratch folder has the ``error``.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import warnings
from pathlib import Path


def main(text: str) -> int:
    """Build as `text` asks, and return the exit status."""
    import rattler_build

    _end_with_parent()
    request = json.loads(text)
    scratch = Path(request["scratch"])
    # The function is marked deprecated; its successor takes the host platform from the
    # variants, and installs this machine's Python into a cross build's host environment.
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
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
    except rattler_build.RattlerBuildError as error:
        (scratch / "result.json").write_text(json.dumps({"error": str(error)}))
        return 1
    return 0


def _end_with_parent() -> None:
    """See that this process group ends, compilers and all, when nobody reads our output.

    A parent that is killed cannot do so. A process watches, since the bindings let no other
    thread run. poll(2) reports a pipe without a reader (our output) as an error, and one
    without a writer (our sign of life, which the kernel closes) as hung up.
    """
    alive, held_open = os.pipe()
    if os.fork():
        os.close(alive)
        return
    os.close(held_open)
    watched = select.poll()
    watched.register(1, 0)
    watched.register(alive, select.POLLIN)
    if 1 in dict(watched.poll()):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.stdin.read()))
