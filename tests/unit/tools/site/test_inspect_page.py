"""The page that inspects files is there with its packages alone, and has its policy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from crosscraft.system import tracked
from tools.site import sources
from tools.site.samples import Sample

SAMPLES = (Sample("one", "linux-64/a.conda"), Sample("both", "linux-64/a.conda noarch/b.conda"))
ABOUT = {sources.ABOUT_INSPECT: "# About\n"}


def test_the_page_has_a_button_for_each_sample(
    repository: Callable[..., Path], tmp_path: Path
) -> None:
    root = repository(**ABOUT)
    sources.gather(tmp_path / "out", tracked.files(root), root, SAMPLES)
    page = (tmp_path / "out" / "inspect.md").read_text("utf-8")
    assert re.findall(r'<button type="button" value="([^"]+)">([^<]+)<', page) == [
        (one.value, one.label) for one in SAMPLES
    ]
    assert "inspect" in (tmp_path / "out" / "index.md").read_text("utf-8")
    assert "](../inspect.md)" in (tmp_path / "out" / sources.ABOUT_INSPECT).read_text("utf-8")


def test_without_samples_there_is_no_page_and_no_link_to_it(
    repository: Callable[..., Path], tmp_path: Path
) -> None:
    root = repository(**ABOUT)
    sources.gather(tmp_path / "out", tracked.files(root), root)
    assert not (tmp_path / "out" / "inspect.md").exists()
    assert "inspect.md" not in (tmp_path / "out" / "index.md").read_text("utf-8")
    assert "inspect.md" not in (tmp_path / "out" / sources.ABOUT_INSPECT).read_text("utf-8")


def test_the_policy_names_the_inline_scripts_of_the_page_alone(tmp_path: Path) -> None:
    extension = pytest.importorskip("tools.site.extension", reason="make site installs Sphinx")
    script = "document.body.dataset.theme = 'auto';"
    page = (
        f'<html><head><title>a</title></head><script src="a.js"></script><script>{script}</script>'
    )
    (tmp_path / "inspect.html").write_text(page)
    (tmp_path / "index.html").write_text(page)
    extension.add_policy(SimpleNamespace(outdir=tmp_path), None)
    made = (tmp_path / "inspect.html").read_text()
    (policy,) = re.findall(
        r'<head><meta http-equiv="Content-Security-Policy" content="(.+?)">', made
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert policy.endswith(f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'")
    assert made.endswith(page.partition("<head>")[2])
    assert (tmp_path / "index.html").read_text() == page
