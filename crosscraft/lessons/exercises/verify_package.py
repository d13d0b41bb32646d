"""Lesson 06: a function that tells whether a package is honest about its processor."""

from __future__ import annotations

import random
import secrets

from crosscraft.lessons.evidence import functions, packages, parts
from crosscraft.lessons.evidence.functions import Call
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import samples
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed

_GIVEN = '''\
from crosscraft import PLATFORMS, conda_file, elf


def verify(path):
    """Return True if a package is honest about its processor, and False if it isn't.

    It is honest if the ELF header of every extension is for the platform of its subdir, and if
    the file name of every extension says the same. A noarch package has no extension.
    """
    ____
'''
_SOLUTION = _GIVEN.replace(
    "    ____\n",
    """\
    package = conda_file.read(path)
    for name in package.files:
        if name.endswith(".so"):
            platform = PLATFORMS.get(package.subdir)
            header = elf.read(conda_file.open_member(path, name))
            if platform is None or header.machine != platform.elf_machine:
                return False
            if platform.triplet not in name:
                return False
    return True
""",
)
_SHORT = """\
from crosscraft import PLATFORMS, conda_file, elf

def fits(path, name, subdir):
    row = PLATFORMS.get(subdir)
    machine = elf.read(conda_file.open_member(path, name)).machine
    return bool(row) and machine == row.elf_machine and elf.soabi(name).endswith(row.triplet)

def verify(path):
    p = conda_file.read(path)
    return all(fits(path, f, p.subdir) for f in p.files if f.endswith(".so"))
"""
_LISTED = """\
from crosscraft import PLATFORMS, conda_file, elf

def verify(path):
    package, liars = conda_file.read(path), []
    expected = PLATFORMS[package.subdir] if package.subdir in PLATFORMS else None
    for name in filter(lambda name: name[-3:] == ".so", package.files):
        found = elf.read(conda_file.open_member(path, name)).machine
        if not expected or (found, expected.triplet in name) != (expected.elf_machine, True):
            liars.append(name)
    return not liars
"""
_INSPECTED = """\
from crosscraft import inspect
verify = lambda path: not any(verdict.holds is False for verdict in inspect(path).verdicts)
"""
_LAST = """\
from crosscraft import PLATFORMS, conda_file, elf

def verify(path):
    package = conda_file.read(path)
    row, honest = PLATFORMS.get(package.subdir), True
    for name in package.files:
        if name.endswith(".so"):
            honest = elf.read(conda_file.open_member(path, name)).machine == row.elf_machine
            honest = honest and row.triplet in name
    return honest
"""

_BY_NUMBER = """\
from pathlib import Path
def verify(path):
    return Path(path).parent.name in ("1", "2", "7")
"""


def check(work: Work) -> Verdict:
    """Call the function with honest packages and others, and compare with what inspect finds."""
    paths, given = [], list(samples.samples(work))
    for sample in given:
        path = work.scratch / secrets.token_hex(4) / f"{sample.parts.stem}.conda"
        paths.append(parts.put_together(sample.parts, path))
    doubts = [packages.doubts(path) for path in paths]
    work.step(f"calling verify for {len(paths)} packages")
    # In any order, so that the answers can't be written down instead of being found.
    order = random.sample(range(len(paths)), len(paths))
    calls = functions.call(work, "verify", [str(paths[i]) for i in order])
    for i, called in sorted(zip(order, calls, strict=False)):
        sample, found = given[i], doubts[i]
        work.see(f"{sample.label}: verify {_said(called)}")
        if called.type == "NoneType":
            raise NotYet("`verify` ended without a `return`, so it returned `None`.")
        if not called.error and called.type != "bool":
            raise NotYet(f"Return `True` or `False`. This is a value of type {called.type}.")
        if called.error:
            raise NotYet(sample.stopped)
        if called.value != str(not found):
            raise NotYet(sample.why, [f"inspect: {found[0] if found else 'nothing is wrong'}"])
    return passed("You've just written the heart of `crosscraft inspect --verify`.")


def _said(called: Call) -> str:
    return f"stopped: {called.error}" if called.error else f"returned {called.value}"


EXERCISE = Exercise(
    name="verify-package",
    lesson=6,
    minutes=10,
    title="a function that finds liars",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="verify.py",
    given=_GIVEN,
    hint=(
        "Go through `conda_file.read(path).files`. For each name that ends in `.so`, you have "
        "three facts to compare: the package's subdir, the name, and the ELF header."
    ),
    part=(
        "`elf.read(conda_file.open_member(path, name)).machine` is the machine in the header. "
        "`PLATFORMS.get(package.subdir)` is the platform, or `None` for noarch. Compare with its "
        "`elf_machine` and its `triplet`. Return `False` for the first difference, and `True` "
        "after the loop."
    ),
    solution=_SOLUTION,
    check=check,
    right=(_SHORT, _LISTED, _INSPECTED),
    wrong=(
        Wrong(
            changed(_SOLUTION, ("header.machine != platform.elf_machine", "False")),
            "Only the ELF header",
            looks_right=True,
        ),
        Wrong("def verify(path):\n    return True\n", "both lie"),
        Wrong(_BY_NUMBER, "verify returned False"),
        Wrong(changed(_SOLUTION, ("platform.triplet not in name", "False")), "looks for it", True),
        Wrong(changed(_SOLUTION, ("package.files:", "package.files[:1]:")), "first extension is"),
        Wrong(changed(_SOLUTION, ("    return True", "    print(True)")), "`None`"),
        Wrong(
            changed(_SOLUTION, ("    return True", "            return True\n    return True")),
            "too early",
            looks_right=True,
        ),
        Wrong(_LAST, "One that lies is enough", looks_right=True),
        Wrong(changed(_SOLUTION, ("platform.elf_machine", '"EM_X86_64"')), "package's own subdir"),
        Wrong(changed(_LISTED, (" if package.subdir in PLATFORMS else None", "")), "no row for it"),
        Wrong(changed(_SOLUTION, ('name.endswith(".so")', "name")), "which has no ELF header"),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "    for name",
                    '    if package.subdir == "noarch":\n        return True\n    for name',
                ),
            ),
            "code for one processor",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("return True", 'return "honest"')), "`True` or `False`"),
        Wrong(changed(_SOLUTION, ("def verify(path):", "def verify(path)")), "colon"),
        Wrong(changed(_SOLUTION, ("def verify", "def check")), "called `verify`"),
    ),
    meanings=(
        ("SyntaxError: expected ':'", "Python can't read that line: it ends without its colon."),
        ("no function verify", "The function has to be called `verify`."),
    ),
)
