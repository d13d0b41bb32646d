"""How repo2docker makes the image of values.yaml from this repository.

    jupyter-repo2docker --config deploy/kubernetes/repo2docker_config.py \\
        --no-run --push --image-name registry.example/crosscraft:1 .

The environment is that of Binder, made by the files in binder/. The clone lies outside of the
home, over which each learner's own volume is mounted. The channel is made once, in the last
layer: every pod of a node reads the same files.
"""

CLONE = "/srv/crosscraft"
CHANNELS = "/srv/crosscraft-channels"

c = get_config()  # noqa: F821 (whoever loads this file provides it)

c.Repo2Docker.target_repo_dir = CLONE
# The local channel takes the place of conda-forge, which binder/postBuild records: it needs no
# network afterwards. It is made of Debian 12's packages, from that system's own mirror.
c.Repo2Docker.base_image = "docker.io/library/buildpack-deps:bookworm"
c.Repo2Docker.appendix = f"""
USER root
WORKDIR {CLONE}
ENV CROSSCRAFT_CHANNELS={CHANNELS}
RUN umask 022 && \\
    HOME=/tmp/build crosscraft channel build && \\
    crosscraft channel use local && \\
    rm -rf /tmp/build && \\
    chown -R root:root {CLONE} {CHANNELS} && \\
    chmod -R a+rX,go-w {CLONE} {CHANNELS}
USER ${{NB_USER}}
WORKDIR ${{HOME}}
"""
