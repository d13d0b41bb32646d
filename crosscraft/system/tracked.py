"""The files of the repository, without what was built in the clone."""

from __future__ import annotations

import fnmatch
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from crosscraft.system import processes

__all__ = ["files"]


def files(root: Path) -> tuple[str, ...]:
    """Return the files of the clone at `root`, as paths relative to it.

    They are the files that git tracks. In an unpacked archive without .git, they are all files
    that .gitignore does not name.
    """
    if (root / ".git").exists() and shutil.which("git"):
        done = processes.run(["git", "-C", str(root), "ls-files", "-z"], check=False)
        if done.status == 0:
            names = "\n".join(done.lines).split("\0")
            return tuple(sorted(n for n in names if n and (root / n).is_file()))
    return tuple(sorted(_not_ignored(root)))


def _not_ignored(root: Path) -> Iterator[str]:
    text = (root / ".gitignore").read_text(encoding="utf-8")
    rules = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    for folder, folders, names in os.walk(root):
        within = Path(folder).relative_to(root)
        folders[:] = [n for n in folders if n != ".git" and not _ignored(within / n, rules, "/")]
        own = (n for n in names if n != ".git")  # a file in a worktree
        yield from (str(within / n) for n in own if not _ignored(within / n, rules, ""))


def _ignored(path: Path, rules: list[str], end: str) -> bool:
    """Whether a rule of .gitignore names `path`. Ours have two forms: a name or pattern anywhere,
    or a path from the root. A slash at the end means a folder."""
    for rule in rules:
        if rule.endswith("/") and not end:
            continue
        plain = rule.rstrip("/")
        name = str(path) if "/" in plain else path.name
        if fnmatch.fnmatchcase(name, plain.lstrip("/")):
            return True
    return False
