"""Lesson 08: one more function of the library, bound, and called on two processors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosscraft.lessons.evidence import calls
from crosscraft.lessons.evidence.extension import Extension
from crosscraft.lessons.evidence.stubs import Function
from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.bind_class import EXERCISE as BIND_CLASS
from crosscraft.lessons.exercises.kinds import checksums
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import Platform, lookup, native

_FUNCTION = """\
uLong adler(const std::string &text) { return adler32(1, start(text), text.size()); }

"""
_BOUND = """\
    m.def("adler", &adler, "text"_a, "Return the Adler-32 checksum of a text.");
"""
_GIVEN = str(BIND_CLASS.solution)
_SOLUTION = changed(
    _GIVEN,
    ("class Crc32", f"{_FUNCTION}class Crc32"),
    ("    nb::class_", f"{_BOUND}    nb::class_"),
)
_KNOWN = {
    "checksum('abc')": "891568578",
    "sizes('a' * 1000)[0]": "19",
    "decompress(b'x\\x9cKLJ\\x06\\x00\\x02M\\x01\\'', 9)": "b'abc'",
}
"""Calls of the functions that are already there, and their results."""


def check(work: Work) -> Verdict:
    """Compile the file for both processors, call all functions, and look at the new ones."""
    here, arm = native(), lookup("linux-aarch64")
    results = {}
    for platform in (here, arm):
        made = checksums.compile_file(work, platform)
        own = _own_functions(made)
        _is_documented(own)
        called = {name: calls.of(function) for name, function in own.items()}
        wanted = [call for several in called.values() for call in several]
        results[platform] = calls.results(made.python, [*_KNOWN, *wanted], checksums.NAME)
        _compare_the_given(platform, results[platform])
        if platform is here:
            _all_return(platform, wanted, results[here])
        work.see(f"{platform.subdir}: compiled, imported; its own: {', '.join(own)}")
    for name in (name for name, several in called.items() if not several):
        work.see(f"{name} isn't called, because it takes other types than numbers, texts and lists")
    _compare_own(work, wanted, results[here], results[arm])
    return passed("Now raise the version, add a test, and build.")


def _is_documented(own: Mapping[str, Function]) -> None:
    """:raises NotYet: if an argument has no name, or a function no docstring."""
    for function in own.values():
        if function.is_positional:
            raise NotYet(
                f"The arguments of `{function.name}` have no names: Python sees "
                f'`{function}`. Add `"x"_a` for each one.'
            )
        if not function.docstring.strip():
            raise NotYet(
                f"`{function.name}` has no docstring: one more string, after the names of the "
                "arguments."
            )


def _own_functions(made: Extension) -> dict[str, Function]:
    """Return the functions that the learner has added."""
    given = {call.partition("(")[0] for call in _KNOWN}
    found = calls.functions(made.python, checksums.NAME)
    own = {name: one for name, one in found.items() if name not in given}
    if not own:
        raise NotYet(
            "There is no new function in the module yet. A C++ function without its own "
            "`m.def(…)` stays invisible to Python.",
            [f"{made.platform.subdir}: the module has {', '.join(found) or 'no function'}"],
        )
    return own


def _compare_the_given(platform: Platform, results: Mapping[str, str]) -> None:
    for call, result in _KNOWN.items():
        said, name = results.get(call, "nothing"), call.partition("(")[0]
        if said.startswith("AttributeError"):
            raise NotYet(f"`{name}` is not bound any more. Keep it: other people use it.")
        if said != result:
            raise NotYet(
                f"`{call}` should still return {result}.", [f"{platform.subdir}: {call} = {said}"]
            )


def _all_return(platform: Platform, wanted: Sequence[str], results: Mapping[str, str]) -> None:
    """:raises NotYet: if a call of the learner's functions didn't end, or ended Python."""
    for call in (call for call in wanted if call not in results):
        raise NotYet(
            "That call ended the whole process, or took longer than half a minute. `exit` ends it, "
            "and so does a write beyond the end of a buffer.",
            [f"{platform.subdir}: {call}"],
        )


def _compare_own(
    work: Work, wanted: Sequence[str], here: Mapping[str, str], arm: Mapping[str, str]
) -> None:
    """Compare what the learner's functions return on both processors.

    :raises NotYet: if that differs.
    """
    for call in wanted:
        name, said = call.partition("(")[0], arm.get(call, calls.LOST)
        work.see(f"{call}: {here[call]} here, {said} on Arm")
        if here[call].startswith("TypeError"):
            raise NotYet(
                f"`{name}` compiles, and a call of it fails. For a type of C++'s standard library, "
                "nanobind needs one more of its headers, such as `nanobind/stl/string.h`."
            )
        if calls.differs(call, here, arm):
            raise NotYet(
                f"`{name}` does something else on Arm than on this machine. What in it depends on "
                "the processor? Look for an `#ifdef`, for a path without `return`, or for a type "
                "such as `char`, which has no sign there."
            )


EXERCISE = Exercise(
    name="own-function",
    lesson=8,
    minutes=7,
    title="a function of your own",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="checksums/src/checksums.cpp",
    hint=(
        "`adler32` has the same parameters as `crc32`. Or choose another function of zlib, such as "
        "`compressBound` or `zlibVersion`. Python's name for it is up to you."
    ),
    part=_FUNCTION,
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(
            _GIVEN,
            (
                "    nb::class_",
                '    m.def("bound", &compressBound, "size"_a, "Return the largest size.");\n'
                "    nb::class_",
            ),
        ),
        changed(
            _SOLUTION,
            ("checksums, m)", "checksums, mod)"),
            ("    m.", "    mod."),
            ("(m,", "(mod,"),
        ),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ('    m.def("adler"', '    // m.def("adler"')), "no new function"),
        Wrong(changed(_SOLUTION, ('&adler, "text"_a', "&adler")), "have no names"),
        Wrong(
            changed(_SOLUTION, (', "Return the Adler-32 checksum of a text."', "")), "no docstring"
        ),
        Wrong(
            changed(_SOLUTION, ("crc32(0, start", "adler32(0, start")),
            "should still return",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "&text) { return adler32(",
                    "&text) {\n#ifdef __aarch64__\n    return 1;\n#endif\n    return adler32(",
                ),
            ),
            "something else on Arm",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "uLong adler(const std::string &text) { return adler32(1, start(text), "
                    "text.size()); }",
                    "long adler(nb::bytes text) {\n    long sum = adler32(0, nullptr, 0);\n"
                    "    for (size_t i = 0; i < text.size(); i++) sum += text.c_str()[i];\n"
                    "    return sum;\n}",
                ),
            ),
            "has no sign there",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("NB_MODULE", "static int gone = (exit(0), 0);\n\nNB_MODULE")),
            "ended Python",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, ("{ return adler32(1, start(text), text.size()); }", "{ exit(1); }")
            ),
            "ended the whole process",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "uLong adler(const std::string &text) { return adler32(1,",
                    "uLong adler(const std::string &text, uLong begin) {\n"
                    "#ifdef __aarch64__\n    begin++;\n#endif\n    return adler32(begin,",
                ),
                ('"text"_a, "Return the Adler', '"text"_a, "begin"_a = 1, "Return the Adler'),
            ),
            "something else on Arm",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "uLong adler(const std::string &text) { return adler32(1, start(text), "
                    "text.size()); }",
                    "size_t adler(const std::vector<int> &text) {\n"
                    "#ifdef __aarch64__\n    abort();\n#endif\n    return text.size();\n}",
                ),
            ),
            "something else on Arm",
            looks_right=True,
        ),
    ),
    meanings=(
        (
            r"ambiguating new declaration|conflicting declaration",
            "zlib has a function of that name already. Give yours another name. The one in quotes, "
            "which Python sees, can stay.",
        ),
        *checksums.MEANINGS,
    ),
)
