"""Projects to build: the answer key, and one that is unlike it."""

from __future__ import annotations

import shutil
from pathlib import Path

from crosscraft.paths import ROOT


def copy_project(target: Path) -> Path:
    """Copy the answer key to `target`, without what was built in it."""
    shutil.copytree(ROOT / "cpp_math", target, ignore=shutil.ignore_patterns("output", "build"))
    return target


GEOMETRY_RECIPE = """\
package:
  name: geometry
  version: 1.2.3
source:
  path: .
build:
  script:
    - mkdir -p $SP_DIR
    - $CXX $CXXFLAGS -I$PREFIX/include/python3.11 -shared geometry.cpp -o $SP_DIR/geometry.so
requirements:
  build:
    - ${{ compiler('cxx') }}
  host:
    - python
  run:
    - python
tests:
  - script:
      - python -c "import geometry; assert geometry.area(3, 4) == 12"
"""

GEOMETRY_SOURCE = """\
#include <Python.h>

static PyObject *area(PyObject *, PyObject *args) {
    int a, b;
    return PyArg_ParseTuple(args, "ii", &a, &b) ? PyLong_FromLong(a * b) : nullptr;
}
static PyMethodDef methods[] = {{"area", area, METH_VARARGS, "Area."}, {nullptr}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "geometry", nullptr, -1, methods};
PyMODINIT_FUNC PyInit_geometry() { return PyModule_Create(&module); }
"""
