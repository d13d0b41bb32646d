"""The pictures whose boxes have a place each."""

from __future__ import annotations

from collections.abc import Iterator

from tools.pictures.model import LINE, Align, Arrow, Box, Element, Label, Tone

__all__ = [
    "BUILD_HOST_TARGET", "CONDA_FILE", "LIFE_OF_NOARCH", "RUN_EXPORTS", "SONAME",
    "SOURCE_TO_MODULE", "THREE_BRANCHES",
]  # fmt: skip

HERE, ARM, ALL, NO = Tone.HERE, Tone.ARM, Tone.ALL, Tone.NO
TOP = Align.TOP

BUILD_HOST_TARGET: tuple[Element, ...] = (
    Box(12, 12, 460, 256, "*This machine*, x86_64", align=TOP),
    Box(24, 48, 220, 80, "*build*, in `$BUILD_PREFIX`\ncompiler, CMake, Ninja\nfor x86_64", HERE),
    Box(24, 176, 220, 80, "*host*, in `$PREFIX`\nPython, nanobind\nfor aarch64", ARM),
    Box(324, 48, 136, 80, "*target*\nthe package\nfor aarch64", ARM),
    Arrow(((134, 176), (134, 128))),
    Label(146, 157, "The compiler reads its headers."),
    Label(256, 213, "Its programs"),
    Label(256, 233, "can't run here."),
    Arrow(((244, 88), (324, 88))),
    Label(284, 78, "writes", "middle"),
    Box(540, 12, 168, 256, "*An Arm machine*", align=TOP),
    Box(552, 48, 144, 80, "Python loads\nthe extension\nfor aarch64", ARM),
    Arrow(((460, 88), (552, 88))),
    Label(506, 78, "install", "middle"),
)

SOURCE_TO_MODULE: tuple[Element, ...] = (
    Box(12, 12, 150, 44, "`math.cpp`"),
    Box(12, 84, 150, 44, "`nb_combined.cpp`"),
    Box(250, 12, 120, 44, "`math.o`", HERE),
    Box(250, 84, 120, 44, "`nanobind.o`", HERE),
    Box(466, 48, 242, 44, "`cpp_math.so`", HERE),
    Arrow(((162, 34), (250, 34))),
    Label(206, 27, "compile", "middle"),
    Arrow(((162, 106), (250, 106))),
    Label(206, 99, "compile", "middle"),
    Arrow(((370, 34), (410, 34), (410, 62), (466, 62))),
    Arrow(((370, 106), (410, 106), (410, 78), (466, 78))),
    Label(420, 52, "link"),
    Label(87, 150, "source", "middle"),
    Label(310, 150, "object files", "middle"),
    Label(587, 114, "a shared library,", "middle"),
    Label(587, 134, "which Python imports", "middle"),
)

THREE_BRANCHES: tuple[Element, ...] = (
    Box(200, 12, 320, 44, "Is this a cross build?"),
    Box(340, 104, 280, 64, "Has the build tool\nset `PREFIX`?"),
    Box(12, 216, 220, 84, "*native*\nrun Python, and ask it\nwhere things are", HERE),
    Box(250, 216, 220, 84, "*cross*\nread the headers in\n`$PREFIX`, run nothing", ARM),
    Box(488, 216, 220, 84, "*error*\nstop, and say\nwhat to do", NO, dashed=True),
    Arrow(((260, 56), (260, 80), (122, 80), (122, 216))),
    Label(132, 110, "no"),
    Arrow(((480, 56), (480, 104))),
    Label(490, 84, "yes"),
    Arrow(((400, 168), (400, 216))),
    Label(410, 196, "yes"),
    Arrow(((580, 168), (580, 216))),
    Label(590, 196, "no"),
)

LIFE_OF_NOARCH: tuple[Element, ...] = (
    Box(12, 12, 200, 64, "the build for linux-64\nimports the extension", HERE),
    Box(272, 12, 176, 64, "nanobind writes\nthe stubs, as text"),
    Box(508, 12, 200, 64, "`noarch` in the channel:\n`cpp_math-stubs`", ALL),
    Arrow(((212, 44), (272, 44))),
    Arrow(((448, 44), (508, 44))),
    Label(12, 112, "An installer puts them where the environment's"),
    Label(12, 132, "Python looks for packages:"),
    Box(12, 184, 220, 64, "x86_64, Python 3.11\n`python3.11/site-packages`", HERE),
    Box(250, 184, 220, 64, "aarch64, Python 3.11\n`python3.11/site-packages`", ARM),
    Box(488, 184, 220, 64, "aarch64, Python 3.12\n`python3.12/site-packages`", ARM),
    Arrow(((608, 76), (608, 184))),
    Arrow(((608, 156), (360, 156), (360, 184))),
    Arrow(((608, 156), (122, 156), (122, 184))),
)


SONAME: tuple[Element, ...] = (
    Box(12, 12, 200, 132, "*link*, in `$PREFIX`", align=TOP),
    Box(24, 48, 176, 84, "from `zlib`\na file with the\n*SONAME* `libz.so.1`"),
    Box(268, 12, 184, 132, "*the extension*", align=TOP),
    Box(280, 48, 160, 84, "needed: `libz.so.1`\nRPATH:\n`$ORIGIN/../..`", HERE),
    Box(508, 12, 200, 132, "*import*, anywhere", align=TOP),
    Box(520, 48, 176, 84, "from `libzlib`\nthe file\n`lib/libz.so.1`"),
    Arrow(((200, 90), (280, 90))),
    Arrow(((440, 90), (520, 90))),
    Label(12, 172, "The linker copies the SONAME."),
    Label(708, 172, "The loader opens that file.", "end"),
)


def _exports() -> Iterator[Element]:
    """Yield who adds which dependency: a row for each."""
    yield Box(12, 12, 250, 184, "*build environment*", align=TOP)
    yield Box(12, 208, 250, 128, "*host environment*", align=TOP)
    yield Box(12, 348, 250, 84, "*run list* of the recipe", align=TOP)
    yield Box(416, 12, 292, 420, "*depends* of the package", align=TOP)
    rows = (
        (44, "`gxx_linux-64`", "strong", "`libstdcxx`, `libgcc`"),
        (92, "`sysroot_linux-64`", "strong", "`__glibc >=2.36,<3.0.a0`"),
        (140, "`cmake`, `ninja`", "", ""),
        (240, "`python`", "weak", "`python_abi 3.11.* *_cp311`"),
        (288, "`nanobind`", "", ""),
        (384, "`python`", "as written", "`python`"),
    )
    for y, package, kind, added in rows:
        tone = Tone.HERE if added and kind != "as written" else Tone.PLAIN
        yield Box(28, y, 218, 36, package, tone)
        if added:
            yield Box(432, y, 260, 36, added, tone)
            yield Arrow(((246, y + 18), (432, y + 18)))
            yield Label(339, y + 11, kind, "middle")
        else:
            yield Label(274, y + 23, "adds nothing")


RUN_EXPORTS = tuple(_exports())


def _conda_file() -> Iterator[Element]:
    """Yield the members of a package: their names on the left, their meanings on the right."""
    name, left, right = "cpp_math-0.1.0-hdab6535_0", 52, 380
    yield Box(12, 12, 696, 336, f"*A zip file*: `{name}.conda`", align=TOP)
    yield Box(28, 48, 664, 36, "`metadata.json`", align=TOP)
    yield Label(right, 71, "the version of the format")
    yield Box(28, 96, 664, 64, f"`pkg-{name}.tar.zst`", HERE, TOP)
    yield Label(right, 119, "the files to install")
    extension = "cpp_math.cpython-311-x86_64-linux-gnu.so"
    yield Label(left, 146, f"`lib/python3.11/site-packages/{extension}`")
    yield Box(28, 172, 664, 164, f"`info-{name}.tar.zst`", align=TOP)
    yield Label(right, 195, "the metadata")
    files = (
        ("index.json", "name, version, subdir, depends"),
        ("paths.json", "sizes and checksums of the files"),
        ("hash_input.json", "the variant"),
        ("about.json", "summary, license, home page"),
        ("licenses/LICENSE", "the license"),
        ("tests/tests.yaml", "the tests of the recipe"),
    )
    for number, (file, meaning) in enumerate(files):
        yield Label(left, 222 + LINE * number, f"`info/{file}`")
        yield Label(right, 222 + LINE * number, meaning)


CONDA_FILE = tuple(_conda_file())
