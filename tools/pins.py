"""Move every pin to the newest release that fits: requirements.txt, and requirements/ for extras.

    python -m tools.pins [--keep]

uv resolves for all supported Pythons at once and writes hashes; no index is named in the files.
It is not part of the environment: it is put aside for this one use. With ``--keep`` pins that are
there stay, so that a dependency can be added without moving the others.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from crosscraft.paths import ROOT
from crosscraft.setup import extras
from crosscraft.system import files, processes

__all__ = ["main"]

HEAD = (
    "# {what}, pinned by hash, for all supported Pythons.\n"
    "# Made from pyproject.toml by `make update`.\n"
)
OLDEST = "3.11"
"""The oldest Python that is supported."""


def main(argv: list[str]) -> int:
    """Write the files anew, and return the exit status."""
    env = processes.clean_environment(prefixes=("PIP_", "UV_"), network=True)
    main_file = ROOT / "requirements.txt"
    with tempfile.TemporaryDirectory(prefix="crosscraft-pins-") as scratch:
        tools, backend = Path(scratch) / "tools", Path(scratch) / "back.in"
        backend.write_text("flit_core>=3.9\n")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools), "uv"]
        processes.run(pip, env=env)
        compile_ = [str(tools / "bin" / "uv"), "pip", "compile", "--universal", "--quiet"]
        compile_ += ["--generate-hashes", "--no-annotate", "--no-header"]
        compile_ += ["--python-version", OLDEST]

        def resolve(file: Path, what: str, *more: str) -> bool:
            result = Path(scratch) / file.name
            if "--keep" in argv and file.exists():
                result.write_text(file.read_text(encoding="utf-8"))  # uv keeps what is there
            source = [str(ROOT / "pyproject.toml"), *more, "--output-file", str(result)]
            processes.run([*compile_, *source], env=env, cwd=ROOT)
            pins = re.sub(r"\A(#.*\n)*", "", result.read_text(encoding="utf-8"))
            if re.search(r"https?://", pins):
                print(
                    f"the resolver named an index; {file.name} is left as it was", file=sys.stderr
                )
                return False
            files.write(file, HEAD.format(what=what) + pins)
            return True

        if not resolve(main_file, "Every dependency", "--extra", "test", str(backend)):
            return 1
        # What an extra shares with the environment it is installed into has the same pin.
        return int(
            not all(
                resolve(
                    extras.requirements(name),
                    f"What the extra '{name}' needs",
                    *("--extra", name, "--constraint", str(main_file)),
                )
                for name in extras.NAMES
            )
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
