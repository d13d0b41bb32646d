"""What packages for Python's stable ABI are built with, and what they depend on.

Source: conda-forge's ``python-abi3`` and ``python`` feedstocks for the names, the dependencies and
the run_exports.
"""

from __future__ import annotations

from crosscraft.channel.catalog.model import PYTHON, Package, RunExports
from crosscraft.platforms import NOARCH

__all__ = ["ABI3"]

_TAG = f"cp{PYTHON.replace('.', '')}"
_ABI = f"python_abi * *_{_TAG}"
_MAJOR, _MINOR = PYTHON.split(".")
# CPython's PY_VERSION_HEX, which is what the macro is compared with.
_VERSION = f"0x{int(_MAJOR):02x}{int(_MINOR):02x}0000"

_ACTIVATE = f"""\
export PY_LIMITED_API="{_VERSION}"
export CPPFLAGS="${{CPPFLAGS:-}} -DPy_LIMITED_API={_VERSION}"
"""


def _meta(name: str, version: str, license: str, summary: str, *depends: str) -> Package:
    return Package(
        name=name,
        subdir=NOARCH,
        version=version,
        summary=summary,
        license=license,
        depends=depends,
        noarch="generic",
    )


ABI3 = (
    Package(
        name="python-abi3",
        subdir=NOARCH,
        version=PYTHON,
        summary=f"Build for the stable ABI of Python {PYTHON} and later",
        license="MIT",
        texts={
            "etc/conda/activate.d/python-abi3_activate.sh": _ACTIVATE,
            "etc/conda/deactivate.d/python-abi3_deactivate.sh": "unset PY_LIMITED_API\n",
        },
        depends=(f"python {PYTHON}.*", "_python_abi3_support"),
        run_exports=RunExports(weak=("_python_abi3_support 1.*", f"cpython >={PYTHON}")),
        noarch="generic",
    ),
    _meta(
        "_python_abi3_support", "1.0", "MIT",
        "Metapackage of the Pythons that load packages for the stable ABI",
        "cpython", "python-gil",
    ),
    _meta(
        "cpython", PYTHON, "PSF-2.0", "Metapackage that selects CPython",
        f"python {PYTHON}.*", _ABI,
    ),
    _meta(
        "python-gil", PYTHON, "PSF-2.0", "Metapackage that selects a Python with the global lock",
        f"cpython {PYTHON}.*", _ABI,
    ),
)  # fmt: skip
