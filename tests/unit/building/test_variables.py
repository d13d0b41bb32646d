"""Variables of the user's environment: which a recipe names, and what becomes of secrets."""

from __future__ import annotations

import tarfile

import pytest

from crosscraft.building import variables
from crosscraft.building.variables import Secrets
from crosscraft.errors import BuildError, RecipeError
from tests.support.small_packages import Item, package

LINKS = [
    Item("share/a", b"hunter2"),
    Item("share/b", type=tarfile.LNKTYPE, target="share/a"),
    Item("share/c", type=tarfile.SYMTYPE, target="nowhere"),
]
FILE = "a-1-h0000000_0.conda"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('version: ${{ env.get("CALVER") }}', ("CALVER",)),
        ("version: ${{ env.get('CALVER', default='1') }}", ("CALVER",)),
        ('version: "${{ env.get(\\"CALVER\\") }}"', ("CALVER",)),
        ("- if: env.exists('A') and env . get( 'B' ) == env.get('A')", ("A", "B")),
        ("a: ${{ env.get(\n  'FOLDED') }}", ("FOLDED",)),
        ("# env.get('OLD')\na: 1  # my_env.get('B') is another's", ()),
        ("environment: {get: 1}", ()),
    ],
)
def test_a_recipe_names_its_variables(tmp_path, text, names):
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    assert variables.names(path) == names


def test_the_name_of_a_variable_is_no_expression(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text('a: 1\nb: ${{ env.get("A") }}\nc: ${{ env.get("B" ~ x) }} ${{ env.get(x) }}\n')
    with pytest.raises(RecipeError, match=r"recipe\.yaml computes .* in line 3"):
        variables.names(path)


def test_only_variables_that_are_set_are_passed_on(monkeypatch):
    monkeypatch.setenv("SET", "1")
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("UNSET", raising=False)
    assert variables.values(["SET", "EMPTY", "UNSET"]) == {"SET": "1", "EMPTY": ""}
    secrets = Secrets.of(["SET", "EMPTY", "SET", "UNSET", "UNSET"])
    assert secrets == Secrets({"SET": "1"}, ("EMPTY", "UNSET"))


def test_each_line_of_a_secret_is_hidden():
    secrets = Secrets({"KEY": "first-line\nsecond-line\nend", "OTHER": "hunter22"})
    assert secrets.hidden("x second-line=hunter22 first-line") == "x ********=******** ********"
    assert secrets.hidden("the end") == "the end"  # too short to tell from a word


def test_a_log_is_written_again_only_if_it_has_a_secret(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"plain \xff\n")
    Secrets({"KEY": "hunter22"}).hide_in(log)
    assert log.read_bytes() == b"plain \xff\n"
    log.write_text("a=hunter22\n")
    Secrets({"KEY": "hunter22"}).hide_in(log)
    assert log.read_text() == "a=********\n"


@pytest.mark.parametrize("member", ["share/settings", "info/about.json"])
def test_a_package_with_a_secret_is_refused(tmp_path, member):
    for folder in ("clean", "leaking"):
        (tmp_path / folder).mkdir()
    clean = package(tmp_path / "clean" / FILE, LINKS)
    secrets = Secrets({"OTHER": "not-there", "KEY": "hunter22"})
    secrets.check([clean])
    content = b"a=hunter22\n"
    leaking = package(
        tmp_path / "leaking" / FILE,
        [*LINKS, *([] if member.startswith("info") else [Item(member, content)])],
        more={member: content} if member.startswith("info") else None,
    )
    with pytest.raises(BuildError, match=rf"a-1-h0000000_0 contains the secret KEY.*{member}"):
        secrets.check([clean, leaking])
    Secrets({}).check([leaking])
