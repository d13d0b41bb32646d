"""Traps in a recipe's outputs: how they are pinned, what they ignore, what they test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscraft.building.check import yaml_nodes
from crosscraft.building.check.guards import unguarded
from crosscraft.building.check.model import Edit, Place
from crosscraft.building.check.project import Project
from crosscraft.building.check.recipe_file import Output, Recipe, Spec
from crosscraft.building.check.requirement_edits import inserted
from crosscraft.building.check.scripts import Command

__all__ = [
    "exact_pin_of_noarch",
    "recipe_yml",
    "run_exports_ignored",
    "stdlib_missing",
    "stdlib_without_variant",
    "tests_in_build_script",
]

_EXACT = re.compile(r",?\s*exact\s*=\s*[Tt]rue")
_TEST = {"check", "test", "tests", "RUN_TESTS"}
_RUNNERS = {"ctest", "pytest", "py.test"}
_MAKERS = {"make", "gmake", "ninja", "meson", "cmake", "cargo", "$MAKE", "${MAKE}"}


def exact_pin_of_noarch(project: Project) -> Iterator[Place]:
    """A noarch output that is pinned to the build of an output for one platform."""
    for recipe in project.recipes:
        compiled = {each.name.lower() for each in recipe.outputs if _is_compiled(each)}
        for output in recipe.outputs:
            pins = (spec for spec in _run_specs(output) if spec.call[0] == "pin_subpackage")
            for spec in pins if output.noarch else ():
                if spec.name in compiled and _EXACT.search(spec.text):
                    line = recipe.text.lines[spec.line - 1]
                    edit = Edit(spec.line, 1, (_EXACT.sub("", line),))
                    values = {"output": output.name, "pinned": spec.name}
                    yield Place(recipe.text.name, spec.line, values, edit)


def run_exports_ignored(project: Project) -> Iterator[Place]:
    """An extension that ignores the run_exports of Python, and fits one Python alone."""
    for recipe, output in project.outputs:
        if output.noarch or not output.compilers() or _is_abi3(output):
            continue
        specs = (output.spec("run", "python"), output.spec("host", "python"))
        if all(spec and spec.text == "python" for spec in specs):
            for line in _ignored_python(output):
                yield Place(recipe.text.name, line, {"output": output.name})


def stdlib_missing(project: Project) -> Iterator[Place]:
    """A compiler without ``stdlib('c')`` where the C library is chosen by it."""
    is_chosen = _chooses_stdlib(project)
    for recipe, output in project.outputs if is_chosen else ():
        compilers = [spec for spec in output.compilers() if spec.call[1] in ("c", "cxx", "fortran")]
        if not compilers or output.noarch or not recipe.is_v1:
            continue
        if not any(
            "stdlib" in spec.text or "sysroot" in spec.text for spec in output.requirements["build"]
        ):
            edit = inserted(recipe, output, "build", ["- ${{ stdlib('c') }}"])
            yield Place(recipe.text.name, compilers[0].line, {"output": output.name}, edit)


def stdlib_without_variant(project: Project) -> Iterator[Place]:
    """``stdlib('c')`` in a project for pixi, which nothing gives a value."""
    manifests = [
        text for text in project.named("pixi.toml") if "pixi-build-rattler-build" in text.content
    ]
    if not manifests or _has_stdlib_variant(project) or list(project.named("conda-forge.yml")):
        return
    for recipe, output in project.outputs:
        for spec in output.requirements["build"] if recipe.is_v1 else ():
            if spec.call[0] == "stdlib":
                yield Place(recipe.text.name, spec.line, {"language": spec.call[1]})
                return


def tests_in_build_script(project: Project) -> Iterator[Place]:
    """Tests that the script of a build runs, also of a cross build."""
    for recipe, output in project.outputs if project.is_cross else ():
        if not output.compilers() or output.noarch or _is_emulated(output):
            continue
        for command in unguarded(output):
            if _is_test(command) and "||" not in command.text:
                line = project.texts[command.file].lines[command.line - 1]
                edit = _guarded(command, line, recipe)
                yield Place(command.file, command.line, {"command": _short(command)}, edit)


def recipe_yml(project: Project) -> Iterator[Place]:
    """A recipe in a file that no engine looks for."""
    if not list(project.named("recipe.yaml", "meta.yaml")):
        for text in project.named("recipe.yml"):
            if text.name in ("recipe/recipe.yml", "conda.recipe/recipe.yml"):
                yield Place(text.name, 1)


def _is_compiled(output: Output) -> bool:
    return bool(output.compilers()) and not output.noarch


def _run_specs(output: Output) -> tuple[Spec, ...]:
    return (*output.requirements["run"], *output.requirements["run_constraints"])


def _is_abi3(output: Output) -> bool:
    everything = [spec.text for specs in output.requirements.values() for spec in specs]
    independent = yaml_nodes.get(output.node, "build", "python", "version_independent")
    python = output.spec("host", "python")
    return bool(
        independent is not None
        or yaml_nodes.get(output.node, "build", "python_version_independent") is not None
        or any("abi3" in text for text in everything)
        or (python and re.search(r"python_min|CF_PYTHON_MIN", python.text))
    )


def _ignored_python(output: Output) -> Iterator[int]:
    """Yield the lines in which an output ignores what ``python`` exports."""
    v1 = yaml_nodes.get(output.node, "requirements", "ignore_run_exports")
    v0 = yaml_nodes.get(output.node, "build", "ignore_run_exports")
    pairs = (
        (yaml_nodes.get(v1, "from_package"), {"python"}),
        (yaml_nodes.get(v1, "by_name"), {"python_abi"}),
        (yaml_nodes.get(output.node, "build", "ignore_run_exports_from"), {"python"}),
        (v0, {"python_abi"}),
    )
    for node, names in pairs:
        for item in yaml_nodes.scalars(node, output.decide):
            if item.text.strip() in names:
                yield item.line


def _chooses_stdlib(project: Project) -> bool:
    """Whether the project is one in which ``stdlib('c')`` has a value."""
    uses = any("stdlib(" in recipe.text.content for recipe in project.recipes)
    return uses or _has_stdlib_variant(project) or bool(list(project.named("conda-forge.yml")))


def _has_stdlib_variant(project: Project) -> bool:
    files = project.named("variants.yaml", "conda_build_config.yaml", "pixi.toml")
    return any(re.search(r"c_stdlib|variants-files", text.content) for text in files)


def _is_emulated(output: Output) -> bool:
    return any("qemu" in spec.text for spec in output.requirements["build"])


def _is_test(command: Command) -> bool:
    words = command.argv[1:]
    if command.program in _RUNNERS:
        return not {"--version", "-N", "--show-only"} & set(words)
    if command.program in _MAKERS:
        return bool(_TEST & set(words))
    return "-m" in words and words[words.index("-m") + 1 :][:1] in (("pytest",), ("unittest",))


def _short(command: Command) -> str:
    return " ".join(command.argv[:4])


def _guarded(command: Command, line: str, recipe: Recipe) -> Edit | None:
    """Return the edit that puts a line of a script behind a condition, if it stands alone."""
    indent = line[: len(line) - len(line.lstrip())]
    text = line.strip()
    if command.file.endswith(".sh") and command.text.strip() == text:
        asked = '"${CONDA_BUILD_CROSS_COMPILATION:-}" != "1" || -n "${CROSSCOMPILING_EMULATOR:-}"'
        new = [f"if [[ {asked} ]]; then", f"  {text}", "fi"]
    elif recipe.is_v1 and command.file == recipe.text.name and text == f"- {command.text}":
        new = ["- if: build_platform == target_platform", f"  then: {command.text}"]
    else:
        return None
    return Edit(command.line, 1, tuple(indent + each for each in new))
