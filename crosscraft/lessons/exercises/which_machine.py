"""Lesson 00: the name of a third processor, as Python prints it."""

from __future__ import annotations

from crosscraft.lessons.evidence import runner
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, Kind, Wrong
from crosscraft.platforms import lookup, native
from crosscraft.text import printable

_PLATFORM = lookup("linux-ppc64le")
_CODE = "import platform; print(platform.machine())"


def check(work: Work) -> Verdict:
    """Run Python for the third platform, and compare what it prints with the answer."""
    if not isinstance(work.answer, str):
        raise NotYet('The answer is a piece of text, in quotes: `answer = "…"`.')
    said = work.answer.strip(" \n`'\".").lower()
    work.step(f"running Python for {_PLATFORM.subdir}")
    printed = runner.of(_PLATFORM).python(_CODE, work.scratch)
    work.see(f"you said: {printable(said)[:80]}")
    if said != printed:
        raise NotYet(_WHYS.get(said, _OTHER))
    work.see(f"a Python for {_PLATFORM.subdir}, run on this machine, prints: {printed}")
    return passed("That's a third processor, and this machine ran a program for it.")


_WHYS = {
    native().processor: (
        "That's the processor of the machine in front of you. The emulator shows the program "
        "another one."
    ),
    "aarch64": (
        "That was the Python for `linux-aarch64`. This one is for another platform, so its "
        "processor has another name."
    ),
    _PLATFORM.subdir: (
        "That's conda's name of the platform: the operating system, a dash, and the processor. "
        "Python prints only one of these parts."
    ),
}
"""What to say of an answer that learners give."""
_OTHER = "Python prints another name. Compare `linux-aarch64` with what the Arm Python printed."

EXERCISE = Exercise(
    name="which-machine",
    lesson=0,
    minutes=3,
    title="the name of a third processor",
    kind=Kind.PREDICT,
    hint=(
        "With `--platform linux-aarch64`, Python printed `aarch64`. Which part of the platform's "
        "name is that?"
    ),
    part="It's the part after the dash. The platform is called `linux-ppc64le`.",
    solution='"ppc64le"',
    check=check,
    right=(" PPC64LE\n", "`ppc64le`", "'ppc64le'"),
    wrong=(
        Wrong("x86_64", "machine in front of you"),
        Wrong("aarch64", "another platform"),
        Wrong("linux-ppc64le", "only one of these parts"),
        Wrong("powerpc", "prints another name"),
        Wrong(64, "in quotes"),
    ),
)
