"""Install the proxy of a hub: configurable-http-proxy from npm, pinned by hash.

    python deploy/local/proxy.py

``package-lock.json`` has the version and the SHA-512 of the proxy and its dependencies. It names no
host, so npm uses its configured registry. An installed proxy is not downloaded again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST_NODE = 20
"""The minimum in the package.json of configurable-http-proxy 5.3."""
_STAMP = HERE / "node_modules" / ".crosscraft-lock.json"


def missing() -> str:
    """Return a line on what the proxy needs and this machine lacks, or an empty string."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"there is no {program} here: install Node.js {OLDEST_NODE} or later"
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    if found is None or int(found[1]) < OLDEST_NODE:
        return f"node is {done.stdout.strip() or 'broken'}: install Node.js {OLDEST_NODE} or later"
    return ""


def install() -> list[str]:
    """Install the proxy if necessary, and return the command that starts it.

    If the installation fails, exit with a message.
    """
    lock = (HERE / "package-lock.json").read_bytes()
    if lack := missing():
        sys.exit(f"proxy: {lack}.")
    if not (_STAMP.exists() and _STAMP.read_bytes() == lock):
        print("installing the proxy, and verifying each package by its hash", flush=True)
        # The packages are pure JavaScript, so their install scripts are not needed.
        argv = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(argv, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            sys.exit("proxy: npm could not install it. Check the registry that npm uses.")
        _STAMP.write_bytes(lock)
    return ["node", str(HERE / "node_modules/configurable-http-proxy/bin/configurable-http-proxy")]


if __name__ == "__main__":
    print(" ".join(install()))
