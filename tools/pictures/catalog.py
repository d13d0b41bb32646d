"""The pictures of the lessons, with the facts of the lessons' example, `cpp_math`."""

from __future__ import annotations

from tools.pictures import scenes
from tools.pictures.model import Picture, Tone
from tools.pictures.shapes import Cell, Part, name, steps, table

__all__ = ["PICTURES"]

HERE, ARM, ALL, NO = Tone.HERE, Tone.ARM, Tone.ALL, Tone.NO

PICTURES = (
    Picture(
        "build-host-target",
        "Build, host and target",
        "On this machine, the compiler in the build environment reads headers for aarch64 in "
        "the host environment. It writes the target package, which runs on Arm.",
        scenes.BUILD_HOST_TARGET,
    ),
    Picture(
        "emulator",
        "What an emulator does",
        "An x86_64 machine starts programs for x86_64, refuses those for aarch64, and runs them "
        "under QEMU.",
        tuple(
            steps(
                (
                    (
                        Cell("a program\nfor x86_64", HERE),
                        Cell("Linux on x86_64\nstarts it", HERE),
                        Cell("It runs."),
                    ),
                    (
                        Cell("a program\nfor aarch64", ARM),
                        Cell("Linux on x86_64\nrefuses it", NO, dashed=True),
                        Cell("*Exec format error*", NO, dashed=True),
                    ),
                    (
                        Cell("a program\nfor aarch64", ARM),
                        Cell("QEMU, for x86_64,\ntranslates it", HERE),
                        Cell("It runs, but slower."),
                    ),
                )
            )
        ),
    ),
    Picture(
        "source-to-module",
        "From source to module",
        "The compiler turns two source files into object files, and the linker joins them into "
        "one shared library.",
        scenes.SOURCE_TO_MODULE,
    ),
    Picture(
        "extension-name",
        "The file name of an extension",
        "The module's name, the interpreter with its version, the triplet, and an ending. The"
        " middle two are the SOABI.",
        tuple(
            name(
                (
                    Part("`cpp_math`", "the name of\nthe module"),
                    Part("`.cpython-311`", "the interpreter\nand its version"),
                    Part("`-x86_64-linux-gnu`", "the triplet of\nthe platform", HERE),
                    Part("`.so`", "a shared\nlibrary"),
                ),
                (140, 170, 200, 138),
                "*SOABI*",
                range(1, 3),
            )
        ),
    ),
    Picture(
        "package-name",
        "The file name of a package",
        "Name, version, and build string, which is a hash of the variant and the build number.",
        tuple(
            name(
                (
                    Part("`cpp_math`", "the name\nin the recipe"),
                    Part("`-0.1.0`", "the version\nin the recipe"),
                    Part("`-hdab6535`", "a hash of\nthe variant", HERE),
                    Part("`_0`", "the build\nnumber"),
                    Part("`.conda`", "the format"),
                ),
                (128, 127, 127, 127, 127),
                "*build string*",
                range(2, 4),
            )
        ),
    ),
    Picture(
        "run-exports",
        "Where dependencies come from",
        "Compiler, C library and Python add dependencies to the package. Only python comes "
        "from the run list.",
        scenes.RUN_EXPORTS,
    ),
    Picture(
        "one-recipe-three-packages",
        "One recipe, three packages",
        "Two outputs give an extension for each platform and one stub package for all. The "
        "build for aarch64 skips the stubs.",
        tuple(
            table(
                ("output", "build for linux-64", "build for linux-aarch64"),
                (
                    (
                        Cell("`cpp_math`\nthe extension"),
                        Cell("`cpp_math-0.1.0-hdab6535_0`\nin `linux-64`", HERE),
                        Cell("`cpp_math-0.1.0-hf1ab7cd_0`\nin `linux-aarch64`", ARM),
                    ),
                    (
                        Cell("`cpp_math-stubs`\nthe type stubs"),
                        Cell("`cpp_math-stubs-0.1.0-pyh77f7967_0`\nin `noarch`, for all", ALL),
                        Cell("skipped, because those\nin `noarch` fit here, too", dashed=True),
                    ),
                ),
                (138, 290, 256),
            )
        ),
    ),
    Picture(
        "two-pythons",
        "Two Pythons, and no answer",
        "The Python in the build environment runs and answers for x86_64. The Python in the "
        "host environment has the right answers and can't run.",
        tuple(
            table(
                ("", "Python in $BUILD_PREFIX", "Python in $PREFIX"),
                (
                    (Cell("compiled for"), Cell("x86_64", HERE), Cell("aarch64", ARM)),
                    (
                        Cell("Does it run here?"),
                        Cell("yes", HERE),
                        Cell("no, *Exec format error*", NO, dashed=True),
                    ),
                    (
                        Cell("Whose answers\ndoes it have?"),
                        Cell("its own, which are\nwrong for the target", NO, dashed=True),
                        Cell("the target's,\nwhich are right", ARM),
                    ),
                ),
                (172, 256, 256),
            )
        ),
    ),
    Picture(
        "three-branches",
        "The three branches of CMakeLists.txt",
        "Two questions lead to the three branches: native, cross, and an error.",
        scenes.THREE_BRANCHES,
    ),
    Picture(
        "where-a-compiler-looks",
        "Where a cross compiler looks for headers",
        "The headers of nanobind and Python are in the host environment, and those of C++ and"
        " C in the build environment. Nothing is read from this machine.",
        tuple(
            table(
                ("in the source", "where the cross compiler finds it"),
                (
                    (
                        Cell("`<nanobind/nanobind.h>`"),
                        Cell(
                            "*host environment*, from `nanobind`\n"
                            "`$PREFIX/lib/python3.11/site-packages/nanobind/include`",
                            ARM,
                        ),
                    ),
                    (
                        Cell("`<Python.h>`"),
                        Cell(
                            "*host environment*, from `python`\n`$PREFIX/include/python3.11`", ARM
                        ),
                    ),
                    (
                        Cell("`<string>`"),
                        Cell(
                            "*build environment*, from `gxx_linux-aarch64`\n"
                            "`$BUILD_PREFIX/aarch64-linux-gnu/include/c++/12`",
                            ARM,
                        ),
                    ),
                    (
                        Cell("`<stdio.h>`"),
                        Cell(
                            "*build environment*, from `sysroot_linux-aarch64`\n"
                            "`$BUILD_PREFIX/aarch64-linux-gnu/sysroot/usr/include`",
                            ARM,
                        ),
                    ),
                    (
                        Cell("never searched"),
                        Cell("`/usr/include` of this machine", NO, dashed=True),
                    ),
                ),
                (190, 500),
            )
        ),
    ),
    Picture(
        "life-of-noarch",
        "The life of a noarch package",
        "The native build makes the stubs once. The channel has them for every processor and "
        "Python.",
        scenes.LIFE_OF_NOARCH,
    ),
    Picture(
        "conda-file",
        "What is in a .conda file",
        "A zip file with the version of the format, the files to install, and the metadata.",
        scenes.CONDA_FILE,
    ),
    Picture(
        "lie-and-proof",
        "The lie and the proof",
        "The liar has the labels of the honest package, but its ELF header names another "
        "processor, and its import fails.",
        tuple(
            table(
                ("", "the honest package", "the liar"),
                (
                    (
                        Cell("*label*: subdir"),
                        Cell("`linux-aarch64`", ARM),
                        Cell("`linux-aarch64`", ARM),
                    ),
                    (
                        Cell("*label*: file name"),
                        Cell("`….cpython-311-aarch64-….so`", ARM),
                        Cell("`….cpython-311-aarch64-….so`", ARM),
                    ),
                    (
                        Cell("*evidence*: ELF\nheader, bytes 18, 19"),
                        Cell("`b7 00`, which is\naarch64", ARM),
                        Cell("`3e 00`, which is x86_64:\n*a lie*", NO, dashed=True),
                    ),
                    (
                        Cell("*proof*: a run on Arm"),
                        Cell("`add(1, 2)` is `3`", ARM),
                        Cell("`ImportError`", NO, dashed=True),
                    ),
                ),
                (200, 242, 242),
            )
        ),
    ),
    Picture(
        "what-an-import-asks",
        "Who asks what before an import works",
        "Seven questions before an import works, who asks each one, and the message after a no.",
        tuple(
            table(
                ("who asks", "what", "if not"),
                (
                    (
                        Cell("the solver"),
                        Cell("Is the subdir mine, or `noarch`?"),
                        Cell("not installed", NO, dashed=True),
                    ),
                    (
                        Cell("Linux"),
                        Cell("Is `python` for my processor?"),
                        Cell("`Exec format error`", NO, dashed=True),
                    ),
                    (
                        Cell("Linux"),
                        Cell("Is its *interpreter* (the loader) there?"),
                        Cell("`No such file or directory`", NO, dashed=True),
                    ),
                    (
                        Cell("Python"),
                        Cell("Is the suffix (*SOABI*) on my list?"),
                        Cell("`No module named 'cpp_math'`", NO, dashed=True),
                    ),
                    (
                        Cell("the loader"),
                        Cell("Is the extension for my processor?"),
                        Cell("`cpp_math.….so: cannot open`\n`shared object file`", NO, dashed=True),
                    ),
                    (
                        Cell("the loader"),
                        Cell("Is a file there for each *SONAME*?"),
                        Cell(
                            "`libstdc++.so.6: cannot open`\n`shared object file`", NO, dashed=True
                        ),
                    ),
                    (
                        Cell("Python"),
                        Cell("Is there a `PyInit_cpp_math`?"),
                        Cell("`does not define module export`\n`function`", NO, dashed=True),
                    ),
                ),
                (102, 334, 248),
            )
        ),
    ),
    Picture(
        "abi3",
        "A build for each Python, or one for all",
        "An extension fits one version of Python. An abi3 extension, built with Python 3.11, "
        "fits all later ones.",
        tuple(
            table(
                ("file", "Python 3.11", "Python 3.12", "Python 3.13"),
                (
                    (
                        Cell("`cpp_math.cpython-311-….so`"),
                        Cell("works"),
                        Cell("not found", NO, dashed=True),
                        Cell("not found", NO, dashed=True),
                    ),
                    (
                        Cell("`cpp_math.cpython-312-….so`"),
                        Cell("not found", NO, dashed=True),
                        Cell("works"),
                        Cell("not found", NO, dashed=True),
                    ),
                    (
                        Cell("`cpp_math.cpython-313-….so`"),
                        Cell("not found", NO, dashed=True),
                        Cell("not found", NO, dashed=True),
                        Cell("works"),
                    ),
                    (
                        Cell("`cpp_math.abi3.so`\nbuilt with Python 3.11"),
                        Cell("works", ALL),
                        Cell("works", ALL),
                        Cell("works", ALL),
                    ),
                ),
                (264, 138, 138, 138),
            )
        ),
    ),
    Picture(
        "soname",
        "How an import finds a C library",
        "The linker copies the SONAME of zlib's library into the extension. At import, the loader "
        "opens the file of that name.",
        scenes.SONAME,
    ),
    Picture(
        "to-conda-forge",
        "From here to conda-forge",
        "A release and a recipe, a pull request, a review, a feedstock, builds for every platform "
        "and Python, and the channel.",
        tuple(
            steps(
                (
                    (
                        Cell("*1* a release of your\nproject, a recipe and\n`conda-forge.yml`"),
                        Cell("*2* a pull request to\n`staged-recipes`,\nbuilt by CI"),
                        Cell("*3* a review\nby a person"),
                    ),
                    (
                        Cell("*4* a feedstock,\nmade by a bot"),
                        Cell("*5* a build for each\nplatform and Python"),
                        Cell("*6* the channel:\n`conda install cpp_math`", ALL),
                    ),
                ),
                joined=True,
            )
        ),
    ),
)
