"""What a package is made from, by content: the files of its sources, and a word for all of them.

The list is meant to be too long rather than too short: a file too many costs a build that was
not needed, a file too few would keep a package that is stale. So all that a filter may take is
in it, and the recipe's whole folder. Where the list cannot be known there is none: sources from
elsewhere, links that lead out, scripts that name the machine's own files.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscraft.system import regular_file

__all__ = ["Root", "Unknown", "digest", "roots"]

_MOST_FILES = 5_000
_MOST_BYTES = 1 << 26
"""More than this is not looked at: to build is no slower."""

_BEFORE = rb"""(?:^|[\s"'=(<:,;\[{|&>`@]|:-|-[ILB])"""
"""What comes before a path in a script, a recipe or a source."""
_NAMES_MACHINE = re.compile(
    _BEFORE + rb"""(?:file:/*)?/(?!dev/null\b)[A-Za-z0-9_.+-]+/"""  # an absolute path
    rb"""|RECIPE_DIR(?!\}?["']?/(?![^\s"']*\.\.)\w)"""  # anything but a file in it
    rb"""|~/|\$\{?HOME\b|__(?:DATE|TIME|TIMESTAMP)__""",
    re.M,
)
"""Words of any file that lead out of the folders known here, or tell the time."""
_TOP = re.compile(_BEFORE + rb"""(/[A-Za-z0-9_.+-]+)(?=["'`)\]}>,;\s]|$)""", re.M)
"""A path of one name, such as where containers mount things; or an option, such as ``/W4``."""
_NAMES_WORLD = re.compile(
    rb"\b(?:curl|wget|git|pip|uv|npm|date|hostname|uname|load_from_file|urllib|requests|socket|"
    rb"datetime|localtime|gmtime|RANDOM|TIMESTAMP|Git|GIT_EXECUTABLE|"
    rb"FetchContent\w*|ExternalProject\w*|DOWNLOAD|GIT_REPOSITORY)\b|\btime\.time\b"
)
"""Words of a script whose answer is another one tomorrow."""
_SCRIPTS = re.compile(
    r"(^|/)([^/]*\.(sh|bash|py|cmake|ya?ml)|CMakeLists\.txt|[Mm]akefile|meson\.build)$"
)
_BESIDE = re.compile(rb"""(?:(?<!\bpath):\s|-\s|[\[,])\s*["']?(\.\./[^"'\s,\]}]*)""")
"""A value of a recipe that names something beside its folder, and is no source: a script, a
licence."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


class Unknown(Exception):
    """What a build is made from cannot be listed."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder or file that a build reads."""

    path: str
    """Where it is, absolute."""
    exclude: tuple[str, ...] = ()
    """Names directly in it that are left out, with all below them."""
    output: str = ""
    """The name directly in it that the output channel has, which is looked at elsewhere."""


def roots(recipe: Path, sources: Sequence[object], output: Path) -> tuple[Root, ...]:
    """Return what a build of `recipe` reads.

    :param sources: the entries of its outputs' ``source``, as rattler-build renders them.
    :param output: the output channel.
    :raises Unknown: if that cannot be known.
    """
    beside = output.absolute().parent == recipe.parent
    found = [Root(str(recipe.parent), output=output.name if beside else "")]
    for source in sources:
        if not isinstance(source, dict) or not isinstance(source.get("path"), str):
            raise Unknown("a source comes from elsewhere")
        if any(Path(patch).is_absolute() or ".." in patch for patch in source.get("patches", ())):
            raise Unknown("a patch lies elsewhere")
        path = recipe.parent / source["path"]
        filters = source.get("filter")
        rules = (filters.get("exclude") or ()) if isinstance(filters, dict) else ()
        # Of all rules only those are followed whose meaning is beyond doubt.
        names = tuple(rule for rule in rules if _PLAIN_NAME.fullmatch(rule))
        found.append(Root(str(path), names))
    found += [
        Root(str(recipe.parent / os.fsdecode(path))) for path in _BESIDE.findall(_read(recipe))
    ]
    return tuple(dict.fromkeys(found))


def digest(given: Sequence[Root]) -> tuple[str, str]:
    """Return a SHA-256 of all that is in `given`, and one of its state on the disk.

    The first says what the files are, whenever they were written. The second changes with every
    write too: equal before and after a build, nobody touched a file meanwhile.

    :raises Unknown: if something there is no file, folder or link, leads out, or names the
        machine's own files; if it cannot be read, or is very much.
    """
    content, state = hashlib.sha256(), hashlib.sha256()
    files = size = 0
    for root in given:
        content.update(
            f"root\0{root.path}\0{root.exclude}\0{root.output}\0".encode(errors="surrogateescape")
        )
        for path, found in _walk(root):
            files += 1
            size += found.st_size
            if files > _MOST_FILES or size > _MOST_BYTES:
                raise Unknown("the sources are very many")
            what = _entry(path, found, root)
            name = f"{path}\0{found.st_mode:o}\0".encode(errors="surrogateescape")
            content.update(name + what + b"\0")
            moment = (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)
            state.update(name + repr(moment).encode())
        # Rules of git hold in a repository alone.
        folder = Path(root.path).resolve()
        repositories = [(one / ".git").exists() for one in (folder, *folder.parents)]
        content.update(repr(repositories).encode())
        for ignoring in _ignoring(folder):
            where = f"{ignoring}\0".encode(errors="surrogateescape")
            content.update(where + hashlib.sha256(_read(ignoring)).digest())
    return content.hexdigest(), state.hexdigest()


def _walk(root: Root) -> Iterator[tuple[str, os.stat_result]]:
    """Everything in a root, itself first, in an order of its own: sorted names."""
    try:
        top = Path(root.path).stat()
        yield root.path, top
        if not stat.S_ISDIR(top.st_mode):
            return
        folders = [root.path]
        while folders:
            folder = folders.pop()
            with os.scandir(folder) as entries:
                rows = sorted(entries, key=lambda entry: entry.name)
            for entry in rows:
                if folder == root.path and entry.name in (*root.exclude, root.output):
                    continue
                yield entry.path, entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    except OSError as error:
        raise Unknown(f"{error.filename} cannot be read") from None


def _entry(path: str, found: os.stat_result, root: Root) -> bytes:
    """What one thing is, in a few bytes."""
    if stat.S_ISDIR(found.st_mode):
        return b"folder"
    if stat.S_ISLNK(found.st_mode):
        link = Path(path)
        if not link.resolve().is_relative_to(Path(root.path).resolve()):
            raise Unknown(f"{path} leads out")
        return os.fsencode(link.readlink())
    data = _read(Path(path))
    script = _SCRIPTS.search(path) or data.startswith(b"#!")
    if (
        _NAMES_MACHINE.search(data)
        or any(Path(os.fsdecode(name)).exists() for name in set(_TOP.findall(data)))
        or (script and _NAMES_WORLD.search(data))
        or (root.output and b"RECIPE_DIR" in data)
    ):
        raise Unknown(f"{path} names what is not in the project")
    return hashlib.sha256(data).digest()


def _read(path: Path) -> bytes:
    try:
        with regular_file.open_regular(path) as file:
            return file.read()
    except OSError as error:
        raise Unknown(f"{path}: {error.strerror}") from None


def _ignoring(folder: Path) -> Iterator[Path]:
    """The files above and beside a source that say what git ignores, and so is not taken."""
    homes = (Path.home() / ".gitconfig", Path.home() / ".config" / "git" / "ignore")
    above = (one / name for one in folder.parents for name in (".gitignore", ".ignore"))
    inside = (one / ".git" / "info" / "exclude" for one in (folder, *folder.parents))
    yield from (path for path in (*homes, *above, *inside) if path.is_file())
