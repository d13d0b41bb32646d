"""Crosscraft on The Littlest JupyterHub: what each learner's server is started with.

`deploy/tljh/install` copies this to ``/opt/tljh/config/jupyterhub_config.d/``, where TLJH reads
it as a part of its hub's configuration. Limits, culling and users are in TLJH's own
``config.yaml``, by `tljh-config`.
"""

CLONE = "/opt/crosscraft"
"""This repository, set up by root and read by everybody."""
CHANNELS = "/opt/crosscraft-channels"
"""The local channel, made once by root and read by everybody."""

c = get_config()  # noqa: F821 (whoever loads this file provides it)

# -P: what a learner has in their home is not taken for the program.
c.Spawner.cmd = [f"{CLONE}/.venv/bin/python", "-P", "-m", "crosscraft.jupyter.hub"]
c.Spawner.environment.update({"CROSSCRAFT_CHANNELS": CHANNELS})
# TLJH's spawner is systemd's. A learner sees no temporary file of another, cannot become root,
# and cannot write what is shared even if a mode somewhere is wrong.
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.readonly_paths = [CLONE, CHANNELS]
c.Spawner.start_timeout = 120
