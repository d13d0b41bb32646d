"""Traps in ``setup.py`` files that build extensions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.texts import Text

__all__ = ["asks_this_machine", "names_a_compiler"]

_BUILDS = re.compile(r"\b(?:Extension|cythonize|\w+Extension|ext_modules|CMakeBuild|build_ext)\b")
_COMPILER = re.compile(
    r"(?:ccache\s+)?(?:\S*/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?(?:\s|$)"
)
_OTHER_CASE = re.compile(r"environ|getenv|argv|cross|darwin|win32|Windows|nt\b|Darwin|macos", re.I)
_INSTRUCTIONS = re.compile(r"[\"'](?:avx|sse|neon|asimd|flags|Features)")


def names_a_compiler(project: Project) -> Iterator[Place]:
    """``os.environ["CC"] = "gcc"``, in every case."""
    for text, tree in _setups(project):
        for statement, conditions in _statements(tree.body, ()):
            name, value = _environment(statement)
            if name in ("CC", "CXX", "LDSHARED") and _COMPILER.match(value) and not conditions:
                values = {"name": name, "value": value}
                yield Place(text.name, statement.lineno, values, _deleted(text, statement))


def _environment(statement: ast.stmt) -> tuple[str, str]:
    """Return the variable of the environment that a statement sets, and its value."""
    match statement:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
                    slice=ast.Constant(value=str(name)),
                )
            ],
            value=ast.Constant(value=str(value)),
        ):
            return name, value
    return "", ""


def _deleted(text: Text, statement: ast.stmt) -> Edit | None:
    if statement.col_offset or statement.end_lineno != statement.lineno:
        return None
    is_alone = ";" not in text.lines[statement.lineno - 1]
    return Edit(statement.lineno, 1, ()) if is_alone else None


def asks_this_machine(project: Project) -> Iterator[Place]:
    """A question about the processor that a stand-in for Python does not answer."""
    for text, tree in _setups(project):
        for statement, conditions in _statements(tree.body, ()):
            if any(_OTHER_CASE.search(condition) for condition in conditions):
                continue
            for node in _own_expressions(statement):
                question = _question(node, text) if isinstance(node, ast.Call) else ""
                if question:
                    yield Place(text.name, node.lineno, {"question": question})


def _question(call: ast.Call, text: Text) -> str:
    words = [
        str(each.value)
        for argument in call.args
        for each in ast.walk(argument)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    command = " ".join(words)
    name = ast.unparse(call.func)
    if re.match(
        r"uname\b.*-[mpi]\b|lscpu\b|sysctl\b.*(?:hw\.|machdep)|dpkg\b.*--print-arch", command
    ):
        return command
    if name in ("open", "io.open") and words[:1] == ["/proc/cpuinfo"]:
        return words[0] if _INSTRUCTIONS.search(text.content) else ""
    return f"{name}()" if name.endswith("get_cpu_info") else ""


def _statements(
    body: list[ast.stmt], conditions: tuple[str, ...]
) -> Iterator[tuple[ast.stmt, tuple[str, ...]]]:
    """Yield the statements with the conditions that they stand in."""
    for statement in body:
        yield statement, conditions
        inner = conditions
        if isinstance(statement, ast.If | ast.While | ast.Try | ast.Match):
            inner = (*conditions, ast.unparse(getattr(statement, "test", ast.Constant("try"))))
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, field, None) or [], inner)
        for handler in getattr(statement, "handlers", None) or []:
            yield from _statements(handler.body, inner)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of a statement, but not those of the statements in it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.excepthandler):
            yield from (node for node in ast.walk(child) if isinstance(node, ast.expr))


def _setups(project: Project) -> Iterator[tuple[Text, ast.Module]]:
    for text in project.named("setup.py") if project.is_cross else ():
        tree = project.python(text) if _BUILDS.search(text.content) else None
        if tree:
            yield text, tree
