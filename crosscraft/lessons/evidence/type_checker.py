"""What mypy sees of the learner's functions, through their stubs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from crosscraft.lessons.evidence.runner import Runner
from crosscraft.lessons.evidence.verdict import Refused
from crosscraft.system import files

__all__ = ["revealed"]

_NOTE = re.compile(r'Revealed type is "(.*)"')


def revealed(
    runner: Runner, folder: Path, names: Iterable[str], module: str = "cpp_math"
) -> dict[str, str]:
    """Return the type of each function of a module that `mypy --strict` reveals, by name.

    :param folder: where the file for mypy is written.
    :param module: the name of the module.
    :raises Refused: if mypy finds an error, such as a function that the stubs lack.
    """
    wanted = list(names)
    lines = [f"import {module}", *(f"reveal_type({module}.{name})" for name in wanted)]
    (folder / "typed.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    argv = [str(Path(sys.executable).with_name("mypy")), "--strict", "typed.py"]
    argv += ["--cache-dir", str(files.cache("checks") / "mypy")]
    argv += ["--python-executable", str(runner.environment.prefix / "bin/python")]
    try:
        said = runner.command(argv, folder)
    except Refused as refused:
        errors = [line for line in refused.lines if "error: " in line]
        raise Refused("mypy --strict", [*errors, *refused.lines]) from None
    return dict(zip(wanted, _NOTE.findall(said), strict=True))
