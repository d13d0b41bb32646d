"""Lesson 08: a C++ class that Python makes objects of."""

from __future__ import annotations

from crosscraft.lessons.evidence.verdict import NotYet, Verdict, passed
from crosscraft.lessons.evidence.work import Work
from crosscraft.lessons.exercises.kinds import binding, checksums
from crosscraft.lessons.exercises.kinds.checksums import Row
from crosscraft.lessons.exercises.model import Exercise, HandsIn, Kind, Wrong, changed
from crosscraft.lessons.exercises.translate_error import EXERCISE as TRANSLATE_ERROR
from crosscraft.platforms import lookup, native

_GIVEN = str(TRANSLATE_ERROR.solution)
_CLASS = """\
class Crc32 {
public:
    void update(nb::bytes data) {
        value_ = crc32(value_, (const Bytef *)data.c_str(), data.size());
    }
    uLong value() const { return value_; }

private:
    uLong value_ = 0;
};

"""
_BOUND = """\
    nb::class_<Crc32>(m, "Crc32", "The CRC-32 of data that comes in pieces.")
        .def(nb::init<>())
        .def("update", &Crc32::update, "data"_a, "Add a piece.")
        .def_prop_ro("value", &Crc32::value, "The CRC-32 of all pieces so far.");
"""
_SOLUTION = changed(
    _GIVEN,
    ("NB_MODULE", f"{_CLASS}NB_MODULE"),
    ('bytes.");\n}', f'bytes.");\n{_BOUND}}}'),
)

_UPDATED = "[a := checksums.Crc32(), a.update(b'ab'), a.update(b'\\0c'), a.value][3]"
_TWO = "[a := checksums.Crc32(), b := checksums.Crc32(), a.update(b'ab'), b.value][3]"
_ROWS = (
    Row("checksums.Crc32().value", "0", "Before the first piece, `value` should be the number 0."),
    Row(
        "[a := checksums.Crc32(), a.update(data=b'abcd'), a.value][2]",
        "zlib.crc32(b'abcd')",
        "After `update`, `value` should be the CRC-32 of the data. It needs all 32 bits of a "
        "number without a sign, such as zlib's `uLong`.",
    ),
    Row(_TWO, "0", "Two objects share one value. Each one needs its own, so it's a member."),
    Row(
        _UPDATED,
        "zlib.crc32(b'ab\\0c')",
        "The second piece should go on where the first one ended: `crc32` takes the value so far "
        "as its first argument.",
    ),
    Row(
        "setattr(checksums.Crc32(), 'value', 7)",
        "",
        "Anybody can write to `value`. Bind it with `def_prop_ro`.",
        raises="AttributeError",
    ),
    *checksums.kept("checksum", "sizes", "decompress"),
)


def check(work: Work) -> Verdict:
    """Compile the file for two processors, and make and call objects of the class in Python."""
    made = checksums.compile_file(work, native())
    said = made.python("import checksums; print(isinstance(vars(checksums).get('Crc32'), type))")
    if not said.endswith("True"):
        raise NotYet(
            'The module has no class `Crc32`. `nb::class_<…>(m, "Crc32")` binds one, and the '
            "string is its name."
        )
    for module in (made, checksums.compile_file(work, lookup("linux-aarch64"))):
        checksums.compare(work, module, _ROWS)
    return passed("Each object keeps its own checksum, so a large file never has to fit in memory.")


EXERCISE = Exercise(
    name="bind-class",
    lesson=8,
    minutes=8,
    title="a class",
    kind=Kind.WRITE,
    hands_in=HandsIn.FILE,
    path="checksums/src/checksums.cpp",
    hint=(
        'The class keeps one number. `nb::class_<Crc32>(m, "Crc32")` is followed by `.def` with '
        "`nb::init<>()`, `.def` for `update`, and `.def_prop_ro` for `value`."
    ),
    part=_CLASS,
    given=_GIVEN,
    solution=_SOLUTION,
    check=check,
    right=(
        changed(_SOLUTION, ("class Crc32 {\npublic:", "struct Crc32 {"), ("private:\n", "")),
        changed(_SOLUTION, ("&Crc32::value,", "[](const Crc32 &self) { return self.value(); },")),
    ),
    wrong=(
        Wrong(changed(_SOLUTION, ('(m, "Crc32"', '(m, "CRC32"')), "no class `Crc32`"),
        Wrong(changed(_SOLUTION, ("        .def(nb::init<>())\n", "")), "no constructor"),
        Wrong(changed(_SOLUTION, ("&Crc32::update", "&Crc32::add")), "is not known at this place"),
        Wrong(
            changed(
                _SOLUTION,
                ("uLong value() const { return value_; }\n\nprivate:\n", ""),
                ('.def_prop_ro("value", &Crc32::value', '.def_rw("value", &Crc32::value_'),
            ),
            "Anybody can write",
        ),
        Wrong(
            changed(_SOLUTION, ("crc32(value_,", "crc32(0,")),
            "second piece",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("uLong value_ = 0", "int value_ = 0")),
            "without a sign",
            looks_right=True,
        ),
        Wrong(
            changed(_SOLUTION, ("uLong value_ = 0", "static inline uLong value_ = 0")),
            "Two objects share",
            looks_right=True,
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "        value_ = crc32(value_, (const Bytef *)data.c_str(), data.size());\n",
                    "#ifndef __aarch64__\n"
                    "        value_ = crc32(value_, (const Bytef *)data.c_str(), data.size());\n"
                    "#endif\n",
                ),
            ),
            "After `update`",
            looks_right=True,
        ),
    ),
    meanings=(*checksums.MEANINGS, *binding.MEANINGS),
)
