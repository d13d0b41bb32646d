"""Settings of repo2docker, which makes the image of values.yaml from this repository.

    jupyter-repo2docker --config deploy/kubernetes/repo2docker_config.py \\
        --no-run --push --image-name registry.example/crosscraft:1 .

The environment is the same as on Binder, from the files in binder/. The clone is outside of the
home, because each learner's volume is mounted over the home. The last layer has the channel, so
all pods of a node read the same files.
"""

CLONE = "/srv/crosscraft"
CHANNELS = "/srv/crosscraft-channels"

c = get_config()  # noqa: F821 (repo2docker provides it)

c.Repo2Docker.target_repo_dir = CLONE
# The local channel replaces conda-forge, which binder/postBuild records, because it needs no
# network later. It is made from Debian 12's packages, so the base image is Debian 12.
c.Repo2Docker.base_image = "docker.io/library/buildpack-deps:bookworm"
c.Repo2Docker.appendix = f"""
USER root
WORKDIR {CLONE}
ENV CROSSCRAFT_CHANNELS={CHANNELS}
RUN umask 022 && \\
    HOME=/tmp/build crosscraft channel build && \\
    crosscraft channel use local && \\
    rm -rf /tmp/build {CLONE}/workspace && \\
    chown -R root:root {CLONE} {CHANNELS} && \\
    chmod -R a+rX,go-w {CLONE} {CHANNELS}
USER ${{NB_USER}}
WORKDIR ${{HOME}}
"""
