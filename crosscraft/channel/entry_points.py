"""The programs that a wheel declares as entry points.

Format: "Entry points specification" of the Python Packaging User Guide.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from crosscraft.channel.catalog import PREFIX
from crosscraft.channel.sources import Entry, Tree

__all__ = ["of", "programs"]

# Not those of the distributions that a module contains.
_FILE = re.compile(r"(?:^|/)site-packages/[^/]+\.dist-info/entry_points\.txt$")

_PROGRAM = """\
#!{prefix}/bin/python
import sys

from {module} import {first}

if __name__ == "__main__":
    sys.exit({function}())
"""


def of(tree: Tree) -> list[str]:
    """Return the console scripts of the distributions in `tree`, as ``name = module:function``."""
    return [f"{name} = {module}:{function}" for name, module, function, _ in _scripts(tree)]


def programs(tree: Tree) -> Tree:
    """Return a program for each console script of the distributions in `tree`. Only the installer
    of a noarch package makes them."""
    return {
        f"bin/{name}": Entry(
            _PROGRAM.format(
                prefix=PREFIX, module=module, first=function.partition(".")[0], function=function
            ).encode(),
            mtime,
            executable=True,
        )
        for name, module, function, mtime in _scripts(tree)
    }


def _scripts(tree: Tree) -> Iterator[tuple[str, str, str, int]]:
    """Yield the name, the module and the function of each script, and the time of its file."""
    for path in filter(_FILE.search, sorted(tree)):
        parser = configparser.ConfigParser(delimiters="=", interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read_string(tree[path].data.decode())
        if parser.has_section("console_scripts"):
            for name, target in sorted(parser["console_scripts"].items()):
                module, _, function = target.partition(":")
                yield name, module.strip(), function.partition("[")[0].strip(), tree[path].mtime
