"""The verdicts on an extension's platform and name agree with a real Python, which imports it.

A row is a path and a content. Python looks for it in a prefix of its own, as after an
installation. One process asks for all rows, here and under QEMU.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscraft.channel import select
from crosscraft.environments import emulate, install
from crosscraft.inspection import verdicts
from crosscraft.inspection.inspect import inspect
from crosscraft.platforms import Platform, lookup, native
from tests.support.small_packages import Item, package

SITE = "lib/python3.11/site-packages/"
OWN = f"{SITE}bolt.cpython-311-{{triplet}}.so"
LONG = "x" * 210
DEPENDS = ["python", "python_abi 3.11.* *_cp311"]

SOURCE = """
typedef struct { long base[5]; const char *name, *doc; long size; void *rest[5]; } Definition;
extern void *PyModuleDef_Init(Definition *);
static Definition definition = {{1}, "bolt"};
VISIBLE void *FUNCTION(void) { return PyModuleDef_Init(&definition); }
"""
NAMES = ["bolt", "my_mod", "2to3", "class", LONG[:200], "gre_6ka8l", "site_packages", "bolt_"]
ALIASES = "".join(
    f'\n__asm__(".globl PyInit{"U" if name.startswith("gre") else ""}_{name}\\n'
    f'.set PyInit{"U" if name.startswith("gre") else ""}_{name}, first");'
    for name in NAMES
)
BUILDS: dict[str, tuple[str, str, list[str]]] = {
    "good": ("first", "", []),
    "one": ("PyInit_bolt", "", []),
    "other": ("PyInit_nut", "", []),
    "case": ("PyInit_Bolt", "", []),
    "python 2": ("initbolt", "", []),
    "weak": ("PyInit_bolt", "__attribute__((weak))", []),
    "hidden": ("PyInit_bolt", '__attribute__((visibility("hidden")))', []),
    "local": ("PyInit_bolt", "static", []),
    "program": ("PyInit_bolt", "", ["-no-pie", "-Wl,--export-dynamic,--entry=PyInit_bolt"]),
    "pie": ("PyInit_bolt", "", ["-pie", "-Wl,--export-dynamic,--entry=PyInit_bolt"]),
    "object": ("PyInit_bolt", "", ["-c"]),
}
"""The function, its visibility, and the linker's flags instead of ``-shared``."""

PATCHES: dict[str, dict[int, bytes]] = {
    "GNU": {7: b"\3"},
    "HP-UX": {7: b"\1"},
    "NetBSD": {7: b"\2"},
    "Solaris": {7: b"\6"},
    "FreeBSD": {7: b"\x09"},
    "OpenBSD": {7: b"\x0c"},
    "Arm EABI": {7: b"\x40"},
    "standalone": {7: b"\xff"},
    "unknown OS": {7: b"\x77"},
    "ABI version": {8: b"\1"},
    "flags": {48: b"\xff\x02\0\5"},
    "ppc64le": {18: b"\x15\0"},
    "riscv64": {18: b"\xf3\0"},
    "i386 of 64 bits": {18: b"\3\0"},
    "no type": {16: b"\0\0"},
    "relocatable": {16: b"\1\0"},
    "core": {16: b"\4\0"},
    "big endian": {5: b"\2"},
    "32 bits": {4: b"\1"},
}
"""Bytes of the header that differ from those of ``one``, by offset."""

OTHERS = {
    "empty": b"",
    "text": b"version https://git-lfs.github.com/spec/v1\n",
    "half": b"\x7fELF\2\1\1",
    "macOS": bytes.fromhex("cffaedfe0c00000100000000060000000000000000000000") + bytes(64),
    "universal": bytes.fromhex("cafebabe00000002") + bytes.fromhex("01000007") + bytes(64),
    "Windows": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x64\x86" + bytes(16) + b"\2\x20" + bytes(64),
    "WebAssembly": b"\0asm\1\0\0\0",
    "bitcode": b"BC\xc0\xde" + bytes(64),
    "archive": b"!<arch>\n",
}

ROWS = [
    (OWN, "good"), (OWN, "one"), (f"{SITE}bolt.abi3.so", "one"), (f"{SITE}bolt.so", "one"),
    *((OWN, name) for name in BUILDS if name not in {"good", "one"}),
    *((f"{SITE}bolt.so", name) for name in BUILDS if name not in {"good", "one"}),
    *((OWN, name) for name in PATCHES),
    *((OWN, name) for name in OTHERS),
    (OWN, "foreign"), (f"{SITE}bolt.abi3.so", "foreign"), (f"{SITE}bolt.so", "foreign"),
    *((f"{SITE}bolt{suffix}", content) for content in ("good", "foreign") for suffix in (
        ".cpython-311-{other}.so", ".pypy311-pp73-{triplet}.so",
    )),
    *((f"{SITE}bolt{suffix}", "good") for suffix in (
        "..so", ".None.so", ".cpython-311-.so", ".cpython-311.so", ".{triplet}.so",
        ".cpython-312-{triplet}.so", ".cpython-310-{triplet}.so", ".cpython-311d-{triplet}.so",
        ".cpython-313t-{triplet}.so", ".cpython-311m-{triplet}.so", ".cpython-37m-{triplet}.so",
        ".cpython-311-{vendor}.so", ".cpython-311-{processor}.so", ".cpython-311-darwin.so",
        ".cp311-win_amd64.pyd", ".pyd", ".dylib", ".so.1", ".cpython-311-{triplet}.so.1",
        ".abi4.so", ".abi3t.so", ".abi3-{triplet}.so", ".abi3-{triplet}.so.bak", ".SO",
        "-extra.so", "_.so", ".graalpy242-311-native-{processor}-linux.so",
    )),
    (f"{SITE}bolt.cpython-311-{{musl}}.so", "good"),
    *((f"{SITE}{name}.so", "good") for name in (
        "my-mod", "my_mod", "2to3", "class", LONG, "grüße", "nut", "libbolt", "Bolt",
    )),
    (f"{SITE}.so", "good"), (f"{SITE}.cpython-311-{{triplet}}.so", "good"),
    *((path.format(end=end), "good") for end in (".cpython-311-{{triplet}}.so", ".abi3.so")
      for path in (
        f"{SITE}bolt/__init__{{end}}", f"{SITE}nut/__init__{{end}}", f"{SITE}nut/bolt{{end}}",
        f"{SITE}my-mod/__init__{{end}}", f"{SITE}a/b/c/bolt{{end}}",
      )),
    *((f"{folder}/bolt.cpython-311-{{triplet}}.so", "good") for folder in (
        "lib/python3.11", "lib/python3.11/lib-dynload", "lib/python3.11/nut",
        "lib/python3.11/dist-packages", "lib/python3/dist-packages", "lib/python3.10/site-packages",
        "lib/python3.12/site-packages", "lib64/python3.11/site-packages",
        "local/lib/python3.11/dist-packages", "usr/lib/python3.11/site-packages",
        "lib/python3.11t/site-packages", "lib/pypy3.11/site-packages", "site-packages", "lib",
        "opt", f"{SITE}nut-1.0.data/platlib", f"{SITE}nut.libs",
    )),
]  # fmt: skip

CANNOT_BE_KNOWN = {
    "half", "32 bits", "big endian",
    f"{SITE}bolt.cpython-311-{{musl}}.so",
    f"{SITE}nut-1.0.data/platlib/bolt.cpython-311-{{triplet}}.so",
    f"{SITE}nut.libs/bolt.cpython-311-{{triplet}}.so",
    *(f"{folder}/bolt.cpython-311-{{triplet}}.so" for folder in (
        "site-packages", "lib", "opt",
    )),
    *(f"{SITE}bolt.so {name}" for name in ("python 2", "hidden", "local")),
}  # fmt: skip
"""The contents that cannot be read, the paths where it depends on more than the package, and
the libraries that may be for another use."""

ASK = """
import importlib, json, sys
own = [entry for entry in sys.path if entry.startswith(sys.prefix)]
rest = sys.path[:]
answers = []
for prefix, module in json.load(open(sys.argv[1])):
    # The row comes first, and the standard library last.
    sys.path[:] = [prefix + entry.removeprefix(sys.prefix) for entry in own] + rest
    before = set(sys.modules)
    try:
        found = importlib.import_module(module)
        answers.append("" if (found.__file__ or "").startswith(prefix) else "found elsewhere")
    except Exception as error:
        answers.append(repr(error))
    for name in set(sys.modules) - before:
        del sys.modules[name]
print(json.dumps(answers))
"""


def other_than(platform: Platform) -> Platform:
    return lookup("linux-aarch64" if platform.subdir != "linux-aarch64" else "linux-64")


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Small extensions for both processors, by subdir and name."""
    folder = tmp_path_factory.mktemp("binaries")
    platforms = [native(), other_than(native())]
    specs = [f"gxx_{platform.subdir}" for platform in platforms]
    compilers = install.create(specs, native(), [select.choose()]).prefix / "bin"
    found: dict[str, dict[str, bytes]] = {}
    for platform in platforms:
        cpu = platform.triplet.partition("-")[0]
        gcc = next(iter(sorted(compilers.glob(f"{cpu}-*-gcc"))))
        made = found[platform.subdir] = {}
        for name, (function, visible, flags) in BUILDS.items():
            source = SOURCE + (ALIASES if name == "good" else "")
            argv = [gcc, "-xc", "-", "-O1", "-nostdlib", "-fPIC",
                    "-Wl,--unresolved-symbols=ignore-all", f"-DFUNCTION={function}",
                    f"-DVISIBLE={visible}", "-o", folder / "made",
                    *(flags or ["-shared"])]  # fmt: skip
            subprocess.run(argv, input=source.encode(), check=True, capture_output=True)
            made[name] = (folder / "made").read_bytes()
        for name, patch in PATCHES.items():
            data = bytearray(made["one"])
            for offset, raw in patch.items():
                data[offset : offset + len(raw)] = raw
            made[name] = bytes(data)
        made.update(OTHERS)
    for one, other in (platforms, platforms[::-1]):
        found[one.subdir]["foreign"] = found[other.subdir]["good"]
    return found


def rows(platform: Platform, made: dict[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
    """Yield each row's path in the table, its path for `platform`, and its content."""
    cpu, _, system = platform.triplet.partition("-")
    words = {
        "triplet": platform.triplet,
        "other": other_than(platform).triplet,
        "musl": platform.triplet.replace("-gnu", "-musl"),
        "vendor": f"{cpu}-conda-{system}",
        "processor": cpu,
    }
    for path, content in ROWS:
        key = next((one for one in (content, f"{path} {content}") if one in CANNOT_BE_KNOWN), path)
        yield key, path.format(**words), made[content]


def verdict(path: str, data: bytes, platform: Platform, folder: Path) -> bool | None:
    """Return whether Python can import `path`, by the answers to both questions."""
    index = {"subdir": platform.subdir, "depends": DEPENDS}
    found = inspect(package(folder / "a.conda", [Item(path, data)], index))
    answers = {one.holds for one in found.verdicts if one.question in QUESTIONS}
    return False if False in answers else None if None in answers else True


QUESTIONS = (verdicts.PLATFORM, verdicts.NAMES)


def module_of(path: str) -> str:
    """Return the name by which a program imports `path`."""
    roots = r"^(.*/)?((site|dist)-packages|lib-dynload|python3[.\d]*|lib|opt)/"
    inner = re.sub(roots, "", path)
    folder, _, name = inner.rpartition("/")
    names = [*folder.split("/"), name.partition(".")[0]]
    return ".".join(one for one in names if one and one != "__init__")


@pytest.mark.builds
@pytest.mark.parametrize("subdir", ["native", pytest.param("emulated", marks=pytest.mark.emulates)])
def test_python_agrees(subdir, binaries, tmp_path):
    platform = native() if subdir == "native" else other_than(native())
    channels = [select.choose()]
    emulator = emulate.find(platform, channels)
    glibc = emulator.glibc if emulator else None
    env = install.create(["python 3.11.*"], platform, channels, glibc=glibc)
    table = list(rows(platform, binaries[platform.subdir]))
    asked = []
    for number, (_, path, data) in enumerate(table):
        file = tmp_path / str(number) / path
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
        asked.append((str(tmp_path / str(number)), module_of(path)))
    (tmp_path / "rows.json").write_text(json.dumps(asked))
    (tmp_path / "ask.py").write_text(ASK)
    argv = emulate.command(
        env, ["python", str(tmp_path / "ask.py"), str(tmp_path / "rows.json")], emulator
    )
    done = subprocess.run(
        argv, env=emulate.variables(env), capture_output=True, text=True, check=True
    )
    truth = json.loads(done.stdout)
    counts: Counter[bool | None] = Counter()
    wrong = []
    for (key, path, data), error in zip(table, truth, strict=True):
        said = verdict(path, data, platform, tmp_path)
        counts[said] += 1
        if said is not (None if key in CANNOT_BE_KNOWN else not error):
            wrong.append(f"{path} ({key}): verdict {said}, Python {error or 'imports it'}")
    assert not wrong, "\n".join(wrong)
    assert len(table) >= 60
    assert counts[None] == len(CANNOT_BE_KNOWN)
    assert counts[True] > 20
