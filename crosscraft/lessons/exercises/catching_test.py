"""Lesson 02: write a test that fails with each of three wrong modules."""

from __future__ import annotations

from crosscraft.lessons.evidence import finished
from crosscraft.lessons.exercises.kinds import catch
from crosscraft.lessons.exercises.kinds.catch import Bug
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed

_SOURCE = (finished.KEY / "src/math.cpp").read_text(encoding="utf-8")
_BUGS = (
    Bug(
        "it subtracts",
        (("a + b", "a - b"),),
        "In one wrong module `add` computes something else, and it gives the same results for the "
        "numbers of your test. Which numbers tell one operation from another?",
    ),
    Bug(
        "it keeps 16 bits of the sum",
        (("return a + b", "return static_cast<short>(a + b)"),),
        "One wrong module adds, but it has only 16 bits for the result. The sums of your test fit "
        "into them.",
    ),
    Bug(
        "it has lost the names of the arguments",
        (('"a"_a, "b"_a, ', ""),),
        "In one wrong module the arguments have lost their names. Other people's code can't call "
        "it in the way that the stubs promise, and your test never calls it in that way.",
    ),
)
_SOLUTION = """\
import cpp_math

assert cpp_math.add(1, 2) == 3
assert cpp_math.add(40_000, 2) == 40_002
assert cpp_math.add(a=5, b=7) == 12
"""

EXERCISE = Exercise(
    name="catching-test",
    lesson=2,
    minutes=8,
    title="a test that catches three bugs",
    kind=Kind.CATCH,
    hands_in=HandsIn.FILE,
    path="tests/test_add.py",
    given="import cpp_math\n\nassert cpp_math.add(1, 2) == 3\n",
    hint="Look at the stubs of `add`. What do they promise, and which part of that does your test "
    "never use?",
    part="Three lines are enough: small numbers, a sum that needs more than 16 bits, and a call "
    "that names its arguments, such as `cpp_math.add(a=…, b=…)`.",
    solution=_SOLUTION,
    check=catch.check(
        _SOURCE,
        _BUGS,
        "Your test catches all three. It runs on both processors, so a recipe can run it for each "
        "platform.",
    ),
    right=(
        "import cpp_math\n\nassert cpp_math.add(b=-70_000, a=1) == -69_999\n",
        "import unittest\n\nfrom cpp_math import add\n\n\nclass Add(unittest.TestCase):\n"
        "    def test_sums(self):\n        for a, b in ((1, 2), (123_456, -1), (0, 2**30)):\n"
        "            self.assertEqual(add(a=a, b=b), a + b)\n\n\nunittest.main()\n",
        "import sys\n\nimport cpp_math\n\nif cpp_math.add(a=100_000, b=1) != 100_001:\n"
        '    sys.exit("add is wrong")\n',
    ),
    wrong=(
        Wrong("import cpp_math\n\nassert cpp_math.add(3, 0) == 3\n", "computes something else"),
        Wrong("import cpp_math\n\nassert cpp_math.add(2, 2) == 4\n", "only 16 bits"),
        Wrong(changed(_SOLUTION, ("a=5, b=7", "5, 7")), "lost their names"),
        Wrong(
            "import cpp_math\n\nprint(cpp_math.add(a=40_000, b=2) == 40_002)\n", "compares nothing"
        ),
        Wrong(
            "import cpp_math\n\n\ndef test_add():\n"
            "    assert cpp_math.add(a=40_000, b=2) == 40_002\n",
            "does anything call it",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ("== 40_002", "== 4_002")), "fails with the right module"),
        Wrong("import cpp_math\n\nassert cpp_math.add(a=40_000, b=2 == 40_002\n", "line above"),
        Wrong(
            "import platform\n\nimport cpp_math\n\nassert cpp_math.add(a=40_000, b=2) == 40_002\n"
            'assert platform.machine() == "x86_64"\n',
            "for Arm",
            looks_right=True,
        ),
        Wrong(
            "import platform\n\nimport cpp_math\n\n"
            'if platform.machine() == "x86_64":\n'
            "    assert cpp_math.add(a=40_000, b=2) == 40_002\n",
            "which machine it's on",
            looks_right=True,
        ),
        Wrong(
            "import pathlib\n\nimport cpp_math\n\n"
            "seen = pathlib.Path.cwd().parent / 'seen'\n"
            "assert cpp_math.add(1, 2) == 3 and not seen.exists()\nseen.touch()\n",
            "leave something behind",
            looks_right=True,
        ),
        Wrong(
            "import pathlib\n\nimport cpp_math\n\nseen = pathlib.Path('seen')\n"
            "assert not seen.exists()\nseen.touch()\n",
            "compares nothing",
        ),
    ),
)
