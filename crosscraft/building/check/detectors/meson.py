"""Traps in ``meson.build`` files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosscraft.building.check.meson_language import Call, Statement, Token
from crosscraft.building.check.meson_project import needs_a_wrapper, statements
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project

__all__ = ["build_machine_decides", "runs_its_own_program", "runs_test_program"]

_QUESTIONS = ("cpu_family", "cpu", "endian")


def runs_test_program(project: Project) -> Iterator[Place]:
    """A call of ``run`` of a compiler for the target, which a cross build reaches."""
    if not needs_a_wrapper(project):
        return
    compilers: set[str] = set()
    for statement in statements(project):
        is_compiler = any(_is_target_compiler(call) for call in statement.calls[:1])
        compilers = (compilers | {statement.assigned}) if is_compiler else compilers
        for call in statement.calls if statement.reached else ():
            receiver, _, method = call.name.rpartition(".")
            inline = receiver.startswith("meson.get_compiler(") and "native" not in receiver
            if method == "run" and (receiver in compilers or inline):
                yield Place(statement.file, call.line, {"call": f"{receiver}.run"})


def _is_target_compiler(call: Call) -> bool:
    return call.name == "meson.get_compiler" and call.is_native() is False


def runs_its_own_program(project: Project) -> Iterator[Place]:
    """A program that is built for the target, and that a custom target or a generator runs."""
    if not needs_a_wrapper(project):
        return
    built: dict[str, tuple[Statement, Call]] = {}
    seen: set[str] = set()
    for statement in statements(project):
        for call in statement.calls:
            if call.name == "executable" and statement.assigned:
                built[statement.assigned] = (statement, call)
                if call.is_native() is not False or statement.reached is not True:
                    seen.add(statement.assigned)
            name = _program(call)
            if name in built and name not in seen and statement.reached is True:
                seen.add(name)
                where, made = built[name]
                values = {"program": name, "user": f"{statement.file}:{call.line}"}
                yield Place(where.file, made.line, values, _native(project, where, made))


def _program(call: Call) -> str:
    """Return the variable of the program that a call runs during the build, or nothing."""
    if call.name == "generator" and call.arguments:
        return _variable(call.arguments[0])
    if call.name == "custom_target" and "command" in call.keywords:
        words = call.keywords["command"]
        return _variable(words[1:2] if words[0].text == "[" else words)
    return ""


def _variable(tokens: Sequence[Token]) -> str:
    return tokens[0].text if len(tokens) == 1 and tokens[0].kind == "name" else ""


def _native(project: Project, statement: Statement, call: Call) -> Edit | None:
    """Return the edit that builds a program for this machine, if it needs nothing of the target."""
    needs = {"dependencies", "link_with", "link_args", "install", "native", "cpp_args", "c_args"}
    if needs & set(call.keywords):
        return None
    lines = project.texts[statement.file].lines
    last = lines[call.end - 1].rstrip()
    if not last.endswith(")"):
        return None
    if call.line == call.end:
        return Edit(call.end, 1, (f"{last[:-1].rstrip().rstrip(',')}, native: true)",))
    before = lines[call.end - 2].rstrip()
    if last.strip() != ")" or "#" in before:
        return None
    indent = before[: len(before) - len(before.lstrip())]
    return Edit(call.end - 1, 1, (f"{before.rstrip(',')},", f"{indent}native: true,"))


def build_machine_decides(project: Project) -> Iterator[Place]:
    """A question about the processor of this machine, where nothing is built for that."""
    found = statements(project) if project.is_cross else ()
    if any("native" in call.keywords for each in found for call in each.calls):
        return  # something is built for the build machine, and may depend on its processor
    for statement in found:
        names = {token.text for token in statement.tokens}
        if names & {"host_machine", "target_machine", "is_cross_build"}:
            continue
        for call in statement.calls if statement.reached is not False else ():
            receiver, _, method = call.name.rpartition(".")
            if statement.keyword in ("if", "elif") and receiver == "build_machine":
                if method in _QUESTIONS:
                    values = {"question": f"{call.name}()", "right": f"host_machine.{method}()"}
                    yield Place(statement.file, call.line, values, _host(project, statement, call))
            elif _runs_uname(call) and statement.reached:
                values = {"question": "uname -m", "right": "host_machine.cpu_family()"}
                yield Place(statement.file, call.line, values)


def _runs_uname(call: Call) -> bool:
    words = [token.text for argument in call.arguments for token in argument]
    return call.name == "run_command" and words[:1] == ["uname"] and bool({"-m", "-p"} & set(words))


def _host(project: Project, statement: Statement, call: Call) -> Edit:
    line = project.texts[statement.file].lines[call.line - 1]
    return Edit(call.line, 1, (line.replace("build_machine.", "host_machine."),))
