"""run_exports in each form that conda-build has written."""

from __future__ import annotations

import json

import pytest

from crosscraft.inspection.conda_file import run_exports
from tests.support.real_package import RUN_EXPORTS

JSON, YAML, TEXT = run_exports.FILES
ALL = {kind: tuple(specs) for kind, specs in RUN_EXPORTS.items()}


@pytest.mark.parametrize("kind", RUN_EXPORTS)
def test_each_kind_alone(kind):
    text = json.dumps({kind: RUN_EXPORTS[kind]}).encode()
    assert run_exports.read({JSON: text}) == run_exports.read({YAML: text}) == {kind: ALL[kind]}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (JSON, json.dumps(RUN_EXPORTS).encode(), ALL),
        (YAML, json.dumps(RUN_EXPORTS, indent=1).encode(), ALL),  # JSON is YAML
        (YAML, b"strong: [libgcc-ng >=7]\nweak:\n- a 1.*\n- b\n", {
            "strong": ("libgcc-ng >=7",), "weak": ("a 1.*", "b"),
        }),
        (YAML, b"- a\n- b >=1\n", {"weak": ("a", "b >=1")}),
        (YAML, b"weak: a\n", {"weak": ("a",)}),
        (YAML, b"", {}),
        (JSON, b'["a", "b"]', {"weak": ("a", "b")}),
        (JSON, b'{"weak": "a", "strong": [], "noarch": null, "odd": ["x"]}', {"weak": ("a",)}),
        (TEXT, b"a 1.*\n\nb\r\n", {"weak": ("a 1.*", "b")}),
    ],
)  # fmt: skip
def test_each_form(name, text, found):
    assert run_exports.read({name: text}) == found


def test_the_newest_form_counts():
    texts = {TEXT: b"c\n", YAML: b"weak: [b]\n"}
    assert run_exports.read(texts) == {"weak": ("b",)}
    assert run_exports.read({**texts, JSON: b'{"strong": ["a"]}'}) == {"strong": ("a",)}
    assert run_exports.read({}) == {}


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (JSON, b"{", "info/run_exports.json: "),
        (JSON, b'{"weak": [1]}', "one of 'weak' is not a text"),
        (JSON, b'{"weak": {"a": "b"}}', "one of 'weak' is not a text"),
        (YAML, b"weak: [", "info/run_exports.yaml is not YAML"),
        (YAML, b"!!python/object/apply:os.system ['true']", "is not YAML"),
        (YAML, b"[" * 50_000, "is not YAML"),
        (YAML, b"a" * 70_000, "has 70000 bytes, but at most 65536"),
        (YAML, b"weak: [1.0]", "one of 'weak' is not a text"),
    ],
)
def test_what_is_damaged(name, text, why):
    with pytest.raises(ValueError, match=why):
        run_exports.read({name: text})


@pytest.mark.parametrize("more", [0, 1])
def test_yaml_is_read_up_to_its_limit(more):
    text = b"weak: a\n".ljust(run_exports.MAX_YAML + more)
    if more:
        with pytest.raises(ValueError, match=f"has {len(text)} bytes"):
            run_exports.read({YAML: text})
    else:
        assert run_exports.read({YAML: text}) == {"weak": ("a",)}


def test_a_text_may_have_any_bytes():
    assert run_exports.read({TEXT: b"a \xff\n"}) == {"weak": ("a \ufffd",)}
