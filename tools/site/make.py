"""Make the site.

    python -m tools.site.make

The pages are made again if any of their sources has changed. Sphinx finds broken links, and
``check`` finds requests to other hosts. The old site is only replaced by a complete and checked
one. This runs no notebook, and only needs a network to get pyodide from npm the first time.
Without pyodide, the site has no page that inspects files.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosscraft.building.check import catalogue
from crosscraft.errors import CommandError, SiteError
from crosscraft.paths import ROOT
from crosscraft.setup import extras
from crosscraft.system import files, locks, processes, program, scratch, tracked
from crosscraft.system.console import Console
from tools.site import check, elsewhere, pyodide

__all__ = ["SITE", "allowed", "build", "fingerprint", "main", "make"]

SITE = ROOT / "build" / "site"
"""The folder of the site."""
_CONF = ROOT / "docs" / "site"
_ALLOWED = _CONF / "allowed.txt"
_INSPECT = Path("_static", "inspect")
"""The folder, within the site, of the files of the page that inspects files."""
_MADE_FROM = ".made-from"
"""The file in the site with the fingerprint of its sources."""


def main() -> int:
    """Make the site, print its address, and return the exit status."""
    return program.exit_status("site", _make, "The old site is unchanged.")


def _make() -> None:
    SITE.parent.mkdir(exist_ok=True)
    with locks.lock(str(SITE), lambda text: print(text, flush=True)):
        fresh = make(SITE, os.environ, _pyodide())
    print("The site is made." if fresh else "Nothing has changed since the site was made.")
    print(f"Open {(SITE / 'index.html').as_uri()}")


def _pyodide() -> Path | None:
    try:
        return pyodide.fetch()
    except CommandError as error:
        print(f"The page that inspects files is left out: {error}", flush=True)
        return None


def make(site: Path, environ: Mapping[str, str], runtime: Path | None = None) -> bool:
    """Make and check the site in the folder `site` if its sources have changed, and return whether
    it was made.

    :param runtime: the package file of pyodide. Without it there is no page that inspects files.
    :raises SiteError: if a page cannot be made or fetches from another host. The old site is kept.
    """
    places = elsewhere.read(ROOT / "pyproject.toml", environ)
    current = fingerprint(places, runtime is not None)
    stamp = site / _MADE_FROM
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == current:
        return False
    print("making the pages", flush=True)
    with scratch.folder(site.parent, f"{site.name}-new-") as made:
        html = made.path / "html"
        build(made.path, places, held=(made.lock,), runtime=runtime)
        _check(html, places)
        (html / _MADE_FROM).write_text(current, encoding="utf-8")
        if site.exists():
            site.rename(made.path / "old")
        html.rename(site)
    return True


def build(
    folder: Path,
    places: elsewhere.Places,
    root: Path = ROOT,
    held: Sequence[int] = (),
    runtime: Path | None = None,
) -> None:
    """Make the pages of the repository at `root` in the subfolder `html` of `folder`.

    :param held: descriptors of locks that Sphinx holds too.
    :param runtime: the package file of pyodide, for the page that inspects files.
    :raises SiteError: if Sphinx prints any warning.
    :raises CrosscraftError: if the packages for the page that inspects files cannot be built.
    """
    from tools.site import code_zip, samples, sources

    parts = folder / "inspect"
    offered: tuple[samples.Sample, ...] = ()
    if runtime:
        pyodide.unpack(runtime, parts / "pyodide")
        code_zip.write(parts / "crosscraft.zip")
        with Console() as console:
            offered = samples.make(parts / "packages", folder / "output", console)
    sources.gather(folder / "sources", tracked.files(root), root, offered)
    addresses = {"SITE_REPOSITORY": places.repository, "SITE_HUB": places.hub}
    done = processes.run(
        [
            *(sys.executable, "-P", "-m", "sphinx", "--builder", "html", "--quiet", "--no-color"),
            *("--nitpicky", "--fail-on-warning", "--jobs", "auto", "--conf-dir", str(_CONF)),
            *("--doctree-dir", str(folder / "doctrees")),
            *(str(folder / "sources"), str(folder / "html")),
        ],
        # The pages must not depend on SOURCE_DATE_EPOCH or the user's language.
        env=processes.clean_environment({"LC_ALL": "C.UTF-8", "TZ": "UTC", **addresses}),
        check=False,
        pass_fds=held,
    )
    if done.status != 0:
        lines = [line.replace(f"{folder / 'sources'}/", "") for line in done.lines]
        raise SiteError(
            "the pages could not be made: Sphinx failed or printed the warnings shown above",
            remedy="Fix the page that Sphinx names, and run the command again.",
            detail=lines[-30:],
        )
    # These files are for incremental builds, which we do not use.
    for name in (".buildinfo", "objects.inv", ".nojekyll"):
        (folder / "html" / name).unlink(missing_ok=True)
    if runtime:
        shutil.copytree(parts, folder / "html" / _INSPECT, dirs_exist_ok=True)


def fingerprint(places: elsewhere.Places, inspects: bool = False) -> str:
    """Return a hash of the sources of the site: the files of the repository, the versions of the
    tools, the addresses of other servers, and whether there is a page that inspects files."""
    made = hashlib.sha256(repr((places, sys.version_info, inspects)).encode())
    pins = re.findall(r"^([\w.-]+)==", extras.requirements("site").read_text("utf-8"), re.M)
    for name in pins:
        try:
            made.update(f"{name} {importlib.metadata.version(name)}\n".encode())
        except importlib.metadata.PackageNotFoundError:
            continue  # a pin for another Python or system
    for name in tracked.files(ROOT):
        made.update(f"{name}\0{files.sha256(ROOT / name)}\n".encode())
    return made.hexdigest()


def allowed(places: elsewhere.Places) -> list[str]:
    """Return the prefixes of the URLs that pages may link to: those of allowed.txt, of `places`,
    and the sources of the errors."""
    sources = (source for trap in catalogue.traps() for source in trap.sources)
    return [*check.allowed(_ALLOWED), *elsewhere.prefixes(places), *sources]


def _check(site: Path, places: elsewhere.Places) -> None:
    found = check.check(site, allowed(places))
    if found:
        raise SiteError(
            "the site fetches from other hosts, or links to hosts that are not listed",
            looked="the new pages",
            remedy=f"Fix the page, or add the link's host to {_ALLOWED.relative_to(ROOT)}.",
            detail=found[:30],
        )


if __name__ == "__main__":
    sys.exit(main())
