"""What a build needs: every environment, each spec with what asked for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscraft.building import recipe, requirements
from crosscraft.building.engines.interface import Failure
from crosscraft.channel import select
from crosscraft.environments import install, solver, store
from crosscraft.errors import InstallError
from crosscraft.platforms import lookup
from tests.support.small_channels import index_of

pytestmark = pytest.mark.usefixtures("own_cache")

HERE, THERE = lookup("linux-64"), lookup("linux-aarch64")
HEAD = 'package: {name: a, version: "1"}\n'
OUTPUTS = (
    'recipe: {name: r, version: "1"}\noutputs:\n'
    "- {package: {name: tool}}\n- {package: {name: a}, requirements: {build: [tool]}}\n"
)

PACKAGES = {
    "python-3.11.2-0": [],
    "numpy-1.26-0": ["python 3.11.*"],
    "old-1-0": ["python 2.7.*"],
    "pure-1-0": [],
    "pytest-8-0": ["python"],
    "first-1-0": ["both 1.*"],
    "second-1-0": ["both 2.*"],
    "both-1-0": [],
    "both-2-0": [],
}


@pytest.fixture
def channel(tmp_path):
    index_of(tmp_path / "channel", PACKAGES)
    return [select.in_folder(index_of(tmp_path / "channel", PACKAGES, THERE.subdir), "small")]


@pytest.fixture
def explain(tmp_path, channel):
    """The error for a recipe that failed, or None if all its environments have a solution."""

    def explain(text, failed=None, target=HERE, variants="", own=()):
        (tmp_path / "recipe.yaml").write_text(text)
        (tmp_path / "variants.yaml").write_text(variants or "a: [1]\n")
        rendered = recipe.render(tmp_path / "recipe.yaml", HERE, target)
        failed = failed or Failure("dependencies", "Failed to resolve dependencies", "a")
        folder = tmp_path / "scratch"
        if own:
            index_of(folder, dict.fromkeys(own, ()), target.subdir)
            for package in own:
                (folder / target.subdir / f"{package}.conda").touch()
        try:
            requirements.explain(rendered, failed, HERE, target, channel, folder)
        except InstallError as error:
            return error
        return None

    return explain


TESTED = Failure("test", "Test failed", "a", 0)

MISSING = [
    ("build", "requirements: {build: [nonesuch]}", "nonesuch", "`requirements: build` asks"),
    ("host", "requirements: {host: [nonesuch >=1]}", "nonesuch", "`requirements: host` asks"),
    ("build", "requirements: {build: [\"${{ compiler('c') }}\"]}", "gcc_linux-64", "build` asks"),
    ("host", "requirements: {host: [__cuda]}", "__cuda", "describes the machine"),
]
MISSING_IN_TESTS = [
    ("run", "requirements: {run: [nonesuch]}\ntests: [{script: x}]", "nonesuch", "run` asks"),
    ("test", "tests: [{script: x, requirements: {run: [nonesuch]}}]", "nonesuch", "run` of a test"),
    ("test", "tests: [{script: x, requirements: {build: [nonesuch]}}]", "nonesuch", "build` of a"),
    ("test", "tests: [{python: {imports: [a]}}]", "pip", "unless it has `pip_check: false`"),
    ("test", "tests: [{perl: {uses: [A]}}]", "perl", "A test in the language `perl`"),
    ("test", "tests: [{r: {libraries: [a]}}]", "r-base", "A test in the language `r`"),
    ("test", "tests: [{ruby: {requires: [a]}}]", "ruby", "A test in the language `ruby`"),
]


@pytest.mark.parametrize(("kind", "text", "spec", "asked"), [*MISSING, *MISSING_IN_TESTS])
def test_what_no_channel_has_is_named_with_what_asked_for_it(explain, kind, text, spec, asked):
    failed = TESTED if (kind, text, spec, asked) in MISSING_IN_TESTS else None
    error = explain(HEAD + text, failed)
    assert error.what == f"a needs, in its {kind} environment: no package {spec!r} for linux-64"
    assert asked in error.remedy
    assert "small" in error.looked


VERSIONS = [
    ("host", "requirements: {host: [python]}", 'python: ["3.12.*"]', "python 3.12.*"),
    ("host", "requirements: {host: [python]}", "python: ['3.12']", "python =3.12"),
    ("build", "requirements: {build: [python]}", 'python: ["3.12.* *_cpython"]',
     "python 3.12.* *_cpython"),
    ("host", "requirements: {host: [python >=3.12]}", 'python: ["3.11.*"]', "python >=3.12"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "variants", "spec"), VERSIONS)
def test_the_variants_version_and_those_of_the_channel_are_named(
    explain, kind, text, variants, spec
):
    error = explain(HEAD + text, variants=variants)
    has = "3.11.2 0" if "_cpython" in spec else "3.11.2"
    assert error.what == (
        f"a needs, in its {kind} environment: {spec} for linux-64, and the channel has {has}"
    )
    assert ("and the variant for" in error.remedy) == (">=" not in spec)


def test_a_name_with_a_dash_has_its_variant(explain):
    error = explain(HEAD + "requirements: {host: [my-lib]}", variants="my_lib: ['2']")
    assert "no package 'my-lib'" in error.what
    assert error.remedy.startswith("`requirements: host` asks for my-lib, and the variant for 2.")


def test_a_bare_name_in_run_takes_any_version(explain):
    text = HEAD + "requirements: {run: [python]}\nbuild: {variant: {use_keys: [python]}}\n"
    assert explain(f"{text}tests: [{{script: x}}]", TESTED, variants='python: ["3.12"]') is None


@pytest.mark.parametrize("versions", ["'3.13'", "['3.11', '3.13']"])
def test_the_python_of_a_test_is_named(explain, versions):
    error = explain(
        f"{HEAD}requirements: {{run: [python]}}\n"
        f"tests: [{{python: {{imports: [a], pip_check: false, python_version: {versions}}}}}]",
        TESTED,
    )
    assert "in its test environment: python =3.13 for linux-64, and the channel has" in error.what
    assert "`python_version` of a test" in error.remedy


def test_a_python_test_without_python_is_named(explain):
    tests = "tests: [{python: {imports: [a], pip_check: false}}]"
    error = explain(f"{HEAD}requirements: {{run: [pure]}}\n{tests}", TESTED)
    assert "needs python, and nothing in its run environment depends on python" in error.what
    assert explain(f"{HEAD}requirements: {{run: [numpy]}}\n{tests}", TESTED) is None


def test_only_the_test_that_failed_is_examined(explain):
    tests = "tests: [{script: x}, {script: x, requirements: {run: [nonesuch]}}]"
    for number, found in ((0, False), (1, True), (2, False), (None, True)):
        error = explain(HEAD + tests, Failure("test", "Test failed", "a", number))
        assert bool(error) == found, number
    assert explain(HEAD + tests) is None


def test_only_the_output_that_failed_is_examined(explain):
    text = (
        'recipe: {name: r, version: "1"}\noutputs:\n'
        "- {package: {name: a}, requirements: {host: [one]}}\n"
        "- {package: {name: b}, requirements: {host: [two]}}\n"
    )
    for name, word in (("a", "one"), ("b", "two"), ("", "one"), ("r", "one")):
        assert f"{word!r}" in explain(text, Failure("dependencies", "x", name)).what


def test_the_platform_of_each_environment_is_named(explain):
    host = explain(HEAD + "requirements: {host: [nonesuch]}", target=THERE)
    assert host.what.endswith("no package 'nonesuch' for linux-aarch64")
    build = explain(HEAD + "requirements: {build: [nonesuch]}", target=THERE)
    assert build.what.endswith("no package 'nonesuch' for linux-64")


@pytest.mark.parametrize("own", [["tool-1-0"], []], ids=["built", "built elsewhere"])
def test_an_own_output_on_the_build_machine_has_to_be_built_for_it(explain, own):
    error = explain(OUTPUTS, target=THERE, own=own)
    assert error.what == "a needs, in its build environment: no package 'tool' for linux-64"
    assert "It is an output of this recipe, so build the recipe for linux-64 first" in error.remedy


def test_an_own_package_that_is_pinned_exactly_exists_for_the_target_alone(explain, channel):
    index_of(channel[0].folder, PACKAGES | {"tool-1-hb0f4dca_0": []})
    pinned = OUTPUTS.replace("[tool]", "[\"${{ pin_subpackage('tool', exact=True) }}\"]")
    error = explain(pinned, target=THERE, own=["tool-1-he8cfe8b_0"])
    assert error.what.endswith("tool ==1 he8cfe8b_0 for linux-64, and the channel has 1 hb0f4dca_0")
    assert "without `exact=True`" in error.remedy


def test_an_own_output_that_the_engine_keeps_elsewhere_is_not_missing(explain):
    assert explain(OUTPUTS) is None
    noarch = OUTPUTS.replace("{name: tool}", "{name: tool}, build: {noarch: generic}")
    assert explain(noarch, target=THERE) is None


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("[first, second]", "first, second cannot be installed together for linux-64"),
        ("[old]", "old cannot be installed for linux-64: no package 'python 2.7.*'"),
    ],
)
def test_specs_that_disagree_are_shown_with_the_solvers_reason(explain, spec, words):
    error = explain(f"{HEAD}requirements: {{host: {spec}}}")
    assert error.what.startswith(f"the host environment of a cannot be made: {words}")
    assert any("would require" in line for line in error.detail)


def test_a_constraint_of_the_package_itself_can_exclude_what_it_needs(explain):
    error = explain(
        f"{HEAD}requirements: {{run: [numpy], run_constraints: [python <3]}}\n"
        "tests: [{script: x}]",
        TESTED,
    )
    assert error.what.startswith("the run environment of a cannot be made: numpy cannot be inst")
    assert any("python <3" in line for line in error.detail)


EXPORTS = {
    "first": {"strong": ["from-strong"], "weak": ["not-from-build"], "noarch": ["not-noarch"]},
    "second": {"strong": ["host-strong"], "weak": ["from-weak"], "noarch": ["from-noarch"]},
}


@pytest.mark.parametrize(
    ("text", "host", "run"),
    [
        ("", ["second", "from-strong"], ["from-strong", "from-weak", "host-strong"]),
        ("build: {noarch: generic}", ["second", "from-strong"], ["from-noarch"]),
        (
            "IGNORE {by_name: [from-weak]}",
            ["second", "from-strong"],
            ["from-strong", "host-strong"],
        ),
        ("IGNORE {from_package: [first]}", ["second"], ["from-weak", "host-strong"]),
    ],
)
def test_run_exports_go_from_one_environment_to_the_next(
    tmp_path, channel, monkeypatch, text, host, run
):
    ignore = text.removeprefix("IGNORE ") if "IGNORE" in text else "{}"
    (tmp_path / "recipe.yaml").write_text(
        f"{HEAD}{text if 'IGNORE' not in text else ''}\n"
        f"requirements: {{build: [first], host: [second], ignore_run_exports: {ignore}}}\n"
        "tests: [{script: x, requirements: {run: [pytest], build: [pure]}}]\n"
    )
    rendered = recipe.render(tmp_path / "recipe.yaml", HERE, HERE)
    solved = []

    def solve(specs, platform, *_, **__):
        solved.append(sorted(specs))
        return []

    monkeypatch.setattr(solver, "solve", solve)
    monkeypatch.setattr(store, "wanted", lambda _: [])
    monkeypatch.setattr(
        requirements,
        "_named",
        lambda specs, _: [Named(name) for name in specs if name in EXPORTS],
    )
    monkeypatch.setattr(store, "run_exports", lambda one, kind: EXPORTS[one.name][kind])
    requirements.fetch(rendered, HERE, HERE, channel)
    assert solved == [
        ["first"], sorted(host), sorted(run), ["pure"], sorted([*run, "pytest"])
    ]  # fmt: skip
    solved.clear()
    requirements.fetch(rendered, HERE, HERE, channel, tests=False)
    assert solved == [["first"], sorted(host), sorted(run)]


def test_a_compiler_depends_on_the_packages_of_build_and_host_alone(tmp_path, channel, monkeypatch):
    (tmp_path / "recipe.yaml").write_text(
        f"{HEAD}requirements: {{build: [first], host: [second], run: [third]}}\n"
        "tests: [{script: x, requirements: {run: [pytest]}}]\n"
    )
    rendered = recipe.render(tmp_path / "recipe.yaml", HERE, HERE)
    monkeypatch.setattr(solver, "solve", lambda specs, *_, **__: specs)
    monkeypatch.setattr(store, "wanted", lambda specs: [Named(one) for one in specs])
    monkeypatch.setattr(store, "entry_of", lambda package: Path(package.name))
    monkeypatch.setattr(store, "run_exports", lambda *_: ())
    monkeypatch.setattr(install, "fetch", lambda *_: None)
    fetched = requirements.fetch(rendered, HERE, HERE, channel)
    assert set(map(str, fetched.packages)) == {"first", "second", "third", "pytest"}
    assert set(map(str, fetched.compiled_with)) == {"first", "second"}


class Named:
    """A package of the store, by its name."""

    def __init__(self, name: str) -> None:
        self.name = self.url = name


def test_nothing_is_written_where_nothing_is_needed(tmp_path, explain):
    assert explain(HEAD) is None
    assert not Path(tmp_path / "scratch").exists()
