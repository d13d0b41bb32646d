"""Sources that fit the processor of the build machine only."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from crosscraft.building.check import cxx_language
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["char_is_unsigned", "x86_assembly", "x86_intrinsics"]

_SOURCES = ("*.c", "*.cc", "*.cpp", "*.cxx", "*.h", "*.hh", "*.hpp", "*.hxx")
_X86 = ("64", "32")
"""The processors in conda's subdirs whose instructions these are."""

_HEADER = re.compile(
    r"(?:(?:x86|imm|xmm|emm|pmm|tmm|smm|nmm|wmm|amm|bmi|avx\w*|fma)intrin|mmintrin|cpuid)\.h"
)
_GUARD = re.compile(
    r"x86|X86|amd64|AMD64|i386|i686|_M_X64|_M_IX86|SSE|AVX|MMX|FMA|BMI|SIMD|POPCNT|INTEL|NEON|ARM"
    r"|arm|aarch|PPC|ppc|powerpc|CPUID|HAVE_|HAS_|USE_|ENABLE_|WITH_|_MSC_VER|INTRIN|VECTOR"
    r"|__has_include"
)
"""A condition that may know the processor."""


def x86_intrinsics(project: Project) -> Iterator[Place]:
    """An unconditional include of a header with the intrinsics of x86."""
    suspects = project.containing(_HEADER, *_SOURCES)
    if not suspects or not _is_built_for_others(project):
        return
    reached = _compiled(project)
    for text in suspects:
        for header, is_quoted, at in cxx_language.includes(text.content):
            if is_quoted or not _HEADER.fullmatch(header) or _is_guarded(text, at):
                continue
            if text.name in reached:
                values = {"header": header}
                yield Place(text.name, text.line_of(at), values)
                break


def _is_built_for_others(project: Project) -> bool:
    outputs = [output for _, output in project.outputs]
    is_skipped = bool(outputs) and all(output.is_skipped for output in outputs)
    return project.target.partition("-")[2] not in _X86 and not is_skipped


def _is_guarded(text: Text, at: int) -> bool:
    """Whether an offset lies within an ``#if`` that may depend on the processor."""
    code = cxx_language.bare(text.content)
    open_: list[bool] = []
    for found in re.finditer(r"^[ \t]*#[ \t]*(if\w*|elif\w*|else|endif)\b(.*)$", code[:at], re.M):
        word, condition = found[1], found[2]
        if word == "endif":
            open_ = open_[:-1]
        elif word.startswith("if"):
            open_.append(bool(_GUARD.search(condition)) and not _is_include_guard(code, found))
        elif open_ and (word == "else" or _GUARD.search(condition)):
            open_[-1] = open_[-1] or word != "else"
    return any(open_)


def _is_include_guard(code: str, found: re.Match[str]) -> bool:
    name = found[2].strip()
    return found[1] == "ifndef" and bool(
        re.match(rf"\s*#\s*define\s+{re.escape(name)}\s*$", code[found.end() :], re.M)
    )


def _compiled(project: Project) -> set[str]:
    """Return the sources that a build file names without a condition, and what they include.

    A project may leave sources out for other processors, with its build files or by folders.
    """
    words = [(command, word) for command in project.cmake for word in command.words]
    named = {
        posixpath.normpath(posixpath.join(posixpath.dirname(command.file), word))
        for command, word in words
        if command.reached is True and command.name in _ADDED
    }
    for text in project.named("setup.py", "recipe.yaml", "build.sh"):
        if not _CHOOSES.search(text.content) or text.name.endswith("recipe.yaml"):
            named |= set(re.findall(r"(?<![\w./-])[\w./-]+\.(?:c|cc|cpp|cxx)\b", text.content))
    for text in project.named("meson.build"):
        if not _CHOOSES.search(text.content):
            folder = posixpath.dirname(text.name)
            names = re.findall(r"'([\w./-]+\.(?:c|cc|cpp|cxx))'", text.content)
            named |= {posixpath.normpath(posixpath.join(folder, name)) for name in names}
    named |= _of_makefiles(project)
    return _with_includes(project, [name for name in named if name in project.texts])


_CHOOSES = re.compile(
    r"uname|[Aa][Rr][Cc][Hh]|machine|cpu_family|cpu\(\)|target_platform|processor|x86"
)
"""Words of a build file that may choose its sources by the processor."""
_ADDED = {
    "add_library", "add_executable", "nanobind_add_module", "pybind11_add_module",
    "python_add_library", "python3_add_library",
}  # fmt: skip


def _of_makefiles(project: Project) -> set[str]:
    found = set()
    for text in project.named("Makefile", "makefile", "GNUmakefile"):
        if not _CHOOSES.search(text.content):
            folder = posixpath.dirname(text.name)
            for name in re.findall(r"(?<![\w./-])[\w./-]+\.(?:c|cc|cpp|cxx|o)\b", text.content):
                stem = posixpath.normpath(posixpath.join(folder, name))
                found |= {stem} | {stem[:-1] + end for end in ("c", "cc", "cpp") if name[-1] == "o"}
    return found


def _with_includes(project: Project, waiting: list[str]) -> set[str]:
    """Add the headers that the sources include without a condition."""
    found = set(waiting)
    while waiting:
        text = project.texts[waiting.pop()]
        for header, _, at in cxx_language.includes(text.content):
            for name in _places_of(text, header):
                if name in project.texts and name not in found and not _is_guarded(text, at):
                    found.add(name)
                    waiting.append(name)
    return found


def _places_of(text: Text, header: str) -> Sequence[str]:
    folder = posixpath.dirname(text.name)
    folders = (folder, posixpath.join(folder, "../include"), "include", "src", "")
    return [posixpath.normpath(posixpath.join(each, header)) for each in folders]


_ASSEMBLY = re.compile(r"\b(?:asm|__asm__|__asm)\b\s*(?:volatile|__volatile__|inline|goto|\s)*\(")
_INSTRUCTION = re.compile(
    r"\b(?:rdtscp?|cpuid|xgetbv|mfence|lfence|sfence|pause|xchg[bwlq]|cmpxchg\w*|bswap[lq]?"
    r"|mov[bwlq]|add[lq]|sub[lq]|mul[lq]|imul[lq]|adc[lq]|sbb[lq]|lea[lq]|push[lq]|pop[lq]"
    r"|bs[fr][lq]|popcnt[lq]?|rep\s+(?:movs|stos)[bwlq]?)\b|%%?[re][abcd]x\b"
)


def x86_assembly(project: Project) -> Iterator[Place]:
    """Inline assembly of x86 that no condition leaves out for other processors."""
    suspects = project.containing(_ASSEMBLY, *_SOURCES)
    if not suspects or not _is_built_for_others(project):
        return
    reached = _compiled(project)
    for text in suspects:
        if text.name not in reached:
            continue
        code = cxx_language.bare(text.content)
        for found in _ASSEMBLY.finditer(code):
            end = cxx_language.balanced(code, found.end() - 1)
            word = _INSTRUCTION.search(text.content[found.end() : end]) if end > 0 else None
            if word and not _is_guarded(text, found.start()):
                values = {"instruction": word[0].strip()}
                yield Place(text.name, text.line_of(found.start()), values)
                break


_READ = re.compile(
    r"\(\s*(\w+)\s*=\s*(?:std::)?(?:getchar|getc|fgetc|getopt|getopt_long|getc_unlocked"
    r"|getchar_unlocked)\s*\([^()]*\)\s*\)\s*(!=|==|>=|>|<)\s*\(?\s*(EOF|-\s*1|0)\b"
)


def char_is_unsigned(project: Project) -> Iterator[Place]:
    """A ``char`` that takes the result of a function and is compared with a negative number."""
    if project.target.partition("-")[2] not in ("aarch64", "ppc64le", "ppc64", "s390x", "armv7l",
                                               "armv6l", "riscv64", "riscv32"):  # fmt: skip
        return  # macOS has a signed char on arm64, too
    for text in project.containing(_READ, *_SOURCES):
        code = cxx_language.bare(text.content)
        for found in _READ.finditer(code):
            if found[3] == "0" and found[2] not in (">=", "<"):
                continue
            declared = list(
                re.finditer(rf"^(\s*)char(\s+(?:\w+\s*,\s*)*{found[1]}\s*[;=,])", code, re.M)
            )
            others = re.findall(rf"\b(?:int|signed char|short|long|auto)\s+{found[1]}\b", code)
            before = [each for each in declared if each.start() < found.start()]
            if before and not others and not _is_signed(project):
                line = text.line_of(before[-1].start(2))
                values = {"variable": found[1], "value": found[3].replace(" ", "")}
                yield Place(text.name, line, values, _as_int(text, line))


def _is_signed(project: Project) -> bool:
    return any("-fsigned-char" in text.content for text in project.texts.values())


def _as_int(text: Text, line: int) -> Edit | None:
    old = text.lines[line - 1]
    new = re.sub(r"\bchar(?=\s+\w+\s*[;=])", "int", old)
    return Edit(line, 1, (new,)) if new != old else None
