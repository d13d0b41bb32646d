"""A new project is its template with another name, whole or not there."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from crosscraft.building import new, recipe, templates
from crosscraft.errors import CrosscraftError, ProjectError, StorageError
from crosscraft.paths import ROOT
from crosscraft.platforms import lookup, native

TEMPLATES = templates.names()
ADDED = {"README.md", ".gitignore", ".github/workflows/build.yml"}

each = pytest.mark.parametrize("template", TEMPLATES)


def old_name(template: str) -> str:
    """The name in the recipe, read without our code."""
    text = (ROOT / templates.find(template) / "recipe/recipe.yaml").read_text(encoding="utf-8")
    (name,) = re.findall(r"^(?:recipe|package):\n  name: (\w+)$", text, re.M)
    return name


def write(project: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    return project


@each
def test_the_old_name_is_nowhere(template: str) -> None:
    word = re.compile(rf"(?<![a-z0-9]){old_name(template)}(?![a-z0-9])", re.I)
    for path, text in new.render("q_2x", template).items():
        assert not word.search(path)
        assert not word.search(text), path
        assert f"lib{old_name(template)}" not in text


@each
def test_nothing_but_the_name_differs(template: str) -> None:
    """The way back leads to the template: nothing that merely contains the name was changed."""
    old = old_name(template)
    folder = ROOT / templates.find(template)

    def back(text: str) -> str:
        return text.replace("q_2x", old).replace("Q_2X", old.upper())

    content = {
        back(name): back(text)
        for name, text in new.render("q_2x", template).items()
        if name not in ADDED
    }
    homepage = f"https://example.org/{old}"
    for name, text in content.items():
        template_text = (folder / name).read_text(encoding="utf-8")
        if name == "recipe/recipe.yaml":
            template_text = re.sub("(?<=homepage: ).*", homepage, template_text)
        assert text == template_text
    assert set(content) >= {"LICENSE", "pixi.toml", "recipe/recipe.yaml", "recipe/variants.yaml"}


@each
@pytest.mark.parametrize("name", ["a", "geo_tools", "x9"])
def test_each_name_is_rendered_by_the_engine(template: str, name: str, tmp_path: Path) -> None:
    project = write(tmp_path / name, new.render(name, template))
    for platform in ("linux-64", "linux-aarch64"):
        outputs = recipe.render(recipe.find_recipe(project), native(), lookup(platform)).outputs
        assert name in {output.name for output in outputs}
        assert all(
            name in re.split("[-_]?lib|-", output.name) or output.name == name for output in outputs
        )


def test_macros_libraries_and_programs_have_the_name() -> None:
    content = new.render("geo_tools", "c-library")
    assert "#ifndef GEO_TOOLS_H\n" in content["include/geo_tools.h"]
    assert "-lgeo_tools'" in content["meson.build"]
    assert "lib/libgeo_tools.so.1" in content["recipe/recipe.yaml"]
    assert "PyInit_geo_tools(void)" in content["python/geo_tools.c"]


def test_the_hashes_are_those_of_the_template(tmp_path: Path) -> None:
    """They are computed from the variants, which a name does not change."""
    project = write(tmp_path / "geo_tools", new.render("geo_tools", "cpp_math"))
    builds = [
        [output.build for output in recipe.render(path, native(), lookup("linux-64")).outputs]
        for path in (recipe.find_recipe(project), ROOT / "cpp_math/recipe/recipe.yaml")
    ]
    assert builds[0] == builds[1]
    assert len(builds[0]) == 2


@each
def test_its_page_is_short_and_what_builds_leave_is_ignored(template: str) -> None:
    content = new.render("q_2x", template)
    prose = re.sub(r"^```.*?^```$", "", content["README.md"], flags=re.M | re.S)
    assert content["README.md"].startswith("# q_2x\n")
    assert len([line for line in prose.splitlines() if line]) <= 10
    assert {"/build", "/output", "/.pixi"} <= set(content[".gitignore"].splitlines())
    assert "$" not in content["README.md"] + content[".gitignore"]


def test_a_name_of_a_file_is_taken_but_not_in_other_templates() -> None:
    with pytest.raises(ProjectError, match="a file of that name"):
        new.render("table", "generated-tables")
    assert new.render("table", "cpp_math")
    assert new.render("cpp_math", "cpp_math")


def test_what_was_built_in_the_clone_stays_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "cpp_math", clone / "cpp_math", ignore=shutil.ignore_patterns("build"))
    shutil.copy(ROOT / ".gitignore", clone)
    monkeypatch.setattr(new, "ROOT", clone)
    monkeypatch.setattr(templates, "ROOT", clone)
    expected = new.render("q_2x", "cpp_math")
    for name in ("build/a.o", "output/noarch/a.conda", ".pixi/a", "src/__pycache__/a.pyc"):
        (clone / "cpp_math" / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / "cpp_math" / name).write_bytes(b"\xff")
    assert new.render("q_2x", "cpp_math") == expected
    for argv in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", clone, *argv], check=True)
    (clone / "cpp_math" / "notes.txt").write_bytes(b"\xff")
    assert new.render("q_2x", "cpp_math") == expected


def test_it_is_made_with_the_modes_of_new_files(tmp_path: Path) -> None:
    project = new.create("q_2x", "cpp_math", tmp_path)
    assert project.folder == tmp_path / "q_2x"
    made = {str(path.relative_to(project.folder)) for path in project.folder.rglob("*.*")}
    assert made >= {".gitignore", ".github/workflows/build.yml", "src/math.cpp"}
    assert [path.name for path in tmp_path.iterdir()] == ["q_2x"]
    (tmp_path / "plain").mkdir()
    assert stat.S_IMODE(project.folder.stat().st_mode) == stat.S_IMODE(
        (tmp_path / "plain").stat().st_mode
    )


def test_what_to_do_next_is_said(tmp_path: Path) -> None:
    said = new.next_steps(new.create("q_2x", "setuptools-c", tmp_path))
    assert f"cd {tmp_path}/q_2x\n" in said
    assert "crosscraft channel add cross-python_linux-aarch64 pip setuptools\n" in said
    assert "--with q_2x -- python -c 'import q_2x;" in said
    for edit in ("homepage", "summary", "pyproject.toml", "LICENSE", "README.md"):
        assert edit in said


def _folder(path: Path) -> None:
    path.mkdir()


def _file(path: Path) -> None:
    path.write_text("mine")


def _dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [_folder, _file, _dangling_link])
def test_what_exists_is_left_alone(make, tmp_path: Path) -> None:
    make(tmp_path / "q_2x")
    before = (tmp_path / "q_2x").lstat()
    with pytest.raises(StorageError, match="already exists"):
        new.create("q_2x", "cpp_math", tmp_path)
    assert (tmp_path / "q_2x").lstat() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("into", "word"), [("missing", "there is no folder"), ("file", "there is no folder")]
)
def test_it_needs_a_folder_to_go_into(into: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=word):
        new.create("q_2x", "cpp_math", tmp_path / into)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        new.create("q_2x", "cpp_math", Path("/proc"))


@pytest.mark.parametrize("name", ["numpy", "Geo", "class", "x" * 100])
def test_a_bad_name_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        new.create(name, "cpp_math", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), StorageError),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), StorageError),
    ],
)
def test_half_a_project_is_removed(
    error: BaseException,
    raised: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_text, left = Path.write_text, 4

    def fails(path: Path, *args: object, **options: object) -> int:
        nonlocal left
        left -= 1
        if not left:
            raise error
        return write_text(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", fails)
    with pytest.raises(raised) as caught:
        new.create("q_2x", "cpp_math", tmp_path)
    assert left == 0
    assert list(tmp_path.iterdir()) == []
    if isinstance(caught.value, CrosscraftError):
        assert str(tmp_path / "q_2x") in str(caught.value)


def test_another_of_that_name_that_comes_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = new._check_place

    def late(target: Path) -> None:
        check(target)
        write(target, {"mine": "mine"})

    monkeypatch.setattr(new, "_check_place", late)
    with pytest.raises(StorageError):
        new.create("q_2x", "cpp_math", tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == [
        "q_2x",
        "q_2x/mine",
    ]
