"""The learner's own library in lesson 08: a C++ file that wraps zlib, in a project of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.channel import select
from crosscraft.lessons.evidence import extension, runner
from crosscraft.lessons.evidence.extension import Extension, Library
from crosscraft.lessons.evidence.verdict import NotYet, Refused
from crosscraft.lessons.evidence.work import Work
from crosscraft.paths import ROOT
from crosscraft.platforms import Platform
from crosscraft.system import files

__all__ = [
    "MEANINGS", "NAME", "Row", "compare", "compile_file", "kept", "template", "write_template",
]  # fmt: skip

NAME = "checksums"
"""The name of the project, its module and its package."""

MEANINGS = (
    (
        r"zlib[^\n]*: No such file",
        "zlib's header is called `zlib.h`, and it belongs between angle brackets.",
    ),
    (
        r"fatal error: [^\n]*: No such file",
        "There is no header of that name. Compare it with the names in the text, letter by letter.",
    ),
    (
        r"\bm\.def\(.*\n.*\^",
        "`m.def` names it after `&`, so it's bound to a function that C++ does not know. "
        "Compare the two names.",
    ),
    (
        r"invalid use of non-static member function",
        "That names a function without calling it. A call has parentheses, also empty ones.",
    ),
    (
        r"was not declared in this scope|has no member named|is not a member of",
        "That name is not known at this place. Look at its spelling, or define it above.",
    ),
    (
        r"undefined symbol: PyInit|dynamic module does not define",
        "Python looks for `PyInit_checksums`, so the first argument of `NB_MODULE` stays "
        "`checksums`.",
    ),
)
"""Messages of the compiler and of Python, and what they mean."""

_QUICK = ("-O0",)
"""The options that make compiling a second faster. What the file does stays the same."""

_LONGEST = 60
"""Characters of a value that are shown."""

_CALL = """
import checksums, json, zlib
def said(expression):
    try:
        return repr(eval(expression))
    except Exception as error:
        return f"{{type(error).__name__}}: {{error}}".split("\\n")[0]
for one, wanted in {!r}:
    print(json.dumps([one, said(one), wanted and said(wanted)]), flush=True)
"""
"""Prints each expression, its value, and the value that it should have."""


@dataclass(frozen=True, slots=True)
class Row:
    """An expression in Python, and what it should give."""

    expression: str
    """The expression. It may use the modules `checksums` and `zlib`."""
    wanted: str
    """An expression with the value that it should have, or empty if it should fail."""
    reason: str
    """The message if it gives something else."""
    raises: str = ""
    """The name of the exception that it should raise."""


_EARLIER = {
    "checksum": ("'a\\0bc'", "zlib.crc32(b'a\\0bc')"),
    "sizes": ("'abc' * 200", "[len(zlib.compress(b'abc' * 200, one)) for one in range(1, 10)]"),
    "decompress": ("zlib.compress(b'a\\0'), 2", "b'a\\0'"),
}
"""Arguments and results of the functions that the lesson has written."""


def kept(*names: str) -> tuple[Row, ...]:
    """Return rows for functions of earlier exercises, which have to stay."""
    return tuple(
        Row(
            f"checksums.{name}({_EARLIER[name][0]})",
            _EARLIER[name][1],
            f"`{name}` should still return what it did. Keep it: other people use it.",
        )
        for name in names
    )


def template(path: str) -> str:
    """Return a file of the project, as `crosscraft new checksums` makes it."""
    text = (ROOT / "cpp_math" / path).read_text(encoding="utf-8").replace("cpp_math", NAME)
    lines = (
        f"  homepage: https://example.org/{NAME}\n" if line.startswith("  homepage: ") else line
        for line in text.splitlines(keepends=True)
    )
    return "".join(lines)


def write_template(folder: Path) -> Path:
    """Write the files of `crosscraft new checksums` that a build reads, and return `folder`."""
    paths = ("CMakeLists.txt", "LICENSE", "recipe/recipe.yaml", "recipe/variants.yaml")
    for path in (*paths, "src/math.cpp"):
        files.write(folder / path, template(path))
    return folder


def compile_file(work: Work, platform: Platform) -> Extension:
    """Compile the handed-in file, and link it with zlib.

    :raises Refused: if the compiler or the linker fails.
    """
    found = runner.with_packages(["zlib"], platform, [select.choose()])
    library = Library(found.environment.prefix, "z")
    return extension.compile_file(work, work.path, platform, NAME, library, _QUICK)


def compare(work: Work, made: Extension, rows: Sequence[Row]) -> None:
    """Evaluate expressions with the module, and compare the results.

    :raises NotYet: at the first result that is another.
    """
    where = made.platform.subdir
    work.step(f"calling {NAME} for {where}")
    try:
        lines = made.python(_CALL.format([(row.expression, row.wanted) for row in rows]))
        printed = lines.splitlines()
    except Refused as refused:
        printed = list(refused.lines)
        if not any(line.startswith("[") for line in printed):
            raise
    found = dict(_results(printed))
    for row in rows:
        said, wanted = found.get(row.expression, ("the end of Python", "a value"))
        line = f"{where}: {row.expression} = {_short(said)}"
        if said == "the end of Python":
            raise NotYet(
                "That call ended the whole process, and not only itself. `exit` does that, and so "
                "does a write beyond the end of a buffer.",
                [line],
            )
        if row.raises:
            if not said.startswith(f"{row.raises}: "):
                raise NotYet(row.reason, [line])
        elif said != wanted:
            if said.startswith("TypeError"):
                raise NotYet(_untyped(said), [line])
            raise NotYet(row.reason, [f"{line}, and not {_short(wanted)}"])
        work.see(line)


def _untyped(said: str) -> str:
    if "no constructor" in said:
        return "Python can't make an object. Bind the constructor, with `.def(nb::init<>())`."
    if "convert function return value" in said:
        return (
            "The function compiles, and nanobind can't convert what it returns. For a type of "
            "C++'s standard library it needs a header of its own, such as `nanobind/stl/vector.h`."
        )
    return (
        "Python's value doesn't fit a parameter of your function. `nb::bytes` takes Python's "
        "`bytes`, and `std::string` takes `str` and needs `nanobind/stl/string.h`."
    )


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _results(lines: Sequence[str]) -> list[tuple[str, tuple[str, str]]]:
    found = []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError):
            expression, said, wanted = json.loads(line)
            found.append((expression, (said, wanted)))
    return found
