"""Draw the pictures of the lessons from their facts.

    python -m tools.pictures

writes notebooks/images/NAME.svg for each picture in `tools.pictures.catalog`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crosscraft.paths import ROOT
from tools.pictures.catalog import PICTURES
from tools.pictures.drawing import svg

FOLDER = ROOT / "notebooks" / "images"


def main(folder: Path = FOLDER) -> int:
    """Write the pictures into `folder`, and return the exit status."""
    for picture in PICTURES:
        (folder / f"{picture.name}.svg").write_text(svg(picture), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
