"""Traps of projects that ask which processor builds, and mean the one that is built for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crosscraft.building.check.cmake_language import Command
from crosscraft.building.check.detectors._flags import flags, makefile_lines
from crosscraft.building.check.detectors._outputs import compiled, mentions
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.scripts import Command as ScriptCommand

__all__ = ["build_machine_march", "host_processor", "uname", "x86_flags"]

_NATIVE = re.compile(r"-m(arch|tune|cpu)=native\Z|-C?target-cpu=native\Z|/arch:native\Z")
_CPUS = (
    r"x86-64|x86_64|haswell|broadwell|skylake|core2|nehalem|sandybridge|ivybridge|znver|corei7"
    r"|core-avx|i[3-6]86|nocona|k8|icelake|sapphirerapids|westmere|pentium|athlon|opteron"
)
_X86 = re.compile(
    rf"-m(arch|tune|cpu)=({_CPUS})\S*\Z|-m(no-)?(avx\w*|avx512\S*|s?sse\S*|fma4?|bmi2?|popcnt|aes"
    r"|pclmul|f16c|lzcnt|mmx|3dnow|rdrnd|adx)\Z|-mfpmath=\S+\Z"
)


def build_machine_march(project: Project) -> Iterator[Place]:
    """An option for the processor of the machine that compiles."""
    if project.is_cross and not mentions(project, r"(sed|perl).*m(arch|tune|cpu)=native"):
        for flag in flags(project):
            if _NATIVE.match(flag.word):
                yield Place(flag.file, flag.line, {"the_option": f"`{flag.word}`"})
        yield from _in_cargo(project)


def _in_cargo(project: Project) -> Iterator[Place]:
    for name in (".cargo/config.toml", ".cargo/config"):
        options = project.toml(name).get("build", {})
        if isinstance(options, dict) and "target-cpu=native" in str(options.get("rustflags", "")):
            line = project.line_with(name, "target-cpu=native")
            yield Place(name, line, {"the_option": "`target-cpu=native`"})


_OF_X86 = re.compile(r"avx|sse|x86|simd|intel|amd64|i386", re.I)


def x86_flags(project: Project) -> Iterator[Place]:
    """An option that only compilers for x86 know."""
    if _is_x86(project) or mentions(project, r"(sed|perl).*-m(avx|sse|arch|fma)"):
        return
    for flag in flags(project):
        if _X86.match(flag.word) and not _OF_X86.search(f"{flag.file} {flag.target}"):
            yield Place(flag.file, flag.line, {"option": flag.word})


def _is_x86(project: Project) -> bool:
    return project.target.rpartition("-")[2] in ("64", "32")


_HOST = "CMAKE_HOST_SYSTEM_PROCESSOR"
_CODE = re.compile(
    r"(add|target)_(compile|link)_\w+|add_definitions|target_sources|add_library|enable_language"
)
_FLAG_VARIABLE = re.compile(r"\w*(FLAGS|SOURCES|SRCS|OPTIONS|DEFINITIONS)\w*")


def host_processor(project: Project) -> Iterator[Place]:
    """A condition on the processor of the build machine that chooses what is compiled."""
    if not project.is_cross:
        return
    commands = project.cmake
    yield from _copied_processor(project)
    for at, command in enumerate(commands):
        if command.name in ("if", "elseif") and command.reached is not False:
            asked = " ".join(command.words)
            is_alone = _HOST in asked and not re.search(r"CROSS|CMAKE_SYSTEM_|OSX_ARCH", asked)
            if is_alone and _chooses_code(commands[at + 1 :], command):
                edit = _target_processor(project, command)
                yield Place(command.file, command.line, edit=edit)


def _copied_processor(project: Project) -> Iterator[Place]:
    """Yield the variables that hold the processor, and by which code is chosen."""
    commands = project.cmake
    for command in commands:
        is_copy = command.name == "set" and command.words[1:] == (f"${{{_HOST}}}",)
        if is_copy and command.reached and not _MEANS_BUILD.search(command.words[0]):
            name = command.words[0]
            if any(
                each.name in ("if", "elseif")
                and re.search(rf"\b{name}\b", " ".join(each.words))
                and _chooses_code(commands[at + 1 :], each)
                for at, each in enumerate(commands)
            ):
                edit = _target_processor(project, command)
                yield Place(command.file, command.line, edit=edit)


def _chooses_code(commands: Sequence[Command], condition: Command) -> bool:
    """Whether the branch of a condition, without those within it, is about what is compiled."""
    for command in commands:
        if command.name in ("else", "elseif", "endif") or command.file != condition.file:
            return False
        variable = command.words[:2] if command.name in ("set", "list", "string") else ()
        if _CODE.fullmatch(command.name) or any(_FLAG_VARIABLE.fullmatch(w) for w in variable):
            return True
    return False


def _target_processor(project: Project, command: Command) -> Edit | None:
    line = project.texts[command.file].lines[command.line - 1]
    new = line.replace(_HOST, "CMAKE_SYSTEM_PROCESSOR")
    return Edit(command.line, 1, (new,)) if new != line else None


_UNAME = re.compile(r"uname\s+-[mpi]\b")
_ASKS = (("uname", "-m"), ("uname", "-p"), ("uname", "-i"), ("dpkg", "--print-architecture"))
_MEANS_BUILD = re.compile(
    r"build|host|native|echo|printf|cross|target_platform|download|curl|wget|miniforge|conda", re.I
)


def uname(project: Project) -> Iterator[Place]:
    """A build script or Makefile that asks the kernel for the processor."""
    if not project.is_cross:
        return
    for output in compiled(project):
        for command in output.commands:
            asks = command.argv[:2] in _ASKS or command.argv == ("arch",)
            if asks and not _MEANS_BUILD.search(command.text) and _is_within(command):
                yield Place(command.file, command.line, {"command": " ".join(command.argv)})
    yield from _uname_in_makefile(project)
    yield from _uname_in_cmake(project)


def _is_within(command: ScriptCommand) -> bool:
    """Whether the command's output is used, and not only shown."""
    return command.text.strip() != " ".join(command.words)


def _uname_in_makefile(project: Project) -> Iterator[Place]:
    for text, number, line in makefile_lines(project):
        found = re.match(r"(\w+)\s*:?=\s*\$\(shell\s+(uname\s+-[mpi])\s*(2>[^)]*)?\)\s*\Z", line)
        if found and not _MEANS_BUILD.search(found[1]):
            given = mentions(project, rf"make\b.*\b{found[1]}=|export {found[1]}=")
            used = re.search(rf"if\w*\s.*\$[({{]{found[1]}[)}}]", text.content)
            if used and not given:
                yield Place(text.name, number, {"command": found[2]})


def _uname_in_cmake(project: Project) -> Iterator[Place]:
    asked = {
        command.after("OUTPUT_VARIABLE"): command
        for command in project.cmake
        if command.name == "execute_process" and command.reached
        if _UNAME.search(" ".join(command.words))
    }
    conditions = [" ".join(c.words) for c in project.cmake if c.name in ("if", "elseif")]
    for variable, command in asked.items():
        if variable and not _MEANS_BUILD.search(variable):
            uses = [text for text in conditions if re.search(rf"\b{re.escape(variable)}\b", text)]
            if uses and not any("CMAKE_SYSTEM" in text for text in uses):
                yield Place(command.file, command.line, {"command": "uname -m"})
