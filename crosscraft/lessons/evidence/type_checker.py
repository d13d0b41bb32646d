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


def revealed(runner: Runner, folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the type of each function of `cpp_math` that `mypy --strict` reveals, by name.

    :param folder: where the file for mypy is written.
    :raises Refused: if mypy finds an error, such as a function that the stubs lack.
    """
    wanted = list(names)
    lines = ["import cpp_math", *(f"reveal_type(cpp_math.{name})" for name in wanted)]
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
