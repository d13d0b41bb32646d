"""Settings of the learners' servers for Crosscraft on The Littlest JupyterHub (TLJH).

`deploy/tljh/install` copies this file to ``/opt/tljh/config/jupyterhub_config.d/``, where TLJH
reads it as a part of the hub's configuration. Limits, culling and users are in TLJH's own
``config.yaml``, which `tljh-config` edits.
"""

CLONE = "/opt/crosscraft"
"""This repository, set up by root and readable for all users."""
CHANNELS = "/opt/crosscraft-channels"
"""The local channel, made once by root and readable for all users."""

c = get_config()  # noqa: F821 (JupyterHub provides it)

# -P: Python must not import modules from the learner's home.
c.Spawner.cmd = [f"{CLONE}/.venv/bin/python", "-P", "-m", "crosscraft.jupyter.hub"]
c.Spawner.environment.update({"CROSSCRAFT_CHANNELS": CHANNELS})
# TLJH uses the systemd spawner. Learners see no temporary files of others, cannot become root, and
# cannot write shared files even if a file mode is wrong.
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.readonly_paths = [CLONE, CHANNELS]
c.Spawner.start_timeout = 120
