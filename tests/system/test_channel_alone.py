"""The local channel's compilers and Pythons by themselves, without the flags of a build."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from crosscraft.channel import local, select
from crosscraft.channel.catalog import PYTHON, TARGETS
from crosscraft.environments import install
from crosscraft.inspection import conda_file
from crosscraft.platforms import Platform, lookup, native
from tests.support import added
from tests.support.projects import GEOMETRY_SOURCE

pytestmark = pytest.mark.builds

C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
CXX = "#include <iostream>\nint main() { std::cout << 1; }\n"


@pytest.fixture(scope="module")
def made() -> tuple[Platform, ...]:
    """The platforms that the channel has packages for."""
    return local.targets(local.listing(local.find()))


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest, made: tuple[Platform, ...]) -> Platform:
    if lookup(request.param) not in made:
        pytest.skip(f"the local channel has no {request.param}")
    return lookup(request.param)


@pytest.fixture(scope="module")
def tools(made: tuple[Platform, ...]) -> Path:
    """An environment with the compilers for all platforms."""
    specs = [f"gxx_{row.subdir}" for row in made]
    return install.create(specs, native(), [select.choose("local")]).prefix


class Compiler:
    """A compiler that is run without an activated environment, and its sources."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        (folder / "hello.c").write_text(C)
        (folder / "hello.cpp").write_text(CXX)

    def __call__(self, *argv: object, status: int = 0) -> str:
        done = subprocess.run(
            [self.program, *map(str, argv)],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout


def outside(paths: list[str], folder: Path) -> list[str]:
    return [path for path in paths if not Path(path).resolve().is_relative_to(folder)]


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_a_compiler_reads_its_own_sysroot_alone(
    tools: Path, target: Platform, tmp_path: Path, language: str
) -> None:
    driver = {"c": "gcc", "cpp": "g++"}[language]
    run = Compiler(tools / f"bin/{target.triplet}-{driver}", tmp_path)
    sysroot = tools / target.sysroot_path
    assert Path(run("-print-sysroot").strip()).resolve() == sysroot
    headers = run("-M", f"hello.{language}").replace("\\\n", "").split()[2:]
    assert any(Path(path).resolve().is_relative_to(sysroot) for path in headers)
    assert outside(headers, tools) == []
    searched = re.findall(r"^ (/\S+)$", run("-E", "-v", f"hello.{language}"), re.MULTILINE)
    assert searched
    assert outside(searched, tools) == []
    libraries = run("-print-search-dirs").partition("libraries: =")[2].strip().split(":")
    assert outside([path for path in libraries if Path(path).is_dir()], tools) == []
    run("-c", "-fPIC", f"hello.{language}", "-o", "hello.o")
    for flags in ([], ["-static"], ["-shared"], ["-pthread", "-Wl,-O1"]):
        linked = run(*flags, "hello.o", "-o", "hello", "-Wl,--trace").split()
        read = [path for path in linked if path != "hello.o"]
        assert any(Path(path).resolve().is_relative_to(sysroot) for path in read)
        assert outside(read, tools) == []
        with (tmp_path / "hello").open("rb") as file:
            assert ELFFile(file)["e_machine"] == target.elf_machine


@pytest.fixture(scope="module")
def strace() -> Path:
    added.need("strace")
    return install.create(["strace"], native(), [select.choose("local")]).prefix / "bin/strace"


@pytest.mark.parametrize("driver", ["cc", "c++"])
def test_no_file_of_the_machine_is_opened(
    tools: Path, target: Platform, tmp_path: Path, strace: Path, driver: str
) -> None:
    run = Compiler(strace, tmp_path)
    source = "hello.c" if driver == "cc" else "hello.cpp"
    argv = [tools / f"bin/{target.triplet}-{driver}", source, "-o", "hello"]
    for flags in ([], ["-static"], ["-shared", "-fPIC"]):
        # -z: only calls that succeed.
        run("-f", "-qq", "-z", "-e", "trace=open,openat,execve", "-o", "calls", *argv, *flags)
        calls = (tmp_path / "calls").read_text()
        opened = {str(tmp_path / path) for path in re.findall(r'^[^"]*"([^"]+)"', calls, re.M)}
        ours = [path for path in opened if Path(path).resolve().is_relative_to(tools)]
        assert any(f"/{target.sysroot_path}/" in path for path in ours)
        others = [path for path in outside(sorted(opened), tools) if not _TEMPORARY.match(path)]
        # The compiler itself runs with the machine's C library.
        strange = [path for path in outside(others, tmp_path) if not _LOADED.fullmatch(path)]
        assert strange == []


_TEMPORARY = re.compile("/tmp/cc[A-Za-z0-9]+")
_LOADED = re.compile(r"/etc/ld\.so\.cache|/lib(64)?/([\w-]+/)?lib(c|m|dl|pthread)\.so\.\d")


def test_another_sysroot_is_obeyed(tools: Path, target: Platform, tmp_path: Path) -> None:
    run = Compiler(tools / f"bin/{target.triplet}-gcc", tmp_path)
    other = tmp_path / "other"
    shutil.copytree(tools / target.sysroot_path, other, symlinks=True, copy_function=os.link)
    for option in ([f"--sysroot={other}"], ["--sysroot", other]):
        assert run(*option, "-print-sysroot").strip() == str(other)
        headers = run(*option, "-M", "hello.c").replace("\\\n", "").split()[2:]
        linked = run(*option, "hello.c", "-o", "hello", "-Wl,--trace").split()
        for read in (headers, linked):
            assert str(other) in " ".join(read)
            assert str(tools / target.sysroot_path) not in " ".join(map(os.path.realpath, read))
    assert "stdio.h: No such file" in run(f"--sysroot={tmp_path}", "hello.c", status=1)


def test_a_compiler_is_found_by_any_name(tools: Path, target: Platform, tmp_path: Path) -> None:
    sysroot = tools / target.sysroot_path
    program = f"{target.triplet}-gcc"
    (tmp_path / "cc").symlink_to(tools / "bin" / program)
    moved = tmp_path / "moved"
    shutil.copytree(tools, moved, symlinks=True, copy_function=os.link)
    for path, name, expected in (
        (tmp_path, "cc", sysroot),
        (tools / "bin", program, sysroot),
        (moved / "bin", program, moved / target.sysroot_path),
    ):
        done = subprocess.run(
            [name, "-print-sysroot"], env={"PATH": str(path)}, capture_output=True, check=True
        )
        assert Path(done.stdout.decode().strip()).resolve() == expected


RECIPE = """\
package: {name: plain, version: "1"}
source: {path: .}
build:
  script:
    - unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CONDA_BUILD_SYSROOT
    - mkdir -p $PREFIX/bin
    - $CXX hello.cpp -o $PREFIX/bin/hello
    - '! $CXX -M hello.cpp | grep " /usr"'
requirements: {build: ["${{ compiler('cxx') }}"]}
"""


@pytest.mark.parametrize("subdir", ["linux-64", "linux-aarch64"])
def test_a_build_without_flags(crosscraft, own_cache, make_project, subdir):
    project = make_project(RECIPE, hello=CXX)
    done = crosscraft("build", "--target-platform", subdir, cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr


# ── Python ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def prefix(target: Platform) -> Path:
    """An environment with the Python of a platform."""
    return install.create(["python"], target, [select.choose("local")], glibc="2.36").prefix


def test_a_python_names_the_folders_of_its_environment(prefix: Path, target: Platform) -> None:
    """Read as a cross build reads it, from the file, because no program of `target` runs here."""
    lib = prefix / f"lib/python{PYTHON}"
    names: dict[str, dict[str, object]] = {}
    exec((lib / f"_sysconfigdata__{target.triplet}.py").read_text(), names)
    values = {k: v for k, v in names["build_time_vars"].items() if isinstance(v, str)}
    folders = {
        "prefix": prefix,
        "exec_prefix": prefix,
        "BINDIR": prefix / "bin",
        "LIBDIR": prefix / "lib",
        "LIBDEST": lib,
        "BINLIBDEST": lib,
        "DESTLIB": lib,
        "MACHDESTLIB": lib,
        "SCRIPTDIR": prefix / "lib",
        "DESTSHARED": lib / "lib-dynload",
        "LIBPL": lib / f"config-{PYTHON}-{target.triplet}",
        "LIBPC": prefix / "lib/pkgconfig",
        "INCLUDEDIR": prefix / "include",
        "CONFINCLUDEDIR": prefix / "include",
        "INCLUDEPY": prefix / f"include/python{PYTHON}",
        "CONFINCLUDEPY": prefix / f"include/python{PYTHON}",
    }
    assert {name: values[name] for name in folders} == {k: str(v) for k, v in folders.items()}
    assert [path for path in folders.values() if not path.is_dir()] == []
    own = ("DTRACE", "INSTALL", "TZPATH")  # tools of Debian's build, and the database of times
    assert {k for k, v in values.items() if "/usr" in v and not k.startswith(own)} == set()
    assert values["CC"] == f"{target.triplet}-gcc"
    for name in ("Python.h", "pyconfig.h"):
        assert (folders["INCLUDEPY"] / name).is_file()


def test_files_about_a_python_name_its_environment(prefix: Path, target: Platform) -> None:
    config = prefix / f"lib/python{PYTHON}/config-{PYTHON}-{target.triplet}"
    makefile = (config / "Makefile").read_text()
    assert re.search(rf"^prefix=\s*{prefix}$", makefile, re.MULTILINE)
    assert re.search(rf"^LIBDIR=\s*{prefix}/lib$", makefile, re.MULTILINE)
    described = (prefix / "lib/pkgconfig/python3.pc").read_text()
    assert f"prefix={prefix}\n" in described
    for name in (f"python{PYTHON}-config", "python3-config"):
        done = subprocess.run(
            [prefix / "bin" / name, "--includes", "--ldflags"],
            capture_output=True,
            text=True,
            check=True,
        )
        folders = {Path(word[2:]) for word in done.stdout.split() if word[:2] in ("-I", "-L")}
        assert folders == {prefix / f"include/python{PYTHON}", prefix / "lib", config}


def test_no_bytecode_has_the_folders_of_another_environment(prefix, target):
    module = f"_sysconfigdata__{target.triplet}"
    assert list((prefix / f"lib/python{PYTHON}/__pycache__").glob("sysconfig.*.pyc"))
    channel = local.find()
    (package,) = (channel / target.subdir).glob("python-*.conda")
    found = [path for path in conda_file.read(package).files if module in path]
    assert found == [f"lib/python{PYTHON}/{module}.py"]


def test_a_python_says_where_it_is(crosscraft):
    program = "import json, sys, sysconfig as s; print(json.dumps([sys.prefix, {n: "
    program += "s.get_config_var(n) for n in ('prefix', 'INCLUDEPY', 'LIBDIR')}, s.get_paths()]))"
    done = crosscraft("run", "-q", "--", "python", "-c", program)
    prefix, values, paths = json.loads(done.stdout)
    include = f"{prefix}/include/python{PYTHON}"
    assert values == {"prefix": prefix, "INCLUDEPY": include, "LIBDIR": f"{prefix}/lib"}
    assert paths["include"] == paths["platinclude"] == include


BY_CONFIG = """\
package: {name: by-config, version: "1"}
source: {path: .}
build:
  script:
    - unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
    - mkdir -p $SP_DIR
    - $PYTHON command.py > command
    - . ./command
requirements:
  build: ["${{ compiler('cxx') }}"]
  host: [python]
  run: [python]
tests:
  - script: ["python -c 'import geometry; assert geometry.area(3, 4) == 12'"]
"""
COMMAND = """\
from sysconfig import get_config_var as of
print(of("LDSHARED"), of("CCSHARED"), of("CFLAGS"), "-I" + of("INCLUDEPY"), end=" ")
print("geometry.cpp -o $SP_DIR/geometry" + of("EXT_SUFFIX"))
"""


def test_an_extension_is_built_as_sysconfig_says(crosscraft, own_cache, make_project):
    """As setuptools does."""
    project = make_project(BY_CONFIG, geometry=GEOMETRY_SOURCE)
    (project / "command.py").write_text(COMMAND)
    done = crosscraft("build", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = project.glob("output/linux-64/*.conda")
    assert [Path(path).name for path in conda_file.read(package).files] == [
        "geometry.cpython-311-x86_64-linux-gnu.so"
    ]
