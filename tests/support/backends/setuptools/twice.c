#include <Python.h>

static PyObject *command(PyObject *module, PyObject *nothing) {
    PySys_WriteStdout("%d\n", 2 * 21);
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"command", command, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "twice", NULL, -1, methods};
PyMODINIT_FUNC PyInit_twice(void) { return PyModule_Create(&module); }
