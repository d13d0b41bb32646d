"""Conda packages: their metadata, and the files that they install."""

from crosscraft.inspection.conda_file.package import (
    INFO_FILES,
    MAX_MEMBER,
    MAX_PATHS,
    CondaFile,
    Member,
    PackagedFile,
    describe,
    info_member,
    open_member,
    payload,
    read,
)

__all__ = [
    "INFO_FILES", "MAX_MEMBER", "MAX_PATHS", "CondaFile", "Member", "PackagedFile", "describe",
    "info_member", "open_member", "payload", "read",
]  # fmt: skip
