"""Lesson 08: the blanks of a file that wraps two functions of zlib."""

from __future__ import annotations

from crosscraft.lessons.evidence.verdict import Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding, checksums
from crosscraft.lessons.exercises.kinds.checksums import Row
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.platforms import lookup, native

_GIVEN = """\
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <____>
#include <____>

#include <string>
#include <vector>

namespace nb = nanobind;
using namespace nb::literals;

static const Bytef *start(const std::string &text) { return (const Bytef *)text.data(); }

uLong checksum(const std::string &text) { return crc32(0, start(text), ____); }

std::vector<uLong> sizes(const std::string &text) {
    std::vector<uLong> found;
    for (int level = 1; level <= 9; level++) {
        uLong size = compressBound(text.size());
        std::vector<Bytef> packed(size);
        compress2(packed.data(), &size, start(text), text.size(), level);
        found.push_back(size);
    }
    return found;
}

NB_MODULE(checksums, m) {
    m.doc() = "Checksums and compression, by zlib.";
    m.def("checksum", &checksum, "text"_a, "Return the CRC-32 of a text.");
    m.def(____);
}
"""
_BOUND = 'm.def("sizes", &sizes, "text"_a, "Return the compressed sizes at the levels 1 to 9.");'
_SOLUTION = changed(
    _GIVEN,
    ("#include <____>\n#include <____>", "#include <nanobind/stl/vector.h>\n#include <zlib.h>"),
    ("start(text), ____", "start(text), text.size()"),
    ("m.def(____);", _BOUND),
)

_LENGTH = (
    "`crc32` takes the start of the data and their length in bytes. Which function of "
    "`std::string` returns that length?"
)
_ROWS = (
    Row("checksums.checksum('abc')", "zlib.crc32(b'abc')", _LENGTH),
    Row("checksums.checksum('Grüße')", "zlib.crc32('Grüße'.encode())", _LENGTH),
    Row("checksums.checksum('a\\0b')", "zlib.crc32(b'a\\0b')", _LENGTH),
    Row("checksums.checksum('abc' * 50)", "zlib.crc32(b'abc' * 50)", _LENGTH),
    Row(
        "checksums.sizes('abc' * 200)",
        "[len(zlib.compress(b'abc' * 200, level)) for level in range(1, 10)]",
        "`sizes` should return the compressed size at each level.",
    ),
)


def check(work: Work) -> Verdict:
    """Compile the file for two processors, and compare its results with those of Python's zlib."""
    made = checksums.compile_file(work, native())
    stub = binding.generated(made)
    for name in ("checksum", "sizes"):
        function = binding.of(stub, name)
        binding.named(function, "text")
    for module in (made, checksums.compile_file(work, lookup("linux-aarch64"))):
        checksums.compare(work, module, _ROWS)
    work.see(f"the stub has: {function}")
    return passed("A C library answers Python, and each vector becomes a list.")


EXERCISE = Exercise(
    name="wrap-function",
    lesson=8,
    minutes=5,
    title="a function of a C library",
    kind=Kind.FILL,
    hands_in=HandsIn.FILE,
    path="checksums/src/checksums.cpp",
    hint=(
        "The two headers are nanobind's for `std::vector`, and zlib's. `sizes` is bound like "
        "`checksum`, in the line above it."
    ),
    part="`#include <nanobind/stl/vector.h>`, `#include <zlib.h>`, and `text.size()`.",
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("(text), text.size());", "(text), text.length());")),
        changed(_SOLUTION, ('&sizes, "text"_a', '&sizes, nb::arg("text")')),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ("<zlib.h>", "<zlib>")), "header is called `zlib.h`"),
        Wrong(changed(_SOLUTION, ('"sizes"', '"size"')), "no function `sizes`"),
        Wrong(changed(_SOLUTION, ("&sizes", "&size")), "C++ does not know"),
        Wrong(
            changed(_SOLUTION, ("(text), text.size());", "(text), text.size() + 1);")),
            "length in bytes",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("<nanobind/stl/vector.h>", "<vector>")),
            "needs a header of its own",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("(text), text.size());", "(text), sizeof(text));")),
            "length in bytes",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("#include <zlib.h>", "#include <zlib.h>\n\n#include <cstring>"),
                ("(text), text.size());", "(text), strlen(text.c_str()));"),
            ),
            "length in bytes",
            looks_right=True,
        ),
    ),
    meanings=(*checksums.MEANINGS, *binding.MEANINGS),
)
