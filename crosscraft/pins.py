"""Move every pin of requirements.txt to the newest release that fits.

    python -m crosscraft.pins

uv resolves for all supported Pythons at once and writes hashes; no index is named in the file.
It is not part of the environment: it is put aside for this one use.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from crosscraft import ROOT, run, storage

__all__ = ["main"]

HEAD = (
    "# Every dependency, pinned by hash, for all supported Pythons.\n"
    "# Made from pyproject.toml by `make update`.\n"
)
OLDEST = "3.11"
"""The oldest Python that is supported."""


def main() -> int:
    """Write requirements.txt anew, and return the exit status."""
    env = run.clean_environment(prefixes=("PIP_", "UV_"), network=True)
    with tempfile.TemporaryDirectory(prefix="crosscraft-pins-") as scratch:
        tools, result, backend = (Path(scratch) / name for name in ("tools", "out.txt", "back.in"))
        backend.write_text("flit_core>=3.9\n")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools), "uv"]
        run.run(pip, env=env)
        argv = [str(tools / "bin" / "uv"), "pip", "compile", "--universal", "--generate-hashes"]
        argv += ["--python-version", OLDEST, "--no-annotate", "--no-header", "--quiet"]
        argv += ["--extra", "test", str(ROOT / "pyproject.toml"), str(backend)]
        run.run([*argv, "--output-file", str(result)], env=env, cwd=ROOT)
        pins = result.read_text(encoding="utf-8")
    if re.search(r"https?://", pins):
        print("the resolver named an index; requirements.txt is left as it was", file=sys.stderr)
        return 1
    storage.write(ROOT / "requirements.txt", HEAD + pins)
    return 0


if __name__ == "__main__":
    sys.exit(main())
