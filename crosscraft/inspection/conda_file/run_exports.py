"""The run_exports of a package, in each form that conda-build has written.

Sources: CEP 12 for ``info/run_exports.json``. conda-build reads and once wrote the other forms: the
same as YAML, a list of weak run_exports, and before these a text with one on each line.
"""

from __future__ import annotations

from collections.abc import Mapping

from crosscraft.inspection.conda_file import typed_json

__all__ = ["FILES", "KINDS", "read"]

FILES = ("info/run_exports.json", "info/run_exports.yaml", "info/run_exports")
"""The files, of which the first one counts."""
KINDS = ("weak", "strong", "noarch", "weak_constrains", "strong_constrains")
MAX_YAML = 2**16
"""Most bytes of YAML. PyYAML reads some 100 kB in a second."""


def read(texts: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """Return the run_exports by kind.

    :param texts: the contents of those of :data:`FILES` that the package has, by path.
    :raises ValueError: if the file is damaged.
    """
    for name in FILES:
        if name in texts:
            value = _VALUES[name](texts[name], name)
            table = value if isinstance(value, dict) else {"weak": value}
            return {kind: _specs(table[kind], kind) for kind in KINDS if table.get(kind)}
    return {}


def _specs(value: object, kind: str) -> tuple[str, ...]:
    specs = value if isinstance(value, list) else [value]
    return tuple(typed_json.typed(one, str, f"one of {kind!r}") for one in specs)


def _yaml(text: bytes, name: str) -> object:
    import yaml

    if len(text) > MAX_YAML:
        raise ValueError(f"{name} has {len(text)} bytes, but at most {MAX_YAML} are read")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"{name} is not YAML: {error}") from None


def _lines(text: bytes, name: str) -> object:
    return [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]


_VALUES = dict(zip(FILES, (typed_json.parse, _yaml, _lines), strict=True))
