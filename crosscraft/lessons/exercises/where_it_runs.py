"""Lesson 05: write a program that shows its processor, and run it here and for Arm."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

from crosscraft.lessons.evidence import extension, finished, runner
from crosscraft.lessons.evidence.verdict import NotYet, Refused, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong
from crosscraft.platforms import Platform, lookup

_ARM, _HERE = lookup("linux-aarch64"), lookup("linux-64")
_RUN = 'import runpy; runpy.run_path("where.py", run_name="__main__")'


def check(work: Work) -> Verdict:
    """Run the program with another `cpp_math` for both platforms, then with a real one for Arm."""
    for platform in (_HERE, _ARM):
        _uses_module(work, platform)
    _needs_module(work)
    made = extension.compile_file(work, finished.KEY / "src/math.cpp", _ARM)
    said = _said(work, made.path.parent, _ARM)
    _names_processor(said, _ARM)
    if not re.search(r"\b3\b", said):
        raise NotYet("The line should also have the sum of 1 and 2, which is 3.")
    return passed("One program, two processors. Each run named its own.")


def _uses_module(work: Work, platform: Platform) -> None:
    """Run the program with a `cpp_math` whose sums nobody can guess.

    :raises NotYet: if the line does not have the sum of 1 and 2 that this module returns.
    """
    result, other = random.sample(range(1_000_000, 10_000_000), 2)
    folder = work.scratch / f"other-{platform.subdir}"
    folder.mkdir()
    text = f"def add(a, b): return {result} if {{a, b}} == {{1, 2}} else {other}\n"
    (folder / "cpp_math.py").write_text(text, encoding="utf-8")
    said = _said(work, folder, platform)
    _names_processor(said, platform)
    if str(other) in said:
        raise NotYet("Your program calls `add` with other numbers. Add 1 and 2.")
    if str(result) not in said:
        raise NotYet(
            f"In a run for {platform.subdir}, the sum doesn't come from the extension. Another "
            "`cpp_math` was used there, whose `add` returns another result, and your line doesn't "
            "have it. Print what `add(1, 2)` of your module returns.",
            [f"the other module's add(1, 2) returned {result}"],
        )


def _needs_module(work: Work) -> None:
    """Run the program without any `cpp_math`.

    :raises NotYet: if it prints a line then.
    """
    empty = work.scratch / "no-module"
    empty.mkdir()
    try:
        said = _said(work, empty, _HERE)
    except Refused:
        return
    raise NotYet(
        "Your program prints a sum where no `cpp_math` is installed, so the line wouldn't prove "
        "that your extension runs. Let the import fail there.",
        [f"without cpp_math: {said}"],
    )


def _said(work: Work, folder: Path, platform: Platform) -> str:
    """Return the one line that the program prints, with `folder` for its modules.

    :raises NotYet: if it prints more or less.
    :raises Refused: if it fails.
    """
    work.step(f"running {work.path.name} for {platform.subdir}")
    shutil.copyfile(work.path, folder / "where.py")
    said = runner.of(platform).python(_RUN, folder, folder)
    lines = said.splitlines()
    work.see(f"run for {platform.subdir}: {lines[0] if lines else 'nothing was printed'}")
    if len(lines) != 1:
        raise NotYet(
            f"It should print one line with `print`, and it printed {len(lines) or 'none'}."
        )
    return said


def _names_processor(said: str, platform: Platform) -> None:
    """:raises NotYet: if a line does not name the processor of a platform, or also another one."""
    other = (_HERE if platform == _ARM else _ARM).processor
    if other in said:
        raise NotYet(
            f"In a run for {platform.subdir}, the line names {other}. A text that you write down "
            "is the same everywhere. A program that you start, such as `uname`, is one of this "
            "machine. Ask Python itself: a module of its library is called `platform`.",
        )
    if platform.processor not in said:
        raise NotYet(
            f"In a run for {platform.subdir}, the line should have the word {platform.processor}. "
            "Which function of the module `platform` returns the kind of machine?"
        )


_GIVEN = """\
# Print one line: the processor, and the sum of 1 and 2 that your extension computes,
# for example "s390x: 3".
"""

EXERCISE = Exercise(
    name="where-it-runs",
    lesson=5,
    minutes=5,
    title="a program that names its processor",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="where.py",
    given=_GIVEN,
    hint="You need two modules: Python's `platform`, and your own. In lesson 00 you've seen the "
    "function that returns the kind of machine.",
    part="`platform.machine()` returns the processor, and `cpp_math.add(1, 2)` the sum. Put both "
    "into one `print`.",
    solution="""\
import platform

import cpp_math

print(f"{platform.machine()}: {cpp_math.add(1, 2)}")
""",
    check=check,
    right=(
        'import os, cpp_math\nprint(os.uname().machine, "1 + 2 =", cpp_math.add(a=1, b=2))\n',
        "from platform import uname\nfrom cpp_math import add\n\n\ndef main():\n"
        '    print("sum", add(1, 2), "on", uname().machine)\n\n\n'
        'if __name__ == "__main__":\n    main()\n',
    ),
    wrong=(
        Wrong(
            'import cpp_math\nprint(f"aarch64: {cpp_math.add(1, 2)}")\n', "the line names aarch64"
        ),
        Wrong(
            'import platform\nprint(f"{platform.machine()}: {1 + 2}")\n', "doesn't come from the"
        ),
        Wrong(
            'import sys, cpp_math\nprint(f"{sys.platform}: {cpp_math.add(1, 2)}")\n',
            "should have the word x86_64",
        ),
        Wrong(
            "import platform, cpp_math\nprint(platform.machine())\nprint(cpp_math.add(1, 2))\n",
            "it printed 2",
        ),
        Wrong(
            "import platform, cpp_math\n"
            'intel = platform.machine() == "x86_64"\n'
            'print(f"{platform.machine()}: {cpp_math.add(1, 2) if intel else 3}")\n',
            "In a run for linux-aarch64, the sum doesn't come from the",
            looks_right=True,
        ),
        Wrong(
            "import platform\n\ntry:\n    from cpp_math import add\nexcept ImportError:\n"
            "    def add(a, b): return a + b\nprint(platform.machine(), add(1, 2))\n",
            "no `cpp_math` is installed",
            looks_right=True,
        ),
        Wrong(
            "import subprocess, cpp_math\n"
            'made = subprocess.run(["uname", "-m"], capture_output=True, text=True).stdout.strip()'
            '\nprint(f"{made}: {cpp_math.add(1, 2)}")\n',
            "is one of this machine",
            looks_right=True,
        ),
        Wrong(
            'import platform, cppmath\nprint(f"{platform.machine()}: {cppmath.add(1, 2)}")\n',
            "`cpp_math`, with an underscore",
            looks_right=True,
        ),
        Wrong("import platform, cpp_math\nplatform.machine(); cpp_math.add(1, 2)\n", "`print`"),
        Wrong(
            "import platform, cpp_math\nprint(platform.machine(), cpp_math.add(3, 0))\n",
            "Add 1 and 2",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"No module named",
            "A module is imported by the name of the package's extension: `cpp_math`, with an "
            "underscore.",
        ),
    ),
)
