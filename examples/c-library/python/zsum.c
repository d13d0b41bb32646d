#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <zsum.h>

static PyObject *of(PyObject *module, PyObject *data) {
    char *bytes;
    Py_ssize_t size;
    struct zsum facts;
    if (PyBytes_AsStringAndSize(data, &bytes, &size))
        return NULL;
    if (zsum_of(bytes, size, &facts))
        return PyErr_NoMemory();
    return Py_BuildValue("kn", facts.checksum, (Py_ssize_t)facts.compressed);
}

static PyMethodDef methods[] = {
    {"of", of, METH_O, "Return the checksum of some bytes, and their number after compression."},
    {NULL},
};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "zsum", NULL, 0, methods};

PyMODINIT_FUNC PyInit_zsum(void) { return PyModuleDef_Init(&module); }
