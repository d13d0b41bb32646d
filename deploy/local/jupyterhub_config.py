r"""A JupyterHub on this machine for trials and measurements, without system users or TLS.

    .venv/bin/python -m crosscraft.setup.extras hub
    CROSSCRAFT_HUB=/var/tmp/hub CROSSCRAFT_HUB_PASSWORD=… \
        .venv/bin/jupyterhub --config deploy/local/jupyterhub_config.py

It listens on loopback. Anybody with the password can log in under any name, so see docs/deploy.md
for a classroom. ``CROSSCRAFT_HUB`` names the folder for its state and the learners' homes. If root
runs it, and all users can read the clone and its Python, each learner's server runs as a separate
user. Otherwise all servers run as the user who runs the hub.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import proxy  # noqa: E402

FOLDER = Path(os.environ.get("CROSSCRAFT_HUB", "hub")).absolute()
PORT = int(os.environ.get("CROSSCRAFT_HUB_PORT", "8000"))
PASSWORD = os.environ.get("CROSSCRAFT_HUB_PASSWORD", "")
if len(PASSWORD) < 8:  # JupyterHub accepts no shorter password
    sys.exit("hub: set a password of 8 characters or more: CROSSCRAFT_HUB_PASSWORD=…")
FIRST_NUMBER = 20001
"""The user ID of the first learner. The IDs of system users are lower."""


def everybody_may_run(program: Path) -> bool:
    """Whether all users can enter the folders above the file, and above the target of a link."""
    program = program.absolute()
    above = {folder for path in (program, program.resolve()) for folder in path.parents}
    return all(folder.stat().st_mode & 0o001 for folder in above)


SEPARATE = os.geteuid() == 0 and everybody_may_run(Path(sys.executable))


class SeparateUsers(SimpleLocalProcessSpawner):
    """Starts each learner's server in a separate home folder and, if possible, with a separate
    user ID, for which there is no account."""

    def make_preexec_fn(self, name):
        """Return a function that switches to the user and the home folder in the new process."""
        home, number = self.home_dir, FIRST_NUMBER + self.user.id

        def preexec() -> None:
            Path(home).mkdir(mode=0o700, parents=True, exist_ok=True)
            if SEPARATE:
                os.chown(home, number, number, follow_symlinks=False)
                os.setgroups([])
                os.setgid(number)
                os.setuid(number)
            os.chdir(home)

        return preexec


FOLDER.mkdir(parents=True, exist_ok=True)

c = get_config()  # noqa: F821 (JupyterHub provides it)

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = proxy.install()
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.JupyterHub.cleanup_servers = True

c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = PASSWORD
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"^[a-z][a-z0-9-]*$"

c.JupyterHub.spawner_class = SeparateUsers
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "homes" / "{username}")
# -P: Python must not import modules from the learner's home.
c.Spawner.cmd = [sys.executable, "-P", "-m", "crosscraft.jupyter.hub"]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 and not SEPARATE else []
# The shared channel, and the folder of the room if the instructor has one.
SHARED = ("CROSSCRAFT_CHANNELS", "CROSSCRAFT_ROOM")
c.Spawner.environment = {name: os.environ[name] for name in SHARED if name in os.environ}
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
# For a class that starts together. The default is 100, but each start takes seconds of CPU time.
c.JupyterHub.concurrent_spawn_limit = 8

# An idle server is stopped after an hour and frees its memory, as in the other two deployments.
c.JupyterHub.services = [
    {
        "name": "culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "services": ["culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
