"""The fields of ``info/index.json`` whose form has changed.

Source: conda's reader, which accepts the older forms too.
"""

from __future__ import annotations

import math

from crosscraft.inspection.conda_file.typed_json import Table, get
from crosscraft.platforms import NOARCH

__all__ = ["noarch", "subdir", "timestamp"]

_PROCESSORS = {"x86": "32", "x86_64": "64"}
"""The processors that have another name in a subdir."""
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999. conda takes a larger timestamp as milliseconds."""


def noarch(index: Table) -> str:
    """Return ``python``, ``generic`` or an empty string. True is the older form of generic.

    :raises ValueError: if it is none of these.
    """
    value = index.get("noarch")
    if value is None or isinstance(value, bool):
        return "generic" if value else ""
    if isinstance(value, str) and value.lower() in {"python", "generic"}:
        return value.lower()
    raise ValueError(f"'noarch' is {value!r:.40}, neither 'python' nor 'generic'")


def subdir(index: Table) -> str:
    """Return the subdir, or an empty string if there is none.

    Before `subdir` there were `platform` and `arch`, null for noarch.

    :raises ValueError: if one of the three is not a text.
    """
    if given := get(index, "subdir", str, ""):
        return given
    system, processor = get(index, "platform", str, ""), get(index, "arch", str, "")
    if system and processor:
        return f"{system}-{_PROCESSORS.get(processor, processor)}"
    return NOARCH if noarch(index) or "platform" in index else ""


def timestamp(index: Table) -> int | None:
    """Return the time of the build in milliseconds since 1970 UTC, or None if it is not given.

    An older package has it in seconds.

    :raises ValueError: if it is not a number.
    """
    value = index.get("timestamp")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("'timestamp' is not a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("'timestamp' is not a number")
    return int(value if value > _LAST_SECOND else value * 1000) if value >= 0 else None
