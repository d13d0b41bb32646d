"""The proxy in front of a hub: configurable-http-proxy from npm, pinned by hash.

    python deploy/local/proxy.py

``package-lock.json`` has the version and the SHA-512 of it and of all it needs, and no host:
npm asks the registry that it is set up with. What is installed is not asked for again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST_NODE = 20
"""configurable-http-proxy 5.3 says so in its package.json."""
_STAMP = HERE / "node_modules" / ".crosscraft-lock.json"


def missing() -> str:
    """Return what this machine lacks for the proxy, in a line; nothing if it lacks nothing."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"there is no {program} here: install Node.js {OLDEST_NODE} or later"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    if found is None or int(found[1]) < OLDEST_NODE:
        return f"node is {said.strip() or 'broken'}: install Node.js {OLDEST_NODE} or later"
    return ""


def install() -> list[str]:
    """Install the proxy unless that is done, and return the command that starts it.

    It ends the program with a line if that cannot be done.
    """
    lock = (HERE / "package-lock.json").read_bytes()
    if lack := missing():
        sys.exit(f"proxy: {lack}.")
    if not (_STAMP.exists() and _STAMP.read_bytes() == lock):
        print("installing the proxy, each package checked against its hash", flush=True)
        # No script of a package is run: it is JavaScript alone.
        argv = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(argv, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            sys.exit("proxy: npm could not install it. Check the registry that npm is set up with.")
        _STAMP.write_bytes(lock)
    return ["node", str(HERE / "node_modules/configurable-http-proxy/bin/configurable-http-proxy")]


if __name__ == "__main__":
    print(" ".join(install()))
