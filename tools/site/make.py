"""Make the site.

    python -m tools.site.make

The pages are made again whenever anything they are made from has changed. Sphinx finds broken
links, and ``check`` what a page would fetch from another host. The folder of the site is replaced
only by one that is whole and right. It needs no network, and runs no notebook.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscraft.errors import SiteError
from crosscraft.paths import ROOT
from crosscraft.setup import extras, make_bundle
from crosscraft.system import files, locks, processes, program, scratch
from tools.site import check, elsewhere

__all__ = ["SITE", "build", "fingerprint", "main", "make"]

SITE = ROOT / "build" / "site"
"""Where the site is."""
_CONF = ROOT / "docs" / "site"
_ALLOWED = _CONF / "allowed.txt"
_MADE_FROM = ".made-from"
"""In the site: the fingerprint of what it was made from."""


def main() -> int:
    """Make the site, say where it is, and return the exit status."""
    return program.run("site", _make, "The site is as it was.")


def _make() -> None:
    SITE.parent.mkdir(exist_ok=True)
    with locks.lock(str(SITE), lambda text: print(text, flush=True)):
        fresh = make(SITE, os.environ)
    print("The site is made." if fresh else "Nothing has changed since the site was made.")
    print(f"Open {(SITE / 'index.html').as_uri()}")


def make(site: Path, environ: Mapping[str, str]) -> bool:
    """Make and check the folder `site` unless what is there was made from the same, and return
    whether it was made.

    :raises SiteError: if a page cannot be made or fetches from elsewhere; the folder is kept then.
    """
    places = elsewhere.read(ROOT / "pyproject.toml", environ)
    mark = fingerprint(places)
    stamp = site / _MADE_FROM
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == mark:
        return False
    print("making the pages", flush=True)
    with scratch.folder(site.parent, f"{site.name}-new-") as made:
        html = made.path / "html"
        build(made.path, places, held=(made.lock,))
        _judge(html, places)
        (html / _MADE_FROM).write_text(mark, encoding="utf-8")
        if site.exists():
            site.rename(made.path / "old")
        html.rename(site)
    return True


def build(
    folder: Path, places: elsewhere.Places, root: Path = ROOT, held: Sequence[int] = ()
) -> None:
    """Make the pages of the repository at `root` in the folder `html` of `folder`, from sources
    beside it.

    :param held: descriptors of locks that Sphinx holds too.
    :raises SiteError: if Sphinx warns of anything.
    """
    from tools.site import sources

    sources.gather(folder / "sources", make_bundle.repository(root), root)
    said = {"SITE_REPOSITORY": places.repository, "SITE_HUB": places.hub}
    done = processes.run(
        [
            *(sys.executable, "-P", "-m", "sphinx", "--builder", "html", "--quiet", "--no-color"),
            *("--nitpicky", "--fail-on-warning", "--jobs", "auto", "--conf-dir", str(_CONF)),
            *("--doctree-dir", str(folder / "doctrees")),
            *(str(folder / "sources"), str(folder / "html")),
        ],
        # Sphinx reads SOURCE_DATE_EPOCH, and names of days in the user's language.
        env=processes.clean_environment({"LC_ALL": "C.UTF-8", "TZ": "UTC", **said}),
        check=False,
        pass_fds=held,
    )
    if done.status != 0:
        lines = [line.replace(f"{folder / 'sources'}/", "") for line in done.lines]
        raise SiteError(
            "the pages could not be made: Sphinx stopped, or warned of what is shown above",
            remedy="Mend the page that it names, and run this again.",
            detail=lines[-30:],
        )
    # For later builds into the same folder, of which there are none.
    for name in (".buildinfo", "objects.inv", ".nojekyll"):
        (folder / "html" / name).unlink(missing_ok=True)


def fingerprint(places: elsewhere.Places) -> str:
    """Return a hash of all that pages are made from: the repository's files that may be on one,
    what turns them into pages, and where links lead."""
    made = hashlib.sha256(repr((places, sys.version_info)).encode())
    pins = re.findall(r"^([\w.-]+)==", extras.requirements("site").read_text("utf-8"), re.M)
    for name in pins:
        try:
            made.update(f"{name} {importlib.metadata.version(name)}\n".encode())
        except importlib.metadata.PackageNotFoundError:
            continue  # for another Python or system
    for name in make_bundle.repository(ROOT):
        made.update(f"{name}\0{files.sha256(ROOT / name)}\n".encode())
    return made.hexdigest()


def _judge(site: Path, places: elsewhere.Places) -> None:
    found = check.check(site, [*check.allowed(_ALLOWED), *elsewhere.prefixes(places)])
    if found:
        raise SiteError(
            "the site fetches from other hosts, or links to hosts that are not listed",
            looked="the pages that were made",
            remedy=f"Fix the page, or add where a link leads to {_ALLOWED.relative_to(ROOT)}.",
            detail=found[:30],
        )


if __name__ == "__main__":
    sys.exit(main())
