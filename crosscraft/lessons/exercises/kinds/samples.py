"""Packages for a function that judges packages: honest ones, and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosscraft.lessons.evidence import parts
from crosscraft.lessons.evidence.parts import Parts
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import NOARCH

__all__ = ["Sample", "samples"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A package that `verify` is called with."""

    label: str
    """What it is."""
    parts: Parts
    """What is in it."""
    why: str
    """What to look at, for a learner whose function is wrong about it."""
    stopped: str = "`verify` has to return an answer for every package. Look at where it stopped."
    """What to look at if the function returns nothing."""


def samples(work: Work) -> Iterator[Sample]:
    """Yield the packages. Their extensions are compiled here and now, for two processors."""
    here, arm = (parts.finished(work, subdir) for subdir in ("linux-64", "linux-aarch64"))
    (intel_name, intel), (arm_name, code) = *here.files.items(), *arm.files.items()
    second = arm_name.replace("cpp_math.", "more/cpp_math.")
    yield Sample(
        "an honest package for linux-64", here, "That one is honest: subdir, name and header agree."
    )
    yield Sample(
        "an honest package for linux-aarch64",
        arm,
        "That one is honest, too. Compare each header with the row of the package's own subdir, "
        "`PLATFORMS[package.subdir]`. Which machine you're on doesn't matter.",
    )
    yield Sample(
        "x86_64 code, in a package and a file that are labelled aarch64",
        replace(arm, files={arm_name: intel}),
        "The subdir and the file name say aarch64, and both lie. Only the ELF header tells you "
        "what the code is for.",
    )
    yield Sample(
        "aarch64 code for linux-aarch64, in a file that is named for x86_64",
        replace(arm, files={intel_name: code}),
        "The code fits the subdir, but the file name says x86_64, so no Python on Arm looks for "
        "it. Compare the name with the platform's triplet, too.",
    )
    yield Sample(
        "two extensions for linux-aarch64, the second with x86_64 code",
        replace(arm, files={arm_name: code, second: intel}),
        "The first extension is honest, and the second one isn't. Look at all of them: a `return "
        "True` inside the loop, for example, ends it too early.",
    )
    yield Sample(
        "two extensions for linux-aarch64, the first with x86_64 code",
        replace(arm, files={arm_name: intel, second: code}),
        "The second extension is honest, and the first one isn't. One that lies is enough.",
    )
    noarch = {**arm.index, "subdir": NOARCH, "noarch": "python"}
    why = (
        "A noarch package is for no platform, so `PLATFORMS` has no row for it. It's honest, "
        "because it has no extension: only text, which has no ELF header."
    )
    files = {"site-packages/more.py": b"answer = 42\n"}
    yield Sample("an honest noarch package", replace(arm, index=noarch, files=files), why, why)
    yield Sample(
        "a noarch package with x86_64 code",
        replace(here, index=noarch, files={f"site-packages/{intel_name.split('/')[-1]}": intel}),
        "It says noarch, which means that it runs everywhere, and it has code for one processor.",
    )
