"""The lines that do the same as a build."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from crosscraft.building import by_hand
from crosscraft.channel.select import Channel
from crosscraft.platforms import lookup

LOCAL = Channel("local", "file:///some/where")
FORGE = Channel("conda-forge", "conda-forge")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lines(project: Path, channel: Channel, output: str = "output") -> tuple[str, ...]:
    recipe = project / "recipe/recipe.yaml"
    recipe.parent.mkdir(parents=True, exist_ok=True)
    recipe.touch()
    target = lookup("linux-aarch64")
    return by_hand.lines(project, recipe.resolve(), target, Path(output), channel, "native")


def test_the_local_channel_is_named_as_a_shell_finds_it() -> None:
    Path("pixi.toml").touch()
    assert lines(Path(), LOCAL) == (
        "rattler-build build --recipe recipe/recipe.yaml --channel "
        '"file://$(crosscraft channel path)" --target-platform linux-aarch64 --test native '
        "--output-dir output",
        "# for pixi, first put the channel local into pixi.toml (docs/engines.md, By hand):",
        "pixi publish --target-platform linux-aarch64 --target-channel output --force",
    )


@pytest.mark.parametrize("channel", [LOCAL, FORGE])
def test_a_manifest_with_the_channel_needs_no_change(channel: Channel) -> None:
    Path("pixi.toml").write_text(f'[workspace]\nchannels = ["{channel.url}"]\n')
    first, second = lines(Path(), channel)
    assert first.startswith("rattler-build build ")
    assert second.startswith("pixi publish ")


def test_conda_forge_is_named() -> None:
    assert "--channel conda-forge " in lines(Path(), FORGE)[0]


def test_the_paths_of_another_project_survive_a_shell() -> None:
    rattler_build, comment, pixi = lines(Path("my project"), FORGE, "out $HOME")
    assert comment == "# for pixi, first write a pixi.toml:"
    assert {"my project/recipe/recipe.yaml", "out $HOME"} < set(shlex.split(rattler_build))
    words = shlex.split(pixi)
    assert words[words.index("--path") + 1] == "my project"
    assert words[words.index("--target-channel") + 1] == "out $HOME"


def test_a_password_is_not_shown() -> None:
    secret = Channel("https://***@host/c", "https://user:hunter2@host/c")
    assert not [line for line in lines(Path(), secret) if "hunter2" in line]
