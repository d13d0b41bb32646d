"""Lesson 08: a C function's error code becomes a C++ exception, and that one of Python."""

from __future__ import annotations

from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding, checksums
from crosscraft.lessons.exercises.kinds.checksums import Row
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.lessons.exercises.wrap_function import EXERCISE as WRAP_FUNCTION
from crosscraft.platforms import lookup, native

_GIVEN = str(WRAP_FUNCTION.solution)
_FUNCTION = """\
nb::bytes decompress(nb::bytes data, size_t size) {
    std::vector<Bytef> made(size);
    uLong length = size;
    if (uncompress(made.data(), &length, (const Bytef *)data.c_str(), data.size()) != Z_OK)
        throw std::invalid_argument("the data is damaged, or the size is too small");
    return nb::bytes(made.data(), length);
}

"""
_BOUND = """\
    m.def("decompress", &decompress, "data"_a, "size"_a,
          "Return the data before compression, of at most `size` bytes.");
"""
_THROW = 'throw std::invalid_argument("the data is damaged, or the size is too small")'
_SOLUTION = changed(
    _GIVEN,
    ("#include <string>", "#include <stdexcept>\n#include <string>"),
    ("NB_MODULE", f"{_FUNCTION}NB_MODULE"),
    ('9.");\n}', f'9.");\n{_BOUND}}}'),
)

_DATA = "zlib.compress(b'abc\\0' * 20)"
_MUCH = 12_000_000
"""More bytes than an array on the stack can have."""
_LARGE = f"zlib.compress(bytes({_MUCH}))"
_LENGTH = (
    "`decompress` should return the bytes that were compressed. `uncompress` writes their number "
    "into the variable that its second argument points to."
)
_ERROR = (
    "`decompress` should raise a `ValueError` here. Compare what `uncompress` returns with "
    "`Z_OK`, and throw. nanobind makes a `ValueError` of `std::invalid_argument`."
)
_ROWS = (
    Row(f"checksums.decompress({_DATA}, 80)", "b'abc\\0' * 20", _LENGTH),
    Row(f"checksums.decompress({_DATA}, 90)", "b'abc\\0' * 20", _LENGTH),
    Row("checksums.decompress(b'no zlib data', 80)", "", _ERROR, raises="ValueError"),
    Row(f"checksums.decompress({_DATA}, 2)", "", _ERROR, raises="ValueError"),
    Row(f"len(checksums.decompress({_LARGE}, {_MUCH}))", str(_MUCH), _LENGTH),
    *checksums.kept("checksum", "sizes"),
)


def check(work: Work) -> Verdict:
    """Compile the file for two processors, and call the function with right and damaged data."""
    made = checksums.compile_file(work, native())
    function = binding.of(binding.generated(made), "decompress")
    binding.named(function, "data", "size")
    for module in (made, checksums.compile_file(work, lookup("linux-aarch64"))):
        checksums.compare(work, module, _ROWS)
    return passed("Nobody who calls it in Python can overlook that error.")


EXERCISE = Exercise(
    name="translate-error",
    lesson=8,
    minutes=6,
    title="an error of C, in Python",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="checksums/src/checksums.cpp",
    hint=(
        "Four steps: a buffer of `size` bytes, the call of `uncompress`, a `throw` unless it "
        "returns `Z_OK`, and `nb::bytes(start, length)`."
    ),
    part=_FUNCTION,
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, (_THROW, 'throw nb::value_error("damaged")')),
        changed(
            _SOLUTION,
            ("std::vector<Bytef> made(size)", "std::string made(size, 0)"),
            ("uncompress(made.data()", "uncompress((Bytef *)made.data()"),
        ),
    ),
    wrong=(
        Wrong(
            changed(
                _SOLUTION,
                ('    m.def("dec', '    // m.def("dec'),
                ('          "Return the data', '          // "Return the data'),
            ),
            "no function `decompress`",
        ),
        Wrong(
            changed(_SOLUTION, (_THROW, 'throw std::runtime_error("no")')), "raise a `ValueError`"
        ),
        Wrong(changed(_SOLUTION, ("!= Z_OK", "== Z_DATA_ERROR")), "raise a `ValueError`"),
        Wrong(changed(_SOLUTION, (_THROW, "exit(1)")), "ended the whole process"),
        Wrong(
            changed(
                _SOLUTION,
                ("std::vector<Bytef> made(size)", "Bytef made[4096]"),
                ("uncompress(made.data()", "uncompress(made"),
                ("nb::bytes(made.data()", "nb::bytes(made"),
            ),
            "beyond the end",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("made.data(), length)", "made.data(), size)")),
            "writes their number",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION, ("nb::bytes(made.data(), length)", "nb::bytes((char *)made.data())")
            ),
            "should return the bytes",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("#include <zlib.h>", "#include <immintrin.h>\n#include <zlib.h>")),
            "the compiler for linux-aarch64",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "        throw",
                    '#ifdef __aarch64__\n        return nb::bytes("", 0);\n    if (false)\n'
                    "#endif\n        throw",
                ),
            ),
            "raise a `ValueError`",
            looks_right=True,
        ),
        Wrong(changed(_SOLUTION, ('    m.def("sizes"', '    // m.def("sizes"')), "Keep it"),
    ),
    meanings=(*checksums.MEANINGS, *binding.MEANINGS),
)
