"""What is written for hubs agrees with itself, with the code, and with what was measured."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from traitlets.config.loader import PyFileConfigLoader

from crosscraft.paths import ROOT

DEPLOY = ROOT / "deploy"
VALUES = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text("utf-8"))
ROOM = yaml.safe_load((DEPLOY / "kubernetes" / "room.yaml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
UNITS = {"G": 10**9, "Gi": 2**30, "M": 10**6, "Mi": 2**20}

# Keys of the chart (version 4), as its reference documents them, and what a value may be.
NUMBER, SIZE, LIST = (int, float), (str,), (list,)
NETWORK = "singleuser.networkPolicy."
CHART: dict[str, tuple[type, ...]] = {
    "singleuser.image.name": (str,),
    "singleuser.image.tag": (str,),
    "singleuser.cmd": (list, str),
    "singleuser.extraEnv.*": (str,),
    "singleuser.memory.guarantee": SIZE,
    "singleuser.memory.limit": SIZE,
    "singleuser.cpu.guarantee": NUMBER,
    "singleuser.cpu.limit": NUMBER,
    "singleuser.startTimeout": (int,),
    "singleuser.storage.type": (str,),
    "singleuser.storage.capacity": SIZE,
    "singleuser.storage.homeMountPath": (str,),
    "singleuser.storage.extraVolumes": LIST,
    "singleuser.storage.extraVolumeMounts": LIST,
    NETWORK + "enabled": (bool,),
    NETWORK + "egress": LIST,
    NETWORK + "egressAllowRules.cloudMetadataServer": (bool,),
    NETWORK + "egressAllowRules.dnsPortsCloudMetadataServer": (bool,),
    NETWORK + "egressAllowRules.dnsPortsKubeSystemNamespace": (bool,),
    NETWORK + "egressAllowRules.dnsPortsPrivateIPs": (bool,),
    NETWORK + "egressAllowRules.nonPrivateIPs": (bool,),
    NETWORK + "egressAllowRules.privateIPs": (bool,),
    "singleuser.cloudMetadata.blockWithIptables": (bool,),
    "hub.concurrentSpawnLimit": (int,),
    "proxy.https.enabled": (bool,),
    "prePuller.hook.enabled": (bool,),
    "prePuller.continuous.enabled": (bool,),
    "cull.enabled": (bool,),
    "cull.timeout": (int,),
    "cull.every": (int,),
}


def leaves(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    """The values of nested mappings, by their keys with dots between."""
    found: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{above}{key}"
        found |= leaves(value, path + ".") if isinstance(value, dict) else {path: value}
    return found


def count(size: str) -> float:
    """Bytes of a size as Kubernetes writes it."""
    number, unit = re.fullmatch(r"([\d.]+)([A-Z]i?)", size).groups()  # type: ignore[union-attr]
    return float(number) * UNITS[unit]


def config_of(path: Path) -> Any:
    """A configuration file, loaded as JupyterHub and repo2docker load theirs."""
    return PyFileConfigLoader(path.name, str(path.parent)).load_config()


@pytest.mark.parametrize("values", [VALUES, ROOM], ids=["values", "room"])
def test_the_chart_has_every_key(values: dict[str, Any]) -> None:
    for path, value in leaves(values).items():
        known = CHART.get(path) or CHART.get(path.rpartition(".")[0] + ".*")
        assert known, f"the chart has no {path}"
        assert isinstance(value, known), path
        assert not (isinstance(value, bool) and bool not in known), path


def test_a_learner_fits_into_the_limits() -> None:
    """The page's peak with every page counted in full, and a third more."""
    memory, cpu = VALUES["singleuser"]["memory"], VALUES["singleuser"]["cpu"]
    (peak,) = re.findall(r"or ([\d.]+) GB with shared pages counted in full", PAGE)
    assert count(memory["limit"]) >= 4 / 3 * float(peak) * 10**9
    assert count(memory["guarantee"]) <= count(memory["limit"])
    assert 0 < cpu["guarantee"] <= cpu["limit"]
    (used,) = re.findall(r"([\d.]+) GB after 07", PAGE)
    assert count(VALUES["singleuser"]["storage"]["capacity"]) >= 2 * float(used) * 10**9


def test_both_hubs_have_the_same_limits() -> None:
    said = (DEPLOY / "tljh" / "install").read_text("utf-8")
    limits = dict(re.findall(r"tljh-config set (\S+) (\S+)", said))
    assert limits["limits.memory"] == VALUES["singleuser"]["memory"]["limit"]
    assert int(limits["limits.cpu"]) == VALUES["singleuser"]["cpu"]["limit"]
    assert int(limits["services.cull.timeout"]) == VALUES["cull"]["timeout"]


def test_no_learner_reaches_another_machine() -> None:
    policy = VALUES["singleuser"]["networkPolicy"]
    allowed = {rule for rule, yes in policy["egressAllowRules"].items() if yes}
    assert policy["enabled"] and policy["egress"] == []
    assert allowed == {"dnsPortsKubeSystemNamespace"}  # or nobody finds the hub by its name


def test_the_image_has_what_the_values_name() -> None:
    image = config_of(DEPLOY / "kubernetes" / "repo2docker_config.py").Repo2Docker
    home = VALUES["singleuser"]["storage"]["homeMountPath"]
    channels = VALUES["singleuser"]["extraEnv"]["CROSSCRAFT_CHANNELS"]
    # What the image has below the home is hidden by the learner's volume.
    assert not image.target_repo_dir.startswith(home)
    assert not channels.startswith(home)
    assert f"ENV CROSSCRAFT_CHANNELS={channels}" in image.appendix
    assert image.base_image.endswith(":bookworm"), "the local channel is Debian 12's"
    steps = image.appendix
    assert steps.index("channel build") < steps.index("chown -R root:root")
    assert steps.index("USER root") < steps.index("USER ${NB_USER}")


def test_tljh_starts_our_server_and_shares_the_channel() -> None:
    config = config_of(DEPLOY / "tljh" / "crosscraft.py")
    assert config.Spawner.cmd[-2:] == ["-m", "crosscraft.jupyter.hub"]
    assert config.Spawner.cmd[1:] == VALUES["singleuser"]["cmd"][1:]
    (channels,) = config.Spawner.environment.get_value({}).values()
    said = (DEPLOY / "tljh" / "install").read_text("utf-8")
    assert f"channels={channels}" in said
    clone = config.Spawner.cmd[0].removesuffix("/.venv/bin/python")
    assert f"clone={clone} " in said
    assert config.SystemdSpawner.readonly_paths == [clone, channels]


def test_a_room_needs_the_instructor() -> None:
    """Only the files for a room name its folder, and all of them name the same one."""
    assert "CROSSCRAFT_ROOM" not in VALUES["singleuser"]["extraEnv"]
    assert "CROSSCRAFT_ROOM" not in (DEPLOY / "tljh" / "crosscraft.py").read_text("utf-8")
    folder = ROOM["singleuser"]["extraEnv"]["CROSSCRAFT_ROOM"]
    environment = config_of(DEPLOY / "tljh" / "room.py").Spawner.environment.get_value({})
    assert environment == {"CROSSCRAFT_ROOM": folder}
    assert f"-g jupyterhub-admins {folder}\n" in PAGE


def test_the_room_has_its_volume() -> None:
    claim = yaml.safe_load((DEPLOY / "kubernetes" / "room-claim.yaml").read_text("utf-8"))
    storage = ROOM["singleuser"]["storage"]
    (volume,), (mount,) = storage["extraVolumes"], storage["extraVolumeMounts"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert volume["name"] == mount["name"]
    assert mount["mountPath"] == ROOM["singleuser"]["extraEnv"]["CROSSCRAFT_ROOM"]


STAND_IN = '#!/bin/sh\necho "$(basename "$0") $* CHANNELS=$CROSSCRAFT_CHANNELS" >> "$LOG"\n'


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """A machine whose commands only write down that they were called; the environment for it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("tljh-config", "make"):
        (tools / name).write_text(STAND_IN)
        (tools / name).chmod(0o755)
    (tools / "id").write_text("#!/bin/sh\necho ${NUMBER:-0}\n")
    (tools / "id").chmod(0o755)
    clone = tmp_path / "opt" / "crosscraft"
    for path in ("install", "crosscraft.py"):
        copy = clone / "deploy" / "tljh" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = (DEPLOY / "tljh" / path).read_text("utf-8")
        copy.write_text(text.replace("/opt/", f"{tmp_path}/opt/"))
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").write_text(STAND_IN)
    for path in (clone / ".venv/bin/python", clone / "deploy/tljh/install"):
        path.chmod(0o755)
    return os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "LOG": str(tmp_path / "log"),
        "TLJH_INSTALL_PREFIX": str(tmp_path / "opt" / "tljh"),
    }


def install(machine: dict[str, str], root: Path) -> subprocess.CompletedProcess[str]:
    argv = ["deploy/tljh/install"]
    cwd = root / "opt" / "crosscraft"
    return subprocess.run(argv, cwd=cwd, env=machine, capture_output=True, text=True, check=False)


def test_tljh_is_told_and_the_channel_made_once(machine: dict[str, str], tmp_path: Path) -> None:
    done = install(machine, tmp_path)
    assert done.returncode == 0, done.stderr
    called = Path(machine["LOG"]).read_text().splitlines()
    assert called[0].startswith("make setup")
    assert called[0].endswith(f"CHANNELS={tmp_path}/opt/crosscraft-channels")
    assert called[1].startswith("python -m crosscraft.setup.extras hub")
    assert called[-1].startswith("tljh-config reload hub")
    written = tmp_path / "opt/tljh/config/jupyterhub_config.d/crosscraft.py"
    assert written.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("lacking", "said"), [("root", "run it with sudo"), ("tljh-config", "there is no tljh-config")]
)
def test_it_says_in_a_line_what_it_needs(
    machine: dict[str, str], tmp_path: Path, lacking: str, said: str
) -> None:
    if lacking == "root":
        machine["NUMBER"] = "1000"
    else:
        (tmp_path / "tools" / lacking).unlink()
    done = install(machine, tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert not Path(machine["LOG"]).exists()


def test_the_proxy_is_pinned_by_hash_and_names_no_host() -> None:
    lock = json.loads((DEPLOY / "local" / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((DEPLOY / "local" / "package.json").read_text("utf-8"))["dependencies"]
    packages = {path: row for path, row in lock["packages"].items() if path}
    assert len(packages) > 20
    for path, row in packages.items():
        assert row["integrity"].startswith("sha512-"), path
        assert "resolved" not in row, path
    version = packages["node_modules/configurable-http-proxy"]["version"]
    assert wanted == {"configurable-http-proxy": version}
