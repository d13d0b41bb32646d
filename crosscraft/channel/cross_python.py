"""The scripts of ``cross-python_<platform>``, which let Python on one machine build for another.

docs/cross-python.md explains them. Source: conda-forge's ``cross-python`` feedstock for the
variables and the behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crosscraft.channel.catalog.model import PYTHON
from crosscraft.platforms import Platform

__all__ = ["files"]

_SETUP = "share/cross-python/crossenv_setup.py"
_IN_A_BUILD = 'if [ "${CONDA_BUILD:-0}" = 1 ] && [ "${CONDA_BUILD_STATE:-}" != TEST ]; then'
# For pyo3, which builds extensions in Rust.
_PYO3 = {
    "LIB_DIR": f'"$PREFIX/lib/python{PYTHON}"',
    "INCLUDE_DIR": '"$PREFIX/include"',
    "PYTHON_VERSION": PYTHON,
    "PYTHON_IMPLEMENTATION": "CPython",
}


def files(build: Platform, target: Platform) -> Mapping[str, str]:
    """Return the files of the package for builds on `build` for `target`: path → text."""
    name = f"cross-python_{target.subdir}"
    return {
        # The z lets them run after the compilers' scripts.
        f"etc/conda/activate.d/activate_z-{name}.sh": _activate(build, target),
        f"etc/conda/deactivate.d/deactivate_z-{name}.sh": _deactivate(),
        _SETUP: Path(__file__).with_name("crossenv_setup.py").read_text(encoding="utf-8"),
    }


def _activate(build: Platform, target: Platform) -> str:
    pyo3 = "\n".join(f"    export PYO3_CROSS_{name}={value}" for name, value in _PYO3.items())
    return f"""\
# cross-python_{target.subdir}: Python on {build.subdir} builds for {target.subdir}.
{_IN_A_BUILD}
{pyo3}
    if [ ! -d "$BUILD_PREFIX/venv" ]; then
        echo "Setting up cross-python"
        CC="${{CC:-{target.triplet}-gcc}}" CXX="${{CXX:-{target.triplet}-g++}}" \\
            "$BUILD_PREFIX/bin/python{PYTHON}" "$BUILD_PREFIX/{_SETUP}" \\
            {target.processor} _sysconfigdata__{target.triplet}.py
        _CONDA_BACKUP_PYTHONPATH="${{PYTHONPATH:-}}"
        # A recipe that writes into Meson's file names its own python there.
        __file="$BUILD_PREFIX/meson_cross_file.txt"
        if [ -f "$__file" ] && ! grep -q "^python *=" "$__file"; then
            if grep -qs meson_cross_file "${{SRC_DIR:-}}/conda_build.sh"; then
                echo "The recipe writes into meson_cross_file.txt, so python is not added to it."
            else
                echo "python = '$PREFIX/bin/python'" >> "$__file"
            fi
        fi
        unset __file
    fi
    export PYTHONPATH="$BUILD_PREFIX/venv/lib/python{PYTHON}/site-packages"
fi
"""


def _deactivate() -> str:
    names = " ".join(f"PYO3_CROSS_{name}" for name in _PYO3)
    return f"""\
{_IN_A_BUILD}
    unset PYTHONPATH {names}
    if [ -n "${{_CONDA_BACKUP_PYTHONPATH:-}}" ]; then
        export PYTHONPATH="$_CONDA_BACKUP_PYTHONPATH"
    fi
    unset _CONDA_BACKUP_PYTHONPATH
fi
"""
