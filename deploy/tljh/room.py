"""The folder of the room, for learners who join it with `lesson.join` (docs/deploy.md).

Copied to ``/opt/tljh/config/jupyterhub_config.d/crosscraft_room.py``, it is a part of the hub's
configuration. Without it, learners can't share anything.
"""

c = get_config()  # noqa: F821 (JupyterHub provides it)

c.Spawner.environment.update({"CROSSCRAFT_ROOM": "/srv/crosscraft-room"})
