"""Predict which files Python imports: the check makes them, and an aarch64 Python tries each."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.lessons.evidence import extension, runner
from crosscraft.lessons.evidence.verdict import Verdict
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import predict
from crosscraft.lessons.exercises.kinds.predict import Case
from crosscraft.lessons.exercises.model import Check
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform, lookup

__all__ = ["LOADED", "NOT_FOUND", "NOT_LOADED", "File", "check", "outcomes"]

LOADED, NOT_FOUND, NOT_LOADED = "works", "not found", "not loaded"
"""What an import can do: it works, no file has a fitting name, or the file does not load."""

_IMPORT = """
import json, os, sys
messages = {}
for key in sorted(os.listdir()):
    sys.path[0] = os.path.abspath(key)
    try:
        import cpp_math
        messages[key] = ["works", f"1 + 2 = {cpp_math.add(1, 2)}"]
        del sys.modules["cpp_math"]
    except ModuleNotFoundError as error:
        messages[key] = ["not found", str(error)]
    except ImportError as error:
        messages[key] = ["not loaded", str(error).replace(sys.path[0] + os.sep, "")]
print(json.dumps(messages))
"""
"""Imports the module from each folder, and prints what happened."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is alone in a folder where Python looks for `cpp_math`."""

    key: str
    """Its letter in the question."""
    name: str
    """Its name."""
    subdir: str
    """The platform that its code is compiled for."""
    whys: Mapping[str, str]
    """What to look at, by the wrong prediction."""


def check(files: Sequence[File], words: Sequence[str], right: str) -> Check:
    """Return a check for an answer such as ``{"a": "works", "b": "not found"}``.

    :param words: the words of which each prediction is one.
    :param right: the message if all predictions are right.
    """

    def compare(work: Work) -> Verdict:
        happened = functools.cache(functools.partial(_import_each, work, files))

        def of(file: File) -> Case:
            def do(_: Work) -> str:
                word, message = happened()[file.key]
                work.see(f"{file.name}: {message.removeprefix(f'{file.name}: ')}")
                return word

            return Case(file.key, do, "", file.whys)

        return predict.check([of(file) for file in files], words, right)(work)

    return compare


def _import_each(work: Work, files: Sequence[File]) -> dict[str, list[str]]:
    """Return what happens on import of each file, in one of the words, and Python's message."""
    source = ROOT / "cpp_math" / "src" / "math.cpp"
    made = {
        subdir: extension.compile_file(work, source, lookup(subdir)).path
        for subdir in sorted({file.subdir for file in files})
    }
    folder = work.scratch / "files"
    for file in files:
        (folder / file.key).mkdir(parents=True)
        shutil.copy(made[file.subdir], folder / file.key / file.name)
    work.step("importing each file with an aarch64 Python")
    return outcomes(folder, lookup("linux-aarch64"))


def outcomes(folder: Path, platform: Platform) -> dict[str, list[str]]:
    """Return what happens on `import cpp_math` in each subfolder of `folder`.

    That is one of the words above, and Python's message.

    :param platform: the platform of the Python that imports.
    :raises Refused: if a file ends Python.
    """
    printed = runner.of(platform).python(_IMPORT, folder)
    found: dict[str, list[str]] = json.loads(printed.splitlines()[-1])
    return found
